package records

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// keeps notes which columns of a table a law keeps, and the key that its rows are fenced by.
func (s *Source) keeps(t *scanTable) {
	planned := s.plan.Table(t.title())
	if planned == nil || planned.Keep == nil {
		return
	}
	t.kept = make([]bool, len(t.columns))
	for i, c := range t.columns {
		if planned.Kept(c.name) {
			t.kept[i], t.key = true, planned.Key
		}
	}
	rule, _ := s.m.Retention.Get(planned.Keep.Until)
	t.law = rule.Law.In("sv")
}

// fenced tells which of the rows with findings in kept columns an erasure has fenced. In any other row the law keeps
// nothing yet, so what was found there is a finding.
func (r *rescan) fenced(ctx context.Context, t *tally) (map[string]bool, error) {
	out := map[string]bool{}
	for _, k := range t.keyed {
		out[k.key] = false
	}
	if len(out) == 0 {
		return out, nil
	}
	var ledger bool
	if err := r.tx.QueryRow(ctx, `select to_regclass('insyn_ledger.kept') is not null`).Scan(&ledger); err != nil || !ledger {
		return out, err
	}
	keys := make([]string, 0, len(out))
	for k := range out {
		keys = append(keys, k)
	}
	rows, err := r.tx.Query(ctx, `
		select row_key
		  from insyn_ledger.kept
		 where table_name = $1
		   and row_key = any ($2)`, t.of.title(), keys)
	if err != nil {
		return nil, fmt.Errorf("read which rows are kept: %w", err)
	}
	var key string
	_, err = pgx.ForEachRow(rows, []any{&key}, func() error {
		out[key] = true
		return nil
	})
	return out, err
}
