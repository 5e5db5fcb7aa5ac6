package jobs

import (
	"context"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// Uphold decides that the person's objection to what rests on a legitimate interest is right: the restriction that held
// meanwhile becomes an end of the processing (GDPR Art. 21(1)), and the person is told.
func (d *Desk) Uphold(ctx context.Context, id, actor int64) error {
	return d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		p, err := request.ParseProposal(r.Proposal)
		if err != nil || r.Kind != dsar.Objection || r.WaitingFor != dsar.ForReview || p.Box != "processing" {
			return dsar.ErrConflict
		}
		p.State = "objected"
		sealed, err := d.Keys.SealJSON("request.proposal", p)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update insyn.request set proposal = $2, version = version + 1 where id = $1`, id, sealed); err != nil {
			return err
		}
		if err := note(ctx, tx, r, actor, "objection.upheld"); err != nil {
			return err
		}
		return d.work(ctx, tx, id, actor, Consent)
	})
}

// lift ends the restriction of an objection that was refused. It has its own request, because this one closes with the
// notice, and the person is told before it ends (GDPR Art. 18(3)): the notice says so.
func (d *Desk) lift(ctx context.Context, tx pgx.Tx, set settings.Settings, r *request.Request, actor int64) error {
	p, err := request.ParseProposal(r.Proposal)
	if err != nil || r.Kind != dsar.Objection || p.Box != "processing" || p.State != "restricted" {
		return err
	}
	n := request.New{
		Kind: dsar.Restriction, Channel: r.Channel, CreatedBy: actor, Handler: r.Handler, Language: r.Language, OriginRequestID: r.ID,
		Proposal: request.Proposal{Box: "processing", State: "unknown", How: "objection_refused"},
	}
	for _, u := range r.Subjects {
		if u.Key != "" {
			n.Subjects = append(n.Subjects, request.NewSubject{Source: u.Source, Key: u.Key, Name: u.Name, Address: u.Address})
		}
	}
	_, _, err = d.SubmitIn(ctx, tx, set, n)
	return err
}

// SearchAgain repeats the search after an erasure that had found something left, once the desk has removed it.
func (d *Desk) SearchAgain(ctx context.Context, id, actor int64) error {
	return d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		if r.Kind != dsar.Erasure || r.ErasedAt == nil || r.RescannedAt != nil || r.WaitingFor != dsar.ForReview {
			return dsar.ErrConflict
		}
		return d.work(ctx, tx, id, actor, Verification)
	})
}
