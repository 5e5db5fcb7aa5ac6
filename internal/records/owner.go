package records

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/mention"
)

// owner is somebody whom a path of a table leads to from a row.
type owner struct {
	row, person string
	path        int
}

// others tells fn which persons, apart from those in keys, the paths lead to from the rows of a table. A context path
// makes nobody a row's owner; it says who is near, which matters for masking and matching.
func (s *Source) others(ctx context.Context, q querier, t *datamap.PlannedTable, rows, keys []string, fn func(owner)) error {
	if len(rows) == 0 || len(t.Paths) == 0 {
		return nil
	}
	found, err := q.Query(ctx, s.othersSQL(t), rows)
	if err != nil {
		return fmt.Errorf("find whose the rows of %s are: %w", t.Name, err)
	}
	return eachOther(found, t, keys, fn)
}

// askOthers is others as part of a batch.
func (s *Source) askOthers(b *pgx.Batch, t *datamap.PlannedTable, rows, keys []string, fn func(owner)) {
	if len(rows) > 0 && len(t.Paths) > 0 {
		b.Queue(s.othersSQL(t), rows).Query(func(found pgx.Rows) error { return eachOther(found, t, keys, fn) })
	}
}

func (s *Source) othersSQL(t *datamap.PlannedTable) string {
	w := pathSQL{s.plan}
	parts := make([]string, 0, len(t.Paths))
	for i, p := range t.Paths {
		j := w.joinLiving(t, p, nil, keyIn("x", t.Key, typesOf(t, t.Key), "$1"))
		// A path over a null reference leads to nobody.
		parts = append(parts, fmt.Sprintf(`select %s, %s, %d from %s where (%s) is not null`, j.row, j.person, i, j.from, j.person))
	}
	return strings.Join(parts, " union ")
}

func eachOther(found pgx.Rows, t *datamap.PlannedTable, keys []string, fn func(owner)) error {
	var o owner
	_, err := pgx.ForEachRow(found, []any{&o.row, &o.person, &o.path}, func() error {
		if !slices.Contains(keys, o.person) {
			fn(o)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("find whose the rows of %s are: %w", t.Name, err)
	}
	return nil
}

// near are the persons around each of the rows.
func (s *Source) near(ctx context.Context, q querier, t *datamap.PlannedTable, rows, keys []string) (map[string][]string, error) {
	out := map[string][]string{}
	return out, s.others(ctx, q, t, rows, keys, func(o owner) {
		if !slices.Contains(out[o.row], o.person) {
			out[o.row] = append(out[o.row], o.person)
		}
	})
}

// crew remembers persons that were read as others of a row; the same ones come again and again.
type crew struct {
	s     *Source
	q     querier
	known map[string]mention.Person
	card  map[string]*card
}

func (s *Source) crew(q querier) *crew {
	return &crew{s: s, q: q, known: map[string]mention.Person{}, card: map[string]*card{}}
}

// maxCrew bounds what is remembered.
const maxCrew = 10_000

// load reads the persons of a whole batch of rows at once.
func (c *crew) load(ctx context.Context, rows map[string][]string) error {
	if len(c.known) > maxCrew {
		clear(c.known)
		clear(c.card)
	}
	var missing []string
	seen := map[string]bool{}
	for _, keys := range rows {
		for _, k := range keys {
			if _, ok := c.known[k]; !ok && !seen[k] {
				seen[k] = true
				missing = append(missing, k)
			}
		}
	}
	cards, err := c.s.cards(ctx, c.q, missing)
	if err != nil {
		return err
	}
	for _, k := range missing {
		c.known[k] = mention.Person{}
		if found := cards[k]; found != nil {
			c.known[k] = found.mention()
			c.card[k] = found
		}
	}
	return nil
}

// of are the persons of one row.
func (c *crew) of(keys []string) []mention.Person {
	out := make([]mention.Person, 0, len(keys))
	for _, k := range keys {
		out = append(out, c.known[k])
	}
	return out
}
