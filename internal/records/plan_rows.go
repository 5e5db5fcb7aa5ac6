package records

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/dsar"
)

// paths are the ways from the table to the person.
func (p *planner) paths(t *datamap.PlannedTable) []PathPlan {
	out := []PathPlan{}
	w := pathSQL{p.s.plan}
	for _, path := range t.Paths {
		out = append(out, PathPlan{Name: path.Name, As: path.As, Words: pathWords(t.Name, path), SQL: w.linked(t, path)})
	}
	return out
}

// count counts the person's rows: theirs alone, shared with others, around them, and what a law keeps.
func (p *planner) count(ctx context.Context, t *datamap.PlannedTable, out *TablePlan) error {
	conds := p.s.reaching(t, false)
	if len(conds) == 0 {
		return p.around(ctx, t, nil, out)
	}
	out.Predicate = united(t, conds)
	rows, err := collect[string](ctx, p.tx, fmt.Sprintf(`select %s from %s as x where %s limit %d`, keyText("x", t.Key), tableSQL(t), out.Predicate, p.out.RowCap+1), p.keys)
	if err != nil {
		return err
	}
	if out.More = len(rows) > p.out.RowCap; out.More {
		out.Own = len(rows)
		return nil
	}
	owners := map[string][]string{}
	if t.Shareable {
		err := p.s.others(ctx, p.tx, t, rows, p.keys, func(o owner) {
			if t.Paths[o.path].Owns() {
				owners[o.row] = append(owners[o.row], o.person)
			}
		})
		if err != nil {
			return err
		}
	}
	people := map[string]bool{}
	for _, k := range rows {
		if len(owners[k]) == 0 {
			out.Own++
			continue
		}
		out.Shared++
		for _, o := range owners[k] {
			people[o] = true
		}
	}
	out.Others = len(people)
	if t.Keep != nil {
		if err := p.kept(ctx, t, out); err != nil {
			return err
		}
	}
	return p.around(ctx, t, conds, out)
}

// around counts rows that only context paths reach, where the run searches their texts.
func (p *planner) around(ctx context.Context, t *datamap.PlannedTable, own []string, out *TablePlan) error {
	all := p.s.reaching(t, true)
	if len(all) == len(own) || len(t.Scanned()) == 0 {
		return nil
	}
	var n int
	err := p.tx.QueryRow(ctx, fmt.Sprintf(`select count(*) from %s as x where %s`, tableSQL(t), united(t, all)), p.keys).Scan(&n)
	out.Around = max(n-out.Own-out.Shared, 0)
	return err
}

// kept counts the rows that a law keeps, by the day until when.
func (p *planner) kept(ctx context.Context, t *datamap.PlannedTable, out *TablePlan) error {
	rule, _ := p.s.m.Retention.Get(t.Keep.Until)
	from, end := tableSQL(t)+" as x", "x."+quote(t.Keep.From())
	if t.Keep.With != "" {
		parent, _ := p.s.plan.Source.Table(t.Keep.With)
		var on []string
		for _, path := range t.Paths {
			if len(on) == 0 && len(path.Hops) > 0 && path.Hops[0].Table == t.Keep.With {
				for _, pair := range path.Hops[0].On {
					on = append(on, "x."+quote(pair.Ours)+" = k."+quote(pair.Theirs))
				}
			}
		}
		if len(on) == 0 {
			return fmt.Errorf("%s is kept with %s, but no path leads there", t.Name, t.Keep.With)
		}
		from += " join " + quoteTable(t.Keep.With) + " as k on " + strings.Join(on, " and ")
		end = "k." + quote(parent.Keep.From())
	}
	rows, err := p.tx.Query(ctx, fmt.Sprintf(`select (%s)::date, count(*)::integer from %s where %s and %s is not null group by 1 order by 1`, end, from, out.Predicate, end), p.keys)
	if err != nil {
		return err
	}
	var day time.Time
	var n int
	_, err = pgx.ForEachRow(rows, []any{&day, &n}, func() error {
		until := dsar.KeepUntil(dsar.DateOf(day, time.UTC), rule.Years)
		if i := len(out.Kept) - 1; i >= 0 && out.Kept[i].Until == until {
			out.Kept[i].Rows += n
			return nil
		}
		out.Kept = append(out.Kept, Kept{Table: t.Name, Label: t.Label, Law: rule.Law, LawSentence: rule.LawSentence, Rows: n, Until: until})
		return nil
	})
	slices.SortStableFunc(out.Kept, func(a, b Kept) int { return strings.Compare(a.Until.String(), b.Until.String()) })
	return err
}
