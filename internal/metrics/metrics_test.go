package metrics

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
)

func get(t *testing.T, h *Health, db *Database, path string) (int, string) {
	t.Helper()
	r := NewRegistry()
	if db != nil {
		r.MustRegister(db)
	}
	w := httptest.NewRecorder()
	Handler(r, h).ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), "GET", path, nil))
	return w.Code, w.Body.String()
}

func TestReady(t *testing.T) {
	t.Parallel()
	good := func(context.Context) error { return nil }
	bad := func(context.Context) error { return errors.New("dial 10.0.0.1: refused") }
	for _, c := range []struct {
		database, redis func(context.Context) error
		code            int
		body            string
	}{
		{good, good, 200, "ready\n"},
		{good, bad, 200, "degraded: redis\n"},
		{bad, good, 503, "not ready: database\n"},
		{bad, bad, 503, "not ready: database, redis\n"},
	} {
		code, body := get(t, &Health{[]Check{{"database", true, c.database}, {"redis", false, c.redis}}}, nil, "/readyz")
		if code != c.code || body != c.body {
			t.Errorf("got %d %q, want %d %q", code, body, c.code, c.body)
		}
	}
	if code, _ := get(t, &Health{}, nil, "/livez"); code != 200 {
		t.Errorf("livez %d", code)
	}
}

// Each process that shows the figures may read them, and an empty and a full database both give them.
func TestDatabaseFigures(t *testing.T) {
	t.Parallel()
	root := pgtest.New(t)
	ctx := context.Background()
	for _, sql := range []string{
		`insert into insyn.job (kind, queue, run_at) values ('collect', 'work', now() - interval '90 seconds')`,
		`insert into insyn.job (kind, queue, state, code) values ('mail', 'urgent', 'failed', 'auth')`,
		`insert into insyn.mail (template, language, audience, created_at) values ('mail.link', 'sv', 'subject', now() - interval '1 hour')`,
		`insert into insyn.slot (name, slot, done_at) values ('purge', now(), now())`,
		`insert into insyn.sweep (name, ran_at, rows) values ('purge', now(), 3)`,
		`insert into insyn.report (slot, body) values (now(), '{}')`,
	} {
		if _, err := root.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	for _, role := range []string{postgres.RoleWeb, postgres.RoleWorker, postgres.RoleScheduler} {
		pool, err := postgres.Open(ctx, pgtest.DSN(root), role)
		if err != nil {
			t.Fatal(err)
		}
		_, body := get(t, &Health{}, NewDatabase(pool), "/metrics")
		pool.Close()
		for _, want := range []string{
			"insyn_database_up 1", `insyn_jobs{kind="collect",state="queued"} 1`, "insyn_job_oldest_queued_seconds 9", `insyn_jobs_failed{code="auth",kind="mail"} 1`,
			"insyn_mail_waiting_seconds 36", `insyn_sweep_timestamp_seconds{sweep="purge"}`, `insyn_slot_timestamp_seconds{sweep="purge"}`, "insyn_report_timestamp_seconds",
			"insyn_requests_overdue 0",
		} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: /metrics lacks %q", role, want)
			}
		}
	}
}

func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	root := pgtest.New(t)
	pool, err := postgres.Open(context.Background(), pgtest.DSN(root), "")
	if err != nil {
		t.Fatal(err)
	}
	pool.Close()
	if _, body := get(t, &Health{}, NewDatabase(pool), "/metrics"); !strings.Contains(body, "insyn_database_up 0") {
		t.Error("a closed database is not shown as down")
	}
}
