package adminweb

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/democrm"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/internal/wording"
)

func TestRegisteredWithoutAPersonThenFound(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("handler")
	b.want(b.get("/register"), 200, "What do they want?")
	b.want(b.post("/register", values("once", newOnce(), "received_on", "2026-11-20", "channel", "phone", "wish", "Everything, please")), 400, "Fill this in", "Everything, please")
	f := values("once", newOnce(), "kind", "access", "kind", "objection", "against", "newsletter", "received_on", "2026-11-20", "channel", "phone",
		"asked_by", "agent", "language", "en", "answer_by", "mail", "wish", "Everything, please", "notes", "rang twice", "handler", "0")
	id := b.requestID(b.post("/register", f))
	if again := b.requestID(b.post("/register", f)); again != id {
		t.Errorf("sent twice: got %d and %d", id, again)
	}
	list, err := o.store.List(t.Context(), request.Filter{})
	if err != nil || len(list) != 2 {
		t.Fatalf("got %d requests, %v, want one a kind", len(list), err)
	}
	path := "/requests/" + idText(id)
	b.want(b.get(path), 200, "Nobody found yet", "Everything, please", "rang twice", "An agent with a power of attorney", "Nothing found")

	r := b.post("/search", values("q", democrm.KnownPerson(democrm.Unique).CustomerNo, "for", idText(id)))
	b.want(r, 200, "?for="+idText(id))
	card := b.card(democrm.Unique)
	b.want(b.get(card+"?for="+idText(id)), 200, "Add this person to the case")
	person := strings.TrimPrefix(card, "/person/")
	r = b.post(path+"/person", values("once", newOnce(), "person", strings.Replace(person, "/", " ", 1)))
	if r.status != http.StatusSeeOther {
		t.Fatalf("got %d, want 303: %s", r.status, r.body)
	}
	got, err := o.store.Get(t.Context(), id)
	if err != nil || len(got.Subjects) != 1 || got.State != dsar.Working {
		t.Errorf("got %+v, %v, want the person in a working request", got, err)
	}
}

func TestNothingFoundClosesARequest(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("handler")
	id := b.requestID(b.post("/register", values("once", newOnce(), "kind", "access", "received_on", "2026-11-20", "channel", "mail", "asked_by", "self", "language", "sv", "answer_by", "mail")))
	path := "/requests/" + idText(id)
	f := values("once", newOnce())
	if r := b.post(path+"/nothing", f); r.status != http.StatusSeeOther {
		t.Fatalf("got %d, want 303: %s", r.status, r.body)
	}
	b.want(b.get(path), 200, "Answered")
	if r := b.post(path+"/nothing", f); r.status != http.StatusSeeOther {
		t.Errorf("the same form again: got %d, want 303", r.status)
	}
	b.want(b.post(path+"/nothing", values("once", newOnce())), http.StatusConflict, "This has changed meanwhile")
}

func TestQueueAwayIsSaidOnThePage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("handler")
	card := b.card(democrm.Unique)
	id := b.requestID(b.post(card+"/share", values("once", newOnce(), "asked", "no", "channel", "mail", "language", "en", "answer_by", "mail", "assurance", "B")))
	if _, err := o.pool.Exec(t.Context(), `update insyn.job set created_at = now() - interval '1 minute'`); err != nil {
		t.Fatal(err)
	}
	b.want(b.get("/requests/"+idText(id)), 200, "the queue is delayed")
}

func TestIDsOfAPageAreUnique(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("administrator")
	card := b.card(democrm.Unique)
	id := b.requestID(b.post(card+"/erase", values("once", newOnce(), "asked", "yes", "received_on", "2026-11-20", "channel", "mail",
		"ground", "b", "verified_how", "call_back", "language", "sv", "answer_by", "mail")))
	o.rehearse(id)
	for _, path := range []string{card, card + "/edit", card + "/register", "/requests/" + idText(id), "/requests/" + idText(id) + "/rehearsal", "/settings", "/users/1", "/jobs"} {
		seen := map[string]bool{}
		for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(b.get(path).body, -1) {
			if seen[m[1]] {
				t.Errorf("%s: the id %q stands twice", path, m[1])
			}
			seen[m[1]] = true
		}
	}
}

func TestStepsKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("dpo")
	card := b.card(democrm.Unique)
	id := b.requestID(b.post(card+"/share", values("once", newOnce(), "asked", "yes", "received_on", time.Now().Format(time.DateOnly), "channel", "mail", "language", "en", "answer_by", "mail", "assurance", "B")))
	path := "/requests/" + idText(id)
	r := b.post(path+"/refuse", values("once", newOnce(), "refusal", "excessive", "refusal_reason", "You asked five times.", "facts", "", "decider", "Nadja Prov", "asked_to", "show you your data", "dpo_advice", "followed"))
	b.want(r, 400, "You asked five times.", `id="m-refuse-facts"`, `value="excessive" checked`)
	if n := strings.Count(r.body, "You asked five times."); n != 1 {
		t.Errorf("what was typed stands in %d forms, want in its own alone", n)
	}
	if r := b.post(path+"/extend", values("once", newOnce(), "reason", "your data is spread over many systems")); r.status != http.StatusSeeOther {
		t.Fatalf("extend: got %d: %s", r.status, r.body)
	}
	b.want(b.get(path), 200, "three months", "your data is spread over many systems", "Extended")
	h := o.login("handler")
	h.want(h.post(path+"/extend", values("once", newOnce(), "reason", "x")), 403)
}

