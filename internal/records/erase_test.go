package records_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/democrm"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

func order(id int64) records.Erasure {
	return records.Erasure{RequestID: 4000 + id, Subject: []byte("subject " + key(id)), Epoch: 1, Keys: []string{key(id)}}
}

func rehearsed(t *testing.T, s *records.Source, e records.Erasure) *records.Rehearsal {
	t.Helper()
	r, err := s.Rehearse(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func erased(t *testing.T, s *records.Source, id int64) *records.Outcome {
	t.Helper()
	e := order(id)
	e.Approved = rehearsed(t, s, e).Approval()
	out, err := s.Erase(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// snapshot is every row of every table of the CRM as text, by table and key.
func snapshot(t *testing.T, pool *pgxpool.Pool) map[string]string {
	t.Helper()
	tables, err := pool.Query(t.Context(), `
		select c.relname::text,
		       (select string_agg(format('x.%I::text', a.attname), ' || '','' || ' order by u.i)
		          from pg_index i
		          cross join unnest(i.indkey) with ordinality as u (n, i)
		          join pg_attribute a on a.attrelid = c.oid and a.attnum = u.n
		         where i.indrelid = c.oid and i.indisprimary)
		  from pg_class c
		 where c.relnamespace = 'crm'::regnamespace
		   and c.relkind = 'r'`)
	if err != nil {
		t.Fatal(err)
	}
	type table struct{ Name, Key string }
	all, err := pgx.CollectRows(tables, pgx.RowToStructByPos[table])
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, tb := range all {
		rows, err := pool.Query(t.Context(), fmt.Sprintf(`select %s, x::text from crm.%s as x`, tb.Key, tb.Name))
		if err != nil {
			t.Fatal(err)
		}
		var k, v string
		if _, err := pgx.ForEachRow(rows, []any{&k, &v}, func() error {
			out[tb.Name+" "+k] = v
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestEraseLeavesNothingOfAUniquePerson(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	u := democrm.KnownPerson(democrm.Unique)
	before := snapshot(t, pool)
	invoices := one[string](t, pool, `select md5(string_agg(i::text, ' ' order by id)) from crm.invoice as i`)
	out := erased(t, s, democrm.Unique)
	if out.AlreadyDone || len(out.Counts) == 0 {
		t.Fatalf("got %+v, want a run with counts", out)
	}
	t.Logf("counts %v", out.Counts)
	dump := dumped(t, pool)
	// The invoices name their buyer by law; nothing else may.
	for _, line := range strings.Split(dump, "\n") {
		if strings.Contains(line, "COPY-TABLE crm.invoice\t") {
			continue
		}
		for _, id := range identifiers(u) {
			if strings.Contains(strings.ToLower(line), strings.ToLower(id)) {
				t.Errorf("%q is still there: %s", id, line)
			}
		}
	}
	if got := one[string](t, pool, `select md5(string_agg(i::text, ' ' order by id)) from crm.invoice as i`); got != invoices {
		t.Error("the invoices changed")
	}
	after := snapshot(t, pool)
	changed := map[string]int{}
	for k, was := range before {
		now, there := after[k]
		table, _, _ := strings.Cut(k, " ")
		switch {
		case !there:
			changed[table+" gone"]++
		case now != was:
			changed[table+" changed"]++
			// Rows of others may change only where they named the person.
			if !names(was, u) && !isTheirs(t, pool, k) {
				t.Errorf("%s changed and does not name the person:\n%s\n%s", k, was, now)
			}
		}
	}
	t.Logf("rows %v", changed)
	for k := range after {
		if _, was := before[k]; !was {
			table, _, _ := strings.Cut(k, " ")
			if table != "change_log" {
				t.Errorf("%s is new", k)
			}
		}
	}
}

func names(row string, k democrm.Known) bool {
	low := strings.ToLower(row)
	for _, id := range append(identifiers(k), k.Given, k.Surname) {
		if strings.Contains(low, strings.ToLower(id)) {
			return true
		}
	}
	bare := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(row)
	for _, p := range k.Phones {
		if strings.Contains(bare, strings.TrimPrefix(p, "+46")) {
			return true
		}
	}
	return false
}

// isTheirs says that the row was linked to the person before, so that its dates and references may change too.
func isTheirs(t *testing.T, pool *pgxpool.Pool, row string) bool {
	t.Helper()
	table, k, _ := strings.Cut(row, " ")
	switch table {
	case "person", "newsletter_log":
		return true
	case "history":
		return one[bool](t, pool, `select not exists (select 1 from crm.history_person where history_id = $1::text::bigint)`, k)
	}
	return false
}

func identifiers(k democrm.Known) []string {
	out := []string{k.FullName(), k.Surname + ", " + k.Given, k.Personnummer, k.CustomerNo, k.Handle, k.OldEmail, k.OldStreet}
	out = append(out, k.Emails...)
	for _, p := range k.Phones {
		out = append(out, p, "0"+strings.TrimPrefix(p, "+46"))
	}
	if k.Former != "" {
		out = append(out, k.Given+" "+k.Former)
	}
	var kept []string
	for _, s := range out {
		if len(s) > 3 {
			kept = append(kept, s)
		}
	}
	return kept
}

// dumped is a pg_dump of the database as text, each line of data with its table before it.
func dumped(t *testing.T, pool *pgxpool.Pool) string {
	t.Helper()
	bin := "pg_dump"
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump"); len(found) > 0 {
		bin = found[len(found)-1]
	}
	cmd := exec.CommandContext(t.Context(), bin, "--data-only", pgtest.DSN(pool))
	cmd.Env = append(os.Environ(), "PGCLIENTENCODING=UTF8")
	raw, err := cmd.Output()
	if err != nil {
		t.Skipf("pg_dump: %v", err)
	}
	var b strings.Builder
	table := ""
	for _, line := range strings.Split(string(raw), "\n") {
		if rest, ok := strings.CutPrefix(line, "COPY "); ok {
			table, _, _ = strings.Cut(rest, " ")
		}
		b.WriteString("COPY-TABLE " + table + "\t" + line + "\n")
	}
	return b.String()
}

func TestEraseTwiceIsTheFirstOutcome(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	e := order(democrm.Unique)
	e.Approved = rehearsed(t, s, e).Approval()
	first, err := s.Erase(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, pool)
	second, err := s.Erase(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if !second.AlreadyDone || fmt.Sprint(second.Counts) != fmt.Sprint(first.Counts) || len(second.Kept) != len(first.Kept) || !second.At.Equal(first.At) {
		t.Errorf("got %+v, want the first outcome %+v", second, first)
	}
	if fmt.Sprint(snapshot(t, pool)) != fmt.Sprint(before) {
		t.Error("the second run changed rows")
	}
}

func TestRehearsalIsTheRunAndChangesNothing(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	before := snapshot(t, pool)
	e := order(democrm.Unique)
	r := rehearsed(t, s, e)
	if fmt.Sprint(snapshot(t, pool)) != fmt.Sprint(before) {
		t.Fatal("the rehearsal changed rows")
	}
	if len(r.Triggers) == 0 || len(r.Kept) == 0 || len(r.Shared) == 0 || len(r.Mentions) == 0 || r.Total == 0 {
		t.Errorf("the rehearsal tells too little: %d triggers, %d kept, %d shared, %d mentions", len(r.Triggers), len(r.Kept), len(r.Shared), len(r.Mentions))
	}
	for _, k := range r.Kept {
		if k.Until.IsZero() || k.Law.In("sv") == "" || k.LawSentence.In("en") == "" || k.Rows == 0 {
			t.Errorf("kept %s has no law or no end", k.Table)
		}
	}
	e.Approved = r.Approval()
	out, err := s.Erase(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]int{}
	for _, c := range r.Tables {
		counted[c.Table+" "+c.Action] = c.Rows
	}
	if fmt.Sprint(out.Counts) != fmt.Sprint(counted) {
		t.Errorf("the run counted %v, the rehearsal %v", out.Counts, counted)
	}
}

func TestEraseRefusals(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	e := order(democrm.Unique)
	before := snapshot(t, pool)
	r := rehearsed(t, s, e)
	for _, tc := range []struct {
		name string
		edit func(*records.Erasure)
		want error
	}{
		{"without approval", func(e *records.Erasure) { e.Approved = nil }, records.ErrNotApproved},
		{"another plan", func(e *records.Erasure) { e.Approved.Hash = []byte("x") }, records.ErrPlanChanged},
		{"a table that was not approved", func(e *records.Erasure) { e.Approved.Counts = map[string]int{"crm.person": 1} }, records.ErrCountsGrew},
		{"a zombie", func(e *records.Erasure) { e.Epoch = 0 }, records.ErrFenced},
	} {
		bad := e
		bad.Approved = r.Approval()
		if tc.name == "a zombie" {
			if err := s.Fence(t.Context(), e.RequestID, e.Subject, 1); err != nil {
				t.Fatal(err)
			}
		}
		tc.edit(&bad)
		if _, err := s.Erase(t.Context(), bad); !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, err, tc.want)
		}
	}
	if fmt.Sprint(snapshot(t, pool)) != fmt.Sprint(before) {
		t.Error("a refused run changed rows")
	}
	if _, found, err := s.LedgerRow(t.Context(), e.RequestID, e.Subject); err != nil || found {
		t.Errorf("a refused run is in the ledger: %v %v", found, err)
	}
}

func TestPlanDriftIsRefused(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	e := order(democrm.Unique)
	e.Approved = rehearsed(t, s, e).Approval()
	execute(t, pool, `create trigger late before update on crm.todo for each row execute function suppress_redundant_updates_trigger()`)
	if _, err := s.Erase(t.Context(), e); !errors.Is(err, records.ErrDrift) {
		t.Errorf("a new trigger: got %v, want %v", err, records.ErrDrift)
	}
	accept(t, pool)
	if _, err := s.Erase(t.Context(), e); !errors.Is(err, records.ErrPlanChanged) {
		t.Errorf("an accepted trigger: got %v, want %v", err, records.ErrPlanChanged)
	}
	execute(t, pool, `alter table crm.person add column shoe_size text`)
	_, err := s.Erase(t.Context(), e)
	if err == nil || !strings.Contains(err.Error(), "crm.person.shoe_size") {
		t.Errorf("a new column: got %v, want an error that names it", err)
	}
	// Access goes on: what is known can be told.
	open(t, pool, crmtest.Map(t))
	execute(t, pool, `alter table crm.person drop column shoe_size; create table crm.badge (person_id bigint references crm.person (id))`)
	if _, err = s.Rehearse(t.Context(), e); err == nil || !strings.Contains(err.Error(), "crm.badge") {
		t.Errorf("an unmapped table: got %v, want an error that names it", err)
	}
}

func TestErrorsHoldNoValues(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	u := democrm.KnownPerson(democrm.Unique)
	execute(t, pool, `create function crm.shout() returns trigger language plpgsql as $$
		begin raise exception 'no change of %', old.surname; end $$`)
	execute(t, pool, `create trigger shout before update on crm.person for each row execute function crm.shout()`)
	accept(t, pool)
	_, err := s.Rehearse(t.Context(), order(democrm.Unique))
	if err == nil || strings.Contains(err.Error(), u.Surname) || !strings.Contains(err.Error(), "P0001") {
		t.Errorf("got %v, want the code and no name", err)
	}
	if got := one[string](t, pool, `select surname from crm.person where id = $1`, democrm.Unique); got != u.Surname {
		t.Error("a failed rehearsal changed the person")
	}
}
