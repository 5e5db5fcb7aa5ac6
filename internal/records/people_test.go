package records_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"insyn/internal/democrm"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/mention"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

func rescanned(t *testing.T, s *records.Source, id mention.Person) []records.Finding {
	t.Helper()
	var last, total int64
	found, err := s.Rescan(t.Context(), []mention.Person{id}, func(done, of int64) { last, total = done, of })
	if err != nil {
		t.Fatal(err)
	}
	if last != total || total == 0 {
		t.Errorf("progress ended at %d of %d", last, total)
	}
	return found
}

func TestRescanFindsBeforeAndOnlyKeptAfter(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	execute(t, pool, `create schema other; create table other.export (id int, doc json, tags varchar(200)[]);
		insert into other.export values (1, '{"who": "nobody"}', '{a}')`)
	accept(t, pool)
	id, err := s.Identifiers(t.Context(), []string{key(democrm.Unique)})
	if err != nil {
		t.Fatal(err)
	}
	if len(rescanned(t, s, id)) < 5 {
		t.Error("the rescan finds hardly anything before the erasure")
	}
	erased(t, s, democrm.Unique)
	for _, f := range rescanned(t, s, id) {
		if !f.Retained || f.Law == "" || !strings.HasPrefix(f.Table, "crm.invoice") {
			t.Errorf("found after the erasure: %+v", f)
		}
	}
	execute(t, pool, `insert into other.export values (2, $1::text::json, null), (3, null, array[$2]), (4, to_json($3::text), null)`,
		`{"a": [{"b": "YLVALI  EKENSK\u00c4R"}]}`, democrm.KnownPerson(democrm.Unique).Emails[0], "ring 0701740611, tack")
	var got []string
	for _, f := range rescanned(t, s, id) {
		if !f.Retained {
			got = append(got, f.Table+"."+f.Column)
			if f.Column == "doc" && f.Rows != 2 {
				t.Errorf("%d rows in doc, want 2", f.Rows)
			}
		}
	}
	if !slices.Equal(got, []string{"other.export.doc", "other.export.tags"}) {
		t.Errorf("got %v, want the unmapped table's columns", got)
	}
}

func TestNamesakesKeepTheirName(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	other := democrm.KnownPerson(democrm.SameNameB)
	execute(t, pool, `insert into crm.todo (person_id, text) values ($1, $2)`, democrm.SameNameB, "Ring "+other.FullName()+" i dag")
	before := snapshot(t, pool)
	id, err := s.Identifiers(t.Context(), []string{key(democrm.SameNameA)})
	if err != nil {
		t.Fatal(err)
	}
	erased(t, s, democrm.SameNameA)
	if n := one[int64](t, pool, `select count(*) from crm.todo where text = $1`, "Ring "+other.FullName()+" i dag"); n != 1 {
		t.Error("the namesake's todo lost their name")
	}
	if now := snapshot(t, pool)["person "+key(democrm.SameNameB)]; now != before["person "+key(democrm.SameNameB)] {
		t.Error("the namesake's card changed")
	}
	for _, f := range rescanned(t, s, id) {
		if !f.Retained {
			t.Errorf("left over: %+v", f)
		}
	}
}

func TestSharedMailboxStaysWithTheOther(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	box := democrm.KnownPerson(democrm.SharedMailboxA).Emails[0]
	execute(t, pool, `insert into crm.todo (person_id, text) values ($1, $3), ($2, $3)`, democrm.SharedMailboxB, democrm.Busy, "Svara "+box)
	id, err := s.Identifiers(t.Context(), []string{key(democrm.SharedMailboxA)})
	if err != nil {
		t.Fatal(err)
	}
	erased(t, s, democrm.SharedMailboxA)
	if n := one[int64](t, pool, `select count(*) from crm.person_email where person_id = $1 and address = $2`, democrm.SharedMailboxB, box); n != 1 {
		t.Error("the other lost the mailbox")
	}
	if n := one[int64](t, pool, `select count(*) from crm.todo where person_id = $1 and text = $2`, democrm.SharedMailboxB, "Svara "+box); n != 1 {
		t.Error("the other's own todo was changed")
	}
	if n := one[int64](t, pool, `select count(*) from crm.todo where person_id = $1 and text = $2`, democrm.Busy, "Svara "+box); n != 0 {
		t.Error("a third person's todo still has it")
	}
	for _, f := range rescanned(t, s, id) {
		if !f.Retained {
			t.Errorf("left over: %+v", f)
		}
	}
}

