package jobs

import (
	"context"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// AcceptProposal takes a correction, as the handler has settled it, and lets a worker apply it.
func (d *Desk) AcceptProposal(ctx context.Context, id, actor int64, p request.Proposal) error {
	return d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		if r.Kind != dsar.Rectification || r.Closed() || r.State == dsar.Working {
			return dsar.ErrConflict
		}
		if len(p.Changes) == 0 {
			return &dsar.Invalid{Field: "changes", Problem: "required"}
		}
		sealed, err := d.Keys.SealJSON("request.proposal", p)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update insyn.request set proposal = $2, version = version + 1 where id = $1`, id, sealed); err != nil {
			return err
		}
		if err := note(ctx, tx, r, actor, "correction.accepted"); err != nil {
			return err
		}
		return d.work(ctx, tx, id, actor, Correction)
	})
}

// SetConsent writes one of the two boxes of a person: newsletter or processing. A yes to newsletters needs how we know.
// The request's kind follows from the state; it has no legal date unless the person objects or asks for restriction.
func (d *Desk) SetConsent(ctx context.Context, actor int64, sub request.NewSubject, box, state, how, wording string) (int64, error) {
	if box != "newsletter" && box != "processing" {
		return 0, &dsar.Invalid{Field: "box", Problem: "choice"}
	}
	if how == "" && state != "unknown" {
		return 0, &dsar.Invalid{Field: "how", Problem: "required"}
	}
	kind, asked := dsar.Objection, state == "objected" || state == "restricted"
	if state == "restricted" {
		kind = dsar.Restriction
	}
	id, _, err := d.Submit(ctx, request.New{
		Kind: kind, Asked: asked, Channel: "mail", CreatedBy: actor, Handler: actor,
		Proposal: request.Proposal{Box: box, State: state, How: how, Wording: wording},
		Subjects: []request.NewSubject{sub},
	})
	return id, err
}
