package worker

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"insyn/internal/democrm"
	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/jobs"
)

// tie is the one tie of the request.
func (o *office) tie(t *testing.T, id int64) request.Tie {
	t.Helper()
	list, err := o.web.Ties(context.Background(), id)
	if err != nil || len(list) != 1 {
		t.Fatalf("ties of request %d: %+v, %v; want one", id, list, err)
	}
	return list[0]
}

func TestAnErasureStopsAtTwoCardsAndErasesBoth(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := newOffice(t)
	same := o.untouched(t)
	r := o.ask(t, dsar.Erasure, democrm.DuplicateKept)
	o.stands(t, r.ID, dsar.Waiting, dsar.ForIdentity, "tied_cards")
	o.idle(t, r.ID)
	x := o.tie(t, r.ID)
	if x.Key != "16" || !slices.Equal(x.Kinds, []string{"email", "phone"}) {
		t.Errorf("tied to %s by %v, want the open duplicate by email and phone", x.Key, x.Kinds)
	}
	if n := one[int](t, o.bench, `select count(*) from rehearsal`); n != 0 {
		t.Error("there is a plan to approve while it is not known whom to erase")
	}
	if n := one[int](t, o.bench, `select count(*) from audit where request_id = $1 and detail::text like '%16%'`, r.ID); n != 0 {
		t.Error("the audit holds a key of the CRM")
	}
	same()

	answer := jobs.TieAnswer{Same: true, Name: "Greta Sjöholm"}
	if err := o.web.DecideTie(ctx, r.ID, x.ID, o.dpo, answer); err != nil {
		t.Fatal(err)
	}
	if err := o.web.DecideTie(ctx, r.ID, x.ID, o.dpo, answer); err != nil {
		t.Errorf("the same answer again: %v, want none", err)
	}
	if err := o.web.DecideTie(ctx, r.ID, x.ID, o.dpo, jobs.TieAnswer{}); !errors.Is(err, dsar.ErrConflict) {
		t.Errorf("the other answer afterwards: %v, want ErrConflict", err)
	}
	o.run(t)
	r = o.stands(t, r.ID, dsar.Waiting, dsar.ForApproval, "")
	if len(r.Subjects) != 2 || r.Subjects[1].Name != "Greta Sjöholm" {
		t.Errorf("people %+v, want both cards", r.Subjects)
	}
	same()
	o.approve(t, r.ID)
	o.run(t)
	for _, id := range []int64{democrm.DuplicateKept, democrm.DuplicateOpen, democrm.DuplicateMerged} {
		if got := o.name(t, id); got != "Anonymiserad" {
			t.Errorf("card %d is called %s, want it erased", id, got)
		}
	}
	if n := one[int](t, o.bench, `select count(*) from tie where key is not null`); n != 0 {
		t.Error("the key of an erased card is kept")
	}
}

func TestThatTwoAreNotOneHoldsUntilMoreTiesThem(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := newOffice(t)
	first := o.ask(t, dsar.Erasure, democrm.SharedMailboxA)
	x := o.tie(t, first.ID)
	if err := o.web.DecideTie(ctx, first.ID, x.ID, o.dpo, jobs.TieAnswer{}); err != nil {
		t.Fatal(err)
	}
	o.run(t)
	o.stands(t, first.ID, dsar.Waiting, dsar.ForApproval, "")

	// From the other side, in another request, nobody is asked again, and it is shown where it was decided.
	second := o.ask(t, dsar.Erasure, democrm.SharedMailboxB)
	o.stands(t, second.ID, dsar.Waiting, dsar.ForApproval, "")
	if y := o.tie(t, second.ID); y.Decision != "different" || y.DecidedIn != first.ID || y.DecidedBy != o.dpo {
		t.Errorf("carried decision %+v, want different, of request %d", y, first.ID)
	}

	// Something more ties them after the approval: the run stops, the approval falls, nothing is erased.
	o.approve(t, first.ID)
	o.change(t, `update crm.person set personnummer = '19811228-9874' where id in ($1, $2)`, democrm.SharedMailboxA, democrm.SharedMailboxB)
	same := o.untouched(t)
	o.run(t)
	r := o.stands(t, first.ID, dsar.Waiting, dsar.ForIdentity, "tied_cards")
	if r.ApprovedBy != 0 {
		t.Error("the approval of a plan without the card still stands")
	}
	o.idle(t, first.ID)
	same()
	if x = o.tie(t, first.ID); x.Decision != "" || !slices.Equal(x.Kinds, []string{"personnummer", "email"}) {
		t.Errorf("tie %+v, want it undecided again", x)
	}
	if err := o.web.NoneTheSame(ctx, first.ID, o.dpo, false); err != nil {
		t.Fatal(err)
	}
	o.run(t)
	o.stands(t, first.ID, dsar.Waiting, dsar.ForApproval, "")
	o.approve(t, first.ID)
	o.run(t)
	if a, b := o.name(t, democrm.SharedMailboxA), o.name(t, democrm.SharedMailboxB); a != "Anonymiserad" || b != "Evert" {
		t.Errorf("cards are called %s and %s, want the first erased alone", a, b)
	}
	var left int
	if err := o.crm.QueryRow(ctx, `select count(*) from crm.person_email where person_id = $1`, democrm.SharedMailboxB).Scan(&left); err != nil || left != 1 {
		t.Errorf("the other has %d addresses, %v; want the shared one still", left, err)
	}
	if n := one[int](t, o.bench, `select count(*) from not_same`); n != 0 {
		t.Error("the decision outlives the erased person")
	}
}

