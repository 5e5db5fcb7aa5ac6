package worker

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/internal/settings"
	"insyn/internal/share"
	"insyn/jobs"
)

// collect gathers all data of a request's people in one snapshot a source, and commits artefact, link and mail together.
// It stops for a person where the address is not good enough, or where somebody must look at texts of others first.
func (w *Worker) collect(ctx context.Context, c *Claim) error {
	r, err := w.store.Get(ctx, c.RequestID)
	if err != nil {
		return err
	}
	set, err := settings.Load(ctx, w.Pool)
	if err != nil {
		return err
	}
	if len(set.Missing()) > 0 {
		return dsar.WaitFor("settings_incomplete")
	}
	if r.State == dsar.Withdrawn || r.State == dsar.Refused || r.Person().Key == "" {
		return c.Commit(ctx, func(pgx.Tx) error { return nil })
	}
	p, err := w.people(ctx, r)
	if err != nil {
		return err
	}
	if stopped, err := w.undecided(ctx, c, r); err != nil || stopped {
		return err
	}
	to, wait, why := p.address(r.Assurance)
	if r.AnswerBy == "paper" {
		wait, why = dsar.ForDelivery, "on_paper"
	}
	if why != "" {
		return w.stopFor(ctx, c, wait, why)
	}
	g := &gathering{w: w, claim: c, request: r, settings: set, people: p}
	reviewed, err := w.reviewed(ctx, r.ID)
	if err != nil {
		return err
	}
	if set.Review == "on" && !reviewed && r.Kind == dsar.Access {
		if stopped, err := w.askElsewhere(ctx, c, g); err != nil || stopped {
			return err
		}
	}
	if set.Review == "on" && !reviewed {
		covered := &counter{}
		if err := g.fill(ctx, covered); err != nil {
			return err
		}
		if covered.masked > 0 {
			return w.stopFor(ctx, c, dsar.ForReview, "texts_of_others")
		}
	}
	return c.Commit(ctx, func(tx pgx.Tx) error {
		if err := w.offer(ctx, tx, g, to); err != nil {
			return err
		}
		return forgetPassages(ctx, tx, r.ID)
	})
}

// stopFor hands the request to a person; why is the code that its page explains.
func (w *Worker) stopFor(ctx context.Context, c *Claim, wait dsar.Wait, why string) error {
	return c.Commit(ctx, func(tx pgx.Tx) error { return stopIn(ctx, tx, c, wait, why) })
}

func stopIn(ctx context.Context, tx pgx.Tx, c *Claim, wait dsar.Wait, why string) error {
	if _, err := tx.Exec(ctx, `update insyn.job set code = $2 where id = $1`, c.ID, why); err != nil {
		return fmt.Errorf("note why job %d stopped: %w", c.ID, err)
	}
	err := request.Move(ctx, tx, request.Step{
		ID: c.RequestID, To: dsar.Waiting, For: wait,
		From: []dsar.State{dsar.Received, dsar.Working, dsar.Waiting, dsar.Failed, dsar.Answered},
	})
	if err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Entry{Action: "stopped." + why, RequestID: c.RequestID})
}

