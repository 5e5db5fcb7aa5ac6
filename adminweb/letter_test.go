package adminweb

import (
	"net/http"
	"strings"
	"testing"

	"insyn/internal/democrm"
	"insyn/internal/dsar"
	"insyn/internal/request"
)

func TestAnswersThatGoByHandAreWrittenOut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("dpo")
	id := b.requestID(b.post("/register", values("once", newOnce(), "kind", "access", "received_on", "2026-11-20", "channel", "phone", "asked_by", "self", "language", "en", "answer_by", "mail")))
	path := "/requests/" + idText(id)
	const text = "find no data about you"
	b.want(b.get(path), 200, text, "Bolaget AB", "Nadja Prov", "20 November 2026")
	b.post(path+"/nothing", values("once", newOnce()))
	b.want(b.get(path), 200, "Answered", text)

	card := b.card(democrm.Unique)
	id = b.requestID(b.post(card+"/register", values("once", newOnce(), "kind", "rectification", "received_on", "2026-11-20", "channel", "letter", "asked_by", "self", "language", "sv", "answer_by", "paper")))
	path = "/requests/" + idText(id)
	r := b.post(path+"/refuse", values("once", newOnce()))
	if n := strings.Count(r.body, `class="mend"`); r.status != http.StatusBadRequest || n < 5 {
		t.Errorf("an empty refusal: got %d with %d fields marked, want 400 with all five", r.status, n)
	}
	b.post(path+"/refuse", values("once", newOnce(), "refusal", "unfounded", "asked_to", "rätta dina uppgifter", "refusal_reason", "Uppgiften stämmer.", "facts", "Folkbokföringen.", "decider", "VD"))
	b.want(b.get(path), 200, "Uppgiften stämmer.", "Folkbokföringen.", "Integritetsskyddsmyndigheten", "Give the answer below")
	b.post(path+"/paper", values("once", newOnce()))
	b.want(b.get(path), 200, "Refused")
}

func TestWhatWasRegisteredTogetherGetsThePersonTogether(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("dpo")
	id := b.requestID(b.post("/register", values("once", newOnce(), "kind", "access", "kind", "erasure", "ground", "b", "verified_how", "call_back",
		"received_on", "2026-11-20", "channel", "phone", "asked_by", "self", "language", "sv", "answer_by", "mail")))
	other := b.requestID(b.post("/register", values("once", newOnce(), "kind", "access", "received_on", "2026-11-20", "channel", "phone", "asked_by", "self", "language", "sv", "answer_by", "mail")))
	b.want(b.get("/requests/"+idText(id)), 200, "Registered together with", `href="/requests/`+idText(id+1)+`"`)
	person := strings.Replace(strings.TrimPrefix(b.card(democrm.Unique), "/person/"), "/", " ", 1)
	b.post("/requests/"+idText(id)+"/person", values("once", newOnce(), "person", person))
	for want, at := range map[int64]int{id: 1, id + 1: 1, other: 0} {
		r, err := o.store.Get(t.Context(), want)
		if err != nil || len(r.Subjects) != at {
			t.Errorf("request %d: got %d persons, %v, want %d", want, len(r.Subjects), err, at)
		}
		if r.Kind == dsar.Erasure && (r.Ground != "b" || r.VerifiedHow != "call_back") {
			t.Errorf("got ground %q and identity %q, want them as they were registered", r.Ground, r.VerifiedHow)
		}
	}
}

func TestReportOfAWrongRecipientNamesTheHour(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("handler")
	id := b.requestID(b.post(b.card(democrm.Unique)+"/share", values("once", newOnce(), "asked", "no", "channel", "mail", "language", "en", "answer_by", "mail", "assurance", "B")))
	path := "/requests/" + idText(id)
	b.post(path+"/misdelivered", values("once", newOnce()))
	r, err := o.store.Get(t.Context(), id)
	if err != nil || r.MisdeliveredAt == nil {
		t.Fatalf("got %+v, %v, want the hour of the report", r, err)
	}
	b.want(b.get(path), 200, "Reported as sent to the wrong person", "Article 33.1", "The answer went to the wrong person")
}

func TestAnonymisedCardOffersNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("administrator")
	card := b.card(democrm.Unique)
	id := b.requestID(b.post(card+"/erase", values("once", newOnce(), "asked", "yes", "received_on", "2026-11-20", "channel", "mail",
		"ground", "b", "verified_how", "call_back", "language", "sv", "answer_by", "mail")))
	if _, err := o.pool.Exec(t.Context(), `update insyn.request set erased_at = now() where id = $1`, id); err != nil {
		t.Fatal(err)
	}
	r := b.get(card)
	b.want(r, 200, "The card is anonymised", `href="/requests/`+idText(id)+`"`)
	if strings.Contains(r.body, card+"/erase") || strings.Contains(r.body, card+"/share") {
		t.Errorf("the card still offers what cannot be done: %s", r.body)
	}
}

func TestRefusedBoxKeepsTheCard(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("handler")
	card := b.card(democrm.Unique)
	b.want(b.post(card+"/consent/newsletter", values("once", newOnce(), "state", "yes")), 400, "Fill this in", "What we hold", "Cases so far")
}

func TestOldCodeDoesNotExplainANewWait(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("handler")
	id := b.requestID(b.post(b.card(democrm.Unique)+"/register", values("once", newOnce(), "kind", "access", "received_on", "2026-11-20", "channel", "mail", "asked_by", "self", "language", "en", "answer_by", "paper")))
	if _, err := o.pool.Exec(t.Context(), `update insyn.job set state = 'done', code = 'on_paper', finished_at = now()`); err != nil {
		t.Fatal(err)
	}
	if _, err := o.pool.Exec(t.Context(), `update insyn.request set state = 'waiting', waiting_for = 'delivery' where id = $1`, id); err != nil {
		t.Fatal(err)
	}
	path := "/requests/" + idText(id)
	b.want(b.get(path), 200, "The answer goes on paper")
	r, err := o.store.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	list, err := o.store.Jobs(t.Context(), id)
	if err != nil || lastCode(list) != "on_paper" {
		t.Fatalf("got %q, %v", lastCode(list), err)
	}
	r.Pauses = []request.Pause{{Why: "clarification"}}
	if !r.Asks() {
		t.Error("an open pause is not what the request waits for")
	}
}
