package jobs

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// Bounced notes that the last message to the person came back after its server had taken it: the link dies, and the
// request is not answered any more. The bounce itself lies in the company's own mailbox, where somebody read it.
func (d *Desk) Bounced(ctx context.Context, id, actor int64) error {
	return d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		if r.State == dsar.Withdrawn || r.ErasedAt != nil { // after an erasure there is no address left to mend
			return dsar.ErrConflict
		}
		tag, err := tx.Exec(ctx, `
			update insyn.mail
			   set bounced_at = now()
			 where id = (select max(id)
			               from insyn.mail
			              where request_id = $1
			                and audience = 'subject'
			                and state = 'accepted')
			   and bounced_at is null`, id)
		if err != nil {
			return fmt.Errorf("note a bounce of request %d: %w", id, err)
		}
		if tag.RowsAffected() == 0 {
			return dsar.ErrConflict
		}
		if err := kill(ctx, tx, id, "undeliverable"); err != nil {
			return err
		}
		if err := note(ctx, tx, r, actor, "mail.bounced"); err != nil {
			return err
		}
		return request.Move(ctx, tx, request.Step{
			ID: id, To: dsar.Waiting, For: dsar.ForDelivery, Actor: actor,
			From: []dsar.State{dsar.Received, dsar.Waiting, dsar.Working, dsar.Failed, dsar.Answered, dsar.Partly, dsar.Refused},
		})
	})
}
