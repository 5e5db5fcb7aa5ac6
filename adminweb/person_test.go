package adminweb

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"insyn/internal/audit"
	"insyn/internal/democrm"
	"insyn/internal/dsar"
	"insyn/internal/request"
)

func TestSearchFindsInBothAndIsNoted(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("handler")
	k := democrm.KnownPerson(democrm.Unique)
	for _, text := range []string{k.FullName(), strings.ToUpper(k.Surname), k.Emails[0], k.CustomerNo, k.Personnummer} {
		r := b.post("/search", values("q", text))
		b.want(r, 200, k.FullName(), k.Emails[0])
		if !strings.Contains(r.header.Get("Cache-Control"), "no-store") {
			t.Errorf("got Cache-Control %q, want no-store", r.header.Get("Cache-Control"))
		}
	}
	b.want(b.post("/search", values("q", "registersson")), 200, "Ragnvi Registersson", "Register: Registerbolaget", "We cannot erase there")
	b.want(b.post("/search", values("q", "Nobody Whatsoever")), 200, "Nobody found")
	b.want(b.post("/search/suggest", values("q", k.Surname)), 200, k.FullName())

	card := b.card(democrm.Unique)
	for _, secret := range []string{k.Given, k.Surname, k.CustomerNo, "crm.person"} {
		if strings.Contains(card, secret) {
			t.Errorf("address %s holds %q", card, secret)
		}
	}
	b.want(b.get(card), 200, k.FullName(), k.Personnummer, "Share information", "What we hold")

	rows, err := audit.List(t.Context(), o.pool, audit.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	did := map[string]int{}
	for _, r := range rows {
		did[r.Action]++
	}
	if did["search.done"] != 8 || did["search.typed"] != 1 || did["person.opened"] != 1 {
		t.Errorf("got %v, want 8 searches, 1 while typing and 1 opened card in the audit", did)
	}
	if log := o.log.String(); strings.Contains(log, k.Surname) || strings.Contains(log, k.Emails[0]) {
		t.Errorf("the log holds the person: %s", log)
	}
}

func TestSearchByRequestNumber(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id, _, err := o.desk.Submit(t.Context(), request.New{Kind: dsar.Access, Asked: true, CreatedBy: 1})
	if err != nil {
		t.Fatal(err)
	}
	b := o.login("dpo")
	b.want(b.post("/search", values("q", idText(id))), 200, `href="/requests/`+idText(id)+`"`)
}

func TestCardOfAHostilePersonIsText(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const payload = `<script>alert(1)</script>"><img src=x onerror=alert(2)>`
	if _, err := o.crm.Exec(t.Context(), `update crm.person set given_name = $1 where id = $2`, payload, democrm.Colleague); err != nil {
		t.Fatal(err)
	}
	b := o.login("administrator")
	card := b.card(democrm.Colleague)
	pages := []string{card, card + "/share", card + "/edit", card + "/erase", card + "/register"}
	r := b.post(card+"/share", values("once", newOnce(), "asked", "yes", "received_on", "2026-11-02", "channel", "phone", "language", "en", "answer_by", "mail", "assurance", "B"))
	pages = append(pages, r.location, "/requests", "/", r.location+"/review")
	for _, path := range pages {
		page := b.get(path)
		b.want(page, 200)
		if strings.Contains(page.body, "<script>alert") || strings.Contains(page.body, "<img src=x") {
			t.Errorf("%s: the payload is markup", path)
		}
		if !strings.Contains(page.body, "&lt;script&gt;alert(1)") {
			t.Errorf("%s: the name does not stand there", path)
		}
	}
	b.want(b.get(b.card(democrm.Hostile)), 200)
}

func TestShareSubmittedTwiceIsOneRequest(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("handler")
	card := b.card(democrm.Unique)
	page := b.get(card + "/share")
	b.want(page, 200, "Did the person ask for this?")
	f := values("once", once(t, page.body, card+"/share"), "asked", "yes", "received_on", "2026-11-20", "channel", "mail", "language", "sv", "answer_by", "mail", "assurance", "B")
	var wg sync.WaitGroup
	replies := make([]reply, 4)
	for i := range replies {
		wg.Add(1)
		go func() { defer wg.Done(); replies[i] = b.post(card+"/share", f) }()
	}
	wg.Wait()
	first := b.requestID(replies[0])
	for _, r := range replies {
		if got := b.requestID(r); got != first {
			t.Errorf("got requests %d and %d, want one", first, got)
		}
	}
	if got := b.requestID(b.post(card+"/share", f)); got != first {
		t.Errorf("later: got request %d, want %d", got, first)
	}
	list, err := o.store.List(t.Context(), request.Filter{})
	if err != nil || len(list) != 1 || list[0].Kind != dsar.Access || !list[0].Asked || list[0].Due == nil {
		t.Fatalf("got %d requests, %v, want one access request with a legal date", len(list), err)
	}
	b.want(b.get(replies[0].location), 200, "Access", "The case is registered", "one month")
	b.want(b.get(card), 200, `href="/requests/`+idText(first)+`"`)
}

func TestShareOnOurOwnInitiativeHasNoDate(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("handler")
	card := b.card(democrm.Unique)
	id := b.requestID(b.post(card+"/share", values("once", newOnce(), "asked", "no", "channel", "mail", "language", "sv", "answer_by", "mail", "assurance", "B")))
	r, err := o.store.Get(t.Context(), id)
	if err != nil || r.Asked || r.Due != nil {
		t.Errorf("got %+v, %v, want no legal date", r, err)
	}
	b.want(b.get("/requests/"+idText(id)), 200, "No legal date runs", "Shared information")
}

func TestFutureReceiptIsRefusedAndKept(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("handler")
	card := b.card(democrm.Unique)
	r := b.post(card+"/export", values("once", newOnce(), "received_on", "2099-01-01", "channel", "letter", "language", "en", "answer_by", "paper", "assurance", "B"))
	b.want(r, 400, "cannot lie in the future", `value="2099-01-01"`, `value="letter" selected`, `value="paper" checked`)
}

func TestIncompleteSettingsStopASharing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if _, err := o.pool.Exec(t.Context(), `update insyn.setting set body = '{}'`); err != nil {
		t.Fatal(err)
	}
	b := o.login("handler")
	r := b.post(b.card(democrm.Unique)+"/share", values("once", newOnce(), "asked", "no"))
	b.want(r, http.StatusConflict, "The settings are not complete", `href="/settings"`)
}

