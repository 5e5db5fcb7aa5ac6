package worker

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"insyn/internal/democrm"
	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/settings"
	"insyn/jobs"
)

func (o *office) hold(id int64) jobs.NewHold {
	return jobs.NewHold{
		Source: "crm", Key: strconv.FormatInt(id, 10), Name: democrm.KnownPerson(id).FullName(), Ground: "claim",
		Reason: "Tvist om leverans 4711", ReviewOn: dsar.Date{Year: 2999, Month: 1, Day: 1},
	}
}

func (o *office) place(t *testing.T, id int64) int64 {
	t.Helper()
	hold, err := o.web.PlaceHold(context.Background(), o.dpo, o.hold(id))
	if err != nil {
		t.Fatal(err)
	}
	return hold
}

func TestAHeldPersonIsNotErasedAndTheReleaseResumes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := newOffice(t)
	hold := o.place(t, democrm.Bare)
	if _, err := o.web.PlaceHold(ctx, o.dpo, o.hold(democrm.Bare)); !errors.Is(err, dsar.ErrConflict) {
		t.Errorf("a second hold: %v, want ErrConflict", err)
	}
	same := o.untouched(t)
	r := o.ask(t, dsar.Erasure, democrm.Bare)
	o.stands(t, r.ID, dsar.Waiting, dsar.ForHold, "legal_hold")
	o.idle(t, r.ID)
	same()
	if err := o.web.ReleaseHold(ctx, hold, o.dpo, ""); !errors.Is(err, dsar.ErrInvalid) {
		t.Errorf("released without a reason: %v, want ErrInvalid", err)
	}
	if err := o.web.ReleaseHold(ctx, hold, o.dpo, "Tvisten är slut"); err != nil {
		t.Fatal(err)
	}
	if err := o.web.ReleaseHold(ctx, hold, o.dpo, "igen"); !errors.Is(err, dsar.ErrConflict) {
		t.Errorf("released twice: %v, want ErrConflict", err)
	}
	o.run(t)
	o.stands(t, r.ID, dsar.Waiting, dsar.ForApproval, "")
	same()
	if n := one[int](t, o.bench, `select count(*) from audit where action in ('hold.placed', 'hold.released', 'hold.resumed')`); n != 3 {
		t.Errorf("%d audit lines of the hold, want 3", n)
	}
	if n := one[int](t, o.bench, `select count(*) from hold where hold::text like '%leverans%' or position('Tvist'::bytea in reason) > 0 or position('Alfhild'::bytea in name) > 0`); n != 0 {
		t.Error("a hold can be read without the key")
	}
}

func TestAHoldAfterTheApprovalStopsTheRun(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := newOffice(t)
	r := o.ask(t, dsar.Erasure, democrm.Bare)
	o.approve(t, r.ID)
	// A worker has claimed the run and stands before the transaction when the hold is placed.
	var ref jobs.Ref
	if err := o.Pool.QueryRow(ctx, `select id, epoch from job where kind = 'erasure' and state = 'queued'`).Scan(&ref.Job, &ref.Epoch); err != nil {
		t.Fatal(err)
	}
	c, err := o.claim(ctx, ref)
	if err != nil || c == nil {
		t.Fatalf("claim: %v, %v", c, err)
	}
	same := o.untouched(t)
	hold := o.place(t, democrm.Bare)
	set, err := settings.Load(ctx, o.Pool)
	if err != nil {
		t.Fatal(err)
	}
	r = o.get(t, r.ID)
	if _, err := o.Worker.erase(ctx, c, r, set, targets(r)[0], known{}); !errors.Is(err, records.ErrFenced) {
		t.Errorf("the run that had begun: %v, want ErrFenced", err)
	}
	if err := o.erasure(ctx, c); !errors.Is(err, errLost) {
		t.Errorf("the run from its start: %v, want that it lost the job", err)
	}
	same()
	if r = o.get(t, r.ID); r.WaitingFor != dsar.ForHold || !r.Held || r.ApprovedBy != o.admin {
		t.Errorf("%s for %q, approved by %d; want waiting for the hold, approved still", r.State, r.WaitingFor, r.ApprovedBy)
	}
	o.idle(t, r.ID)
	if err := o.web.ReleaseHold(ctx, hold, o.dpo, "Tvisten är slut"); err != nil {
		t.Fatal(err)
	}
	o.run(t)
	if got := o.name(t, democrm.Bare); got != "Anonymiserad" {
		t.Errorf("called %s after the release, want the approved run to go on by itself", got)
	}
	if n := one[int](t, o.bench, `select count(*) from hold where key is not null or name is not null or reason is not null or released_reason is not null`); n != 0 {
		t.Error("the released hold still names the erased person")
	}
}

func TestAWorkerLooksForAHoldItself(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	r := o.ask(t, dsar.Erasure, democrm.Bare)
	o.approve(t, r.ID)
	same := o.untouched(t)
	// As a restored table or another tool would leave it: a hold without the desk's steps.
	u := o.get(t, r.ID).Person()
	o.exec(t, `insert into hold (key_hmac, source, ground, placed_by, review_on) values ($1, 'crm', 'authority', $2, '2999-01-01')`, u.HMAC, o.dpo)
	o.run(t)
	o.stands(t, r.ID, dsar.Waiting, dsar.ForHold, "legal_hold")
	same()
}

