package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/share"
	"insyn/jobs"
)

// Codes an hour: for one browser and for one link. The share site counts too; these are the limits that hold.
const (
	codesBrowser = 3
	codesLink    = 10
	codeMailLife = 30 * time.Minute
)

// code makes a code for the browser that asked, stores its hash and queues the mail, in one commit. The code is valid
// from the acceptance of that mail.
func (w *Worker) code(ctx context.Context, c *Claim) error {
	code := share.NewCode()
	hash, err := share.HashAnswer(code)
	if err != nil {
		return err
	}
	return c.Commit(ctx, func(tx pgx.Tx) error {
		var request, subject int64
		var browser []byte
		var live bool
		var ofLink, ofBrowser int
		err := tx.QueryRow(ctx, `
			select l.request_id,
			       l.subject_id,
			       e.browser,
			       l.revoked_at is null and l.expires_at > now() and l.level = 'B',
			       (select count(*) from insyn.code c where c.link_id = l.id and c.created_at > now() - interval '1 hour'),
			       (select count(*) from insyn.code c where c.link_id = l.id and c.browser = e.browser and c.created_at > now() - interval '1 hour')
			  from insyn.share_event e
			  join insyn.link l on l.id = e.link_id
			 where e.id = $1
			   and e.handled_at is null
			   for update of l`, c.EventID).Scan(&request, &subject, &browser, &live, &ofLink, &ofBrowser)
		if err != nil {
			return noneIsDone(err)
		}
		if err := handled(ctx, tx, c.EventID); err != nil {
			return err
		}
		if !live || browser == nil || ofLink >= codesLink || ofBrowser >= codesBrowser {
			return nil
		}
		r, err := w.store.GetIn(ctx, tx, request)
		if err != nil {
			return err
		}
		to := ""
		for _, u := range r.Subjects {
			if u.ID == subject {
				to = u.Address
			}
		}
		if to == "" {
			return dsar.GiveUp("no_address")
		}
		var codeID int64
		err = tx.QueryRow(ctx, `
			insert into insyn.code (link_id, browser, hash)
			values ($1, $2, $3)
			returning id`, c.LinkID, browser, hash).Scan(&codeID)
		if err != nil {
			return fmt.Errorf("write a code of link %d: %w", c.LinkID, err)
		}
		_, err = jobs.QueueMail(ctx, tx, w.Keys, jobs.OutMail{
			RequestID: request, SubjectID: subject, LinkID: c.LinkID, CodeID: codeID,
			Template: "mail.code", Language: r.Language, Recipient: to, Vars: map[string]any{"code": code}, GiveUp: codeMailLife,
		})
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{Subject: true, Action: "code.asked", RequestID: request, Detail: audit.Detail{"link": c.LinkID}})
	})
}
