package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// Rehearse runs the erasure again without keeping it; an approval of an older plan falls.
func (d *Desk) Rehearse(ctx context.Context, id, actor int64) error {
	return d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		if r.Kind != dsar.Erasure || r.Closed() || r.ErasedAt != nil || r.State == dsar.Working || len(r.Subjects) == 0 {
			return dsar.ErrConflict
		}
		return d.rehearse(ctx, tx, r, actor)
	})
}

func (d *Desk) rehearse(ctx context.Context, tx pgx.Tx, r *request.Request, actor int64) error {
	if err := dropApproval(ctx, tx, r.ID); err != nil {
		return err
	}
	return d.work(ctx, tx, r.ID, actor, Rehearsal)
}

// RequestErasure completes an erasure that came from the share page or by phone: the ground (GDPR Art. 17(1), a to f), how
// the person was verified, and that actor stands behind it.
func (d *Desk) RequestErasure(ctx context.Context, id, actor int64, ground, verifiedHow string, noWait bool) error {
	return d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		if r.Kind != dsar.Erasure || r.Closed() || r.ErasedAt != nil || r.ApprovedBy != 0 {
			return dsar.ErrConflict
		}
		if ground == "" {
			return &dsar.Invalid{Field: "ground", Problem: "required"}
		}
		if verifiedHow == "" {
			return &dsar.Invalid{Field: "verified_how", Problem: "required"}
		}
		_, err := tx.Exec(ctx, `
			update insyn.request
			   set ground = $2,
			       verified_how = $3,
			       verified_by = $4,
			       verified_at = now(),
			       requested_by = $4,
			       no_wait = $5,
			       version = version + 1
			 where id = $1`, id, ground, verifiedHow, actor, noWait)
		if err != nil {
			return badChoice(err, "ground")
		}
		return note(ctx, tx, r, actor, "erasure.requested")
	})
}

// Approve approves what was shown (StoredRehearsal.Shown): the plan, and what is decided about mentions, of which none may be
// undecided (ErrMentions). The database refuses an approver who is not an administrator, or
// who asked for the erasure where the settings want two people.
func (d *Desk) Approve(ctx context.Context, id, actor int64, shown []byte) error {
	reh, err := d.Rehearsal(ctx, id)
	if err != nil {
		return err
	}
	return d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		if r.Kind != dsar.Erasure || r.WaitingFor != dsar.ForApproval || r.Held || r.Undecided > 0 || !bytes.Equal(reh.Shown(), shown) {
			return dsar.ErrConflict
		}
		switch {
		case r.Ground == "":
			return &dsar.Invalid{Field: "ground", Problem: "required"}
		case r.VerifiedHow == "":
			return &dsar.Invalid{Field: "verified_how", Problem: "required"}
		case r.RequestedBy == 0:
			return &dsar.Invalid{Field: "requested_by", Problem: "required"}
		}
		plan, err := d.reviewed(ctx, tx, reh, id)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			update insyn.request
			   set approved_by = $2,
			       approved_at = now(),
			       approved_plan = $3,
			       version = version + 1
			 where id = $1`, id, actor, plan)
		switch postgres.Constraint(err) {
		case "request_two_people":
			return fmt.Errorf("approve request %d: %w", id, errors.Join(dsar.ErrForbidden, ErrTwoPeople))
		case "request_approver_role":
			return fmt.Errorf("approve request %d: %w", id, dsar.ErrForbidden)
		}
		if err != nil {
			return fmt.Errorf("approve request %d: %w", id, err)
		}
		if err := note(ctx, tx, r, actor, "erasure.approved"); err != nil {
			return err
		}
		return d.work(ctx, tx, id, actor, Erasure)
	})
}

// reviewed is the plan of a rehearsal with what was decided about its mentions. Each accepted place may be one more row of its
// table.
func (d *Desk) reviewed(ctx context.Context, tx pgx.Tx, reh *request.StoredRehearsal, id int64) (plan request.ApprovedPlan, err error) {
	n, err := d.Mentions(ctx, tx, id)
	if err != nil {
		return plan, err
	}
	if n.Undecided > 0 {
		return plan, fmt.Errorf("approve request %d: %w", id, ErrMentions)
	}
	plan = request.ApprovedPlan{Hash: reh.PlanHash, Decisions: reh.Decisions, Counts: maps.Clone(reh.Counts)}
	accepted, err := d.AcceptedByTable(ctx, tx, id)
	for table, rows := range accepted {
		plan.Counts[table] += rows
	}
	return plan, err
}

// halt stops an erasure for good, before the request leaves for another end. The jobs are cancelled in tx; then the fence
// goes up in every source, so that a run that nobody hears from cannot commit any more. One that has committed cannot be
// stopped: dsar.ErrConflict.
func (d *Desk) halt(ctx context.Context, tx pgx.Tx, r *request.Request) error {
	if r.Kind != dsar.Erasure {
		return nil
	}
	var epoch int
	err := tx.QueryRow(ctx, `select coalesce(max(epoch), 0) + 1 from insyn.job where request_id = $1`, r.ID).Scan(&epoch)
	if err != nil {
		return fmt.Errorf("read the epoch of request %d: %w", r.ID, err)
	}
	for _, src := range d.Sources {
		for _, u := range r.Subjects {
			if u.Source != src.Name {
				continue
			}
			if err := src.Fence(ctx, r.ID, u.HMAC, epoch); err != nil {
				return err
			}
			_, done, err := src.LedgerRow(ctx, r.ID, u.HMAC)
			if err != nil {
				return err
			}
			if done {
				return fmt.Errorf("stop the erasure of request %d: %w", r.ID, dsar.ErrConflict)
			}
		}
	}
	return nil
}

// ErrMentions: places in texts that may name the person have not been decided on.
var ErrMentions = errors.New("mentions are waiting for an answer")

// ErrTwoPeople: the approver asked for the erasure, and the settings want two people.
var ErrTwoPeople = errors.New("the approver must not be the requester")

// badChoice turns a broken CHECK into a wrong field.
func badChoice(err error, field string) error {
	if postgres.Constraint(err) != "" {
		return &dsar.Invalid{Field: field, Problem: "choice"}
	}
	return err
}
