package records

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
)

// keeps notes which columns of a table a law keeps, and the key that its rows are fenced by. Of the persons' own table that
// is what kept records need of their rows.
func (s *Source) keeps(t *scanTable) {
	planned := s.plan.Table(t.mapped)
	if planned == nil {
		return
	}
	by := map[string]*datamap.Keep{}
	for _, other := range s.plan.Tables {
		if other.Keep != nil && planned == s.plan.Subject() {
			for _, c := range other.Keep.Fence {
				by[c] = other.Keep
			}
		}
	}
	t.kept = make([]bool, len(t.columns))
	for i, c := range t.columns {
		keep := by[c.name]
		if planned.Kept(c.name) {
			keep = planned.Keep
		}
		if keep == nil {
			continue
		}
		t.kept[i], t.key = true, planned.Key
		rule, _ := s.m.Retention.Get(keep.Until)
		t.law = rule.Law.In("sv")
	}
}

// fencedRows are the rows with findings in kept columns that an erasure has fenced: all their kept columns (nil), or those
// that are named.
type fencedRows map[string][]string

func (f fencedRows) holds(key, column string) bool {
	columns, ok := f[key]
	return ok && (columns == nil || slices.Contains(columns, column))
}

// fenced tells which of the rows with findings in kept columns an erasure has fenced. In any other row the law keeps
// nothing yet, so what was found there is a finding.
func (r *rescan) fenced(ctx context.Context, t *tally) (fencedRows, error) {
	out := fencedRows{}
	if len(t.keyed) == 0 {
		return out, nil
	}
	var ledger bool
	if err := r.tx.QueryRow(ctx, `select to_regclass('insyn_ledger.kept') is not null`).Scan(&ledger); err != nil || !ledger {
		return out, err
	}
	keys := make([]string, 0, len(t.keyed))
	for _, k := range t.keyed {
		keys = append(keys, k.key)
	}
	rows, err := r.tx.Query(ctx, `
		select row_key,
		       columns
		  from insyn_ledger.kept
		 where table_name = $1
		   and row_key = any ($2)`, t.of.mapped, keys)
	if err != nil {
		return nil, fmt.Errorf("read which rows are kept: %w", err)
	}
	var key string
	var columns []string
	_, err = pgx.ForEachRow(rows, []any{&key, &columns}, func() error {
		out[key] = columns
		return nil
	})
	return out, err
}
