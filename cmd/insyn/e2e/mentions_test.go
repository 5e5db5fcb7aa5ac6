package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"insyn/internal/democrm"
)

// TestMentionsAreDecidedOnByKey: the data protection officer goes through uncertain places with three keys; the erasure
// cannot be approved before, and then takes what was accepted and leaves the rest.
func TestMentionsAreDecidedOnByKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{})
	u := democrm.KnownPerson(democrm.Unique)
	const places = 12
	if _, err := w.crm.Exec(t.Context(), `
		insert into crm.history (id, kind, at, body)
		select 900000 + i, 'note', timestamptz '2026-10-01' + i * interval '1 hour', $1 || ' ringde om ärende ' || i || '.'
		  from generate_series(1, $2::int) as i`, u.Surname, places); err != nil {
		t.Fatal(err)
	}
	if _, err := w.crm.Exec(t.Context(), `insert into crm.history_person (history_id, person_id) select 900000 + i, 40 + i from generate_series(1, $1::int) as i`, places); err != nil {
		t.Fatal(err)
	}
	id := w.ask("erasure", democrm.Unique, maria, "--ground", "b", "--verified", "call_back").ID
	w.reach(id, "waiting approval")
	at := fmt.Sprintf("/requests/%d", id)
	if out, code := w.run("request", "approve", itoa(id), "--as", anna); code != 1 || !strings.Contains(out, "mentions: ") {
		t.Errorf("an approval before the answers: exit %d, %s", code, out)
	}

	shots := 0
	dpo := newSurfer(t, w.web, &shots)
	dpo.login(maria)
	dpo.visit(at + "/rehearsal")
	dpo.reads("Mentions to decide on", fmt.Sprintf("0 of %d decided", places))
	dpo.shot("rehearsal-with-places")
	dpo.press(`main a[href$="/mentions"]`)
	dpo.reads(fmt.Sprintf("0 of %d decided", places), "the surname alone", "in a row of others")
	if n := dpo.count(".place mark"); n != places {
		t.Fatalf("the page marks %d places, want %d", n, places)
	}
	dpo.shot("mentions")
	decided := func() int {
		return one[int](w, w.insyn, `select count(*) from insyn.mention where request_id = $1 and accepted is not null`, id)
	}
	begun := time.Now()
	for i := range places - 1 {
		key := "a"
		if i%3 == 2 {
			key = "n"
		}
		dpo.do(chromedp.KeyEvent(key))
	}
	said := fmt.Sprintf("%d of %d decided", places-1, places)
	dpo.await("the answers are not counted", func() bool { return decided() == places-1 && strings.Contains(dpo.text(), said) })
	t.Logf("%d answers by key: %s", places-1, time.Since(begun).Round(time.Millisecond))
	dpo.do(chromedp.KeyEvent("k"), chromedp.KeyEvent("u")) // the last answer is taken back, and given again
	dpo.await("the answer is not taken back", func() bool { return decided() == places-2 })
	dpo.do(chromedp.KeyEvent("n"))
	dpo.await("the answer is not given again", func() bool { return decided() == places-1 })
	dpo.shot("mentions-answered")
	dpo.visit(at + "/mentions")
	dpo.press(`.place button[value=other]`) // and the last one by mouse
	dpo.await("not all is decided", func() bool { return decided() == places })
	dpo.visit(at + "/mentions")
	dpo.reads("Everything is decided")
	dpo.shot("mentions-decided")

	accepted := one[int](w, w.insyn, `select count(*) from insyn.mention where request_id = $1 and accepted`, id)
	admin := newSurfer(t, w.web, &shots)
	admin.login(anna)
	admin.visit(at + "/rehearsal")
	admin.press(fmt.Sprintf(`main form[action="%s/approve"] .do button`, at))
	w.reach(id, "answered", "partly")
	if left := one[int](w, w.crm, `select count(*) from crm.history where id > 900000 and body like $1 || ' %'`, u.Surname); left != places-accepted {
		t.Errorf("%d texts still say the surname, want the %d that are somebody else", left, places-accepted)
	}
	admin.visit(at + "/receipt")
	admin.reads(fmt.Sprintf("%d replaced, %d left", accepted, places-accepted))
}
