package records

import (
	"context"
	"fmt"

	"insyn/internal/datamap"
)

// logRows are rows of a log about rows that expire, told by what the log refers to them with.
type logRows struct {
	log    *datamap.PlannedTable
	ours   []string
	values []string
}

// logsOf notes, before rows are changed, how the logs refer to them: a trigger copies the old values while they are
// erased, and afterwards the rows may be gone.
func (x *expiry) logsOf(ctx context.Context, t *datamap.PlannedTable, keys []string) ([]logRows, error) {
	var out []logRows
	for _, l := range x.s.plan.Tables {
		if l.LogOf != t.Name {
			continue
		}
		for _, p := range l.Paths {
			if len(p.Hops) == 0 || p.Hops[0].Table != t.Name {
				continue
			}
			r := logRows{log: l}
			var theirs []string
			for _, pair := range p.Hops[0].On {
				r.ours, theirs = append(r.ours, pair.Ours), append(theirs, pair.Theirs)
			}
			var err error
			r.values, err = collect[string](ctx, x.tx, fmt.Sprintf(`select distinct %s from %s as x where %s and %s is not null`, keyText("x", theirs),
				quoteTable(t.Name), keyIn("x", t.Key, typesOf(t, t.Key), "$1"), keyText("x", theirs)), keys)
			if err != nil {
				return nil, fmt.Errorf("find the log of %s: %w", t.Name, err)
			}
			out = append(out, r)
		}
	}
	return out, nil
}

// clear takes what the logs hold about the rows. It is not counted: the rows it is about are.
func (x *expiry) clear(ctx context.Context, logs []logRows) error {
	for _, r := range logs {
		if len(r.values) == 0 {
			continue
		}
		where := keyIn("x", r.ours, typesOf(r.log, r.ours), "$1")
		if r.log.Erase != "" {
			if _, err := x.tx.Exec(ctx, fmt.Sprintf(`delete from %s as x where %s`, quoteTable(r.log.Name), where), r.values); err != nil {
				return fmt.Errorf("clear the log %s: %w", r.log.Name, err)
			}
			continue
		}
		// A log whose rows stay is emptied where the map erases its columns.
		var columns []string
		for _, e := range r.log.Columns {
			if e.Value.Erase.Action != datamap.NoAction || len(e.Value.JSON) > 0 {
				columns = append(columns, e.Name)
			}
		}
		keys, err := collect[string](ctx, x.tx, fmt.Sprintf(`select %s from %s as x where %s`, keyText("x", r.log.Key), quoteTable(r.log.Name), where), r.values)
		if err != nil {
			return fmt.Errorf("clear the log %s: %w", r.log.Name, err)
		}
		set, err := x.emptying(ctx, r.log, columns)
		if err != nil {
			return err
		}
		if len(set) == 0 || len(keys) == 0 {
			continue
		}
		if _, err := x.write(ctx, x.tx, r.log, set, keys); err != nil {
			return err
		}
	}
	return nil
}
