package records

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/mention"
)

// aroundParts tells, with the row's key, which persons, other than those in the param own, its paths lead to from the rows
// that fulfil cond (on alias x).
func (t *table) aroundParts(s *Source, cond, own string) string {
	w := pathSQL{s.plan}
	parts := make([]string, 0, len(t.Paths))
	for _, p := range t.Paths {
		j := w.join(t.PlannedTable, p, nil, cond)
		// A path over a null reference leads to nobody.
		parts = append(parts, fmt.Sprintf(`select %s, %s as insyn_person from %s where (%s) is not null and not (%s)`,
			list("t", t.Key), j.person, j.from, j.person, j.personIn(own)))
	}
	return strings.Join(parts, " union all ")
}

// aroundSQL does so for the rows whose keys are $1 and the persons whose keys are $2.
func (t *table) aroundSQL(s *Source, limit int) string {
	parts := t.aroundParts(s, keyIn("x", t.Key, typesOf(t.PlannedTable, t.Key), "$1"), "$2")
	return fmt.Sprintf(`select %s, u.insyn_person from (%s) as u limit %d`, keyText("u", t.Key), parts, limit)
}

func (t *table) readAround(rows pgx.Rows, keys []string, few int) error {
	var row, person string
	n := 0
	t.near = map[string][]string{}
	_, err := pgx.ForEachRow(rows, []any{&row, &person}, func() error {
		n++
		if !slices.Contains(keys, person) && !slices.Contains(t.near[row], person) {
			t.near[row] = append(t.near[row], person)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("find whose the rows of %s are: %w", t.Name, err)
	}
	if n > few {
		t.large, t.near = true, nil
	}
	return nil
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
