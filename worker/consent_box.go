package worker

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// setBox writes what a person said into the source's column. A source without one, such as a help desk, holds a
// restriction in its own table, and an objection in the suppression list.
func (w *Worker) setBox(ctx context.Context, src *records.Source, key string, r *request.Request, u request.Subject, p request.Proposal, set settings.Settings) error {
	if src.KeepsConsent(p.Box) {
		return src.SetConsent(ctx, key, p.Box, records.Consent{State: p.State, At: said(r, p, set), How: p.How, Wording: p.Wording, By: w.by(r)})
	}
	switch {
	case p.Box != "processing":
		return nil
	case p.State == "restricted":
		return src.Restrict(ctx, key, r.ID)
	}
	rows, err := w.Pool.Query(ctx, `
		select s.request_id
		  from insyn.request_subject s
		  join insyn.request r on r.id = s.request_id
		 where s.key_hmac = $1
		   and r.kind in ('restriction', 'objection')`, u.HMAC)
	if err != nil {
		return fmt.Errorf("find restrictions before request %d: %w", r.ID, err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("find restrictions before request %d: %w", r.ID, err)
	}
	return src.Lift(ctx, key, ids)
}
