package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/internal/settings"
	"insyn/internal/share"
	"insyn/jobs"
)

// event turns what a person did on the share page into a request, a question or a new link, in one commit with the event.
func (w *Worker) event(ctx context.Context, c *Claim) error {
	return c.Commit(ctx, func(tx pgx.Tx) error {
		set, err := settings.Load(ctx, tx)
		if err != nil {
			return err
		}
		var kind string
		var sealed []byte
		err = tx.QueryRow(ctx, `
			select kind,
			       body
			  from insyn.share_event
			 where id = $1
			   and handled_at is null
			   for update`, c.EventID).Scan(&kind, &sealed)
		if err != nil {
			return noneIsDone(err)
		}
		body, err := w.openEvent(sealed)
		if err != nil {
			return err
		}
		if err := handled(ctx, tx, c.EventID); err != nil {
			return err
		}
		r, err := w.store.GetIn(ctx, tx, c.RequestID)
		if err != nil {
			return err
		}
		err = audit.Write(ctx, tx, audit.Entry{Subject: true, Action: "share." + kind, RequestID: r.ID, Detail: audit.Detail{"link": c.LinkID}})
		if err != nil {
			return err
		}
		return w.act(ctx, tx, set, r, c, kind, body)
	})
}

func (w *Worker) act(ctx context.Context, tx pgx.Tx, set settings.Settings, r *request.Request, c *Claim, kind string, body share.EventBody) error {
	switch kind {
	case share.LinkWanted:
		return w.newLink(ctx, tx, set, r)
	case share.Proposal:
		if body.Field == "" && body.New != "" { // a new value and no word of which it replaces: the handler reads both
			body.Comment = strings.TrimSpace(body.New + "\n\n" + body.Comment)
		}
		old := request.Proposal{Comment: body.Comment}
		if body.Field != "" {
			old.Changes = []request.Change{{ID: body.Section + "." + body.Field, Label: body.SectionLabel + ": " + body.FieldLabel, Old: body.Today, New: body.New}}
		}
		return w.follow(ctx, tx, set, r, c, body, request.New{Kind: dsar.Rectification, Proposal: old, Wish: body.Comment})
	case share.Erasure:
		return w.follow(ctx, tx, set, r, c, body, request.New{Kind: dsar.Erasure, Wish: body.Comment})
	case share.OptOut:
		return w.follow(ctx, tx, set, r, c, body, request.New{
			Kind:     dsar.Objection,
			Proposal: request.Proposal{Box: "newsletter", State: "objected", How: "share_page"},
		})
	case share.Objection:
		if body.Marketing {
			err := w.follow(ctx, tx, set, r, c, body, request.New{
				Kind: dsar.Objection, Wish: body.Comment,
				Proposal: request.Proposal{Box: "newsletter", State: "objected", How: "share_page"},
			})
			if err != nil {
				return err
			}
		}
		if body.Interest {
			body.Once += "i"
			return w.follow(ctx, tx, set, r, c, body, request.New{
				Kind: dsar.Objection, Wish: body.Comment,
				Proposal: request.Proposal{Box: "processing", State: "restricted", How: "share_page"},
			})
		}
		return nil
	case share.Question:
		return w.question(ctx, tx, r.ID, body)
	}
	return nil // opened, downloaded, closed: the audit line is all
}

// asked is what the evidence of a question holds: Once tells a form sent twice.
type asked struct {
	Message string `json:"message"`
	Once    string `json:"once,omitempty"`
}

// question keeps a question with the request and tells the handler, once a form.
func (w *Worker) question(ctx context.Context, tx pgx.Tx, id int64, body share.EventBody) error {
	// Two workers may have the two halves of a double click.
	if _, err := tx.Exec(ctx, `select 1 from insyn.request where id = $1 for update`, id); err != nil {
		return fmt.Errorf("lock request %d: %w", id, err)
	}
	before, err := w.store.Evidence(ctx, id)
	if err != nil {
		return err
	}
	for _, e := range before {
		var q asked
		if e.Kind != "question" || body.Once == "" || json.Unmarshal(e.Body, &q) != nil {
			continue
		}
		if q.Once == body.Once {
			return nil
		}
	}
	if err := w.store.AddEvidence(ctx, tx, id, "question", asked{Message: body.Message, Once: body.Once}); err != nil {
		return err
	}
	return w.tell(ctx, tx, id, "mail.news")
}

