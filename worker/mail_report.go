package worker

import (
	"context"
	"fmt"

	"insyn/internal/wording"
)

// reportVars fills the report's mail from the newest stored report: numbers only.
func (w *Worker) reportVars(ctx context.Context, m *message, v wording.Vars) error {
	var body map[string]any
	err := w.Pool.QueryRow(ctx, `
		select body
		  from insyn.report
		 order by slot desc
		 limit 1`).Scan(&body)
	if err != nil {
		return fmt.Errorf("read the report: %w", err)
	}
	for k, x := range body {
		if n, ok := x.(float64); ok {
			v[k] = int(n)
			continue
		}
		v[k] = own(x, m.Language)
	}
	v["report_url"] = w.WebURL + "/"
	return nil
}
