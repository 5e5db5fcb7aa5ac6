package jobs_test

import (
	"context"
	"errors"
	"testing"

	"insyn/internal/democrm"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/dsar"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/jobs"
)

// erasing is a desk with a source, and an erasure that a worker has claimed.
func erasing(t *testing.T) (*jobs.Desk, *records.Source, *request.Request, int64) {
	t.Helper()
	ctx := context.Background()
	d := newDesk(t)
	crm := pgtest.Empty(t)
	if err := democrm.Install(ctx, crm); err != nil {
		t.Fatal(err)
	}
	if err := democrm.Generate(ctx, crm, nil, democrm.Size{Persons: democrm.MinPersons, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	m := crmtest.Map(t)
	if err := records.MigrateSource(ctx, crm, m, "crm"); err != nil {
		t.Fatal(err)
	}
	if err := records.Accept(ctx, crm, m, "crm", "a test"); err != nil {
		t.Fatal(err)
	}
	src, err := records.Open(ctx, "crm", crm, m)
	if err != nil {
		t.Fatal(err)
	}
	d.Sources = []*records.Source{src}
	actor := account(t, d, dsar.DPO)
	id, _, err := d.Submit(ctx, request.New{
		Kind: dsar.Erasure, Asked: true, CreatedBy: actor, Ground: "a", VerifiedHow: "in_person",
		Subjects: []request.NewSubject{{Source: "crm", Key: "1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Pool.Exec(ctx, `update job set state = 'working', kind = 'erasure', lease_until = now() where request_id = $1`, id); err != nil {
		t.Fatal(err)
	}
	r, err := d.Get(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return d, src, r, actor
}

func run(t *testing.T, src *records.Source, r *request.Request) error {
	t.Helper()
	ctx := context.Background()
	e := records.Erasure{RequestID: r.ID, Subject: r.Person().HMAC, Epoch: 1, Keys: []string{"1"}, Lang: "sv"}
	reh, err := src.Rehearse(ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, n := range reh.Tables {
		counts[n.Table] += n.Rows
	}
	e.Approved = &records.Approved{Hash: reh.PlanHash, Counts: counts}
	_, err = src.Erase(ctx, e)
	return err
}

func TestAWithdrawnErasureCannotCommitAnyMore(t *testing.T) {
	t.Parallel()
	d, src, r, actor := erasing(t)
	if err := d.Withdraw(context.Background(), r.ID, actor); err != nil {
		t.Fatal(err)
	}
	if err := run(t, src, r); !errors.Is(err, records.ErrFenced) {
		t.Errorf("the run of before the withdrawal: got %v, want ErrFenced", err)
	}
}

func TestAnErasureThatHasCommittedCannotBeWithdrawn(t *testing.T) {
	t.Parallel()
	d, src, r, actor := erasing(t)
	if err := run(t, src, r); err != nil {
		t.Fatal(err)
	}
	if err := d.Withdraw(context.Background(), r.ID, actor); !errors.Is(err, dsar.ErrConflict) {
		t.Errorf("withdraw after the commit: got %v, want ErrConflict", err)
	}
	after, err := d.Get(context.Background(), r.ID)
	if err != nil || after.State != dsar.Working {
		t.Errorf("request %s, %v; want working as before", after.State, err)
	}
}

func TestAnApprovedErasureIsNotAnsweredBeforeItRan(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d, _, r, actor := erasing(t)
	if _, err := d.Pool.Exec(ctx, `update request set approved_by = $2, approved_at = now() where id = $1`, r.ID, account(t, d, dsar.Administrator)); err != nil {
		t.Fatal(err)
	}
	if err := d.AnsweredOnPaper(ctx, r.ID, actor); !errors.Is(err, dsar.ErrConflict) {
		t.Errorf("answer on paper before the run: got %v, want ErrConflict", err)
	}
	if err := d.Refuse(ctx, r.ID, actor, jobs.Refusal{Ground: "claim", Reason: "x", Facts: "y", Decider: "VD", AskedTo: "z"}); err != nil {
		t.Fatal(err)
	}
	if err := d.AnsweredOnPaper(ctx, r.ID, actor); err != nil {
		t.Errorf("answer on paper after a refusal: %v", err)
	}
}