// follow registers the request that came out of the share page. The person is known: they typed the code.
func (w *Worker) follow(ctx context.Context, tx pgx.Tx, set settings.Settings, from *request.Request, c *Claim, body share.EventBody, n request.New) error {
	n.Asked, n.Channel, n.OriginRequestID, n.Handler = true, "share_page", from.ID, from.Handler
	n.Language = from.Language
	if body.Lang == "sv" || body.Lang == "en" {
		n.Language = body.Lang
	}
	n.IdempotencyKey = "event:" + strconv.FormatInt(c.EventID, 10) + ":" + string(n.Kind)
	if body.Once != "" { // one form sent twice
		n.IdempotencyKey = fmt.Sprintf("link:%d:%s", c.LinkID, body.Once)
	}
	n.VerifiedHow = "code_on_file"
	for _, u := range from.Subjects {
		if u.Key != "" {
			n.Subjects = append(n.Subjects, request.NewSubject{Source: u.Source, Key: u.Key, Name: u.Name, Address: u.Address})
		}
	}
	id, existed, err := w.desk.SubmitIn(ctx, tx, set, n)
	if err != nil || existed {
		return err
	}
	if n.Kind != dsar.Objection { // an objection is confirmed when it has taken effect
		made, err := w.store.GetIn(ctx, tx, id)
		if err != nil {
			return err
		}
		if p := made.Person(); p.Address != "" {
			_, err := jobs.QueueMail(ctx, tx, w.Keys, jobs.OutMail{
				RequestID: id, SubjectID: p.ID, Template: "mail.received",
				Language: made.Language, Recipient: p.Address,
			})
			if err != nil {
				return err
			}
		}
	}
	return w.tell(ctx, tx, id, "mail.news")
}

// newLink collects anew for somebody at a dead link, while the case is open and some days after, a few times a day. The
// page gives the same answer whatever becomes of it.
func (w *Worker) newLink(ctx context.Context, tx pgx.Tx, set settings.Settings, r *request.Request) error {
	var allowed bool
	err := tx.QueryRow(ctx, `
		select coalesce(r.closed_at > now() - make_interval(days => $2), true)
		       and r.state not in ('withdrawn', 'refused')
		       and (select count(*)
		              from insyn.link
		             where request_id = r.id
		               and created_at > now() - interval '1 day') < $3 + 1
		  from insyn.request r
		 where r.id = $1`, r.ID, set.NewLinkDays, set.LinksPerDay).Scan(&allowed)
	if err != nil {
		return fmt.Errorf("count links of request %d: %w", r.ID, err)
	}
	if !allowed {
		return nil
	}
	err = w.desk.AnewIn(ctx, tx, set, r, 0)
	if errors.Is(err, dsar.ErrConflict) { // erased since, or another kind of request
		return nil
	}
	return err
}

func (w *Worker) openEvent(sealed []byte) (share.EventBody, error) {
	var b share.EventBody
	if sealed == nil {
		return b, nil
	}
	plain, err := w.Keys.OpenEvent(sealed)
	if err != nil {
		return b, dsar.GiveUp("sealed")
	}
	if err := json.Unmarshal(plain, &b); err != nil {
		return b, dsar.GiveUp("malformed")
	}
	return b, nil
}

// handled marks the event and drops its body: what it said now lies, sealed, in the request that came of it.
func handled(ctx context.Context, tx pgx.Tx, id int64) error {
	if _, err := tx.Exec(ctx, `update insyn.share_event set handled_at = now(), body = null where id = $1`, id); err != nil {
		return fmt.Errorf("mark share event %d: %w", id, err)
	}
	return nil
}

// noneIsDone: the row was handled before, so there is nothing to do.
func noneIsDone(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}
