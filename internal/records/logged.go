package records

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
)

// logged are the values by which the rows of a log refer to the person's rows of another table. They are read before those
// rows change: afterwards nothing would lead from the log to the person any more.
type logged struct {
	table  string // the log
	path   int    // of its paths
	pair   datamap.Pair
	values []string
}

// holds says for a row of the log, alias x, that it refers to one of the values in param.
func (l logged) holds(w pathSQL, param string) string {
	return w.holds(side{"x", l.table}, l.pair, value{sql: "k", from: "unnest(" + param + "::text[]) as k", typ: textType})
}

// logPaths are the paths of logs that lead to the person through another table.
func (r *run) logPaths(fn func(t *datamap.PlannedTable, i int, p datamap.Path) error) error {
	for _, t := range r.plan.Tables {
		if t.LogOf == "" {
			continue
		}
		for i, p := range t.Paths {
			if p.Owns() && len(p.Hops) > 0 && len(p.Hops[0].On) == 1 && p.Hops[0].Table != r.plan.Subject().Name {
				if err := fn(t, i, p); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// rememberLogged reads the values, or in the last stage those that the first has written down.
func (r *run) rememberLogged(ctx context.Context) error {
	if r.resumed {
		return r.readLogged(ctx)
	}
	w := pathSQL{r.plan}
	return r.logPaths(func(t *datamap.PlannedTable, i int, p datamap.Path) error {
		h := p.Hops[0]
		v := w.inside(side{"h", h.Table}, h.On[0].Theirs, h.On[0].TheirsPart, "v")
		from := w.table(h.Table) + " as h"
		if v.from != "" {
			from += " cross join lateral " + v.from
		}
		values, err := collect[string](ctx, r.tx, fmt.Sprintf(`select distinct (%s)::text from %s where %s and (%s) is not null`,
			v.sql, from, and(h.When, w.from("h", h.Table, p.Hops[1:], 0, "$1")), v.sql), r.keys)
		if err != nil {
			return fmt.Errorf("read what %s refers to: %w", t.Name, err)
		}
		if len(values) > 0 {
			r.logged = append(r.logged, logged{t.Name, i, h.On[0], values})
		}
		return nil
	})
}

// writeLogged puts the values into the journal of a run in stages, before its first row.
func (r *run) writeLogged(ctx context.Context) error {
	if err := r.rememberLogged(ctx); err != nil {
		return err
	}
	no := 0
	for _, l := range r.logged {
		_, err := r.tx.Exec(ctx, `
			insert into insyn_ledger.journal (request_id, subject, table_name, no, remove, row_key, paths, others)
			select $1, $2, $3, -($4::bigint + v.i), false, v.value, $5, 0
			  from unnest($6::text[]) with ordinality as v (value, i)`, r.e.RequestID, r.e.Subject, l.table, no, int64(l.path), l.values)
		if err != nil {
			return fmt.Errorf("write what %s refers to: %w", l.table, err)
		}
		no += len(l.values)
	}
	return nil
}

func (r *run) readLogged(ctx context.Context) error {
	return r.logPaths(func(t *datamap.PlannedTable, i int, p datamap.Path) error {
		rows, err := r.tx.Query(ctx, `
			select row_key
			  from insyn_ledger.journal
			 where request_id = $1
			   and subject = $2
			   and no < 0
			   and table_name = $3
			   and paths = $4`, r.e.RequestID, r.e.Subject, t.Name, int64(i))
		if err != nil {
			return fmt.Errorf("read what %s refers to: %w", t.Name, err)
		}
		values, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return fmt.Errorf("read what %s refers to: %w", t.Name, err)
		}
		if len(values) > 0 {
			r.logged = append(r.logged, logged{t.Name, i, p.Hops[0].On[0], values})
		}
		return nil
	})
}
