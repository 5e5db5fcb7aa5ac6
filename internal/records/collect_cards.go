package records

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
)

// batcher sends several statements in one go: a pool, or a transaction.
type batcher interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// queueCards adds to the batch what cards asks, and gives the cards that are there when the batch has been read. A
// dossier is small for most people, and then the ways to the server and back are what takes time.
func (s *Source) queueCards(b *pgx.Batch, keys []string) *readCards {
	out := &readCards{byKey: make(map[string]*card, len(keys))}
	if len(keys) == 0 {
		return out
	}
	w := pathSQL{s.plan}
	subject := s.plan.Subject()
	for _, t := range s.plan.Tables {
		columns := roleColumns(t)
		if merged := s.plan.Source.Subject.MergedInto; t == subject && merged != "" {
			columns = append(columns, merged)
		}
		if len(columns) == 0 {
			continue
		}
		values := make([]string, 0, len(columns))
		for _, c := range columns {
			values = append(values, "t."+quote(c)+"::text")
		}
		for _, p := range t.Paths {
			if p.As == datamap.AsContext && t.ByRole("organisation") == nil {
				continue
			}
			j := w.join(t, p, columns, "")
			sql := fmt.Sprintf(`select %s, array[%s] from %s where %s order by %s`,
				j.person, strings.Join(values, ", "), j.from, j.personIn("$1"), list("t", t.Key))
			b.Queue(sql, keys).Query(func(rows pgx.Rows) error {
				err := out.read(s, t, p, columns, rows)
				if err != nil {
					return fmt.Errorf("read persons through %s: %w", t.Name, err)
				}
				return nil
			})
		}
	}
	return out
}

// readCards are cards on their way.
type readCards struct{ byKey map[string]*card }

func (r *readCards) read(s *Source, t *datamap.PlannedTable, p datamap.Path, columns []string, rows pgx.Rows) error {
	var person string
	var row []*string
	_, err := pgx.ForEachRow(rows, []any{&person, &row}, func() error {
		c := r.byKey[person]
		if c == nil {
			// A key that does not exist in the subject table makes no card.
			if t != s.plan.Subject() {
				return nil
			}
			c = &card{key: person, roles: map[string][]string{}}
			r.byKey[person] = c
		}
		if p.As == datamap.AsSubject && len(p.Hops) > 0 {
			c.soleTrader = true
		}
		c.take(s, t, p, columns, row)
		return nil
	})
	return err
}

// settled gives the cards after the batch has been read.
func (r *readCards) settled() map[string]*card {
	for _, c := range r.byKey {
		c.settle()
	}
	return r.byKey
}

// cardsAtOnce is cards in one way to the server and back.
func (s *Source) cardsAtOnce(ctx context.Context, q batcher, keys []string) (map[string]*card, error) {
	b := &pgx.Batch{}
	cards := s.queueCards(b, keys)
	if b.Len() > 0 {
		if err := q.SendBatch(ctx, b).Close(); err != nil {
			return nil, err
		}
	}
	return cards.settled(), nil
}
