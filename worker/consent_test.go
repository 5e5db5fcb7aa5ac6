package worker

import (
	"strings"
	"testing"

	"insyn/internal/datamap"
	"insyn/internal/democrm"
	"insyn/internal/ledger"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
	"insyn/internal/request"
)

// say lets a person say something about a box, and the worker do it.
func (w *town) say(t *testing.T, box, state string) {
	t.Helper()
	sub := request.NewSubject{Source: "crm", Key: "21", Name: "Kund", Address: "kund21@post.example"}
	if _, err := w.desk.SetConsent(t.Context(), w.account(t, "dpo"), sub, box, state, "phone", ""); err != nil {
		t.Fatal(err)
	}
	w.run(t)
	if got := one[string](t, w.bench, `select state || ' ' || coalesce(code, '') from insyn.job where kind = 'consent' order by id desc limit 1`); got != "done " {
		t.Fatalf("%s %s: the job is %q", box, state, got)
	}
}

func (w *town) count(t *testing.T, sql string) (n int) {
	t.Helper()
	if err := w.crm.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAnObjectionLeavesLinesForAddressesAndNumbers(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.say(t, "newsletter", "objected")
	if e, p := w.count(t, `select count(*) from insyn_ledger.suppression where channel = 'email' and origin = 'optout'`),
		w.count(t, `select count(*) from insyn_ledger.suppression where channel = 'phone' and origin = 'optout'`); e == 0 || p == 0 {
		t.Fatalf("%d addresses and %d numbers are suppressed, want some of both", e, p)
	}
	w.say(t, "processing", "objected")
	if n := w.count(t, `select count(*) from insyn_ledger.suppression where origin <> 'objection'`); n != 0 {
		t.Errorf("%d rows keep the lesser reason", n)
	}
	all := w.Ledger.All("crm")
	if len(all) != w.count(t, `select count(*) from insyn_ledger.suppression`) {
		t.Errorf("%d entries in the file, not as many as rows", len(all))
	}
	for _, k := range all {
		if k.Kind != ledger.Suppression || k.Rank == 0 {
			t.Errorf("the file holds %v, want objections alone", k)
		}
	}
}

func TestASourceWithoutBoxesHoldsARestriction(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	text := string(democrm.Map())
	for _, box := range []string{"newsletter", "processing"} {
		for _, part := range []string{".wording", ".how", ".at", ".by", ""} {
			text = strings.ReplaceAll(text, "role: consent."+box+part+",", "")
		}
	}
	m, err := datamap.Parse("datamap.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	pool, err := postgres.OpenWith(t.Context(), pgtest.DSN(w.crm), postgres.Options{Role: postgres.RoleWorker})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	src, err := records.Open(t.Context(), "crm", pool, m)
	if err != nil {
		t.Fatal(err)
	}
	w.Sources, w.desk.Sources = []*records.Source{src}, []*records.Source{src}
	if _, err := w.crm.Exec(t.Context(), `insert into insyn_ledger.restricted (person, request_id) values ('21', 1)`); err != nil { // an erasure under way
		t.Fatal(err)
	}
	w.say(t, "processing", "restricted")
	if n := w.count(t, `select count(*) from insyn_ledger.restricted where person = '21'`); n != 2 {
		t.Errorf("%d restrictions, want that of the erasure and the new one", n)
	}
	w.say(t, "processing", "unknown")
	if n := w.count(t, `select count(*) from insyn_ledger.restricted where request_id = 1`); n != 1 || w.count(t, `select count(*) from insyn_ledger.restricted`) != 1 {
		t.Error("lifting leaves the wrong restrictions")
	}
	w.say(t, "newsletter", "objected")
	if n := w.count(t, `select count(*) from insyn_ledger.suppression where origin = 'optout'`); n == 0 {
		t.Error("an objection is held nowhere")
	}
}
