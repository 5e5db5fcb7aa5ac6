package adminweb

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/democrm"
	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/records"
	"insyn/internal/request"
)

// erasure asks for one and lets the worker's work lie.
func (o *office) erasure(b *browser, person int64) (id int64, path string) {
	o.t.Helper()
	id = b.requestID(b.post(b.card(person)+"/erase", values("once", newOnce(), "asked", "yes", "received_on", time.Now().Format(time.DateOnly), "channel", "mail",
		"ground", "b", "verified_how", "call_back", "language", "en", "answer_by", "mail")))
	return id, "/requests/" + idText(id)
}

// meet notes the other cards, as a worker does, and lets the request wait for a decision.
func (o *office) meet(id int64) {
	o.t.Helper()
	ctx := o.t.Context()
	r, err := o.store.Get(ctx, id)
	if err != nil {
		o.t.Fatal(err)
	}
	ties, err := o.src.Ties(ctx, []string{r.Person().Key})
	if err != nil || len(ties) == 0 {
		o.t.Fatalf("ties %v, %v; want some", ties, err)
	}
	var found []request.FoundTie
	for _, t := range ties {
		found = append(found, request.FoundTie{Source: t.Ref.Source, Key: t.Ref.Key, WithSource: t.With.Source, WithKey: t.With.Key, Kinds: t.Kinds})
	}
	err = postgres.InTx(ctx, o.pool, func(tx pgx.Tx) error {
		if _, err := o.store.RecordTies(ctx, tx, id, found); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `update job set state = 'done', code = 'tied_cards' where request_id = $1`, id)
		if err != nil {
			return err
		}
		return request.Move(ctx, tx, request.Step{ID: id, To: dsar.Waiting, For: dsar.ForIdentity})
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) oneTie(id int64) string {
	o.t.Helper()
	list, err := o.store.Ties(o.t.Context(), id)
	if err != nil || len(list) != 1 {
		o.t.Fatalf("ties %+v, %v; want one", list, err)
	}
	return "/requests/" + idText(id) + "/ties/" + idText(list[0].ID)
}

func TestCardsAreComparedAndDecidedOnThePage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	admin, dpo, handler := o.login("administrator"), o.login("dpo"), o.login("handler")
	id, path := o.erasure(admin, democrm.DuplicateKept)
	o.meet(id)
	tie := o.oneTie(id)
	page := dpo.get(path)
	dpo.want(page, 200, "Is this the same person?", "Margareta Sjöholm", "Greta Sjöholm", "<mark>greta.sjoholm@inkorg.example</mark>", "the same mail address",
		"the same phone number and name", "Cannot tell yet: ask the person", "stands on both cards", "To decide: one person?")
	if strings.Contains(page.body, "<mark>margareta.sjoholm@ekvalla.example</mark>") || strings.Contains(page.body, "The person has answered") {
		t.Error("what only one card has is marked, or the page says that the person was asked")
	}
	handler.want(handler.get(path), 200, "Greta Sjöholm", "A data protection officer or an administrator decides")
	if strings.Contains(handler.get(path).body, tie) {
		t.Error("a handler sees the form")
	}
	handler.want(handler.post(tie, values("once", newOnce(), "tie_answer", "same")), 403)
	dpo.want(dpo.get("/"), 200, "To decide: is it the same person?")
	dpo.want(dpo.get(path+"/rehearsal"), 200, "No rehearsal has been run yet")

	dpo.want(dpo.post(tie, values("once", newOnce())), 400, "Choose one of the alternatives")
	dpo.want(dpo.post(tie, values("once", newOnce(), "tie_answer", "ask", "tie_reason", "Two of you.", "tie_ask", "")), 400, "Fill this in", "Two of you.")
	dpo.want(dpo.post(path+"/ties/999999", values("once", newOnce(), "tie_answer", "same")), 404)
	// asked by mail, answered, and not decided yet
	if r := dpo.post(tie, values("once", newOnce(), "tie_answer", "ask", "tie_reason", "We hold more than one card.", "tie_ask", "tell us your customer number")); r.status != http.StatusSeeOther {
		t.Fatalf("ask: got %d: %s", r.status, r.body)
	}
	dpo.want(dpo.get(path), 200, "The question is on its way", "Waits until we know who asks", "The person has answered", "Is this the same person?")
	var to int
	err := o.pool.QueryRow(t.Context(), `select count(*) from mail where request_id = $1 and template = 'mail.identity' and recipient is not null`, id).Scan(&to)
	if err != nil || to != 1 {
		t.Errorf("%d questions, %v; want one mail", to, err)
	}
	dpo.want(dpo.post(tie, values("once", newOnce(), "tie_answer", "ask", "tie_reason", "x", "tie_ask", "y")), http.StatusConflict)

	f := values("once", newOnce(), "tie_answer", "same")
	for range 2 {
		if r := dpo.post(tie, f); r.status != http.StatusSeeOther || r.location != path {
			t.Fatalf("got %d to %q: %s", r.status, r.location, r.body)
		}
	}
	if r := dpo.post(tie, values("once", newOnce(), "tie_answer", "same")); r.status != http.StatusSeeOther {
		t.Errorf("the same answer from another tab: got %d", r.status)
	}
	dpo.want(dpo.post(tie, values("once", newOnce(), "tie_answer", "different")), http.StatusConflict, "This has changed meanwhile")
	dpo.want(dpo.get(path), 200, "The same person (the same mail address, the same phone number and name)", "Test dpo", "Other card: the same person")
	got, err := o.store.Get(t.Context(), id)
	if err != nil || len(got.Subjects) != 2 || got.Subjects[1].Name != "Greta Sjöholm" || got.State != dsar.Working {
		t.Errorf("got %+v, %v, want both cards in a working request", got, err)
	}
}

