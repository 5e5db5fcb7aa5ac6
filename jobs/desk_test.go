package jobs_test

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"testing"

	"insyn/internal/dsar"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/request"
	"insyn/internal/seal"
	"insyn/jobs"
)

func newDesk(t *testing.T) *jobs.Desk {
	t.Helper()
	master := make([]byte, 32)
	_, _ = rand.Read(master)
	keys, err := seal.New(master)
	if err != nil {
		t.Fatal(err)
	}
	return &jobs.Desk{Store: &request.Store{Pool: pgtest.New(t), Keys: keys}}
}

func account(t *testing.T, d *jobs.Desk, role dsar.Role) (id int64) {
	t.Helper()
	err := d.Pool.QueryRow(context.Background(), `
		insert into account (email, name, password_hash, roles)
		values ($1 || gen_random_uuid() || '@insyn.example', 'x', 'x', array[$1])
		returning id`, string(role)).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func person() request.NewSubject {
	return request.NewSubject{Source: "crm", Key: "17", Name: "Ylva Provsson", Address: "ylva@provsson.example"}
}

func TestSubmitTwiceIsOneRequestAndOneJob(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	n := request.New{Kind: dsar.Access, Asked: true, CreatedBy: account(t, d, dsar.DPO), IdempotencyKey: "form-1", Subjects: []request.NewSubject{person()}}
	ids := make([]int64, 20)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			id, _, err := d.Submit(context.Background(), n)
			if err != nil {
				t.Error(err)
			}
			ids[i] = id
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("requests %v, want one", ids)
		}
	}
	var jobCount, audits int
	err := d.Pool.QueryRow(context.Background(), `select (select count(*) from job), (select count(*) from audit where action = 'request.created.access')`).Scan(&jobCount, &audits)
	if err != nil || jobCount != 1 || audits != 1 {
		t.Fatalf("%d jobs, %d audit lines, %v; want 1 and 1", jobCount, audits, err)
	}
}

func TestAnErasureIsApprovedBySomebodyElseForThePlanThatWasShown(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	asker, other := account(t, d, dsar.Administrator), account(t, d, dsar.Administrator)
	id, _, err := d.Submit(ctx, request.New{Kind: dsar.Erasure, Asked: true, CreatedBy: asker, Ground: "a", VerifiedHow: "in_person", Subjects: []request.NewSubject{person()}})
	if err != nil {
		t.Fatal(err)
	}
	// what the rehearsal leaves
	if _, err := d.Pool.Exec(ctx, `insert into rehearsal (request_id, plan_hash, counts) values ($1, 'plan', '{"crm person": 1}')`, id); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Pool.Exec(ctx, `update request set state = 'waiting', waiting_for = 'approval' where id = $1`, id); err != nil {
		t.Fatal(err)
	}
	if err := d.Approve(ctx, id, asker, []byte("plan")); !errors.Is(err, jobs.ErrTwoPeople) {
		t.Errorf("approve one's own: got %v, want ErrTwoPeople", err)
	}
	if err := d.Approve(ctx, id, account(t, d, dsar.DPO), []byte("plan")); !errors.Is(err, dsar.ErrForbidden) {
		t.Errorf("approve as DPO: got %v, want ErrForbidden", err)
	}
	if err := d.Approve(ctx, id, other, []byte("another plan")); !errors.Is(err, dsar.ErrConflict) {
		t.Errorf("approve another plan: got %v, want ErrConflict", err)
	}
	if err := d.Approve(ctx, id, other, []byte("plan")); err != nil {
		t.Errorf("approve: %v", err)
	}
	r, err := d.Get(ctx, id)
	if err != nil || r.State != dsar.Working || r.ApprovedBy != other {
		t.Errorf("after approval: %+v, %v; want working, approved by %d", r, err, other)
	}
}

func TestTheFutureIsRefusedAndThePersonIsSealed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	actor := account(t, d, dsar.DPO)
	_, _, err := d.Submit(ctx, request.New{Kind: dsar.Access, Asked: true, CreatedBy: actor, ReceivedOn: dsar.Date{Year: 2999, Month: 1, Day: 1}})
	var wrong *dsar.Invalid
	if !errors.As(err, &wrong) || wrong.Field != "received_on" {
		t.Errorf("received in the future: got %v, want a wrong received_on", err)
	}
	id, _, err := d.Submit(ctx, request.New{Kind: dsar.Access, Asked: true, CreatedBy: actor, Notes: "rang i går", Subjects: []request.NewSubject{person()}})
	if err != nil {
		t.Fatal(err)
	}
	var leaks int
	err = d.Pool.QueryRow(ctx, `
		select count(*)
		  from request_subject s, request r, audit a
		 where r.id = s.request_id
		   and (position('Ylva'::bytea in s.name) > 0 or position('provsson'::bytea in s.address) > 0
		        or position('rang'::bytea in r.notes) > 0 or a.detail::text like '%17%')`).Scan(&leaks)
	if err != nil || leaks != 0 {
		t.Errorf("%d rows show the person, %v", leaks, err)
	}
	r, err := d.Get(ctx, id)
	if err != nil || r.Person().Name != "Ylva Provsson" || r.Notes != "rang i går" || r.DueStrict == nil {
		t.Errorf("opened: %+v, %v", r, err)
	}
}

func TestARefusalNeedsItsReasonsAndAWithdrawnRequestItsPeace(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	actor := account(t, d, dsar.DPO)
	id, _, err := d.Submit(ctx, request.New{Kind: dsar.Access, Asked: true, CreatedBy: actor, Subjects: []request.NewSubject{person()}})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Refuse(ctx, id, actor, jobs.Refusal{Ground: "excessive", Reason: "x", Facts: "y", AskedTo: "z"}); !errors.Is(err, dsar.ErrInvalid) {
		t.Errorf("refusal without a decider: got %v, want ErrInvalid", err)
	}
	if err := d.Withdraw(ctx, id, actor); err != nil {
		t.Fatal(err)
	}
	var alive int
	if err := d.Pool.QueryRow(ctx, `select count(*) from job where state in ('queued', 'working')`).Scan(&alive); err != nil || alive != 0 {
		t.Errorf("%d jobs live after the withdrawal, %v", alive, err)
	}
	if err := d.Refuse(ctx, id, actor, jobs.Refusal{Ground: "excessive", Reason: "x", Facts: "y", AskedTo: "z", Decider: "VD"}); !errors.Is(err, dsar.ErrConflict) {
		t.Errorf("refuse a withdrawn request: got %v, want ErrConflict", err)
	}
	if err := d.SendAnew(ctx, id, actor); !errors.Is(err, dsar.ErrConflict) {
		t.Errorf("a new link for a withdrawn request: got %v, want ErrConflict", err)
	}
}
