package jobs

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// Refusal is a decision not to act, whole or in part (GDPR Art. 12(4)).
type Refusal struct {
	Ground    string // excessive, unfounded, identity, claim, others_rights
	Reason    string // whole sentences, for the person
	Facts     string // what it is based on, for the person
	Decider   string // the controller's named decider
	DPOAdvice string // followed, not_followed, not_asked
	AskedTo   string // what the person asked for, "to …"
	Done      string // what is done nevertheless; "" nothing
}

// Refuse records the decision and sends the notice; the request closes when the mail is accepted.
func (d *Desk) Refuse(ctx context.Context, id, actor int64, f Refusal) error {
	for field, v := range map[string]string{"ground": f.Ground, "reason": f.Reason, "facts": f.Facts, "decider": f.Decider, "asked_to": f.AskedTo} {
		if v == "" {
			return &dsar.Invalid{Field: field, Problem: "required"}
		}
	}
	return d.locked(ctx, id, func(tx pgx.Tx, set settings.Settings, r *request.Request) error {
		if r.Closed() || r.ErasedAt != nil {
			return dsar.ErrConflict
		}
		sealed, err := d.Keys.SealJSON("request.decision", f)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			update insyn.request
			   set refusal_ground = $2,
			       decided_by = $3,
			       decision = $4,
			       dpo_advice = nullif($5, ''),
			       version = version + 1
			 where id = $1`, id, f.Ground, f.Decider, sealed, f.DPOAdvice)
		if err != nil {
			return badChoice(err, "dpo_advice")
		}
		if err := note(ctx, tx, r, actor, "request.refusal_decided"); err != nil {
			return err
		}
		if _, err := Cancel(ctx, tx, id, Collect, Rehearsal, Erasure, Correction, Consent); err != nil {
			return err
		}
		if err := d.halt(ctx, tx, r); err != nil {
			return err
		}
		if err := d.lift(ctx, tx, set, r, actor); err != nil {
			return err
		}
		to := dsar.Refused
		if f.Done != "" {
			to = dsar.Partly
		}
		p := r.Person()
		if p.Address == "" || r.AnswerBy == "paper" {
			return request.Move(ctx, tx, request.Step{ID: id, To: dsar.Waiting, For: dsar.ForDelivery, Actor: actor})
		}
		if err := request.Move(ctx, tx, request.Step{ID: id, To: dsar.Working, Actor: actor}); err != nil {
			return err
		}
		_, err = QueueMail(ctx, tx, d.Keys, f.mail(r, p, to))
		return err
	})
}

// mail is the notice of Art. 12(4). A correction has its own words.
func (f Refusal) mail(r *request.Request, p request.Subject, to dsar.State) OutMail {
	m := OutMail{
		RequestID: r.ID, SubjectID: p.ID, Template: "mail.refused", Language: r.Language, Recipient: p.Address, Answers: to,
		Vars: map[string]any{"asked_to": f.AskedTo, "reason": f.Reason, "facts": f.Facts, "done": f.Done},
	}
	proposal, err := request.ParseProposal(r.Proposal)
	if r.Kind == dsar.Rectification && f.Done == "" && err == nil && len(proposal.Changes) > 0 {
		var fields []string
		for _, c := range proposal.Changes {
			if c.Label != "" {
				fields = append(fields, strings.ToLower(c.Label))
			}
		}
		m.Template = "mail.correction_refused"
		m.Vars = map[string]any{"fields": strings.Join(fields, ", "), "reason": f.Reason + " " + f.Facts}
	}
	return m
}

// AnsweredOnPaper closes a request whose answer went by letter, by hand or by phone; refused when a refusal was decided.
func (d *Desk) AnsweredOnPaper(ctx context.Context, id, actor int64) error {
	return d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		if r.Promised() {
			return dsar.ErrConflict // not before it is erased, and the rescan is clean
		}
		to := dsar.Answered
		if r.RefusalGround != "" {
			to = dsar.Refused
		}
		if err := note(ctx, tx, r, actor, "answer.paper"); err != nil {
			return err
		}
		return request.Move(ctx, tx, request.Step{ID: id, To: to, Actor: actor})
	})
}

// Withdraw closes a request that the person has taken back. Links die, queued mails are cancelled.
func (d *Desk) Withdraw(ctx context.Context, id, actor int64) error {
	return d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		if r.ErasedAt != nil {
			return dsar.ErrConflict
		}
		if _, err := Cancel(ctx, tx, id, Collect, Rehearsal, Erasure, Correction, Consent, Mail); err != nil {
			return err
		}
		if err := d.halt(ctx, tx, r); err != nil {
			return err
		}
		if err := kill(ctx, tx, id, "withdrawn"); err != nil {
			return err
		}
		return request.Move(ctx, tx, request.Step{ID: id, To: dsar.Withdrawn, Actor: actor})
	})
}

// Misdelivered freezes what went to the wrong person, and starts the 72 hours of Art. 33(1).
func (d *Desk) Misdelivered(ctx context.Context, id, actor int64) error {
	return d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		if _, err := tx.Exec(ctx, `update insyn.request set misdelivered_at = coalesce(misdelivered_at, now()), version = version + 1 where id = $1`, id); err != nil {
			return fmt.Errorf("note a wrong delivery of request %d: %w", id, err)
		}
		if err := kill(ctx, tx, id, "misdelivered"); err != nil {
			return err
		}
		if err := note(ctx, tx, r, actor, "incident.wrong_recipient"); err != nil {
			return err
		}
		return request.Move(ctx, tx, request.Step{
			ID: id, To: dsar.Waiting, For: dsar.ForDelivery, Actor: actor,
			From: []dsar.State{dsar.Received, dsar.Waiting, dsar.Working, dsar.Failed, dsar.Answered, dsar.Partly},
		})
	})
}

// kill revokes the live links of a request and cancels its unsent mails to the person.
func kill(ctx context.Context, tx pgx.Tx, id int64, why string) error {
	if _, err := tx.Exec(ctx, `
		update insyn.link
		   set revoked_at = now(),
		       revoked_why = $2
		 where request_id = $1
		   and revoked_at is null`, id, why); err != nil {
		return fmt.Errorf("revoke links of request %d: %w", id, err)
	}
	if _, err := tx.Exec(ctx, `
		update insyn.mail
		   set state = 'cancelled'
		 where request_id = $1
		   and audience = 'subject'
		   and state in ('held', 'ready')`, id); err != nil {
		return fmt.Errorf("cancel mails of request %d: %w", id, err)
	}
	return nil
}