func TestThatTwoAreNotOneIsSeenAndTakenBack(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	dpo := o.login("dpo")
	id := dpo.requestID(dpo.post(dpo.card(democrm.SharedMailboxA)+"/share", values("once", newOnce(), "asked", "yes", "received_on", "2026-11-20", "channel", "mail", "language", "en", "answer_by", "mail", "assurance", "B")))
	path := "/requests/" + idText(id)
	o.meet(id)
	tie := o.oneTie(id)
	dpo.want(dpo.get(path), 200, `name="code_by_hand" value="yes" checked`)
	if r := dpo.post(tie, values("once", newOnce(), "tie_answer", "different", "code_by_hand", "yes")); r.status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", r.status, r.body)
	}
	dpo.want(dpo.get(path), 200, "Not the same person (the same mail address)")
	if got, _ := o.store.Get(t.Context(), id); got.Assurance != "C" || len(got.Subjects) != 1 {
		t.Errorf("level %s, %d people; want C and one", got.Assurance, len(got.Subjects))
	}
	dpo.want(dpo.post(tie+"/reopen", values("once", newOnce())), http.StatusConflict)
	if _, err := o.pool.Exec(t.Context(), `update request set state = 'waiting', waiting_for = 'review' where id = $1`, id); err != nil {
		t.Fatal(err)
	}
	dpo.want(dpo.get(path), 200, "Decide again")
	if r := dpo.post(tie+"/reopen", values("once", newOnce())); r.status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", r.status, r.body)
	}
	dpo.want(dpo.get(path), 200, "Is this the same person?")
}

func TestAHoldIsPlacedSeenAndReleased(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	admin, dpo, handler := o.login("administrator"), o.login("dpo"), o.login("handler")
	id, path := o.erasure(admin, democrm.Bare)
	card := dpo.card(democrm.Bare)
	dpo.want(dpo.get("/holds"), 200, "Nobody is held")
	dpo.want(dpo.get(card), 200, "Place a legal hold")
	if strings.Contains(handler.get(card).body, "/hold\"") {
		t.Error("a handler sees the form")
	}
	handler.want(handler.post(card+"/hold", values("once", newOnce())), 403)
	dpo.want(dpo.post(card+"/hold", values("once", newOnce(), "hold_ground", "claim", "hold_reason", "", "review_on", "2020-01-01")), 400,
		"Fill this in", "Write a day that is still to come", `value="claim" checked`, `value="2020-01-01"`)
	dpo.want(dpo.post(card+"/hold", values("once", newOnce(), "hold_reason", "File 4711", "review_on", "tomorrow")), 400, "Choose one of the alternatives", "Write a date", "File 4711")
	f := values("once", newOnce(), "hold_ground", "claim", "hold_reason", "File 4711", "review_on", "2999-01-31")
	for range 2 {
		if r := dpo.post(card+"/hold", f); r.status != http.StatusSeeOther || r.location != card {
			t.Fatalf("got %d to %q: %s", r.status, r.location, r.body)
		}
	}
	dpo.want(dpo.post(card+"/hold", values("once", newOnce(), "hold_ground", "claim", "hold_reason", "again", "review_on", "2999-01-31")), http.StatusConflict)
	handler.want(handler.get(card), 200, "Legal hold.", "File 4711", "Test dpo")
	handler.want(handler.post("/search", values("q", "Alfhild")), 200, "Legal hold</span>")
	handler.want(handler.get("/holds"), 200, "Alfhild Torn", "31 January 2999")
	handler.want(handler.get("/"), 200, "On hold")
	handler.want(handler.get("/requests?show=hold"), 200, "Alfhild Torn", "Waiting: legal hold")
	admin.want(admin.get(path), 200, "Legal hold.", "File 4711", "When it is released, the work goes on by itself")
	o.rehearse(id)
	if _, err := o.pool.Exec(t.Context(), `update request set waiting_for = 'hold' where id = $1`, id); err != nil {
		t.Fatal(err)
	}
	reh := admin.get(path + "/rehearsal")
	admin.want(reh, 200, "Nothing can be approved before it is released")
	if strings.Contains(reh.body, "/approve\"") || strings.Contains(reh.body, "/rehearse\"") {
		t.Error("there is a button although the person is held")
	}
	// a refusal says why by law, not what the desk wrote
	page := dpo.get(path)
	dpo.want(page, 200, "We need the data to establish, exercise or defend a legal claim")

	var hold int64
	if err := o.pool.QueryRow(t.Context(), `select id from hold`).Scan(&hold); err != nil {
		t.Fatal(err)
	}
	list := "/holds/" + idText(hold) + "/release"
	dpo.want(dpo.post(card+"/release/"+idText(hold), values("once", newOnce(), "release_reason", "")), 400, "Fill this in")
	dpo.want(dpo.post(list, values("once", newOnce(), "release_reason", "")), 400, "Fill this in")
	handler.want(handler.post(list, values("once", newOnce(), "release_reason", "x")), 403)
	if r := dpo.post(list, values("once", newOnce(), "release_reason", "Settled")); r.status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", r.status, r.body)
	}
	dpo.want(dpo.post(list, values("once", newOnce(), "release_reason", "again")), http.StatusConflict)
	dpo.want(dpo.get("/holds?show=all"), 200, "Released", "Settled")
	if r, _ := o.store.Get(t.Context(), id); r.State != dsar.Working {
		t.Errorf("the erasure is %s, want it to go on", r.State)
	}
	if strings.Contains(o.log.String(), "4711") || strings.Contains(o.log.String(), "Alfhild") {
		t.Error("the log holds what is sealed")
	}
}

