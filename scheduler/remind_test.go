package scheduler

import (
	"context"
	"fmt"
	"testing"

	"insyn/internal/dsar"
	"insyn/internal/settings"
)

func date(t *testing.T, s string) dsar.Date {
	t.Helper()
	d, err := dsar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestThresholds(t *testing.T) {
	t.Parallel()
	received, due := date(t, "2026-12-07"), date(t, "2027-01-07")
	got := fmt.Sprint(thresholds("SE", received, due))
	// Two working days are left on 4 January, since the 6th is Epiphany.
	if want := "[2026-12-22 2026-12-31 2027-01-04 2027-01-08]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, c := range []struct {
		today, want string
	}{
		{"2026-12-21", ""},
		{"2026-12-22", "2026-12-22"},
		{"2026-12-30", "2026-12-22"},
		{"2026-12-31", "2026-12-31"},
		{"2027-01-04", "2027-01-04"},
		{"2027-01-07", "2027-01-04"},
		{"2027-03-01", "2027-01-08"},
	} {
		day, ok := latest(thresholds("SE", received, due), received, date(t, c.today))
		if (c.want == "") == ok || day.String() != c.want {
			t.Errorf("on %s: got %s %v, want %s", c.today, day, ok, c.want)
		}
	}
}

func TestRemindTellsOncePerThreshold(t *testing.T) {
	t.Parallel()
	root, own := pools(t)
	ctx := context.Background()
	today := dsar.DateOf(clock(t, root), settings.Defaults().Location())
	due := func(id int, received, strict dsar.Date) string {
		return fmt.Sprintf(`update insyn.request set received_on = '%s', due = '%s', due_strict = '%s' where id = %d`, received, strict, strict, id)
	}
	exec(t, root,
		addRequest(1, "access", "working", "null"), due(1, today.AddDays(-20), today.AddDays(10)), // more than half
		addRequest(2, "access", "working", "null"), due(2, today.AddDays(-1), today.AddDays(30)), // fresh
		addRequest(3, "access", "working", "null"), due(3, today.AddDays(-31), today.AddDays(-1)), // late
		addRequest(4, "access", "answered", "now()"), due(4, today.AddDays(-31), today.AddDays(-1)), // done
		addRequest(5, "access", "working", "null"), `update insyn.request set asked = false, due = null, due_strict = null where id = 5`, // not asked for
	)
	for i, want := range []int64{2, 0} {
		if got, err := Remind(ctx, own); got != want || err != nil {
			t.Errorf("run %d: told of %d, %v, want %d", i, got, err, want)
		}
	}
	if got := texts(t, root, `select request_id from insyn.mail where template = 'mail.deadline' and audience = 'staff' and state = 'ready' and recipient is null and vars is null`); got != "1 3" {
		t.Errorf("mails for %q, want 1 3", got)
	}
	if got := texts(t, root, `select j.request_id from insyn.job j join insyn.mail m on m.id = j.mail_id where j.kind = 'mail' and j.state = 'queued'`); got != "1 3" {
		t.Errorf("jobs for %q, want 1 3", got)
	}
	// Days later the next threshold of request 1 has come; the reminder from before does not count for it.
	exec(t, root, `update insyn.mail set created_at = now() - interval '12 days'`, due(1, today.AddDays(-27), today.AddDays(3)), due(3, today.AddDays(-60), today.AddDays(-20)))
	if got, err := Remind(ctx, own); got != 1 || err != nil {
		t.Errorf("next threshold: told of %d, %v, want 1", got, err)
	}
}

func TestUnopenedLinkComesBack(t *testing.T) {
	t.Parallel()
	root, own := pools(t)
	closed := "now() - interval '2 days'"
	past, future := "now() - interval '1 hour'", "now() + interval '1 hour'"
	exec(t, root,
		addRequest(1, "access", "answered", closed), addArtefact(11, 1), addLink(21, 1, 11, "expires_at", past),
		addRequest(2, "access", "answered", closed), addArtefact(12, 2), addLink(22, 2, 12, "expires_at, opened_at", past+", "+past),
		addRequest(3, "access", "answered", closed), addArtefact(13, 3), addLink(23, 3, 13, "expires_at", future),
		addRequest(4, "access", "answered", closed), addArtefact(14, 4), addLink(24, 4, 14, "expires_at", past), addLink(34, 4, 14, "expires_at", future),
		addRequest(5, "access", "answered", closed), addArtefact(15, 5), addLink(25, 5, 15, "expires_at, revoked_at", past+", "+past),
		addRequest(6, "access", "withdrawn", closed), addArtefact(16, 6), addLink(26, 6, 16, "expires_at", past),
	)
	for i, want := range []int64{1, 0} {
		if got, err := Unopened(context.Background(), own); got != want || err != nil {
			t.Errorf("run %d: %d requests, %v, want %d", i, got, err, want)
		}
	}
	if got := texts(t, root, `select id from insyn.request where state = 'waiting' and waiting_for = 'delivery' and closed_at is null`); got != "1" {
		t.Errorf("waiting for delivery: %q, want 1", got)
	}
	if got := texts(t, root, `select request_id || ' ' || action from insyn.audit`); got != "1 state.waiting.delivery" {
		t.Errorf("audit %q", got)
	}
}