func TestAHoldOnOneCardHoldsThePerson(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.change(t, `delete from crm.person_email where person_id = $1`, democrm.DuplicateOpen)
	o.change(t, `delete from crm.person_phone where person_id = $1`, democrm.DuplicateOpen)
	o.place(t, democrm.DuplicateMerged)
	r := o.ask(t, dsar.Erasure, democrm.DuplicateKept)
	o.stands(t, r.ID, dsar.Waiting, dsar.ForHold, "legal_hold")
}

func TestAHoldOutlivesTheErasureOfOthersAndComesTooLateForTheErased(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := newOffice(t)
	o.place(t, democrm.Busy)
	r := o.ask(t, dsar.Erasure, democrm.Bare)
	o.approve(t, r.ID)
	// The source commits; our own tables have not followed yet.
	ref := jobs.Ref{Job: one[int64](t, o.bench, `select id from job where kind = 'erasure'`), Epoch: one[int](t, o.bench, `select epoch from job where kind = 'erasure'`)}
	c, err := o.claim(ctx, ref)
	if err != nil || c == nil {
		t.Fatalf("claim: %v, %v", c, err)
	}
	set, err := settings.Load(ctx, o.Pool)
	if err != nil {
		t.Fatal(err)
	}
	r = o.get(t, r.ID)
	if _, err := o.Worker.erase(ctx, c, r, set, targets(r)[0], known{}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.web.PlaceHold(ctx, o.dpo, o.hold(democrm.Bare)); !errors.Is(err, jobs.ErrTooLate) || !errors.Is(err, dsar.ErrConflict) {
		t.Errorf("a hold on an erased person: %v, want ErrTooLate", err)
	}
	if n := one[int](t, o.bench, `select count(*) from hold`); n != 1 {
		t.Errorf("%d holds, want the other person's alone", n)
	}
	list, err := o.web.Holds(ctx, false)
	if err != nil || len(list) != 1 || list[0].Reason != "Tvist om leverans 4711" || list[0].Key != "28" {
		t.Errorf("holds %+v, %v; want the other person's, whole", list, err)
	}
}

func TestWhatAHoldNeeds(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for name, change := range map[string]func(*jobs.NewHold){
		"no ground":      func(h *jobs.NewHold) { h.Ground = "because" },
		"no reason":      func(h *jobs.NewHold) { h.Reason = "" },
		"no review":      func(h *jobs.NewHold) { h.ReviewOn = dsar.Date{} },
		"review in 2020": func(h *jobs.NewHold) { h.ReviewOn = dsar.Date{Year: 2020, Month: 1, Day: 1} },
	} {
		h := o.hold(democrm.Bare)
		change(&h)
		if _, err := o.web.PlaceHold(context.Background(), o.dpo, h); !errors.Is(err, dsar.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
}

// refusing makes the open deals of the sample a reason to refuse.
func refusing(text string) string { return strings.Replace(text, "warn:\n", "refuse:\n", 1) }

func TestARuleOfTheMapSendsTheErasureToTheDesk(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := newOffice(t, refusing)
	same := o.untouched(t)
	r := o.ask(t, dsar.Erasure, democrm.OpenBusiness)
	o.stands(t, r.ID, dsar.Waiting, dsar.ForReview, "refused_by_rule")
	o.idle(t, r.ID)
	reh, err := o.web.Rehearsal(ctx, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	var body Rehearsed
	if err := json.Unmarshal(reh.Body, &body); err != nil {
		t.Fatal(err)
	}
	if list := body.Sources[0].Result.Refusals; len(list) != 1 || list[0].Table != "crm.deal" || list[0].Rows != 1 || list[0].Label["en"] == "" {
		t.Errorf("reasons %+v, want the open deal with its words", list)
	}
	if err := o.web.Approve(ctx, r.ID, o.admin, reh.Shown()); !errors.Is(err, dsar.ErrConflict) {
		t.Errorf("approve it nevertheless: %v, want ErrConflict", err)
	}
	same()
	// The deal is closed: looked at again, it can be approved.
	o.change(t, `update crm.deal set stage = 'won', closed_on = now() where id in (select deal_id from crm.deal_person where person_id = $1)`, democrm.OpenBusiness)
	if err := o.web.Rehearse(ctx, r.ID, o.dpo); err != nil {
		t.Fatal(err)
	}
	o.run(t)
	o.stands(t, r.ID, dsar.Waiting, dsar.ForApproval, "")
}

func TestARuleThatIsMetAfterTheApprovalStopsTheRun(t *testing.T) {
	t.Parallel()
	o := newOffice(t, refusing)
	o.change(t, `update crm.deal set stage = 'won', closed_on = now() where id in (select deal_id from crm.deal_person where person_id = $1)`, democrm.OpenBusiness)
	r := o.ask(t, dsar.Erasure, democrm.OpenBusiness)
	o.approve(t, r.ID)
	o.change(t, `update crm.deal set stage = 'offer', closed_on = null where id in (select deal_id from crm.deal_person where person_id = $1)`, democrm.OpenBusiness)
	same := o.untouched(t)
	o.run(t) // the run meets it: the approval falls, and a rehearsal follows
	if got := o.get(t, r.ID); got.ApprovedBy != 0 || got.State != dsar.Working {
		t.Errorf("%s, approved by %d; want it rehearsed again without an approval", got.State, got.ApprovedBy)
	}
	o.exec(t, `update job set state = 'done' where kind = 'mail' and state = 'queued'`)
	o.run(t)
	o.stands(t, r.ID, dsar.Waiting, dsar.ForReview, "refused_by_rule")
	o.idle(t, r.ID)
	same()
}
