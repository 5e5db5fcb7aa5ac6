package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// Rehearsed is what is stored of a rehearsal: one result a source, in the order of their names.
type Rehearsed struct {
	Sources []RehearsedSource `json:"sources"`
}

// RehearsedSource is the rehearsal in one source.
type RehearsedSource struct {
	Source string             `json:"source"`
	Result *records.Rehearsal `json:"result"`
}

// rehearsal runs the erasure in every source and rolls it back. An approver then sees what it did.
func (w *Worker) rehearsal(ctx context.Context, c *Claim) error {
	r, err := w.store.Get(ctx, c.RequestID)
	if err != nil {
		return err
	}
	set, err := settings.Load(ctx, w.Pool)
	if err != nil {
		return err
	}
	var out Rehearsed
	counts, total := map[string]int{}, 0
	hash := bytes.Buffer{}
	if err := w.undrifted(ctx, targets(r)); err != nil {
		return w.awaitAcceptance(ctx, c, r, err)
	}
	for _, t := range targets(r) {
		src, err := w.source(t.source)
		if err != nil {
			return dsar.GiveUp("no_source")
		}
		res, err := src.Rehearse(ctx, t.erasure(r, c.Epoch, set, c))
		if err != nil {
			return w.awaitAcceptance(ctx, c, r, erasureFault(err))
		}
		out.Sources = append(out.Sources, RehearsedSource{Source: t.source, Result: res})
		hash.Write(res.PlanHash)
		total += res.Total
		for _, n := range res.Tables {
			counts[t.source+" "+n.Table] += n.Rows
		}
	}
	if len(out.Sources) == 0 { // somebody whom only the reference register knows
		return w.nothingToErase(ctx, c, r, "register_only", dsar.ForReview)
	}
	if total == 0 { // an erasure done before has left nothing to approve
		return w.nothingToErase(ctx, c, r, "erased", dsar.ForDelivery)
	}
	body, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("encode the rehearsal of request %d: %w", r.ID, err)
	}
	return c.Commit(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into insyn.rehearsal (request_id, plan_hash, counts, body)
			values ($1, $2, $3, $4)`, r.ID, hash.Bytes(), counts, w.Keys.Seal("rehearsal.body", body))
		if err != nil {
			return fmt.Errorf("store the rehearsal of request %d: %w", r.ID, err)
		}
		return request.Move(ctx, tx, request.Step{ID: r.ID, To: dsar.Waiting, For: dsar.ForApproval})
	})
}

// nothingToErase: no source of ours knows the person, or all of it is erased. The desk answers, and why is the code that
// the request's page explains.
func (w *Worker) nothingToErase(ctx context.Context, c *Claim, r *request.Request, why string, wait dsar.Wait) error {
	return c.Commit(ctx, func(tx pgx.Tx) error {
		if err := audit.Write(ctx, tx, audit.Entry{Action: "stopped." + why, RequestID: r.ID}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update insyn.job set code = $2 where id = $1`, c.ID, why); err != nil {
			return err
		}
		return request.Move(ctx, tx, request.Step{ID: r.ID, To: dsar.Waiting, For: wait})
	})
}