func TestCorrectionIsValidatedBesideTheField(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("handler")
	card := b.card(democrm.Unique)
	fields, err := o.src.EditForm(t.Context(), idText(democrm.Unique))
	if err != nil || len(fields) == 0 {
		t.Fatalf("got %d fields, %v", len(fields), err)
	}
	var mail, name records.EditField
	for _, f := range fields {
		switch {
		case f.Kind == "email" && mail.ID == "":
			mail = f
		case f.Kind == "name" && name.ID == "":
			name = f
		}
	}
	b.want(b.get(card+"/edit"), 200, mail.Value, name.Value)
	base := []string{"once", newOnce(), "asked", "yes", "received_on", "2026-11-20", "channel", "phone", "language", "sv"}
	b.want(b.post(card+"/edit", values(append(base, "new."+mail.ID, "no address", "old."+mail.ID, mail.Value)...)), 400, "Write one mail address", "no address")
	b.want(b.post(card+"/edit", values(append(base, "new."+mail.ID, mail.Value, "old."+mail.ID, mail.Value)...)), 400, "Nothing was changed")
	id := b.requestID(b.post(card+"/edit", values(append(base, "new."+mail.ID, "ny.adress@kunden.example", "old."+mail.ID, mail.Value)...)))
	r, err := o.store.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	p, err := request.ParseProposal(r.Proposal)
	if err != nil || len(p.Changes) != 1 || p.Changes[0].Old != mail.Value || p.Changes[0].New != "ny.adress@kunden.example" {
		t.Errorf("got %+v, %v, want the one change with its old value", p, err)
	}
}

func TestProposalIsMatchedToItsField(t *testing.T) {
	t.Parallel()
	fields := []records.EditField{
		{ID: "crm.person.given_name", Value: "Anna"},
		{ID: "crm.person_email:11:address", Value: "a@kunden.example"},
		{ID: "crm.person_email:12:address", Value: "b@kunden.example"},
	}
	got := matched([]request.Change{
		{ID: "crm.person.given_name", Old: "Anna", New: "Anne"},
		{ID: "crm.person_email.address", Old: "b@kunden.example", New: "c@kunden.example"},
		{ID: "crm.history.body", Old: "x", New: "y"},
	}, fields)
	if len(got) != 2 || got["crm.person.given_name"] != "Anne" || got["crm.person_email:12:address"] != "c@kunden.example" {
		t.Errorf("got %v, want the name and the second address", got)
	}
}

// rehearse runs an erasure's rehearsal as a worker does.
func (o *office) rehearse(id int64) []byte {
	o.t.Helper()
	ctx := o.t.Context()
	r, err := o.store.Get(ctx, id)
	if err != nil {
		o.t.Fatal(err)
	}
	res, err := o.src.Rehearse(ctx, records.Erasure{RequestID: id, Subject: r.Person().HMAC, Epoch: 1, Keys: []string{r.Person().Key}, Lang: "en"})
	if err != nil {
		o.t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"sources": []map[string]any{{"source": "crm", "result": res}}})
	if err != nil {
		o.t.Fatal(err)
	}
	o.found(id, dsar.ForApproval, res.PlanHash, body, res.Review)
	return res.PlanHash
}

