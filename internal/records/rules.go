package records

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"insyn/internal/datamap"
)

// ErrRefused: a rule of the map keeps the person from being erased now, such as an open order. Nothing was touched.
var ErrRefused = errors.New("a rule of the map refuses the erasure")

// weigh counts the person's rows that a rule of the map asks the approver to know of, or that refuse the erasure, all in
// one statement.
func (r *run) weigh(ctx context.Context) error {
	var all []Warning
	var refuses []bool
	var counts []string
	add := func(t *datamap.PlannedTable, list datamap.List[datamap.Warn], refuse bool) {
		reach := r.s.reaching(t, false)
		for _, e := range list {
			if len(reach) == 0 {
				continue
			}
			all, refuses = append(all, Warning{Kind: e.Name, Table: t.Name, Label: e.Value.Label}), append(refuses, refuse)
			counts = append(counts, fmt.Sprintf(`(select count(*) from %s as x where %s)`, tableSQL(t), and(e.Value.When, united(t, reach))))
		}
	}
	for _, t := range r.plan.Tables {
		add(t, t.Warn, false)
		add(t, t.Refuse, true)
	}
	if len(all) == 0 {
		return nil
	}
	var found []int64
	if err := r.tx.QueryRow(ctx, `select array[`+strings.Join(counts, ", ")+`]::bigint[]`, r.keys).Scan(&found); err != nil {
		return fmt.Errorf("count what the rules of the map ask for: %w", err)
	}
	for i, n := range found {
		if all[i].Rows = int(n); n == 0 {
			continue
		}
		if refuses[i] {
			r.refusals = append(r.refusals, all[i])
		} else {
			r.warnings = append(r.warnings, all[i])
		}
	}
	return nil
}
