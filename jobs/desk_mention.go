package jobs

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// DecideMentions stores one answer about places that the newest rehearsal asks about, nil all that are undecided: true for the person, false for somebody
// else, nil takes an answer back. See Reviewable. The audit holds how many, and which way.
func (d *Desk) DecideMentions(ctx context.Context, id, actor int64, places [][]byte, accepted *bool) (changed int, err error) {
	err = d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		if !Reviewable(r) {
			return dsar.ErrConflict
		}
		changed, err = d.Store.DecideMentions(ctx, tx, id, actor, places, accepted)
		if err != nil || changed == 0 {
			return err
		}
		if _, err := tx.Exec(ctx, `update insyn.request set version = version + 1 where id = $1`, id); err != nil {
			return fmt.Errorf("note the review of request %d: %w", id, err)
		}
		action := "mention.undone"
		if accepted != nil {
			action = "mention.other"
			if *accepted {
				action = "mention.person"
			}
		}
		return audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: action, RequestID: id, Detail: audit.Detail{"places": int64(changed)}})
	})
	return changed, err
}

// Reviewable says whether places can be decided on: of an erasure after its rehearsal and before the approval, of an access
// request before the copy is sent.
func Reviewable(r *request.Request) bool {
	if r.Kind == dsar.Access {
		return r.WaitingFor == dsar.ForReview && !r.Closed()
	}
	return r.Kind == dsar.Erasure && r.WaitingFor == dsar.ForApproval && r.ApprovedBy == 0 && r.ErasedAt == nil && !r.Closed()
}
