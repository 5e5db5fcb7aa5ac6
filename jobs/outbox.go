package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/seal"
)

// OutMail is a message to be sent. What names a person is sealed; keys may be nil only for a message to the staff without
// a recipient and without values: the worker then finds both by the template and the request.
type OutMail struct {
	RequestID int64
	SubjectID int64
	LinkID    int64
	CodeID    int64
	Template  string // key of the texts: "mail.link"
	Language  string
	Staff     bool
	Recipient string
	Vars      map[string]any // beside those that every message gets from settings and request
	Token     string         // of the link; dropped when the mail is accepted
	Answers   dsar.State     // the state that the request takes when the mail is accepted; "" none
	Held      bool           // not sent until Release
	GiveUp    time.Duration  // no try later than this after the first; 0: 24 hours
}

// QueueMail writes the message and, unless it is held, the job that sends it.
func QueueMail(ctx context.Context, tx pgx.Tx, keys *seal.Keys, m OutMail) (int64, error) {
	audience, state := "subject", "ready"
	if m.Staff {
		audience = "staff"
	}
	if m.Held {
		state = "held"
	}
	var recipient, vars, token []byte
	if keys != nil {
		recipient, token = keys.SealText("mail.recipient", m.Recipient), keys.SealText("mail.token", m.Token)
		if len(m.Vars) > 0 {
			var err error
			if vars, err = keys.SealJSON("mail.vars", m.Vars); err != nil {
				return 0, err
			}
		}
	} else if !m.Staff || m.Recipient != "" || len(m.Vars) > 0 || m.Token != "" {
		return 0, fmt.Errorf("queue %s: a process without the key cannot seal it", m.Template)
	}
	if m.GiveUp == 0 {
		m.GiveUp = 24 * time.Hour
	}
	var id int64
	err := tx.QueryRow(ctx, `
		insert into insyn.mail (request_id, subject_id, link_id, code_id, template, language, audience, state, answers, recipient, vars, token, give_up_after)
		values (nullif($1, 0), nullif($2, 0), nullif($3, 0), nullif($4, 0), $5, $6, $7, $8, nullif($9, ''), $10, $11, $12, $13::interval)
		returning id`,
		m.RequestID, m.SubjectID, m.LinkID, m.CodeID, m.Template, m.Language, audience, state, m.Answers, recipient, vars, token, m.GiveUp).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("queue %s of request %d: %w", m.Template, m.RequestID, err)
	}
	if m.Held {
		return id, nil
	}
	return id, sendJob(ctx, tx, m.RequestID, id)
}

// ReleaseMails lets the held messages of a request go.
func ReleaseMails(ctx context.Context, tx pgx.Tx, requestID int64) (int, error) {
	rows, err := tx.Query(ctx, `
		update insyn.mail
		   set state = 'ready'
		 where request_id = $1
		   and state = 'held'
		returning id`, requestID)
	if err != nil {
		return 0, fmt.Errorf("release mails of request %d: %w", requestID, err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return 0, fmt.Errorf("release mails of request %d: %w", requestID, err)
	}
	for _, id := range ids {
		if err := sendJob(ctx, tx, requestID, id); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

func sendJob(ctx context.Context, tx pgx.Tx, requestID, mailID int64) error {
	_, err := Insert(ctx, tx, New{Kind: Mail, RequestID: requestID, MailID: mailID})
	return err
}