func TestNewsletterYesNeedsWhenAndHow(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("handler")
	card := b.card(democrm.Bare)
	b.want(b.get(card), 200, "Newsletter: Not known", "Processing: Not known")
	b.want(b.post(card+"/consent/newsletter", values("once", newOnce(), "state", "yes", "how", "", "at", "")), 400, "Fill this in", "Write a date")
	r := b.post(card+"/consent/newsletter", values("once", newOnce(), "state", "yes", "how", "phone", "at", "2026-11-20", "wording", "form 3"))
	if r.status != http.StatusSeeOther || r.location != card {
		t.Fatalf("got %d to %q, want 303 to the card: %s", r.status, r.location, r.body)
	}
	list, err := o.store.List(t.Context(), request.Filter{})
	if err != nil || len(list) != 1 {
		t.Fatalf("got %d requests, %v, want one", len(list), err)
	}
	p, err := request.ParseProposal(list[0].Proposal)
	if err != nil || p.Box != "newsletter" || p.State != "yes" || p.How != "phone" || p.At != "2026-11-20" || list[0].Asked {
		t.Errorf("got %+v, %v, want the change as it was typed", p, err)
	}
}

func TestRegisterPersonCanBeSharedWithAndNotErased(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("administrator")
	r := b.post("/search", values("q", "ragnvi"))
	card := cardLink.FindStringSubmatch(r.body)[1]
	b.want(b.get(card), 200, "Ragnvi Registersson", "Comes from the register run by Registerbolaget")
	if r := b.get(card + "/erase"); r.status != http.StatusNotFound {
		t.Errorf("erase: got %d, want 404", r.status)
	}
	b.want(b.get(card+"/share"), 200, `value="paper" checked`)
	id := b.requestID(b.post(card+"/share", values("once", newOnce(), "asked", "no", "channel", "mail", "language", "sv", "answer_by", "paper", "assurance", "B")))
	b.want(b.get("/requests/"+idText(id)+"/review"), 200, "Registergatan 1")
}
