package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/jobs"
)

// Evidence of a correction, kept sealed in the request.
type correctionEvidence struct {
	Changes  []request.Change `json:"changes"`
	Conflict string           `json:"conflict,omitempty"` // the field that somebody changed meanwhile
	Current  string           `json:"current,omitempty"`
}

// correction applies what was accepted, all or nothing. A value that somebody changed meanwhile is shown to the desk, not
// overwritten. The notice goes to the address as it was before, and names fields, never values.
func (w *Worker) correction(ctx context.Context, c *Claim) error {
	r, err := w.store.Get(ctx, c.RequestID)
	if err != nil {
		return err
	}
	p, err := request.ParseProposal(r.Proposal)
	if err != nil || len(p.Changes) == 0 {
		return dsar.GiveUp("malformed")
	}
	if len(r.Subjects) == 0 {
		return dsar.GiveUp("no_person")
	}
	u := r.Person()
	src, key, err := w.ownCard(ctx, u)
	if err != nil {
		return err
	}
	to := u.Address
	if to == "" {
		if to, err = w.oldAddress(ctx, c, src, key, u); err != nil {
			return err
		}
	}
	changes := make([]records.Change, 0, len(p.Changes))
	for _, x := range p.Changes {
		changes = append(changes, records.Change{ID: x.ID, Old: x.Old, New: x.New})
	}
	fields, err := named(ctx, src, key, r.Language, p.Changes)
	if err != nil {
		return err
	}
	_, err = src.Correct(ctx, key, changes)
	var conflict *records.Conflict
	if errors.As(err, &conflict) {
		return c.Commit(ctx, func(tx pgx.Tx) error {
			e := correctionEvidence{Changes: p.Changes, Conflict: conflict.ID, Current: conflict.Current}
			if err := w.store.AddEvidence(ctx, tx, r.ID, "correction", e); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `update insyn.job set code = 'changed_meanwhile' where id = $1`, c.ID); err != nil {
				return err
			}
			return request.Move(ctx, tx, request.Step{ID: r.ID, To: dsar.Waiting, For: dsar.ForReview})
		})
	}
	var invalid *dsar.Invalid
	if errors.As(err, &invalid) {
		return dsar.GiveUp("invalid_value")
	}
	if err != nil {
		return err
	}
	return c.Commit(ctx, func(tx pgx.Tx) error { return w.corrected(ctx, tx, r, u, p, fields, to) })
}

// named are the fields of the changes in the person's language; whoever typed them may have read another one.
func named(ctx context.Context, src *records.Source, key, lang string, changes []request.Change) ([]string, error) {
	form, err := src.EditForm(ctx, key)
	if err != nil {
		return nil, err
	}
	labels := map[string]string{}
	for _, f := range form {
		labels[f.ID] = f.Label.In(lang)
	}
	var out []string
	for _, x := range changes {
		if label := strings.ToLower(cmp.Or(labels[x.ID], x.Label)); label != "" && !slices.Contains(out, label) {
			out = append(out, label)
		}
	}
	return out, nil
}

// oldAddress fixes the address before anything is changed, so that a second run does not write to the new one.
func (w *Worker) oldAddress(ctx context.Context, c *Claim, src *records.Source, key string, u request.Subject) (string, error) {
	card, err := src.Person(ctx, key)
	if err != nil {
		return "", err
	}
	if len(card.Emails) == 0 {
		return "", nil
	}
	to := card.Emails[0].Address
	return to, c.Step(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update insyn.request_subject set address = $2 where id = $1`, u.ID, w.Keys.SealText("request_subject.address", to))
		if err != nil {
			return fmt.Errorf("note the address of request %d: %w", c.RequestID, err)
		}
		return nil
	})
}

func (w *Worker) corrected(ctx context.Context, tx pgx.Tx, r *request.Request, u request.Subject, p request.Proposal, fields []string, to string) error {
	if err := w.store.AddEvidence(ctx, tx, r.ID, "correction", correctionEvidence{Changes: p.Changes}); err != nil {
		return err
	}
	switch {
	case !r.Asked:
		return request.Move(ctx, tx, request.Step{ID: r.ID, To: dsar.Answered})
	case to == "" || r.AnswerBy == "paper":
		return request.Move(ctx, tx, request.Step{ID: r.ID, To: dsar.Waiting, For: dsar.ForDelivery})
	}
	_, err := jobs.QueueMail(ctx, tx, w.Keys, jobs.OutMail{
		RequestID: r.ID, SubjectID: u.ID, Template: "mail.corrected", Language: r.Language,
		Recipient: to, Answers: dsar.Answered, Vars: map[string]any{"fields": strings.Join(fields, ", ")},
	})
	return err
}
