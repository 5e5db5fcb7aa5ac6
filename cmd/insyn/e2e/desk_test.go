package e2e

import (
	"fmt"
	"strings"
	"testing"

	"insyn/internal/democrm"
)

// Two cards with one address: nothing leaves and nothing is erased before somebody has said whose they are; and nothing
// of a held person is erased before the hold is released.
func TestTheDeskDecidesBeforeAnythingHappens(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{calm: true})
	before := w.takeSnapshot(w.crm, "crm")
	untouched := func(t *testing.T, mails int) {
		t.Helper()
		if other, missing, added := before.changed(w.takeSnapshot(w.crm, "crm")); len(other)+len(missing)+len(added) > 0 {
			t.Errorf("changed %v, removed %v, added %v while it waited", other, missing, added)
		}
		if n := one[int](w, w.insyn, `select count(*) from insyn.mail where audience = 'subject'`); n != mails {
			t.Errorf("%d mails to people, want %d", n, mails)
		}
	}

	t.Run("a copy", func(t *testing.T) {
		w := w.in(t)
		out, code := w.run("request", "access", "--person", fmt.Sprintf("crm:%d", democrm.SharedMailboxA), "--as", oskar, "--language", "en", "--wait")
		if code != 3 || !strings.Contains(out, "waiting for identity (tied_cards)") {
			t.Fatalf("got exit %d, %q; want 3 and the reason", code, out)
		}
		id := one[int64](w, w.insyn, `select max(id) from insyn.request`)
		if out = w.must("request", "show", itoa(id)); !strings.Contains(out, fmt.Sprintf("card crm:%d", democrm.SharedMailboxB)) || !strings.Contains(out, "undecided") {
			t.Errorf("show:\n%s", out)
		}
		w.login(oskar).get("/requests/"+itoa(id)).says(t, "the same mail address", "Evert Sandgren", "A data protection officer or an administrator decides")
		w.login(maria).get("/requests/"+itoa(id)).says(t, "Is this the same person?", "Cannot tell yet: ask the person")
		untouched(t, 0)
		w.run("request", "decide", itoa(id), "--person", fmt.Sprintf("crm:%d", democrm.SharedMailboxB), "--different", "--code-by-hand", "--as", maria)
		w.link(democrm.KnownPerson(democrm.SharedMailboxA).Emails[0])
		if level := one[string](w, w.insyn, `select level from insyn.link where request_id = $1`, id); level != "C" {
			t.Errorf("the link opens at level %s, want C", level)
		}
	})

	t.Run("an erasure of two cards", func(t *testing.T) {
		w := w.in(t)
		s := w.ask("erasure", democrm.DuplicateKept, maria, "--ground", "b", "--verified", "call_back")
		w.reach(s.ID, "waiting identity")
		out, code := w.run("request", "approve", itoa(s.ID), "--as", anna)
		if code != 1 {
			t.Errorf("approved before it is decided: exit %d, %q", code, out)
		}
		untouched(t, 1)
		if out, code = w.run("request", "decide", itoa(s.ID), "--person", fmt.Sprintf("crm:%d", democrm.DuplicateOpen), "--same", "--as", maria, "--wait"); code != 3 || !strings.Contains(out, "waiting for approval") {
			t.Fatalf("got exit %d, %q; want it to wait for approval", code, out)
		}
		w.must("hold", "place", "--person", fmt.Sprintf("crm:%d", democrm.DuplicateOpen), "--ground", "dispute", "--reason", "T 17-26", "--review", "2999-01-01", "--as", maria)
		if out, code = w.run("request", "approve", itoa(s.ID), "--as", anna); code != 1 || !strings.Contains(out, "conflict") {
			t.Errorf("approved while it is held: exit %d, %q", code, out)
		}
		if out = w.must("request", "show", itoa(s.ID)); !strings.Contains(out, "waiting for hold (legal_hold)") {
			t.Errorf("show:\n%s", out)
		}
		w.login(anna).get("/requests/"+itoa(s.ID)).says(t, "Legal hold.", "T 17-26", "Dispute")
		untouched(t, 1)
		hold := one[int64](w, w.insyn, `select id from insyn.hold`)
		w.must("hold", "release", itoa(hold), "--reason", "settled", "--as", maria)
		w.reach(s.ID, "waiting approval")
		w.standing("request", "approve", itoa(s.ID), "--as", anna, "--json")
		w.reach(s.ID, "answered", "partly")
		for _, id := range []int64{democrm.DuplicateKept, democrm.DuplicateOpen, democrm.DuplicateMerged} {
			w.nowhereInCRM(id)
		}
	})
}

// nowhereInCRM fails where a card still has its name.
func (w *world) nowhereInCRM(id int64) {
	w.t.Helper()
	k := democrm.KnownPerson(id)
	if n := one[int](w, w.crm, `select count(*) from crm.person where id = $1 and (given_name = $2 or surname = $3)`, id, k.Given, k.Surname); n != 0 {
		w.t.Errorf("card %d is not erased", id)
	}
}
