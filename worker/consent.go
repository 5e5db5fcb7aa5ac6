package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/internal/settings"
	"insyn/jobs"
)

// consent writes one of the two boxes into the source and keeps the proof: when, how, which wording. An objection to
// mailings also goes on the list of people not to contact, which survives an erasure as a keyed hash.
func (w *Worker) consent(ctx context.Context, c *Claim) error {
	r, err := w.store.Get(ctx, c.RequestID)
	if err != nil {
		return err
	}
	p, err := request.ParseProposal(r.Proposal)
	if err != nil || p.Box == "" {
		return dsar.GiveUp("malformed")
	}
	set, err := settings.Load(ctx, w.Pool)
	if err != nil {
		return err
	}
	var suppressed []records.Suppression
	for i, u := range r.Subjects {
		src, key, err := w.ownCard(ctx, u)
		if err != nil {
			return err
		}
		card, err := src.Person(ctx, key)
		if err != nil {
			return err
		}
		var addresses []string
		for _, e := range card.Emails {
			addresses = append(addresses, e.Address)
		}
		if i == 0 && r.Subjects[0].Address == "" && len(addresses) > 0 {
			r.Subjects[0].Address = addresses[0]
		}
		if err := w.setBox(ctx, src, key, r, u, p, set); err != nil {
			return err
		}
		if p.State == "objected" || p.State == "withdrawn" {
			// A number that others have too, such as a firm's, is not the person's to suppress.
			alone, err := src.Identifiers(ctx, []string{key})
			if err != nil {
				return err
			}
			list := w.suppressions(src, addresses, alone.Phones)
			for i := range list {
				if p.Box == "processing" {
					list[i].Origin = "objection"
				}
			}
			if err := src.Suppress(ctx, list); err != nil {
				return err
			}
			_ = w.file(ctx, src, 0, nil, list) // each minute a worker makes good what failed
			suppressed = append(suppressed, list...)
		}
	}
	return c.Commit(ctx, func(tx pgx.Tx) error { return w.consented(ctx, tx, set, r, p, suppressed) })
}

// said is when the person said so: the day that the desk noted, or the receipt.
func said(r *request.Request, p request.Proposal, set settings.Settings) time.Time {
	d, err := dsar.ParseDate(p.At)
	if err != nil {
		return r.ReceivedAt
	}
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, set.Location())
}

func (w *Worker) consented(ctx context.Context, tx pgx.Tx, set settings.Settings, r *request.Request, p request.Proposal, suppressed []records.Suppression) error {
	for _, u := range r.Subjects {
		_, err := tx.Exec(ctx, `
			insert into insyn.consent_event (request_id, key_hmac, box, state, channel, wording, at, actor)
			values ($1, $2, $3, $4, $5, nullif($6, ''), $7, nullif($8, 0))`,
			r.ID, u.HMAC, p.Box, p.State, p.How, p.Wording, said(r, p, set), r.CreatedBy)
		if err != nil {
			return fmt.Errorf("note the consent of request %d: %w", r.ID, err)
		}
	}
	if err := w.suppress(ctx, tx, suppressed, "objection"); err != nil {
		return err
	}
	err := audit.Write(ctx, tx, audit.Entry{Actor: r.CreatedBy, Subject: r.CreatedBy == 0, Action: "consent." + p.Box + "." + p.State, RequestID: r.ID})
	if err != nil {
		return err
	}
	u := r.Person()
	if !r.Asked || u.Address == "" || r.AnswerBy == "paper" {
		if r.Asked {
			return request.Move(ctx, tx, request.Step{ID: r.ID, To: dsar.Waiting, For: dsar.ForDelivery})
		}
		return request.Move(ctx, tx, request.Step{ID: r.ID, To: dsar.Answered})
	}
	m := jobs.OutMail{RequestID: r.ID, SubjectID: u.ID, Language: r.Language, Recipient: u.Address, Answers: dsar.Answered, Vars: map[string]any{}}
	switch {
	case p.Box == "newsletter":
		m.Template = "mail.optout"
		if set.InFlightDays > 0 {
			today, err := w.today(ctx, tx, set)
			if err != nil {
				return err
			}
			m.Vars["in_flight_until"] = today.AddDays(set.InFlightDays).String()
		}
	case p.State == "objected":
		m.Template = "mail.objected"
	default:
		m.Template = "mail.restricted"
		m.Vars["what"] = map[string]string{"sv": w.Texts.Label("sv", "mail.what.all"), "en": w.Texts.Label("en", "mail.what.all")}
	}
	if p.Box == "processing" && p.State == "restricted" && r.Kind == dsar.Objection {
		// The weighing of an objection is a person's; the restriction meanwhile is confirmed now.
		m.Answers = ""
		if err := request.Move(ctx, tx, request.Step{ID: r.ID, To: dsar.Waiting, For: dsar.ForReview}); err != nil {
			return err
		}
	}
	_, err = jobs.QueueMail(ctx, tx, w.Keys, m)
	return err
}

// ownCard is the person's row in a source. Somebody known from the reference register only gets one now: the first action
// creates it.
func (w *Worker) ownCard(ctx context.Context, u request.Subject) (*records.Source, string, error) {
	if u.Key == "" {
		return nil, "", dsar.GiveUp("erased")
	}
	if u.Source != request.RegisterSource {
		src, err := w.source(u.Source)
		if err != nil {
			return nil, "", dsar.GiveUp("no_source")
		}
		return src, u.Key, nil
	}
	if w.Register == nil || len(w.Sources) == 0 {
		return nil, "", dsar.GiveUp("no_register")
	}
	e, err := w.Register.Get(ctx, u.Key)
	if err != nil {
		return nil, "", err
	}
	key, err := w.Sources[0].CreateFromRegister(ctx, e)
	return w.Sources[0], key, err
}

// by is who recorded a consent, for the source's column: an account's number or the person's own page. Never a name.
func (w *Worker) by(r *request.Request) string {
	if r.CreatedBy == 0 {
		return "share_page"
	}
	return fmt.Sprintf("insyn:%d", r.CreatedBy)
}

func (w *Worker) suppressions(src *records.Source, addresses, phones []string) []records.Suppression {
	out := make([]records.Suppression, 0, len(addresses)+len(phones))
	for _, a := range addresses {
		out = append(out, records.Suppression{HMAC: records.SuppressionHMAC(w.Keys.SuppressionKey(), a), Channel: "email"})
	}
	for _, n := range phones {
		if h := src.SuppressionPhoneHMAC(w.Keys.SuppressionKey(), n); h != nil {
			out = append(out, records.Suppression{HMAC: h, Channel: "phone"})
		}
	}
	return out
}

// suppress keeps the hashes on our side too.
func (w *Worker) suppress(ctx context.Context, tx pgx.Tx, list []records.Suppression, origin string) error {
	for _, s := range list {
		_, err := tx.Exec(ctx, `
			insert into insyn.suppression (hmac, channel, origin)
			values ($1, $2, $3)
			on conflict (hmac, channel) do nothing`, s.HMAC, s.Channel, origin)
		if err != nil {
			return fmt.Errorf("write a suppression: %w", err)
		}
	}
	return nil
}
