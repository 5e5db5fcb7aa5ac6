package jobs_test

import (
	"context"
	"errors"
	"testing"

	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/request"
	"insyn/jobs"
)

func TestABounceReopensTheRequestAndClosesItsLink(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	actor := account(t, d, dsar.Handler)
	id, _, err := d.Submit(ctx, request.New{Kind: dsar.Access, Asked: true, CreatedBy: actor, Subjects: []request.NewSubject{person()}})
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`update request set state = 'answered', answered_at = now(), closed_at = now() where id = $1`,
		`insert into link (request_id, subject_id, level, token_hash, hours, expires_at) values ($1, 1, 'B', 'h', 24, now() + interval '1 day')`,
		`insert into mail (request_id, template, language, audience, state) values ($1, 'mail.link', 'sv', 'subject', 'accepted')`,
	} {
		if _, err := d.Pool.Exec(ctx, sql, id); err != nil {
			t.Fatal(err)
		}
	}
	// with the rights of the admin pages, which are where a bounce is noted
	web, err := postgres.Open(ctx, pgtest.DSN(d.Pool), postgres.RoleWeb)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(web.Close)
	desk := &jobs.Desk{Store: &request.Store{Pool: web, Keys: d.Keys}}
	if err := desk.Bounced(ctx, id, actor); err != nil {
		t.Fatal(err)
	}
	r, err := d.Get(ctx, id)
	if err != nil || r.WaitingFor != dsar.ForDelivery || r.AnsweredAt != nil {
		t.Errorf("request %s for %q, answered %v, %v; want waiting for delivery", r.State, r.WaitingFor, r.AnsweredAt, err)
	}
	var why string
	if err := d.Pool.QueryRow(ctx, `select coalesce(revoked_why, '') from link`).Scan(&why); err != nil || why != "undeliverable" {
		t.Errorf("link %q, %v; want undeliverable", why, err)
	}
	if err := desk.Bounced(ctx, id, actor); !errors.Is(err, dsar.ErrConflict) {
		t.Errorf("the same bounce again: got %v, want ErrConflict", err)
	}
}
