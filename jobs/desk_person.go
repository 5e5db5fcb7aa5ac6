package jobs

import (
	"context"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// AddSubject adds the person whom the desk found, and starts what then can start.
func (d *Desk) AddSubject(ctx context.Context, id, actor int64, sub request.NewSubject) error {
	return d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		if r.Closed() || r.State == dsar.Working {
			return dsar.ErrConflict
		}
		if err := d.Store.AddSubject(ctx, tx, id, sub, actor); err != nil {
			return err
		}
		if r.State == dsar.Received {
			return d.begin(ctx, tx, id, actor)
		}
		return nil
	})
}

// NothingFound closes a request about a person whom no source knows. The answer itself goes the way the request came,
// since there is no address on file; the page shows its text.
func (d *Desk) NothingFound(ctx context.Context, id, actor int64) error {
	return d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		if len(r.Subjects) > 0 || r.Closed() {
			return dsar.ErrConflict
		}
		if err := note(ctx, tx, r, actor, "answer.nothing_found"); err != nil {
			return err
		}
		return request.Move(ctx, tx, request.Step{ID: id, To: dsar.Answered, Actor: actor})
	})
}

// Verify notes how we know that the person is who they say; never with what. It ends a wait for identity.
func (d *Desk) Verify(ctx context.Context, id, actor int64, how string) error {
	return d.locked(ctx, id, func(tx pgx.Tx, set settings.Settings, r *request.Request) error {
		if r.Closed() {
			return dsar.ErrConflict
		}
		_, err := tx.Exec(ctx, `
			update insyn.request
			   set verified_how = $2,
			       verified_by = $3,
			       verified_at = now(),
			       version = version + 1
			 where id = $1`, id, how, actor)
		if err != nil {
			return badChoice(err, "verified_how")
		}
		if err := note(ctx, tx, r, actor, "request.verified"); err != nil {
			return err
		}
		if r.WaitingFor != dsar.ForIdentity {
			return nil
		}
		if err := d.resume(ctx, tx, set, r, actor); err != nil {
			return err
		}
		return d.begin(ctx, tx, id, actor)
	})
}

// Assign gives the request to a handler; 0 to nobody.
func (d *Desk) Assign(ctx context.Context, id, actor, handler int64) error {
	return d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		if _, err := tx.Exec(ctx, `update insyn.request set handler = nullif($2, 0), version = version + 1 where id = $1`, id, handler); err != nil {
			return err
		}
		return note(ctx, tx, r, actor, "request.assigned")
	})
}
