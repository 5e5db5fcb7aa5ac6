package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/mail"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// message is the row of a mail, opened.
type message struct {
	ID         int64
	RequestID  int64
	SubjectID  int64
	LinkID     int64
	CodeID     int64
	Template   string
	Language   string
	Staff      bool
	State      string
	Answers    dsar.State
	Tries      int
	Lost       int
	MessageID  string
	Recipient  string
	Vars       map[string]any
	Token      string
	FirstTryAt *time.Time
	GiveUpAt   *time.Time
	Expires    time.Time // of its link, once the dialogue is prepared
	Now        time.Time // the database's clock
}

// mail sends one message. The commit before the dialogue fixes the Message-ID and the link's end; the one after writes
// what the server said. Where nobody saw the end of a dialogue, one more with the same Message-ID and link is held, and
// no third.
func (w *Worker) mail(ctx context.Context, c *Claim) error {
	var m *message
	err := c.Step(ctx, func(tx pgx.Tx) (err error) {
		m, err = w.prepare(ctx, tx, c.MailID)
		return err
	})
	if err != nil {
		return err
	}
	switch {
	case m == nil: // cancelled, sent, or its link died
		return c.Commit(ctx, func(pgx.Tx) error { return nil })
	case m.Lost >= 2:
		return w.undelivered(ctx, c, m, "unknown")
	case m.GiveUpAt != nil && m.Now.After(*m.GiveUpAt):
		return w.undelivered(ctx, c, m, "too_late")
	}
	msg, err := w.compose(ctx, m)
	if err != nil {
		return w.notComposed(ctx, c, m, err)
	}
	out := w.Sender.Send(ctx, msg)
	ctx = context.WithoutCancel(ctx) // the server has answered; write it down even while this worker stops
	switch out.State {
	case "accepted":
		return c.Commit(ctx, func(tx pgx.Tx) error { return w.accepted(ctx, tx, m, out.Code) })
	case "permanent":
		return w.undelivered(ctx, c, m, out.Code)
	case "ambiguous":
		return c.Again(ctx, time.Minute, "ambiguous", func(tx pgx.Tx) error {
			return setMail(ctx, tx, m.ID, "ambiguous", out.Code, 1)
		})
	default:
		return c.Again(ctx, mailBackoff(out.State, m.Tries), out.Code, func(tx pgx.Tx) error {
			return setMail(ctx, tx, m.ID, "ready", out.Code, 0)
		})
	}
}

