package worker

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
)

// Codes of work that somebody at the desk must let go on.
const (
	codeHold    = "legal_hold"
	codeTied    = "tied_cards"
	codeRefused = "refused_by_rule"
)

// held tells whether a legal hold is on one of the people, on any of their cards.
func (w *Worker) held(ctx context.Context, list []target) (bool, error) {
	var hashes [][]byte
	for _, t := range list {
		src, err := w.source(t.source)
		if err != nil {
			return false, dsar.GiveUp("no_source")
		}
		keys, err := src.SamePerson(ctx, t.keys)
		if err != nil {
			return false, err
		}
		for _, k := range keys {
			hashes = append(hashes, w.Keys.Subject(t.source, k))
		}
	}
	return w.store.Held(ctx, w.Pool, hashes...)
}

// undecided looks for other live cards that share an identifier with the request's people, notes them, and tells whether
// nobody has said yet whose they are. Then the request waits for the desk, and the job is over.
func (w *Worker) undecided(ctx context.Context, c *Claim, r *request.Request) (stopped bool, err error) {
	var people []records.Ref
	for _, t := range targets(r) {
		for _, k := range t.keys {
			people = append(people, records.Ref{Source: t.source, Key: k})
		}
	}
	ties, err := records.FindTies(ctx, w.Sources, people)
	if err != nil {
		return false, err
	}
	before, err := w.store.Ties(ctx, r.ID)
	if err != nil || len(ties) == 0 && len(before) == 0 {
		return false, err
	}
	found := make([]request.FoundTie, 0, len(ties))
	for _, t := range ties {
		found = append(found, request.FoundTie{
			Source: t.Ref.Source, Key: t.Ref.Key, WithSource: t.With.Source, WithKey: t.With.Key, Kinds: t.Kinds,
		})
	}
	open := 0
	err = c.Step(ctx, func(tx pgx.Tx) error {
		open, err = w.store.RecordTies(ctx, tx, r.ID, found)
		return err
	})
	if err != nil || open == 0 {
		return false, err
	}
	return true, w.stopWithout(ctx, c, r, dsar.ForIdentity, codeTied)
}

// stopWithout hands the request to the desk; an approval that was given falls, and the handler is told that it did.
func (w *Worker) stopWithout(ctx context.Context, c *Claim, r *request.Request, wait dsar.Wait, why string) error {
	return c.Commit(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `update insyn.job set code = $2 where id = $1`, c.ID, why); err != nil {
			return fmt.Errorf("note why job %d stopped: %w", c.ID, err)
		}
		if r.ApprovedBy != 0 {
			_, err := tx.Exec(ctx, `update insyn.request set approved_by = null, approved_at = null, approved_plan = null where id = $1`, r.ID)
			if err != nil {
				return fmt.Errorf("drop the approval of request %d: %w", r.ID, err)
			}
			if err := w.tell(ctx, tx, r.ID, "mail.news"); err != nil {
				return err
			}
		}
		if err := audit.Write(ctx, tx, audit.Entry{Action: "stopped." + why, RequestID: r.ID}); err != nil {
			return err
		}
		return request.Move(ctx, tx, request.Step{
			ID: r.ID, To: dsar.Waiting, For: wait,
			From: []dsar.State{dsar.Received, dsar.Working, dsar.Waiting, dsar.Failed, dsar.Answered, dsar.Partly},
		})
	})
}