// offer writes artefact, link and mail. Older links of the request die in the same commit.
func (w *Worker) offer(ctx context.Context, tx pgx.Tx, g *gathering, to string) error {
	r, u := g.request, g.request.Person()
	token := share.NewToken()
	_, err := tx.Exec(ctx, `
		update insyn.link
		   set revoked_at = now(),
		       revoked_why = 'replaced'
		 where request_id = $1
		   and revoked_at is null`, r.ID)
	if err != nil {
		return fmt.Errorf("close older links of request %d: %w", r.ID, err)
	}
	if _, err := tx.Exec(ctx, `update insyn.mail set state = 'cancelled', token = null where request_id = $1 and template = 'mail.link' and state in ('ready', 'ambiguous')`, r.ID); err != nil {
		return fmt.Errorf("cancel older mails of request %d: %w", r.ID, err)
	}
	var again, wanted bool
	var sent *dsar.Date
	err = tx.QueryRow(ctx, `
		select exists (select 1 from insyn.link where request_id = $1),
		       exists (select 1
		                 from insyn.share_event e
		                 join insyn.link l on l.id = e.link_id
		                where l.request_id = $1
		                  and e.kind = 'link_wanted'
		                  and e.handled_at > now() - interval '1 hour'),
		       (select max(accepted_at)::date
		          from insyn.mail
		         where request_id = $1
		           and template = 'mail.link')`, r.ID).Scan(&again, &wanted, &sent)
	if err != nil {
		return fmt.Errorf("look for older links of request %d: %w", r.ID, err)
	}
	var linkID int64
	err = tx.QueryRow(ctx, `
		insert into insyn.link (request_id, subject_id, level, token_hash, hours)
		values ($1, $2, $3, $4, $5)
		returning id`, r.ID, u.ID, r.Assurance, token.Hash(), g.settings.LinkHours).Scan(&linkID)
	if err != nil {
		return fmt.Errorf("write a link of request %d: %w", r.ID, err)
	}
	if _, _, err := share.Store(ctx, tx, r.ID, linkID, token, func(s dossier.Sink) error { return g.fill(ctx, s) }); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update insyn.request_subject set address = $2 where id = $1`, u.ID, w.Keys.SealText("request_subject.address", to)); err != nil {
		return fmt.Errorf("note the address of request %d: %w", r.ID, err)
	}
	vars := map[string]any{"sentence": sentence(r, again && sent != nil, wanted), "requested": r.Asked || wanted, "second_factor": w.secondFactor(r)}
	if sent != nil {
		vars["sent_date"] = sent.String()
	}
	_, err = jobs.QueueMail(ctx, tx, w.Keys, jobs.OutMail{
		RequestID: r.ID, SubjectID: u.ID, LinkID: linkID, Template: "mail.link",
		Language: r.Language, Recipient: to, Token: token.Text(), Answers: dsar.Answered, Vars: vars,
	})
	if err != nil {
		return err
	}
	if err := audit.Write(ctx, tx, audit.Entry{Action: "link.made", RequestID: r.ID, Detail: audit.Detail{"link": linkID}}); err != nil {
		return err
	}
	err = request.Move(ctx, tx, request.Step{ID: r.ID, To: dsar.Waiting, For: dsar.ForDelivery})
	if errors.Is(err, dsar.ErrConflict) { // answered before: this is a further copy
		return nil
	}
	return err
}

// sentence picks the reference wording's first sentence of the link mail.
func sentence(r *request.Request, again, wanted bool) string {
	switch {
	case wanted:
		return "new"
	case again:
		return "reminder"
	case !r.Asked:
		return "share"
	case r.Kind == dsar.Portability:
		return "export"
	}
	return "access"
}

func (w *Worker) secondFactor(r *request.Request) map[string]string {
	out := map[string]string{}
	for _, lang := range []string{"sv", "en"} {
		out[lang] = w.Texts.Label(lang, "mail.second_factor."+r.Assurance)
	}
	return out
}

func (w *Worker) reviewed(ctx context.Context, id int64) (bool, error) {
	var ok bool
	err := w.Pool.QueryRow(ctx, `select reviewed_at is not null from insyn.request where id = $1`, id).Scan(&ok)
	if err != nil {
		return false, fmt.Errorf("read the review of request %d: %w", id, err)
	}
	return ok, nil
}

// counter counts values that are covered because they are about others.
type counter struct{ masked int }

func (*counter) Meta(dossier.Meta) error     { return nil }
func (*counter) Begin(dossier.Section) error { return nil }
func (*counter) End() error                  { return nil }

func (c *counter) Record(r dossier.Record) error {
	for _, v := range r.Values {
		if v.Masked || v.Withheld != "" {
			c.masked++
		}
	}
	return nil
}