func TestSoleTradersCompanyIsThePersonAndOthersAreNot(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	trader := democrm.KnownPerson(democrm.SoleTrader)
	employer := one[string](t, pool, `select o::text from crm.organisation o where id = $1`, democrm.KnownPerson(democrm.NoMail).Organisation)
	id, err := s.Identifiers(t.Context(), []string{key(democrm.SoleTrader)})
	if err != nil {
		t.Fatal(err)
	}
	erased(t, s, democrm.SoleTrader)
	row := one[string](t, pool, `select o::text from crm.organisation o where id = $1`, trader.Organisation)
	if names(row, trader) || !strings.Contains(row, "Anonymiserat") {
		t.Errorf("the sole trader's company still says who it is: %s", row)
	}
	for _, f := range rescanned(t, s, id) {
		if !f.Retained {
			t.Errorf("left over: %+v", f)
		}
	}
	erased(t, s, democrm.NoMail)
	if got := one[string](t, pool, `select o::text from crm.organisation o where id = $1`, democrm.KnownPerson(democrm.NoMail).Organisation); got != employer {
		t.Errorf("an employer changed with its employee: %s\n%s", employer, got)
	}
}

func TestMergedCardsGoAlong(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	open := one[string](t, pool, `select p::text from crm.person p where id = $1`, democrm.DuplicateOpen)
	erased(t, s, democrm.DuplicateKept)
	if n := one[int64](t, pool, `select count(*) from crm.person where id = any ($1) and given_name = 'Anonymiserad' and replaced_by is null`,
		[]int64{democrm.DuplicateKept, democrm.DuplicateMerged}); n != 2 {
		t.Errorf("%d of the two merged cards are anonymised", n)
	}
	if got := one[string](t, pool, `select p::text from crm.person p where id = $1`, democrm.DuplicateOpen); got != open {
		t.Error("a card that nobody has merged was changed")
	}
}

func TestTwoRunsAtOnceAreOne(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	e := order(democrm.Busy)
	e.Approved = rehearsed(t, s, e).Approval()
	outs := make([]*records.Outcome, 3)
	var wg sync.WaitGroup
	for i := range outs {
		wg.Go(func() {
			out, err := s.Erase(t.Context(), e)
			if err != nil && !postgres.Transient(err) {
				t.Error(err)
			}
			outs[i] = out
		})
	}
	wg.Wait()
	did := 0
	for _, o := range outs {
		if o != nil && !o.AlreadyDone {
			did++
		}
	}
	if did != 1 || one[int64](t, pool, `select count(*) from insyn_ledger.erasure`) != 1 {
		t.Errorf("%d runs did the work", did)
	}
}

func TestRightsAreEnoughAndNoMore(t *testing.T) {
	t.Parallel()
	_, pool := crm(t)
	m := crmtest.Map(t)
	as := func(role string) *records.Source {
		p, err := postgres.OpenWith(t.Context(), pgtest.DSN(pool), postgres.Options{Role: role})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Close)
		return open(t, p, m)
	}
	web, worker := as(postgres.RoleWeb), as(postgres.RoleWorker)
	if _, err := web.Search(t.Context(), "Ekenskär", 5); err != nil {
		t.Errorf("web may not search: %v", err)
	}
	if _, err := web.Sections(t.Context(), key(democrm.Unique)); err != nil {
		t.Errorf("web may not read a card: %v", err)
	}
	if _, err := web.Rehearse(t.Context(), order(democrm.Unique)); err == nil || !strings.Contains(err.Error(), "may not") {
		t.Errorf("web rehearses an erasure: %v", err)
	}
	if err := web.SetConsent(t.Context(), key(democrm.Unique), "newsletter", records.Consent{State: "no"}); err == nil {
		t.Error("web writes into the CRM")
	}
	id, err := worker.Identifiers(t.Context(), []string{key(democrm.Unique)})
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.SetConsent(t.Context(), key(democrm.Unique), "newsletter", records.Consent{State: "no"}); err != nil {
		t.Errorf("worker may not write a consent: %v", err)
	}
	erased(t, worker, democrm.Unique)
	rescanned(t, worker, id)
	collected(t, worker, records.CollectOptions{}, democrm.Colleague)
	if _, err := pool.Exec(t.Context(), `set role insyn_worker; update crm.invoice set buyer_name = 'x'`); err == nil {
		t.Error("worker may change what a law keeps")
	}
}
