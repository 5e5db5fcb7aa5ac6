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
	list := targets(r)
	if held, err := w.held(ctx, list); err != nil {
		return err
	} else if held {
		return w.stopFor(ctx, c, dsar.ForHold, codeHold)
	}
	if stopped, err := w.undecided(ctx, c, r); err != nil || stopped {
		return err
	}
	var out Rehearsed
	refused := false
	counts, total := map[string]int{}, 0
	hash := bytes.Buffer{}
	if err := w.undrifted(ctx, list); err != nil {
		return w.awaitAcceptance(ctx, c, r, err)
	}
	decided, err := w.store.Decisions(ctx, w.Pool, r.ID)
	if err != nil {
		return err
	}
	for _, t := range list {
		src, err := w.source(t.source)
		if err != nil {
			return dsar.GiveUp("no_source")
		}
		res, err := src.Rehearse(ctx, t.erasure(r, c.Epoch, set, c, &records.Hasher{Keys: w.Keys}, decided))
		if err != nil {
			return w.awaitAcceptance(ctx, c, r, erasureFault(err))
		}
		out.Sources = append(out.Sources, RehearsedSource{Source: t.source, Result: res})
		hash.Write(res.PlanHash)
		refused = refused || len(res.Refusals) > 0
		total += res.Total
		for _, n := range res.Tables {
			counts[t.source+" "+n.Table] += n.Rows
		}
	}
	if len(out.Sources) == 0 { // somebody whom only the reference register knows
		return w.nothingToErase(ctx, c, r, "register_only", dsar.ForReview)
	}
	if total == 0 && !refused { // an erasure done before has left nothing to approve
		return w.nothingToErase(ctx, c, r, "erased", dsar.ForDelivery)
	}
	return w.rehearsed(ctx, c, r, out, hash.Bytes(), counts, refused)
}

// rehearsed stores what was found. It goes to an approver, unless a rule of the map refuses: then to the desk, which reads
// the reasons and decides.
func (w *Worker) rehearsed(ctx context.Context, c *Claim, r *request.Request, out Rehearsed, hash []byte, counts map[string]int, refused bool) error {
	body, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("encode the rehearsal of request %d: %w", r.ID, err)
	}
	return c.Commit(ctx, func(tx pgx.Tx) error {
		var id int64
		err := tx.QueryRow(ctx, `
			insert into insyn.rehearsal (request_id, plan_hash, counts, body)
			values ($1, $2, $3, $4)
			returning id`, r.ID, hash, counts, w.Keys.Seal("rehearsal.body", body)).Scan(&id)
		if err != nil {
			return fmt.Errorf("store the rehearsal of request %d: %w", r.ID, err)
		}
		if err := recordPlaces(ctx, tx, r.ID, id, out); err != nil {
			return err
		}
		if !refused {
			return request.Move(ctx, tx, request.Step{ID: r.ID, To: dsar.Waiting, For: dsar.ForApproval})
		}
		if err := audit.Write(ctx, tx, audit.Entry{Action: "stopped." + codeRefused, RequestID: r.ID}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update insyn.job set code = $2 where id = $1`, c.ID, codeRefused); err != nil {
			return err
		}
		return request.Move(ctx, tx, request.Step{ID: r.ID, To: dsar.Waiting, For: dsar.ForReview})
	})
}

// recordPlaces writes down what somebody is asked about.
func recordPlaces(ctx context.Context, tx pgx.Tx, id, rehearsal int64, found Rehearsed) error {
	for _, src := range found.Sources {
		places := make([]request.Place, len(src.Result.Review))
		for i, p := range src.Result.Review {
			places[i] = request.Place{Hash: p.Hash, Table: p.Table, Column: p.Column, Rule: p.Rule, Confidence: p.Confidence.String(), Linked: p.Linked}
		}
		if err := request.RecordPlaces(ctx, tx, id, rehearsal, src.Source, places); err != nil {
			return err
		}
	}
	return request.DropPlaces(ctx, tx, id, rehearsal)
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
