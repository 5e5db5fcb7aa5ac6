package records

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/mention"
)

// aroundSQL tells which persons, other than those whose keys are $2, the paths of the table lead to from the rows whose
// keys are $1; not more than $3 of them. It is others, but does not tell by which path: that decides who owns a row, and
// here somebody near is as good.
func (t *table) aroundSQL(s *Source) string {
	w := pathSQL{s.plan}
	parts := make([]string, 0, len(t.Paths))
	for _, p := range t.Paths {
		j := w.join(t.PlannedTable, p, nil, keyIn("x", t.Key, typesOf(t.PlannedTable, t.Key), "$1"))
		// A path over a null reference leads to nobody.
		parts = append(parts, fmt.Sprintf(`select %s, %s from %s where (%s) is not null and not (%s)`, j.row, j.person, j.from, j.person, j.personIn("$2")))
	}
	return strings.Join(parts, " union ") + " limit $3"
}

// readAround gives the persons by row.
func readAround(rows pgx.Rows, own []string) (map[string][]string, error) {
	near := map[string][]string{}
	var row, person string
	_, err := pgx.ForEachRow(rows, []any{&row, &person}, func() error {
		if !slices.Contains(own, person) {
			near[row] = append(near[row], person)
		}
		return nil
	})
	return near, err
}

func ties(near map[string][]string) int {
	n := 0
	for _, persons := range near {
		n += len(persons)
	}
	return n
}

// know remembers persons whose cards were read elsewhere.
func (c *crew) know(keys []string, cards map[string]*card) {
	for _, k := range keys {
		c.known[k] = mention.Person{}
		if found := cards[k]; found != nil {
			c.known[k] = found.mention()
			c.card[k] = found
		}
	}
}
