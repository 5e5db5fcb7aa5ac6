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

// fencedRow is a row that a law keeps, for the ledger; of a row of the subject table only the columns.
type fencedRow struct {
	table, key, rule string
	until            dsar.Date
	columns          []string
}

// keep books the person's rows that a law keeps, by the day until when. What they need of the person's own row is fenced
// with them, or copied onto them first; apart from that they are not touched.
func (r *run) keep(ctx context.Context, t *datamap.PlannedTable) error {
	rule, _ := r.s.m.Retention.Get(t.Keep.Until)
	from, end, err := r.keptFrom(t)
	if err != nil {
		return err
	}
	rows, err := r.tx.Query(ctx, fmt.Sprintf(`select %s, %s::date from %s where %s order by 2, 1`, keyText("x", t.Key), end, from,
		united(t, r.s.reaching(t, false))), r.keys)
	if err != nil {
		return fmt.Errorf("read what is kept of %s: %w", t.Name, err)
	}
	var key string
	var day *time.Time
	var last dsar.Date
	over := 0
	today := dsar.DateOf(time.Now(), time.UTC)
	_, err = pgx.ForEachRow(rows, []any{&key, &day}, func() error {
		if day == nil { // without its date nobody knows until when
			return fmt.Errorf("a row of %s has no date to be kept from", t.Name)
		}
		until := dsar.KeepUntil(dsar.DateOf(*day, time.UTC), rule.Years)
		if rule.From == "date" {
			until = dsar.KeepFrom(dsar.DateOf(*day, time.UTC), rule.Years)
		}
		r.fenced = append(r.fenced, fencedRow{table: t.Name, key: key, rule: t.Keep.Until, until: until})
		if until.Before(today) {
			over++
		}
		if until.After(last) {
			last = until
		}
		if n := len(r.kept); n > 0 && r.kept[n-1].Table == t.Name && r.kept[n-1].Until == until {
			r.kept[n-1].Rows++
			return nil
		}
		r.kept = append(r.kept, Kept{Table: t.Name, Label: t.Label, Law: rule.Law, LawSentence: rule.LawSentence, Rows: 1, Until: until})
		return nil
	})
	if err != nil {
		return fmt.Errorf("read what is kept of %s: %w", t.Name, err)
	}
	if over > 0 {
		r.warnings = append(r.warnings, Warning{Kind: "kept_over", Table: t.Name, Label: t.Label, Rows: over})
	}
	if last.IsZero() {
		return nil
	}
	r.fence(t, rule, last)
	return r.freeze(ctx, t)
}

// keptFrom is the from clause of a kept table and the expression that its end is counted from: its own column, or that of
// the row that it belongs to.
func (r *run) keptFrom(t *datamap.PlannedTable) (from, end string, err error) {
	from = tableSQL(t) + " as x"
	if t.Keep.With == "" {
		return from, "x." + quote(t.Keep.From()), nil
	}
	parent := r.plan.Table(t.Keep.With)
	for _, p := range t.Paths {
		if len(p.Hops) > 0 && p.Hops[0].Table == t.Keep.With {
			w := pathSQL{r.plan}
			var laterals strings.Builder
			ours := w.decode(&laterals, side{"x", t.Name}, p.Hops[0].On, 0)
			on := w.matches(side{"k", parent.Name}, p.Hops[0].On, ours, 0)
			return from + laterals.String() + " join " + tableSQL(parent) + " as k on " + strings.Join(on, " and "), "k." + quote(parent.Keep.From()), nil
		}
	}
	return "", "", fmt.Errorf("%s is kept with %s, but no path leads there", t.Name, t.Keep.With)
}

// fence keeps columns of the person's own row as long as the last record that needs them.
func (r *run) fence(t *datamap.PlannedTable, rule *datamap.Retention, until dsar.Date) {
	if len(t.Keep.Fence) == 0 {
		return
	}
	subject := r.plan.Subject()
	for _, c := range t.Keep.Fence {
		if !slices.Contains(r.fences, c) {
			r.fences = append(r.fences, c)
		}
	}
	for _, k := range r.keys {
		i := slices.IndexFunc(r.fenced, func(f fencedRow) bool { return f.table == subject.Name && f.key == k })
		if i < 0 {
			r.fenced = append(r.fenced, fencedRow{table: subject.Name, key: k, rule: t.Keep.Until, until: until, columns: t.Keep.Fence})
			continue
		}
		r.fenced[i].columns = r.fences
		if until.After(r.fenced[i].until) {
			r.fenced[i].until = until
		}
	}
	r.kept = append(r.kept, Kept{Table: subject.Name, Label: subject.Label, Law: rule.Law, LawSentence: rule.LawSentence, Rows: len(r.keys), Until: until})
}

// freeze copies columns of the person's row onto the records that name their buyer by reference only.
func (r *run) freeze(ctx context.Context, t *datamap.PlannedTable) error {
	if len(t.Keep.Freeze) == 0 {
		return nil
	}
	subject := r.plan.Subject()
	var sets []string
	for _, e := range t.Keep.Freeze {
		column := "x." + quote(e.Name)
		sets = append(sets, fmt.Sprintf("%s = coalesce(nullif(%s::text, ''), %s)::%s", quote(e.Name), column, filled(e.Value), t.Types[e.Name].Name))
	}
	for _, p := range t.Paths {
		if !p.Owns() {
			continue
		}
		j := pathSQL{r.plan}.join(t, p, nil, "")
		_, err := r.tx.Exec(ctx, fmt.Sprintf(`update %s as x set %s from (select %s as insyn_k, %s as insyn_p from %s where %s) as v join %s as s on %s = v.insyn_p where %s`,
			tableSQL(t), strings.Join(sets, ", "), j.row, j.person, j.from, j.personIn("$1"), tableSQL(subject), keyText("s", subject.Key), keyMatch(t)), r.keys)
		if err != nil {
			return fmt.Errorf("copy the counterparty onto %s: %w", t.Name, err)
		}
	}
	return nil
}

// filled is a freeze text over the subject's row (alias s), in SQL.
func filled(text string) string {
	var parts []string
	for {
		before, rest, found := strings.Cut(text, "{")
		if before != "" {
			parts = append(parts, literal(before))
		}
		if !found {
			return "btrim(concat(" + strings.Join(parts, ", ") + "))"
		}
		name, after, _ := strings.Cut(rest, "}")
		parts, text = append(parts, "s."+quote(name)), after
	}
}
