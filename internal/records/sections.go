package records

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
)

// SectionCount is one section of a person's card for those who handle requests: how many rows, why, and the first ones,
// as they stand, with nothing masked.
type SectionCount struct {
	ID       string
	Label    dossier.Label
	Purposes []string
	Count    int
	Fields   []dossier.Field
	First    []dossier.Record
}

// firstRows is how many rows of each section a card shows.
const firstRows = 5

// Sections counts what a source holds about a person, in the order of the map, without the sections that hold nothing.
func (s *Source) Sections(ctx context.Context, key string) ([]SectionCount, error) {
	if !s.validKey(key) {
		return nil, fmt.Errorf("count the sections of %s: %w", s.Name, dsar.ErrNotFound)
	}
	var out []SectionCount
	err := postgres.InTxOpts(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
		out = nil
		keys, err := s.withMerged(ctx, tx, []string{key})
		if err != nil {
			return err
		}
		cards, err := s.cards(ctx, tx, keys)
		if err != nil {
			return err
		}
		if cards[key] == nil {
			return dsar.ErrNotFound
		}
		all := together(cards, keys)
		for _, t := range s.inMapOrder() {
			columns := told(t)
			if len(columns) == 0 {
				continue
			}
			d := s.section(t, columns, all)
			one := SectionCount{ID: d.ID, Label: d.Label, Purposes: d.Purposes, Fields: d.Fields}
			where := s.reaching(t, true)
			err := tx.QueryRow(ctx, fmt.Sprintf(`select count(*) from %s as x where %s`, tableSQL(t), united(t, where)), keys).Scan(&one.Count)
			if err != nil {
				return fmt.Errorf("count %s: %w", t.Name, err)
			}
			if one.Count == 0 {
				continue
			}
			if one.First, err = first(ctx, tx, t, columns, where, keys); err != nil {
				return fmt.Errorf("read %s: %w", t.Name, err)
			}
			out = append(out, one)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count the sections of %s: %w", s.Name, err)
	}
	return out, nil
}

// first reads the first rows of a table, with nothing masked.
func first(ctx context.Context, q querier, t *datamap.PlannedTable, columns []*datamap.Column, conds, keys []string) ([]dossier.Record, error) {
	r := newTelling(t, columns)
	rows, err := q.Query(ctx, r.sql(conds)+fmt.Sprintf(" limit %d", firstRows), keys)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	p := &page{}
	for rows.Next() {
		if err := r.take(p, rows); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	err = r.tell(p, nil)
	return p.records, err
}
