package records

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dossier"
	"insyn/internal/dsar"
)

// Fenced is how many rows of a table a law keeps until the same day.
type Fenced struct {
	Table string        `json:"table"`
	Label dossier.Label `json:"label"`
	Law   dossier.Label `json:"law"`
	Rule  string        `json:"rule"`
	Until dsar.Date     `json:"until"`
	Rows  int           `json:"rows"`
	Held  int           `json:"held,omitempty"` // of them: rows of people under a legal hold
	// Columns: not whole rows, but the columns of the person's own card that kept rows need.
	Columns bool `json:"columns,omitempty"`
}

// Overdue tells whether the rows should have been erased by today, the controller's own date.
func (f Fenced) Overdue(today dsar.Date) bool { return f.Until.Before(today) }

// Fenced lists what is fenced, by table, law and day, the earliest first. held is as for Expire.
func (s *Source) Fenced(ctx context.Context, held func(requestID int64) bool) ([]Fenced, error) {
	rows, err := s.pool.Query(ctx, `
		select table_name,
		       rule,
		       until,
		       columns is not null,
		       request_id,
		       count(*)
		  from insyn_ledger.kept
		 group by table_name, rule, until, columns is not null, request_id
		 order by until, table_name, rule, 4`)
	if err != nil {
		return nil, fmt.Errorf("list what is fenced in %s: %w", s.Name, safe(err))
	}
	var out []Fenced
	var f Fenced
	var request int64
	var n int
	_, err = pgx.ForEachRow(rows, []any{&f.Table, &f.Rule, &f.Until, &f.Columns, &request, &n}, func() error {
		if len(out) == 0 || !out[len(out)-1].same(f) {
			out = append(out, s.named(f))
		}
		last := &out[len(out)-1]
		last.Rows += n
		if held != nil && held(request) {
			last.Held += n
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list what is fenced in %s: %w", s.Name, safe(err))
	}
	return out, nil
}

func (f Fenced) same(o Fenced) bool {
	return f.Table == o.Table && f.Rule == o.Rule && f.Until == o.Until && f.Columns == o.Columns
}

// named adds the map's words; a table or a rule that the map has lost keeps its name.
func (s *Source) named(f Fenced) Fenced {
	f.Label, f.Law = dossier.Label{"sv": f.Table, "en": f.Table}, dossier.Label{"sv": f.Rule, "en": f.Rule}
	if t := s.plan.Table(f.Table); t != nil && len(t.Label) > 0 {
		f.Label = t.Label
	}
	if rule, ok := s.m.Retention.Get(f.Rule); ok && len(rule.Law) > 0 {
		f.Law = rule.Law
	}
	return f
}
