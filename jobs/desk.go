package jobs

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// Desk is where requests are handled: each step of a person is one transaction of state, audit line and the job that
// follows. The admin pages, the command line and the share page's events all use it.
type Desk struct {
	*request.Store
	// Sources are where an erasure may be under way: whoever stops one raises its fence there.
	Sources []*records.Source
}

// Submit registers a request and starts what can start. existed: the idempotency key was used, and id is the first one's.
func (d *Desk) Submit(ctx context.Context, n request.New) (id int64, existed bool, err error) {
	err = d.step(ctx, func(tx pgx.Tx, set settings.Settings) error {
		id, existed, err = d.SubmitIn(ctx, tx, set, n)
		return err
	})
	return id, existed, err
}

// SubmitIn is Submit in the caller's transaction.
func (d *Desk) SubmitIn(ctx context.Context, tx pgx.Tx, set settings.Settings, n request.New) (id int64, existed bool, err error) {
	id, existed, err = d.Create(ctx, tx, set, n)
	if err != nil || existed {
		return id, existed, err
	}
	return id, false, d.begin(ctx, tx, id, n.CreatedBy)
}

// begin moves a fresh request to its first work, or to whom it waits for. A request without a person stays received: the
// desk finds the person, or says that there is none.
func (d *Desk) begin(ctx context.Context, tx pgx.Tx, id, actor int64) error {
	r, err := d.Lock(ctx, tx, id)
	if err != nil || len(r.Subjects) == 0 {
		return err
	}
	switch r.Kind {
	case dsar.Access, dsar.Portability:
		return d.work(ctx, tx, id, actor, Collect)
	case dsar.Rectification:
		if r.CreatedBy == 0 { // a proposal from the share page: a person decides
			return request.Move(ctx, tx, request.Step{ID: id, To: dsar.Waiting, For: dsar.ForReview, Actor: actor})
		}
		if len(r.Proposal) == 0 {
			return nil
		}
		return d.work(ctx, tx, id, actor, Correction)
	case dsar.Erasure:
		return d.work(ctx, tx, id, actor, Rehearsal)
	case dsar.Restriction, dsar.Objection:
		if len(r.Proposal) == 0 {
			return nil
		}
		return d.work(ctx, tx, id, actor, Consent)
	}
	return fmt.Errorf("begin request %d: unknown kind", id)
}

func (d *Desk) work(ctx context.Context, tx pgx.Tx, id, actor int64, k Kind) error {
	if err := request.Move(ctx, tx, request.Step{ID: id, To: dsar.Working, Actor: actor}); err != nil {
		return err
	}
	job, err := Insert(ctx, tx, New{Kind: k, RequestID: id})
	if err != nil || k != Erasure {
		return err
	}
	// An erasure that was stopped before has left its fence in the source: the new one begins above it.
	_, err = tx.Exec(ctx, `
		update insyn.job
		   set epoch = (select max(epoch) + 1 from insyn.job where request_id = $2)
		 where id = $1`, job, id)
	if err != nil {
		return fmt.Errorf("raise the epoch of job %d: %w", job, err)
	}
	return nil
}

// step runs fn in a transaction with the settings. The commit notifies the relays, which enqueue; so no caller can commit
// a job and forget it, and a page never waits for Redis.
func (d *Desk) step(ctx context.Context, fn func(tx pgx.Tx, set settings.Settings) error) error {
	return postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		set, err := settings.Load(ctx, tx)
		if err != nil {
			return err
		}
		return fn(tx, set)
	})
}

// locked runs fn on a request that nobody else changes meanwhile.
func (d *Desk) locked(ctx context.Context, id int64, fn func(tx pgx.Tx, set settings.Settings, r *request.Request) error) error {
	return d.step(ctx, func(tx pgx.Tx, set settings.Settings) error {
		r, err := d.Lock(ctx, tx, id)
		if err != nil {
			return err
		}
		return fn(tx, set, r)
	})
}

func note(ctx context.Context, tx pgx.Tx, r *request.Request, actor int64, action string) error {
	return audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: action, RequestID: r.ID})
}
