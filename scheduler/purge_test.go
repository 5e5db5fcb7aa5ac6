package scheduler

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
)

// pools gives a superuser's pool to prepare and look, and one with the scheduler's rights to work.
func pools(t *testing.T) (root, own *pgxpool.Pool) {
	t.Helper()
	root = pgtest.New(t)
	own, err := postgres.Open(context.Background(), pgtest.DSN(root), postgres.RoleScheduler)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(own.Close)
	return root, own
}

func exec(t *testing.T, pool *pgxpool.Pool, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := pool.Exec(context.Background(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func texts(t *testing.T, pool *pgxpool.Pool, sql string) string {
	t.Helper()
	var s string
	if err := pool.QueryRow(context.Background(), "select coalesce(string_agg(x::text, ' ' order by x), '') from ("+sql+") as q (x)").Scan(&s); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return s
}

// addRequest inserts a request with one subject (same id) and returns nothing: tests choose the ids.
func addRequest(id int, kind, state, closed string) string {
	answered := "null"
	if closed != "null" && state != "withdrawn" {
		answered = closed
	}
	return fmt.Sprintf(`
		with r as (
		     insert into insyn.request (id, kind, state, received_on, channel, language, country, due, due_strict, closed_at, answered_at)
		     overriding system value
		     values (%d, '%s', '%s', '2026-11-02', 'mail', 'sv', 'SE', '2026-12-02', '2026-12-02', %s, %s))
		insert into insyn.request_subject (id, request_id, source, key_hmac, key, name, address)
		overriding system value
		values (%d, %d, 'crm', '\x01', '\x02', '\x03', '\x04')`, id, kind, state, closed, answered, id, id)
}

func addLink(id, request, artefact int, columns, values string) string {
	return fmt.Sprintf(`insert into insyn.link (id, request_id, subject_id, artefact_id, level, token_hash, hours, %s)
		overriding system value values (%d, %d, %d, %d, 'B', decode(md5('%d'), 'hex'), 24, %s)`, columns, id, request, request, artefact, id, values)
}

func addArtefact(id, request int) string {
	return fmt.Sprintf(`insert into insyn.artefact (id, request_id, salt, created_at) overriding system value
		values (%d, %d, '\x01', now() - interval '2 days');
		insert into insyn.artefact_chunk (artefact_id, no, bytes) values (%d, 0, '\x00'), (%d, 1, '\x00')`, id, request, id, id)
}

func TestPurgeTakesWhatHasHadItsTime(t *testing.T) {
	t.Parallel()
	root, own := pools(t)
	exec(t, root,
		addRequest(1, "access", "answered", "now() - interval '2 days'"),
		addRequest(2, "access", "working", "null"),
		addArtefact(11, 1), addArtefact(12, 1), addArtefact(13, 1), addArtefact(14, 2), addArtefact(15, 2), addArtefact(16, 1),
		addLink(21, 1, 11, "expires_at", "now() - interval '1 second'"),
		addLink(22, 1, 12, "expires_at", "now() + interval '1 hour'"),
		addLink(23, 1, 13, "expires_at, revoked_at, revoked_why", "now() + interval '1 hour', now(), 'handler'"),
		addLink(26, 1, 16, "created_at", "now() - interval '1 hour'"), // its mail is on its way
		`insert into insyn.code (id, link_id, hash, valid_until, created_at) overriding system value values
			(31, 22, 'h', now() - interval '2 hours', now() - interval '3 hours'),
			(32, 22, 'h', now() + interval '5 minutes', now()),
			(33, 22, 'h', now() - interval '5 minutes', now() - interval '20 minutes')`,
		`insert into insyn.mail (id, template, language, audience, state, token, recipient, vars, accepted_at, first_try_at, created_at) overriding system value values
			(41, 'mail.link', 'sv', 'subject', 'accepted', '\x01', '\x02', '\x03', now(), now(), now()),
			(42, 'mail.link', 'sv', 'subject', 'accepted', null, '\x02', '\x03', now() - interval '25 hours', now() - interval '25 hours', now() - interval '25 hours'),
			(43, 'mail.link', 'sv', 'subject', 'ready', '\x01', '\x02', '\x03', null, null, now() - interval '25 hours'),
			(44, 'mail.link', 'sv', 'subject', 'sending', '\x01', '\x02', '\x03', null, now() - interval '49 hours', now() - interval '50 hours')`,
		`insert into insyn.share_event (id, link_id, kind, body, handled_at) overriding system value values
			(51, 22, 'question', '\x01', now()), (52, 22, 'question', '\x01', null)`,
		`insert into insyn.sessions (token, data, expiry) values ('old', '', now() - interval '1 second'), ('live', '', now() + interval '1 hour')`,
		`insert into insyn.login_failure (key, failures, last_at) values ('\x01', 3, now() - interval '25 hours'), ('\x02', 3, now())`,
	)
	got, err := Purge(context.Background(), own)
	if err != nil {
		t.Fatal(err)
	}
	want := Purged{
		"links": 2, "artefacts": 3, "chunks": 6, "codes": 1, "tokens": 2, "mails": 2, "events": 1, "sessions": 1, "login_failures": 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// What stays, each for its reason: 12 has a live link, 15 is the newest copy under review, 16's mail is on its way.
	for sql, want := range map[string]string{
		`select id from insyn.artefact where salt is not null`:        "12 15 16",
		`select distinct artefact_id from insyn.artefact_chunk`:       "12 15 16",
		`select id from insyn.link where purged_at is null`:           "22 26",
		`select id from insyn.code`:                                   "32 33", // 33 still counts for the limits
		`select id from insyn.mail where recipient is not null`:       "41 43",
		`select id from insyn.mail where token is not null`:           "43",
		`select id from insyn.share_event where body is not null`:     "52",
		`select token from insyn.sessions`:                            "live",
		`select id from insyn.request_subject where name is not null`: "1 2",
		`select (detail ->> 'links')::int from insyn.audit`:           "2",
		`select action from insyn.audit where actor_kind <> 'system'`: "",
		`select count(*) from insyn.login_failure where failures = 3`: "1",
	} {
		if got := texts(t, root, sql); got != want {
			t.Errorf("%s: got %q, want %q", sql, got, want)
		}
	}
	again, err := Purge(context.Background(), own)
	if err != nil || len(again) != 0 {
		t.Errorf("a second purge took %v, error %v", again, err)
	}
}

func TestPurgeForgetsRequestersAndCases(t *testing.T) {
	t.Parallel()
	root, own := pools(t)
	exec(t, root,
		addRequest(1, "access", "answered", "now() - interval '37 months'"),
		addRequest(2, "access", "answered", "now() - interval '13 months'"),
		addRequest(3, "access", "answered", "now() - interval '11 months'"),
		addRequest(4, "access", "working", "null"),
		addArtefact(11, 1), addLink(21, 1, 11, "expires_at", "now() - interval '36 months'"),
		`insert into insyn.share_event (link_id, kind) values (21, 'opened')`,
		`insert into insyn.mail (request_id, template, language, audience) values (1, 'mail.link', 'sv', 'subject')`,
		`insert into insyn.job (kind, queue, request_id, state, finished_at) values ('mail', 'urgent', 1, 'done', now())`,
		`insert into insyn.evidence (request_id, kind, body) values (1, 'correction', '\x01')`,
		`insert into insyn.audit (actor_kind, action, request_id) values ('system', 'state.answered', 1)`,
	)
	got, err := Purge(context.Background(), own)
	if err != nil {
		t.Fatal(err)
	}
	if got["cases"] != 1 || got["requesters"] != 2 {
		t.Errorf("purged %v, want 1 case and 2 requesters", got)
	}
	for sql, want := range map[string]string{
		`select id from insyn.request`:                                "2 3 4",
		`select id from insyn.request_subject where name is not null`: "3 4",
		`select id from insyn.request_subject where key is not null`:  "2 3 4", // the case itself is kept for its years
		`select count(*) from insyn.artefact`:                         "0",
		`select count(*) from insyn.share_event`:                      "0",
		`select count(*) from insyn.mail`:                             "0",
		`select count(*) from insyn.evidence`:                         "0",
		`select count(*) from insyn.job`:                              "0",
		`select action from insyn.audit where request_id = 1`:         "state.answered", // ids and counts only: it stays
	} {
		if got := texts(t, root, sql); got != want {
			t.Errorf("%s: got %q, want %q", sql, got, want)
		}
	}
}

func TestConfirmationDoesNotOutliveTheSearch(t *testing.T) {
	t.Parallel()
	root, own := pools(t)
	exec(t, root,
		addRequest(1, "erasure", "working", "null"), `update insyn.request set rescanned_at = now() - interval '25 hours' where id = 1`,
		addRequest(2, "erasure", "working", "null"), `update insyn.request set rescanned_at = now() - interval '23 hours' where id = 2`,
		addRequest(3, "erasure", "working", "null"),
		`insert into insyn.mail (request_id, template, language, audience, state, recipient, vars) values
			(1, 'mail.erased', 'sv', 'subject', 'ready', '\x01', '\x02'),
			(2, 'mail.erased', 'sv', 'subject', 'ready', '\x01', '\x02'),
			(3, 'mail.erased', 'sv', 'subject', 'held', '\x01', '\x02')`,
	)
	if _, err := Purge(context.Background(), own); err != nil {
		t.Fatal(err)
	}
	if got := texts(t, root, `select request_id || ':' || state || ':' || (recipient is null) from insyn.mail`); got != "1:cancelled:true 2:ready:false 3:held:false" {
		t.Errorf("mails %s", got)
	}
}

func TestSchedulerMayReadNoSecret(t *testing.T) {
	t.Parallel()
	_, own := pools(t)
	for _, sql := range []string{
		`select password_hash from insyn.account`, `select hash from insyn.code`, `select bytes from insyn.artefact_chunk`,
		`select data from insyn.sessions`, `delete from insyn.audit`, `update insyn.audit set action = ''`, `insert into insyn.account (email) values ('x')`,
	} {
		if _, err := own.Exec(context.Background(), sql); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: got %v, want permission denied", sql, err)
		}
	}
}