func TestADecisionCanBeTakenBack(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := newOffice(t)
	r := o.ask(t, dsar.Erasure, democrm.SharedMailboxA)
	x := o.tie(t, r.ID)
	if err := o.web.DecideTie(ctx, r.ID, x.ID, o.dpo, jobs.TieAnswer{}); err != nil {
		t.Fatal(err)
	}
	o.run(t)
	o.approve(t, r.ID)
	if err := o.web.ReopenTie(ctx, r.ID, x.ID, o.dpo); !errors.Is(err, dsar.ErrConflict) {
		t.Errorf("while the erasure runs: %v, want ErrConflict", err)
	}
	o.exec(t, `update job set state = 'done' where request_id = $1 and state = 'queued'`, r.ID)
	o.exec(t, `update request set state = 'waiting', waiting_for = 'approval' where id = $1`, r.ID)
	if err := o.web.ReopenTie(ctx, r.ID, x.ID, o.dpo); err != nil {
		t.Fatal(err)
	}
	after := o.get(t, r.ID)
	if after.WaitingFor != dsar.ForIdentity || after.Undecided != 1 || after.ApprovedBy != 0 {
		t.Errorf("%s for %q, %d undecided, approved by %d; want one undecided and no approval", after.State, after.WaitingFor, after.Undecided, after.ApprovedBy)
	}
	o.idle(t, r.ID)
	if n := one[int](t, o.bench, `select count(*) from not_same`); n != 0 {
		t.Error("the decision still holds for later requests")
	}
}

func TestACopyWaitsForTheTieAndIsAskedAboutOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := newOffice(t)
	same := o.untouched(t)
	r := o.ask(t, dsar.Access, democrm.SharedMailboxA)
	o.stands(t, r.ID, dsar.Waiting, dsar.ForIdentity, "tied_cards")
	same()
	if err := o.web.SendAnew(ctx, r.ID, o.dpo); err != nil {
		t.Fatal(err)
	}
	o.run(t)
	o.stands(t, r.ID, dsar.Waiting, dsar.ForIdentity, "tied_cards")
	if err := o.web.Verify(ctx, r.ID, o.dpo, "call_back"); err != nil {
		t.Fatal(err)
	}
	o.run(t)
	o.stands(t, r.ID, dsar.Waiting, dsar.ForIdentity, "tied_cards")
	same()
	if err := o.web.DecideTie(ctx, r.ID, o.tie(t, r.ID).ID, o.dpo, jobs.TieAnswer{CodeByHand: true}); err != nil {
		t.Fatal(err)
	}
	o.exec(t, `update setting set body = body || '{"review": "off"}'`)
	o.run(t)
	if got := o.get(t, r.ID); got.Assurance != "C" {
		t.Errorf("opened at level %s, want C: two people read the mailbox", got.Assurance)
	}
	if n := one[int](t, o.bench, `select count(*) from link where request_id = $1`, r.ID); n != 1 {
		t.Errorf("%d links, want one", n)
	}
}

func TestACopyOfBothCardsGoesToTheAddressThatOnlyTheyHave(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := newOffice(t)
	o.exec(t, `update setting set body = body || '{"review": "off"}'`)
	r := o.ask(t, dsar.Access, democrm.SharedMailboxA)
	if err := o.web.DecideTie(ctx, r.ID, o.tie(t, r.ID).ID, o.dpo, jobs.TieAnswer{Same: true}); err != nil {
		t.Fatal(err)
	}
	o.run(t)
	o.stands(t, r.ID, dsar.Waiting, dsar.ForDelivery, "")
	if n := one[int](t, o.bench, `select count(*) from link where request_id = $1 and level = 'B'`, r.ID); n != 1 {
		t.Errorf("%d links at level B, want one", n)
	}
}

func TestATieThatTurnsUpStopsANewCopy(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := newOffice(t)
	o.exec(t, `update setting set body = body || '{"review": "off"}'`)
	r := o.ask(t, dsar.Access, democrm.Bare)
	o.exec(t, `update request set state = 'answered', waiting_for = null, answered_at = now(), closed_at = now() where id = $1`, r.ID)
	o.exec(t, `update job set state = 'done' where state = 'queued'`)
	o.change(t, `insert into crm.person_email (person_id, address, kind) values ($1, upper($2), 'private')`, democrm.Busy, democrm.KnownPerson(democrm.Bare).Emails[0])
	same := o.untouched(t)
	if err := o.web.SendAnew(ctx, r.ID, o.dpo); err != nil {
		t.Fatal(err)
	}
	o.run(t)
	o.stands(t, r.ID, dsar.Waiting, dsar.ForIdentity, "tied_cards")
	same()
	if key := o.tie(t, r.ID).Key; key != "28" || strings.Contains(one[string](t, o.bench, `select string_agg(t::text, '') from tie t`), "alfhild") {
		t.Errorf("tied to %s, want the other card, and no address in our tables", key)
	}
}