func TestAReviewThatIsDueIsSaidToday(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if _, err := o.pool.Exec(t.Context(), `insert into hold (key_hmac, source, ground, placed_by, review_on) values ('x', 'crm', 'law', 1, current_date - 1)`); err != nil {
		t.Fatal(err)
	}
	b := o.login("handler")
	b.want(b.get("/"), 200, "One legal hold is to be reviewed")
	b.want(b.get("/holds"), 200, "To be reviewed now", "Name removed")
}

func TestRulesThatRefuseAreReadAndAnswered(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.user("second", dsar.Administrator)
	admin, second := o.login("administrator"), o.login("second")
	id, path := o.erasure(admin, democrm.OpenBusiness)
	res := &records.Rehearsal{PlanHash: []byte("plan"), Refusals: []records.Warning{
		{Kind: "open_order", Table: "crm.deal", Label: dossier.Label{"sv": "Öppna affärer", "en": "Open deals"}, Rows: 1},
		{Kind: "unpaid", Table: "crm.invoice", Label: dossier.Label{"sv": "Obetalda fakturor", "en": "Unpaid invoices"}, Rows: 2},
	}}
	body, err := json.Marshal(map[string]any{"sources": []map[string]any{{"source": "crm", "result": res}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`insert into rehearsal (request_id, plan_hash, counts, body) select $1, 'plan', '{}', $2`,
		`update request set state = 'waiting', waiting_for = 'review' where id = $1 and $2::bytea is not null`,
		`update job set state = 'done', code = 'refused_by_rule' where request_id = $1 and $2::bytea is not null`,
	} {
		if _, err := o.pool.Exec(t.Context(), sql, id, o.store.Keys.Seal("rehearsal.body", body)); err != nil {
			t.Fatal(err)
		}
	}
	second.want(second.get(path), 200, "Cannot be erased now.", "Open deals: 1 row", "Unpaid invoices: 2 rows", "Rehearse again", "Extend by two months",
		`value="needed" checked`, "We still need the data to finish what is open between us", "In our systems: Open deals: 1 row; Unpaid invoices: 2 rows.")
	reh := second.get(path + "/rehearsal")
	second.want(reh, 200, "Open deals: 1 row")
	if strings.Contains(reh.body, "/approve\"") {
		t.Error("what a rule refuses can be approved")
	}
	second.want(second.post(path+"/approve", values("once", newOnce(), "plan", "cGxhbg")), http.StatusConflict)
	if r := second.post(path+"/refuse", values("once", newOnce(), "refusal", "needed", "asked_to", "erase your data", "refusal_reason", "x", "facts", "y", "decider", "CEO", "dpo_advice", "followed")); r.status != http.StatusSeeOther {
		t.Fatalf("refuse: got %d: %s", r.status, r.body)
	}
	second.want(second.get(path), 200, "Still needed: something is open between you")
}

func TestStagesOfALongErasureAreSeen(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	admin := o.login("administrator")
	id, path := o.erasure(admin, democrm.Busy)
	for _, c := range []struct{ set, want string }{
		{`stage = 'stage', progress = 1, total = 3`, "Stage 1: done|Stage 2: going on|Stage 3: to come|in stages|1 / 3"},
		{`stage = 'erasure', progress = 4, total = 9`, "erasing|4 / 9"},
		{`stage = 'rescan', progress = 5000, total = 9000, kind = 'verification'`, "searching every text|5,000 / 9,000"},
	} {
		if _, err := o.pool.Exec(t.Context(), `update job set state = 'working', lease_until = now(), `+c.set+` where request_id = $1`, id); err != nil {
			t.Fatal(err)
		}
		admin.want(admin.get(path), 200, append(strings.Split(c.want, "|"), "<progress max=")...)
	}
}
