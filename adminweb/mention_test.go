package adminweb

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"insyn/internal/democrm"
	"insyn/internal/dsar"
	"insyn/internal/mention"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/internal/wording"
)

func TestEveryRuleIsExplained(t *testing.T) {
	t.Parallel()
	texts, err := wording.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range append(mention.Rules(), records.SharedRule) {
		for _, lang := range []string{"sv", "en"} {
			if got := texts.Label(lang, ruleKey(rule)); strings.HasPrefix(got, "⟦") {
				t.Errorf("%s in %s: got %s", rule, lang, got)
			}
		}
	}
}

// counts fails unless as many places are accepted, refused and open.
func (o *office) counts(id int64, accepted, refused, open int) {
	o.t.Helper()
	got, err := o.store.Mentions(o.t.Context(), o.pool, id)
	if want := (request.MentionCounts{Accepted: accepted, Refused: refused, Undecided: open}); err != nil || got != want {
		o.t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestHundredsOfPlacesAreDecidedOn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	admin, dpo, handler := o.login("administrator"), o.login("dpo"), o.login("handler")
	u := democrm.KnownPerson(democrm.Unique)
	const many = 480
	if _, err := o.crm.Exec(t.Context(), `
		insert into crm.history (id, kind, at, body)
		select 900000 + i, 'note', timestamptz '2026-10-01' + i * interval '1 hour', $1 || ' rang about case ' || i || '.'
		  from generate_series(1, $2::int) as i`, u.Surname, many); err != nil {
		t.Fatal(err)
	}
	id, path := o.erasure(admin, democrm.Unique)
	o.rehearse(id)
	at := path + "/mentions"

	begun := time.Now()
	r := dpo.get(at)
	t.Logf("the page of %d places: %s, %d kB", many, time.Since(begun).Round(time.Millisecond), len(r.body)>>10)
	dpo.want(r, 200, "0 of 480 decided", "1–100 of 480", "the surname alone", "<mark>"+u.Surname)
	if n := strings.Count(r.body, `class="place"`); n != placesShown {
		t.Errorf("a page shows %d places, want %d", n, placesShown)
	}
	dpo.want(dpo.get(at+"?from=400"), 200, "401–480 of 480")
	dpo.want(admin.get(path+"/rehearsal"), 200, "480")

	stored, err := o.store.Rehearsal(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	all, _, _, _, err := placesOf(stored)
	if err != nil {
		t.Fatal(err)
	}
	first := base64.RawURLEncoding.EncodeToString(all[0].Hash)
	if r := handler.post(at, values("place", first, "mention_answer", "person")); r.status != 403 {
		t.Errorf("a handler's answer: got %d, want 403", r.status)
	}
	dpo.want(dpo.post(at, values("place", first, "mention_answer", "maybe")), 400)
	dpo.want(dpo.post(at, values("place", "!", "mention_answer", "person")), 400)
	o.counts(id, 0, 0, many)

	r = dpo.do("POST", at, values("place", first, "mention_answer", "person"), "Accept", "application/json")
	var said struct {
		Decided, All int
		Text         string
	}
	if err := json.Unmarshal([]byte(r.body), &said); err != nil || said.Decided != 1 || said.All != many || said.Text != "1 of 480 decided" {
		t.Errorf("got %+v, %v, want 1 of 480", said, err)
	}
	dpo.want(dpo.post(at, values("place", first, "mention_answer", "undo")), 303)
	o.counts(id, 0, 0, many)
	dpo.want(dpo.post(at, values("place", first, "mention_answer", "person")), 303)
	// All that are open of a word at once.
	begun = time.Now()
	dpo.want(dpo.post(at, values("place", base64.RawURLEncoding.EncodeToString(all[1].Hash), "alike", "yes", "mention_answer", "other")), 303)
	t.Logf("an answer for %d places: %s", many-1, time.Since(begun).Round(time.Millisecond))
	o.counts(id, 1, many-1, 0)
	dpo.want(dpo.get(at), 200, "Everything is decided", "480 of 480 decided")
}

// TestPassagesAreDecidedOnBeforeTheCopyIsSent: what records of others say of the person of an access request.
func TestPassagesAreDecidedOnBeforeTheCopyIsSent(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	dpo := o.login("dpo")
	id := dpo.requestID(dpo.post(dpo.card(democrm.Unique)+"/register", values("once", newOnce(), "kind", "access", "received_on", "2026-11-20", "channel", "mail",
		"asked_by", "self", "language", "en", "answer_by", "mail")))
	found, err := o.src.Elsewhere(t.Context(), []string{idText(democrm.Unique)}, &records.Hasher{Keys: o.store.Keys})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Places) < 2 {
		t.Fatalf("got %d passages: the test proves nothing", len(found.Places))
	}
	body, err := json.Marshal(map[string]any{"sources": []map[string]any{{"source": "crm", "result": records.Rehearsal{Review: found.Places}}}})
	if err != nil {
		t.Fatal(err)
	}
	o.found(id, dsar.ForReview, []byte{}, body, found.Places)

	reviewed := func() (n int) {
		if err := o.pool.QueryRow(t.Context(), `select count(*) from insyn.request where reviewed_at is not null`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	path := "/requests/" + idText(id)
	r := dpo.get(path + "/review")
	dpo.want(r, 200, "Records of others mention the person", fmt.Sprintf("0 of %d decided", len(found.Places)))
	if strings.Contains(r.body, path+"/send") {
		t.Error("the copy can be sent before the passages are decided on")
	}
	if r := dpo.post(path+"/send", values()); r.status != 303 || r.location != path+"/mentions" {
		t.Errorf("sent before: got %d to %q, want the way to the passages", r.status, r.location)
	}
	if reviewed() != 0 {
		t.Error("the copy counts as reviewed")
	}
	dpo.want(dpo.get(path+"/mentions"), 200, "Show it", "Leave it out", "Back to the copy")
	for i, p := range found.Places {
		answer := []string{"person", "other"}[min(i, 1)]
		dpo.want(dpo.post(path+"/mentions", values("place", base64.RawURLEncoding.EncodeToString(p.Hash), "mention_answer", answer)), 303)
	}
	o.counts(id, 1, len(found.Places)-1, 0)
	dpo.want(dpo.get(path+"/review"), 200, "The person gets 1 passage.", path+"/send")
	dpo.want(dpo.post(path+"/send", values()), 303)
	if reviewed() != 1 {
		t.Error("the copy does not count as reviewed")
	}
	// What is sent cannot be taken back.
	dpo.post(path+"/mentions", values("place", base64.RawURLEncoding.EncodeToString(found.Places[0].Hash), "mention_answer", "undo"))
	o.counts(id, 1, len(found.Places)-1, 0)
}
