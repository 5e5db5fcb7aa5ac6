package scheduler

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/democrm/crmtest"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

// fencedCRM is the sample's schema with two kept invoices, of which one is past its time, opened with the rights of expire.
func fencedCRM(t *testing.T) (*pgxpool.Pool, *records.Source) {
	t.Helper()
	m := crmtest.Map(t)
	crm := crmtest.New(t, m, crmtest.Content{})
	exec(t, crm,
		`insert into crm.invoice (id, number, buyer_name, issued_on, financial_year_end, total)
		 values (1, 'A', 'Kanarie Fågelsson', '2010-01-01', '2010-12-31', 1), (2, 'B', 'Kanarie Fågelsson', '2090-01-01', '2090-12-31', 1)`,
		`insert into insyn_ledger.kept (request_id, table_name, row_key, rule, until)
		 values (7, 'crm.invoice', '1', 'books', '2017-12-31'), (8, 'crm.invoice', '2', 'books', '2097-12-31')`)
	own, err := postgres.OpenWith(t.Context(), pgtest.DSN(crm), postgres.Options{Role: postgres.RoleExpire})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(own.Close)
	src, err := records.OpenKept(t.Context(), "crm", own, m)
	if err != nil {
		t.Fatal(err)
	}
	return crm, src
}

func TestASchedulerWithAWayInErasesWhatWasKept(t *testing.T) {
	t.Parallel()
	crm, src := fencedCRM(t)
	root, own := pools(t)
	// It has run before, so that last night's slot was missed and is caught up.
	exec(t, root, `insert into insyn.slot (name, slot, done_at) values ('expire', now() - interval '3 days', now())`)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	opened, closed := 0, 0
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, Config{Pool: own, Log: slog.New(slog.DiscardHandler), Drain: 5 * time.Second, Kept: func(context.Context) ([]*records.Source, func(), error) {
			opened++
			return []*records.Source{src}, func() { closed++ }, nil
		}})
	}()
	for end := time.Now().Add(10 * time.Second); texts(t, root, `select name from insyn.slot where name = 'expire' and done_at > slot + interval '1 minute' and slot > now() - interval '2 days'`) == ""; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the slot was not caught up")
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if got := texts(t, crm, `select number from crm.invoice`); got != "B" {
		t.Errorf("the invoices left are %q, want B", got)
	}
	if got := texts(t, root, `select detail ->> 'deleted' from insyn.audit where action = 'kept.expired'`); got != "1" {
		t.Errorf("the audit counts %q, want 1", got)
	}
	if opened != 1 || closed != 1 {
		t.Errorf("opened %d times, closed %d times; want once each", opened, closed)
	}
}

func TestWhoIsHeldStaysThroughTheNight(t *testing.T) {
	t.Parallel()
	crm, src := fencedCRM(t)
	root, own := pools(t)
	exec(t, root,
		`insert into insyn.request (id, kind, received_on, channel, language, country, due) overriding system value
		 values (7, 'erasure', '2016-01-01', 'mail', 'sv', 'SE', '2016-02-01')`,
		`insert into insyn.request_subject (request_id, source, key_hmac) values (7, 'crm', '\x01')`,
		`insert into insyn.hold (key_hmac, source, ground, placed_by, review_on) values ('\x01', 'crm', 'claim', 1, '2099-01-01')`)
	out, err := Expire(t.Context(), own, []*records.Source{src})
	if err != nil || out["crm"].Held != 1 || out["crm"].Rows() != 0 {
		t.Errorf("got %+v, %v; want one row held", out, err)
	}
	if got := texts(t, crm, `select number from crm.invoice`); got != "A B" {
		t.Errorf("the invoices left are %q, want both", got)
	}
	exec(t, root, `update insyn.hold set released_at = now(), released_by = 1`)
	if out, err = Expire(t.Context(), own, []*records.Source{src}); err != nil || out["crm"].Rows() != 1 {
		t.Errorf("after the release: got %+v, %v; want one row gone", out, err)
	}
}
