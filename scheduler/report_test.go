package scheduler

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// clock is the database's.
func clock(t *testing.T, pool *pgxpool.Pool) time.Time {
	t.Helper()
	now, err := databaseNow(context.Background(), pool)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

func TestReportCountsOnceAndTellsTheOfficer(t *testing.T) {
	t.Parallel()
	root, own := pools(t)
	ctx := context.Background()
	slot := clock(t, root).Add(time.Minute).Truncate(time.Second)
	exec(t, root,
		`insert into insyn.account (email, name, password_hash, roles, language) values ('dpo@company.example', 'x', 'x', '{dpo}', 'en')`,
		addRequest(1, "access", "answered", "now()"),
		addRequest(2, "erasure", "working", "null"), `update insyn.request set state = 'waiting', waiting_for = 'approval' where id = 2`,
		addRequest(3, "access", "failed", "null"), `update insyn.request set due_strict = current_date - 3, received_at = now() - interval '33 days' where id = 3`,
		addRequest(4, "access", "working", "null"), `update insyn.request set due_strict = current_date + 5 where id = 4`,
		`update insyn.request set due_strict = current_date + 30 where id in (1, 2)`,
		`insert into insyn.job (kind, queue, request_id, state, finished_at) values ('collect', 'work', 3, 'failed', now())`,
		`insert into insyn.mail (id, request_id, template, language, audience, state) overriding system value values (7, 4, 'mail.link', 'sv', 'subject', 'failed')`,
		`insert into insyn.job (kind, queue, mail_id, state, finished_at) values ('mail', 'urgent', 7, 'done', now())`,
	)
	n, err := Report(ctx, own, slot)
	if err != nil || n == nil {
		t.Fatalf("report %v, error %v", n, err)
	}
	got, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"needs_you_count":2`, `"approval":[2]`, `"failed":[3]`, `"overdue":[3]`, `"due_soon":[4]`, `"received_count":3`, `"answered_count":1`,
		`"in_time_count":1`, `"open_count":3`, `"overdue_count":1`, `"due_soon_count":1`, `"undeliverable_count":1`, `"failed_count":1`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("report %s lacks %s", got, want)
		}
	}
	if n.Period["sv"] == "" || n.Period["en"] == "" {
		t.Errorf("period %v", n.Period)
	}
	if again, err := Report(ctx, own, slot); again != nil || err != nil {
		t.Errorf("the same slot again: %v, %v", again, err)
	}
	if got := texts(t, root, `select language from insyn.mail where template = 'mail.report' and audience = 'staff'`); got != "en" {
		t.Errorf("mails to the officer: %q, want one in English", got)
	}
	// The next report begins where this one ended.
	later, err := Count(ctx, own, slot.Add(time.Hour))
	if err != nil || later.ReceivedCount != 0 || later.OpenCount != 3 {
		t.Errorf("later report: %d received, %d open, %v; want 0 and 3", later.ReceivedCount, later.OpenCount, err)
	}
}