// notComposed settles a mail whose text could not be made: no dialogue has begun, so the row must not look as if one had.
func (w *Worker) notComposed(ctx context.Context, c *Claim, m *message, cause error) error {
	var coded *dsar.Code
	if errors.As(cause, &coded) && errors.Is(cause, dsar.ErrPermanent) {
		w.Log.Error("mail not composed", "template", m.Template, "mail", m.ID, "code", coded.Code)
		err := c.Step(ctx, func(tx pgx.Tx) error { return w.undeliver(ctx, tx, m, coded.Code) })
		return errors.Join(cause, err) // the job fails too, so that ops can run it again when the text is mended
	}
	err := c.Step(context.WithoutCancel(ctx), func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update insyn.mail set state = 'ready', tries = tries - 1 where id = $1 and state = 'sending'`, m.ID)
		return err
	})
	return errors.Join(cause, err)
}

// mailBackoff grows from one minute to one hour after a 4xx, and from five seconds to one minute while the server cannot
// be reached, so that the first try after its return comes within a minute.
func mailBackoff(state string, tries int) time.Duration {
	if state == "unreachable" {
		return min(5*time.Second<<min(tries, 4), time.Minute)
	}
	return min(time.Minute<<min(tries, 6), time.Hour)
}

// prepare locks the row and makes it ready for a dialogue: nil when nothing is to be sent.
func (w *Worker) prepare(ctx context.Context, tx pgx.Tx, id int64) (*message, error) {
	m := &message{ID: id}
	var recipient, vars, token []byte
	var answers *string
	err := tx.QueryRow(ctx, `
		select coalesce(request_id, 0), coalesce(subject_id, 0), coalesce(link_id, 0), coalesce(code_id, 0), template, language,
		       audience = 'staff', state, answers, tries, lost, coalesce(message_id, ''), recipient, vars, token, first_try_at,
		       first_try_at + give_up_after, now()
		  from insyn.mail
		 where id = $1
		   for update`, id).
		Scan(&m.RequestID, &m.SubjectID, &m.LinkID, &m.CodeID, &m.Template, &m.Language, &m.Staff, &m.State, &answers, &m.Tries,
			&m.Lost, &m.MessageID, &recipient, &vars, &token, &m.FirstTryAt, &m.GiveUpAt, &m.Now)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read mail %d: %w", id, err)
	}
	if answers != nil {
		m.Answers = dsar.State(*answers)
	}
	switch m.State {
	case "ready", "ambiguous":
	case "sending": // its worker died in the dialogue
		m.Lost++
	default:
		return nil, nil
	}
	for _, v := range []struct {
		purpose string
		sealed  []byte
		to      *string
	}{{"mail.recipient", recipient, &m.Recipient}, {"mail.token", token, &m.Token}} {
		if *v.to, err = w.Keys.OpenText(v.purpose, v.sealed); err != nil {
			return nil, dsar.GiveUp("sealed")
		}
	}
	if err := w.Keys.OpenJSON("mail.vars", vars, &m.Vars); err != nil {
		return nil, dsar.GiveUp("sealed")
	}
	if m.MessageID == "" {
		m.MessageID = w.Sender.MessageID()
	}
	if m.LinkID != 0 && m.Token != "" {
		err := tx.QueryRow(ctx, `
			update insyn.link
			   set expires_at = now() + make_interval(hours => hours)
			 where id = $1
			   and revoked_at is null
			returning expires_at`, m.LinkID).Scan(&m.Expires)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil, setMail(ctx, tx, id, "cancelled", "", 0)
		}
		if err != nil {
			return nil, fmt.Errorf("start the clock of link %d: %w", m.LinkID, err)
		}
	}
	_, err = tx.Exec(ctx, `
		update insyn.mail
		   set state = 'sending',
		       tries = tries + 1,
		       lost = $2,
		       message_id = $3,
		       first_try_at = coalesce(first_try_at, now())
		 where id = $1`, id, m.Lost, m.MessageID)
	if err != nil {
		return nil, fmt.Errorf("prepare mail %d: %w", id, err)
	}
	return m, nil
}

// accepted drops what is no longer needed, starts the clock of a code, and gives the request its answer.
func (w *Worker) accepted(ctx context.Context, tx pgx.Tx, m *message, code string) error {
	_, err := tx.Exec(ctx, `
		update insyn.mail
		   set state = 'accepted',
		       code = $2,
		       accepted_at = now(),
		       blanked_at = now(),
		       token = null,
		       recipient = null,
		       vars = null
		 where id = $1`, m.ID, code)
	if err != nil {
		return fmt.Errorf("accept mail %d: %w", m.ID, err)
	}
	if m.CodeID != 0 {
		if _, err := tx.Exec(ctx, `update insyn.code set valid_until = now() + interval '10 minutes' where id = $1`, m.CodeID); err != nil {
			return fmt.Errorf("start the clock of a code: %w", err)
		}
	}
	if m.RequestID == 0 {
		return nil
	}
	if err := audit.Write(ctx, tx, audit.Entry{Action: m.Template + ".accepted", RequestID: m.RequestID, Detail: audit.Detail{"mail": m.ID}}); err != nil {
		return err
	}
	if m.Answers == "" {
		return nil
	}
	err = request.Move(ctx, tx, request.Step{
		ID: m.RequestID, To: m.Answers,
		From: []dsar.State{dsar.Received, dsar.Waiting, dsar.Working, dsar.Failed, m.Answers},
	})
	if errors.Is(err, dsar.ErrConflict) { // closed otherwise meanwhile; the mail is out all the same
		return nil
	}
	return err
}

// undelivered is the end of a mail that did not arrive: the link dies (unless the mail may have arrived), the request
// goes back to the desk, and the handler is told.
func (w *Worker) undelivered(ctx context.Context, c *Claim, m *message, code string) error {
	return c.Commit(ctx, func(tx pgx.Tx) error { return w.undeliver(ctx, tx, m, code) })
}

func (w *Worker) undeliver(ctx context.Context, tx pgx.Tx, m *message, code string) error {
	if err := setMail(ctx, tx, m.ID, "failed", code, 0); err != nil {
		return err
	}
	if m.LinkID != 0 && m.Token != "" && code != "unknown" {
		_, err := tx.Exec(ctx, `
			update insyn.link
			   set revoked_at = coalesce(revoked_at, now()),
			       revoked_why = coalesce(revoked_why, 'undeliverable')
			 where id = $1`, m.LinkID)
		if err != nil {
			return fmt.Errorf("revoke link %d: %w", m.LinkID, err)
		}
	}
	if m.Staff || m.RequestID == 0 {
		return nil // the page Today shows it; a mail about a mail would not arrive either
	}
	err := audit.Write(ctx, tx, audit.Entry{Action: m.Template + ".undelivered", RequestID: m.RequestID, Detail: audit.Detail{"mail": m.ID}})
	if err != nil {
		return err
	}
	if m.Answers != "" || m.LinkID != 0 && m.Token != "" {
		err := request.Move(ctx, tx, request.Step{
			ID: m.RequestID, To: dsar.Waiting, For: dsar.ForDelivery,
			From: []dsar.State{dsar.Received, dsar.Waiting, dsar.Working, dsar.Answered, dsar.Partly, dsar.Refused},
		})
		if err != nil && !errors.Is(err, dsar.ErrConflict) {
			return err
		}
	}
	return w.tell(ctx, tx, m.RequestID, "mail.undeliverable")
}

func setMail(ctx context.Context, tx pgx.Tx, id int64, state, code string, lost int) error {
	_, err := tx.Exec(ctx, `
		update insyn.mail
		   set state = $2,
		       code = nullif($3, ''),
		       lost = lost + $4,
		       token = case when $2 in ('failed', 'cancelled') then null else token end
		 where id = $1`, id, state, code, lost)
	if err != nil {
		return fmt.Errorf("set mail %d to %s: %w", id, state, err)
	}
	return nil
}

// compose fills the message's text. A missing setting or value stops it with a code; no half message leaves.
func (w *Worker) compose(ctx context.Context, m *message) (mail.Message, error) {
	set, err := settings.Load(ctx, w.Pool)
	if err != nil {
		return mail.Message{}, err
	}
	if missing := set.Missing(); len(missing) > 0 {
		return mail.Message{}, dsar.WaitFor("settings_incomplete")
	}
	to := m.Recipient
	if m.Staff {
		if to, m.Language, err = w.staff(ctx, set, m); err != nil {
			return mail.Message{}, err
		}
	}
	if to, err = mail.ValidAddress(to); err != nil {
		return mail.Message{}, dsar.GiveUp("invalid_address")
	}
	vars, subject, err := w.vars(ctx, set, m)
	if err != nil {
		return mail.Message{}, err
	}
	s, text, html, err := mail.ComposeAs(w.Texts, m.Language, subject, bodyKey(m.Template), vars)
	if err != nil {
		w.Log.Error("mail text", "template", m.Template, "mail", m.ID, "code", err.Error()) // names key and placeholder, never a value
		return mail.Message{}, dsar.GiveUp("text_incomplete")
	}
	return mail.Message{To: to, ReplyTo: set.DPOEmail, FromName: set.Controller, Subject: s, Text: text, HTML: html, MessageID: m.MessageID}, nil
}

// bodyKey is the text of a template. The report begins with what needs somebody today, which the reference wording has not.
func bodyKey(template string) string {
	if template == "mail.report" {
		return "mail.report_today.body"
	}
	return template + ".body"
}