// found stores what a worker found for a request, which then waits for a person.
func (o *office) found(id int64, wait dsar.Wait, plan, body []byte, places []records.Place) {
	o.t.Helper()
	ctx := o.t.Context()
	err := postgres.InTx(ctx, o.pool, func(tx pgx.Tx) error {
		var rehearsal int64
		err := tx.QueryRow(ctx, `insert into insyn.rehearsal (request_id, plan_hash, counts, body) values ($1, $2, '{}', $3) returning id`,
			id, plan, o.store.Keys.Seal("rehearsal.body", body)).Scan(&rehearsal)
		if err != nil {
			return err
		}
		var recorded []request.Place
		for _, p := range places {
			recorded = append(recorded, request.Place{Hash: p.Hash, Table: p.Table, Column: p.Column, Rule: p.Rule, Confidence: p.Confidence.String(), Linked: p.Linked})
		}
		if err := request.RecordPlaces(ctx, tx, id, rehearsal, "crm", recorded); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update insyn.request set state = 'waiting', waiting_for = $2, version = version + 1 where id = $1`, id, wait)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

func TestErasureIsRehearsedAndApprovedByAnother(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.user("second", dsar.Administrator)
	first, second, dpo, handler := o.login("administrator"), o.login("second"), o.login("dpo"), o.login("handler")
	card := first.card(democrm.Unique)
	first.want(first.get(card), 200, `href="`+card+`/erase"`)
	for _, b := range []*browser{dpo, handler} {
		r := b.get(card)
		b.want(r, 200, "Anonymise: only administrators")
		if strings.Contains(r.body, "/erase") {
			t.Error("only administrators see the button")
		}
	}
	first.want(first.post(card+"/erase", values("once", newOnce(), "asked", "yes", "received_on", "2026-11-20", "channel", "mail")), 400, "Fill this in")
	id := first.requestID(first.post(card+"/erase", values("once", newOnce(), "asked", "yes", "received_on", "2026-11-20", "channel", "mail",
		"ground", "b", "verified_how", "call_back", "language", "sv", "answer_by", "mail")))
	path := "/requests/" + idText(id)
	dpo.want(dpo.get(path+"/rehearsal"), 200, "No rehearsal has been run yet")

	hash := base64.RawURLEncoding.EncodeToString(o.rehearse(id))
	dpo.want(dpo.get(path+"/rehearsal"), 200, "rolled back", "Kept by law", "Shared with others", "Mentions in texts", "<mark>", "An administrator approves")
	first.want(first.get(path+"/rehearsal"), 200, "Another administrator has to approve")
	first.want(first.post(path+"/approve", values("once", newOnce(), "plan", hash)), 403, "Another administrator has to approve")
	page := second.get(path + "/rehearsal")
	second.want(page, 200, "Erase: ", "are kept by law")
	second.want(second.post(path+"/approve", values("once", newOnce(), "plan", "AAAA")), 409, "not the newest any more")
	if r := second.post(path+"/approve", values("once", newOnce(), "plan", hash)); r.status != http.StatusSeeOther {
		t.Fatalf("approve: got %d: %s", r.status, r.body)
	}
	second.want(second.get(path), 200, "Approved. The erasure runs", "Test second")
}

func TestEventsTellWhenARequestMoves(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("handler")
	card := b.card(democrm.Unique)
	id := b.requestID(b.post(card+"/share", values("once", newOnce(), "asked", "yes", "received_on", "2026-11-20", "channel", "mail", "language", "en", "answer_by", "mail", "assurance", "B")))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/requests/"+idText(id)+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := b.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if got := res.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("got %q, want an event stream", got)
	}
	lines := bufio.NewScanner(res.Body)
	expect := func(name string) {
		t.Helper()
		for lines.Scan() {
			if lines.Text() == "event: "+name {
				return
			}
		}
		t.Fatalf("the stream ended before %s", name)
	}
	expect("live")
	if _, err := o.pool.Exec(t.Context(), `update insyn.request set state = 'failed', version = version + 1 where id = $1`, id); err != nil {
		t.Fatal(err)
	}
	expect("moved")
}

func TestListAsCSVIsFormulaSafe(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.login("handler")
	_, _, err := o.desk.Submit(t.Context(), request.New{
		Kind: dsar.Access, Asked: true, CreatedBy: 1,
		Subjects: []request.NewSubject{{Source: "crm", Key: "1", Name: `=HYPERLINK("https://evil.example")`}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := b.get("/requests.csv")
	if r.status != 200 || !strings.HasPrefix(r.body, "\ufeffCase,") || !strings.Contains(r.body, `"'=HYPERLINK(`) {
		t.Errorf("got %d %q, want a list with the formula made harmless", r.status, r.body)
	}
	for _, c := range []string{"=1", "+1", "-1", "@a", "\t=1", "＝1"} {
		if got := formulaSafe(c); got != "'"+c {
			t.Errorf("%q: got %q", c, got)
		}
	}
}

func TestLineBreaksOfABrowserAreNoChange(t *testing.T) {
	t.Parallel()
	fields := []records.EditField{{ID: "crm.person.street", Kind: "text", Value: "Storgatan 1\nUppgång B"}}
	r := &http.Request{PostForm: values("old.crm.person.street", "Storgatan 1\r\nUppgång B", "new.crm.person.street", "Storgatan 1\r\nUppgång C")}
	texts, err := wording.Load()
	if err != nil {
		t.Fatal(err)
	}
	v := &visit{Request: r, words: words{texts: texts, Lang: "en"}}
	got := v.changes(v.form("/", "admin.correct.do"), fields)
	if len(got) != 1 || got[0].Old != fields[0].Value || got[0].New != "Storgatan 1\nUppgång C" {
		t.Errorf("got %+v, want the one change against the stored value", got)
	}
	r.PostForm.Set("new.crm.person.street", "Storgatan 1\r\nUppgång B")
	if got := v.changes(v.form("/", "admin.correct.do"), fields); len(got) != 0 {
		t.Errorf("got %+v, want no change", got)
	}
}
