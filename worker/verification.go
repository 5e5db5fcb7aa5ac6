package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/mention"
	"insyn/internal/receipt"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/jobs"
)

// verification searches every source for the identifiers that were recorded before the erasure. Findings outside what a
// law keeps go to the desk with their places and hold the confirmation back; a clean search destroys the identifiers and
// lets the confirmation go.
func (w *Worker) verification(ctx context.Context, c *Claim) error {
	var sealed []byte
	err := w.Pool.QueryRow(ctx, `
		select identifiers
		  from insyn.request_subject
		 where request_id = $1
		   and identifiers is not null
		 order by id
		 limit 1`, c.RequestID).Scan(&sealed)
	if errors.Is(err, pgx.ErrNoRows) { // done before
		return c.Commit(ctx, func(pgx.Tx) error { return nil })
	}
	if err != nil {
		return fmt.Errorf("read identifiers of request %d: %w", c.RequestID, err)
	}
	var ids mention.Person
	if err := w.Keys.OpenJSON("request_subject.identifiers", sealed, &ids); err != nil {
		return dsar.GiveUp("sealed")
	}
	r, err := w.store.Get(ctx, c.RequestID)
	if err != nil {
		return err
	}
	if err := w.filedAll(ctx, c.RequestID); err != nil {
		return err
	}
	var findings []records.Finding
	left, search := 0, newSearch()
	for _, src := range w.Sources {
		found, err := src.Rescan(ctx, []mention.Person{ids}, func(done, total int64) { c.Progress("rescan", done, total) })
		if err != nil {
			return err
		}
		// What could not be read has no rows: it is listed, but nobody is held back by a locked document of somebody else's.
		for _, f := range found {
			if !f.Retained {
				left += f.Rows
			}
		}
		findings = append(findings, found...)
		if err := search.add(ctx, src, found); err != nil {
			return err
		}
	}
	search.done()
	return c.Commit(ctx, func(tx pgx.Tx) error { return w.verified(ctx, tx, c, r, findings, search.Rescan, left) })
}

func (w *Worker) verified(ctx context.Context, tx pgx.Tx, c *Claim, r *request.Request, findings []records.Finding, search receipt.Rescan, left int) error {
	places, err := json.Marshal(findings)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		update insyn.request_subject
		   set receipt = receipt || jsonb_build_object('findings', $2::jsonb, 'rescanned_at', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
		       identifiers = case when $3 then null else identifiers end
		 where request_id = $1
		   and receipt is not null`, c.RequestID, string(places), left == 0)
	if err != nil {
		return fmt.Errorf("write the rescan of request %d: %w", c.RequestID, err)
	}
	detail := audit.Detail{"found": int64(left), "places": int64(len(findings))}
	if left > 0 {
		if err := audit.Write(ctx, tx, audit.Entry{Action: "rescan.found", RequestID: c.RequestID, Detail: detail}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update insyn.job set code = 'leftovers' where id = $1`, c.ID); err != nil {
			return err
		}
		if err := request.Move(ctx, tx, request.Step{ID: c.RequestID, To: dsar.Waiting, For: dsar.ForReview}); err != nil {
			return err
		}
		return w.tell(ctx, tx, c.RequestID, "mail.news")
	}
	if _, err := tx.Exec(ctx, `update insyn.request set rescanned_at = now(), version = version + 1 where id = $1`, c.RequestID); err != nil {
		return fmt.Errorf("mark the rescan of request %d: %w", c.RequestID, err)
	}
	if err := audit.Write(ctx, tx, audit.Entry{Action: "rescan.clean", RequestID: c.RequestID, Detail: detail}); err != nil {
		return err
	}
	if err := w.signReceipt(ctx, tx, r, search); err != nil {
		return err
	}
	released, err := jobs.ReleaseMails(ctx, tx, c.RequestID)
	if err != nil {
		return err
	}
	if released == 0 { // no address on file: the answer goes on paper
		return request.Move(ctx, tx, request.Step{ID: c.RequestID, To: dsar.Waiting, For: dsar.ForDelivery})
	}
	return nil
}
