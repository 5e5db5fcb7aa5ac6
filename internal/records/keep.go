package records

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/dsar"
)

// keep books the person's rows that a law keeps, by the day until when. They are not touched. A rule counts from the
// financial year of the row or of the row that it belongs to.
func (r *run) keep(ctx context.Context, t *datamap.PlannedTable) error {
	rule, _ := r.s.m.Retention.Get(t.Keep.Until)
	end, from := "x."+quote(t.Keep.FinancialYearEnd), tableSQL(t)+" as x"
	if t.Keep.With != "" {
		parent, _ := r.plan.Source.Table(t.Keep.With)
		var on []string
		for _, p := range t.Paths {
			if len(p.Hops) > 0 && p.Hops[0].Table == t.Keep.With {
				for _, pair := range p.Hops[0].On {
					on = append(on, "x."+quote(pair.Ours)+" = k."+quote(pair.Theirs))
				}
				break
			}
		}
		if len(on) == 0 {
			return fmt.Errorf("%s is kept with %s, but no path leads there", t.Name, t.Keep.With)
		}
		end = "k." + quote(parent.Keep.FinancialYearEnd)
		from += " join " + quoteTable(t.Keep.With) + " as k on " + strings.Join(on, " and ")
	}
	rows, err := r.tx.Query(ctx, fmt.Sprintf(`select %s, %s::date from %s where %s order by 2, 1`, keyText("x", t.Key), end, from,
		united(t, r.s.reaching(t, false))), r.keys)
	if err != nil {
		return fmt.Errorf("read what is kept of %s: %w", t.Name, err)
	}
	var key string
	var year time.Time
	over := 0
	today := dsar.DateOf(time.Now(), time.UTC)
	_, err = pgx.ForEachRow(rows, []any{&key, &year}, func() error {
		until := dsar.KeepUntil(dsar.DateOf(year, time.UTC), rule.Years)
		r.fenced = append(r.fenced, fencedRow{t.Name, key, t.Keep.Until, until})
		if until.Before(today) {
			over++
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
	return nil
}
