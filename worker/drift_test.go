package worker

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
)

func (b *bench) accepts(t *testing.T, crm *pgxpool.Pool) {
	t.Helper()
	m := crmtest.Map(t)
	if err := records.Accept(context.Background(), crm, m, "crm", "Disa"); err != nil {
		t.Fatal(err)
	}
}

// Whatever has changed, an erasure waits with its request for review, nothing is touched, and once somebody has accepted
// the change the same job goes on.
func TestAnErasureWaitsUntilTheChangeIsAccepted(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := newBench(t)
	crm := b.withCRM(t)
	id, _, err := b.desk.Submit(ctx, request.New{
		Kind: dsar.Erasure, Asked: true, CreatedBy: b.account(t, "dora", dsar.DPO), Ground: "a", VerifiedHow: "in_person", Language: "sv",
		Subjects: []request.NewSubject{{Source: "crm", Key: "1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	person := func() string {
		t.Helper()
		var text string
		if err := crm.QueryRow(ctx, `select given_name || surname || customer_no from crm.person where id = 1`).Scan(&text); err != nil {
			return "" // what an erased card gives
		}
		return text
	}
	was := person()
	waits := func(what string) {
		t.Helper()
		r, err := b.store.Get(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if r.State != dsar.Waiting || r.WaitingFor != dsar.ForReview || person() != was {
			t.Fatalf("%s: the request is %s %s; want waiting for review, and nothing touched", what, r.State, r.WaitingFor)
		}
		if code := one[string](t, b, `select code from job where request_id = $1 and state = 'queued' and kind in ('rehearsal', 'erasure')`, id); code != "drift" {
			t.Fatalf("%s: the job's code is %s", what, code)
		}
	}
	do := func(kind string) {
		t.Helper()
		b.exec(t, `update job set state = 'cancelled' where state = 'queued' and kind not in ('rehearsal', 'erasure')`)
		if got := one[string](t, b, `select kind from job where state = 'queued' order by id desc limit 1`); got != kind {
			t.Fatalf("the next job is %s, want %s", got, kind)
		}
		b.run(t)
	}

	alter := func(sql string) {
		t.Helper()
		if _, err := crm.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	alter(`create table crm.person_old as select * from crm.person`)
	do("rehearsal")
	waits("a rehearsal after a new table")
	do("rehearsal")
	waits("the same once more")
	if n := one[int](t, b, `select count(*) from audit where action = 'stopped.drift'`); n != 1 {
		t.Errorf("told %d times, want once", n)
	}
	b.accepts(t, crm)
	do("rehearsal")
	r, err := b.store.Get(ctx, id)
	if err != nil || r.WaitingFor != dsar.ForApproval {
		t.Fatalf("after the acceptance: %s %s, %v; want it for approval", r.State, r.WaitingFor, err)
	}

	reh, err := b.desk.Rehearsal(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.desk.Approve(ctx, id, b.account(t, "arne", dsar.Administrator), reh.Shown()); err != nil {
		t.Fatal(err)
	}
	alter(`create materialized view crm.names as select id, surname from crm.person`)
	do("erasure")
	waits("an approved erasure after a new materialised view")
	alter(`drop materialized view crm.names`)
	do("erasure")
	if person() == was {
		t.Error("the erasure did not go on")
	}
}

func TestTheHourlyLookRemembers(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := newBench(t)
	crm := b.withCRM(t)
	if p, at := b.Worker.Sources[0].LastDrift(); len(p) != 0 || at.IsZero() {
		t.Fatalf("at the start: %v, %v", p, at)
	}
	if _, err := crm.Exec(ctx, `alter table crm.person add column hobby text`); err != nil {
		t.Fatal(err)
	}
	b.lookForDrift(ctx)
	if p, _ := b.Worker.Sources[0].LastDrift(); len(p.Of(datamap.StopsErase)) != 1 || p[0].Place != "crm.person.hobby" {
		t.Errorf("got %v, want the new column", p)
	}
}
