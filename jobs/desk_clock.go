package jobs

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// Pause asks the person something and stops the clock while we wait: why is identity or clarification. For identity the
// reason for doubt and the step asked of the person go into the mail. A refused pause is an Invalid with its code.
func (d *Desk) Pause(ctx context.Context, id, actor int64, why, reason, step string) error {
	return d.locked(ctx, id, func(tx pgx.Tx, set settings.Settings, r *request.Request) error {
		if r.Closed() || !r.Asked {
			return dsar.ErrConflict
		}
		if why == "identity" && (reason == "" || step == "") {
			return &dsar.Invalid{Field: "reason", Problem: "required"}
		}
		today, err := d.today(ctx, tx, set)
		if err != nil {
			return err
		}
		if code, refused := dsar.PauseProblem(r.Country, r.ReceivedOn, today, dsar.Wait(why), r.Kind); refused {
			return &dsar.Invalid{Field: "why", Problem: code}
		}
		if _, err := tx.Exec(ctx, `insert into insyn.pause (request_id, why, asked_on) values ($1, $2, $3)`, id, why, today); err != nil {
			return badChoice(err, "why")
		}
		wait := dsar.ForClarification
		if why == "identity" {
			wait = dsar.ForIdentity
			if p := r.Person(); p.Address != "" {
				_, err := QueueMail(ctx, tx, d.Keys, OutMail{
					RequestID: id, SubjectID: p.ID, Template: "mail.identity", Language: r.Language,
					Recipient: p.Address, Vars: map[string]any{"reason_for_doubt": reason, "identity_step": step, "answer_by": today.AddDays(14).String()},
				})
				if err != nil {
					return err
				}
			}
		}
		if err := request.Move(ctx, tx, request.Step{ID: id, To: dsar.Waiting, For: wait, Actor: actor}); err != nil {
			return err
		}
		return d.Reckon(ctx, tx, set, id)
	})
}

// Resume ends a pause: the person has answered.
func (d *Desk) Resume(ctx context.Context, id, actor int64) error {
	return d.locked(ctx, id, func(tx pgx.Tx, set settings.Settings, r *request.Request) error {
		if err := d.resume(ctx, tx, set, r, actor); err != nil {
			return err
		}
		return d.begin(ctx, tx, id, actor)
	})
}

func (d *Desk) resume(ctx context.Context, tx pgx.Tx, set settings.Settings, r *request.Request, actor int64) error {
	if r.WaitingFor != dsar.ForIdentity && r.WaitingFor != dsar.ForClarification {
		return dsar.ErrConflict
	}
	today, err := d.today(ctx, tx, set)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update insyn.pause set answered_on = $2 where request_id = $1 and answered_on is null`, r.ID, today); err != nil {
		return fmt.Errorf("end the pause of request %d: %w", r.ID, err)
	}
	if err := request.Move(ctx, tx, request.Step{ID: r.ID, To: dsar.Received, Actor: actor}); err != nil {
		return err
	}
	return d.Reckon(ctx, tx, set, r.ID)
}

// Extend takes the two further months of Art. 12(3): only within the first month, only with a reason, which goes into the
// notice to the person.
func (d *Desk) Extend(ctx context.Context, id, actor int64, reason string) error {
	return d.locked(ctx, id, func(tx pgx.Tx, set settings.Settings, r *request.Request) error {
		if r.Closed() || !r.Asked || r.ExtendedAt != nil {
			return dsar.ErrConflict
		}
		if reason == "" {
			return &dsar.Invalid{Field: "reason", Problem: "required"}
		}
		today, err := d.today(ctx, tx, set)
		if err != nil {
			return err
		}
		before, err := dsar.LegalDate(r.Clock(today))
		if err != nil {
			return err
		}
		if today.After(before.FirstMonth) {
			return &dsar.Invalid{Field: "reason", Problem: "too_late"}
		}
		if _, err := tx.Exec(ctx, `update insyn.request set extended_at = now(), extended_reason = $2, version = version + 1 where id = $1`, id, reason); err != nil {
			return fmt.Errorf("extend request %d: %w", id, err)
		}
		if err := d.Reckon(ctx, tx, set, id); err != nil {
			return err
		}
		if err := note(ctx, tx, r, actor, "request.extended"); err != nil {
			return err
		}
		p := r.Person()
		if p.Address == "" {
			return nil // the page says that the notice must go on paper
		}
		after, err := d.GetIn(ctx, tx, id)
		if err != nil {
			return err
		}
		_, err = QueueMail(ctx, tx, d.Keys, OutMail{
			RequestID: id, SubjectID: p.ID, Template: "mail.extended", Language: r.Language, Recipient: p.Address,
			Vars: map[string]any{"because": reason, "due_strict": before.StrictWithoutPause.String(), "new_due_strict": after.DueStrict.String()},
		})
		return err
	})
}

func (d *Desk) today(ctx context.Context, tx pgx.Tx, set settings.Settings) (dsar.Date, error) {
	var day dsar.Date
	err := tx.QueryRow(ctx, `select (now() at time zone $1)::date`, set.Timezone).Scan(&day)
	if err != nil {
		return day, fmt.Errorf("read the day: %w", err)
	}
	return day, nil
}
