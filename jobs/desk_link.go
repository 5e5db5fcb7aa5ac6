package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/request"
	"insyn/internal/settings"
	"insyn/internal/share"
)

// SendReviewed lets a copy go that a handler has looked at; ErrMentions while somebody has to decide which mentions in others'
// records are in it.
func (d *Desk) SendReviewed(ctx context.Context, id, actor int64) error {
	return d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		if r.WaitingFor != dsar.ForReview || (r.Kind != dsar.Access && r.Kind != dsar.Portability) {
			return dsar.ErrConflict
		}
		if n, err := d.Mentions(ctx, tx, id); err != nil {
			return err
		} else if n.Undecided > 0 {
			return fmt.Errorf("send request %d: %w", id, ErrMentions)
		}
		if _, err := tx.Exec(ctx, `update insyn.request set reviewed_by = $2, reviewed_at = now() where id = $1`, id, actor); err != nil {
			return fmt.Errorf("note the review of request %d: %w", id, err)
		}
		if err := note(ctx, tx, r, actor, "request.reviewed"); err != nil {
			return err
		}
		return d.work(ctx, tx, id, actor, Collect)
	})
}

// SetAssurance picks what opens the link (A, B or C) and collects anew: a link keeps the level it was made with.
func (d *Desk) SetAssurance(ctx context.Context, id, actor int64, level string) error {
	return d.locked(ctx, id, func(tx pgx.Tx, set settings.Settings, r *request.Request) error {
		if (r.Kind != dsar.Access && r.Kind != dsar.Portability) || r.State == dsar.Withdrawn || r.State == dsar.Refused {
			return dsar.ErrConflict
		}
		if level != "B" && level != "C" { // A opens neither access nor portability
			return &dsar.Invalid{Field: "assurance", Problem: "choice"}
		}
		if _, err := tx.Exec(ctx, `update insyn.request set assurance = $2, version = version + 1 where id = $1`, id, level); err != nil {
			return badChoice(err, "assurance")
		}
		if err := note(ctx, tx, r, actor, "request.assurance."+level); err != nil {
			return err
		}
		return d.AnewIn(ctx, tx, set, r, actor)
	})
}

// SendAnew collects again and sends a new link; the old one dies with the new one's commit.
func (d *Desk) SendAnew(ctx context.Context, id, actor int64) error {
	return d.locked(ctx, id, func(tx pgx.Tx, set settings.Settings, r *request.Request) error {
		return d.AnewIn(ctx, tx, set, r, actor)
	})
}

// AnewIn is SendAnew in the caller's transaction.
func (d *Desk) AnewIn(ctx context.Context, tx pgx.Tx, set settings.Settings, r *request.Request, actor int64) error {
	if (r.Kind != dsar.Access && r.Kind != dsar.Portability) || len(r.Subjects) == 0 || r.State == dsar.Withdrawn || r.State == dsar.Refused {
		return dsar.ErrConflict
	}
	if err := d.notErased(ctx, tx, r); err != nil {
		return err
	}
	if r.WaitingFor == dsar.ForIdentity {
		if err := d.resume(ctx, tx, set, r, actor); err != nil {
			return err
		}
	}
	if err := note(ctx, tx, r, actor, "link.wanted"); err != nil {
		return err
	}
	if r.Closed() { // a new copy of an answer that was given; the request stays answered
		_, err := Insert(ctx, tx, New{Kind: Collect, RequestID: r.ID})
		return err
	}
	return d.work(ctx, tx, r.ID, actor, Collect)
}

// notErased refuses what would bring back a person who was erased since.
func (d *Desk) notErased(ctx context.Context, q postgres.Querier, r *request.Request) error {
	for _, u := range r.Subjects {
		var erased bool
		err := q.QueryRow(ctx, `
			select exists (select 1
			                 from insyn.request_subject s
			                 join insyn.request e on e.id = s.request_id
			                where s.key_hmac = $1
			                  and e.erased_at is not null)`, u.HMAC).Scan(&erased)
		if err != nil {
			return fmt.Errorf("look for an erasure: %w", err)
		}
		if erased || u.Key == "" {
			return dsar.ErrConflict
		}
	}
	return nil
}

// RevokeLink closes a link at once.
func (d *Desk) RevokeLink(ctx context.Context, linkID, actor int64) error {
	return postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		var id int64
		err := tx.QueryRow(ctx, `
			update insyn.link
			   set revoked_at = now(),
			       revoked_why = 'handler'
			 where id = $1
			   and revoked_at is null
			returning request_id`, linkID).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return dsar.ErrConflict
		}
		if err != nil {
			return fmt.Errorf("revoke link %d: %w", linkID, err)
		}
		return audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: "link.revoked", RequestID: id, Detail: audit.Detail{"link": linkID}})
	})
}

// GiveCode makes the code of a level C link, for a handler to read out on a number on file. It is shown once.
func (d *Desk) GiveCode(ctx context.Context, linkID, actor int64) (string, error) {
	code := share.NewCode()
	hash, err := share.HashAnswer(code)
	if err != nil {
		return "", err
	}
	err = postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		var id int64
		err := tx.QueryRow(ctx, `
			select request_id
			  from insyn.link
			 where id = $1
			   and level = 'C'
			   and revoked_at is null
			   and coalesce(expires_at > now(), true)`, linkID).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return dsar.ErrConflict
		}
		if err != nil {
			return fmt.Errorf("read link %d: %w", linkID, err)
		}
		_, err = tx.Exec(ctx, `
			insert into insyn.code (link_id, hash, valid_until)
			values ($1, $2, now() + interval '24 hours')`, linkID, hash)
		if err != nil {
			return fmt.Errorf("write a code of link %d: %w", linkID, err)
		}
		return audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: "code.given", RequestID: id, Detail: audit.Detail{"link": linkID}})
	})
	return code, err
}
