package democrm_test

import (
	"context"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/democrm"
	"insyn/internal/postgres/pgtest"
)

var asOf = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

// generated is a CRM and a register of n persons in one database.
func generated(t *testing.T, n int) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.Empty(t)
	if err := democrm.Install(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	if err := democrm.InstallRegister(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	if err := democrm.Generate(t.Context(), pool, pool, democrm.Size{Persons: n, Seed: 1, AsOf: asOf}); err != nil {
		t.Fatal(err)
	}
	return pool
}

func number(t *testing.T, pool *pgxpool.Pool, query string, args ...any) int {
	t.Helper()
	var n int
	if err := pool.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestGenerateHasTheProportionsOfACRM(t *testing.T) {
	t.Parallel()
	pool := generated(t, 500)
	for _, c := range []struct {
		table    string
		min, max int
	}{
		{"crm.person", 500, 500},
		{"crm.organisation", 200, 200},
		{"crm.history", 3500, 5000},
		{"crm.history_person", 3600, 5600},
		{"crm.todo", 800, 1200},
		{"crm.deal", 200, 300},
		{"crm.document", 110, 200},
		{"crm.newsletter_log", 1000, 1900},
		{"crm.invoice", 140, 300},
		{"crm.change_log", 100, 300},
		{"crm.consent_log", 350, 600},
		{"register.person", 350, 450},
	} {
		if n := number(t, pool, "select count(*) from "+c.table); n < c.min || n > c.max {
			t.Errorf("%s has %d rows, want %d to %d", c.table, n, c.min, c.max)
		}
	}
	for name, query := range map[string]string{
		"merged duplicates":    `select count(*) from crm.person where replaced_by is not null and id > 40`,
		"same names":           `select count(*) from (select from crm.person group by given_name, surname having count(*) > 1) as s`,
		"shared mailboxes":     `select count(*) from (select from crm.person_email group by lower(address) having count(*) > 1) as s`,
		"sole traders":         `select count(*) from crm.organisation where kind = 'sole_trader' and id > 12`,
		"shared history":       `select count(*) from (select from crm.history_person group by history_id having count(*) > 1) as s`,
		"shared deals":         `select count(*) from (select from crm.deal_person group by deal_id having count(*) > 1) as s`,
		"persons without mail": `select count(*) from crm.person where not exists (select from crm.person_email where person_id = person.id)`,
		"register overlap":     `select count(*) from crm.person join register.person as r using (register_id)`,
		"unlinked mentions": `
			select count(*)
			from crm.history
			join crm.history_person on history_person.history_id = history.id
			join crm.person on person.id <> history_person.person_id
			where length(person.surname) > 6
				and history.body like '%' || person.given_name || ' ' || person.surname || '%'
				and not exists (select from crm.history_person as l where l.history_id = history.id and l.person_id = person.id)`,
	} {
		if n := number(t, pool, query); n < 3 {
			t.Errorf("%s: got %d, want some", name, n)
		}
	}
	for name, query := range map[string]string{
		"mail outside .example":    `select count(*) from crm.person_email where address !~ '\.example$'`,
		"text with a template":     `select count(*) from crm.history where body ~ '[{}]' or subject ~ '[{}]'`,
		"history in the future":    `select count(*) from crm.history where at > '2026-11-20 10:00+00'`,
		"closed in the future":     `select count(*) from crm.deal where closed_on > '2026-11-20'`,
		"invoice without its sum":  `select count(*) from crm.invoice where total <> (select sum(quantity * unit_price) from crm.invoice_line where invoice_id = invoice.id)`,
		"yes without a log row":    `select count(*) from crm.person where newsletter = 'yes' and not exists (select from crm.consent_log where person_id = person.id and channel = 'newsletter' and state = 'yes')`,
		"foreign key not indexed":  unindexedKeys,
		"personnummer of a trader": `select count(*) from crm.organisation where kind = 'sole_trader' and not exists (select from crm.person where organisation_id = organisation.id)`,
	} {
		if n := number(t, pool, query); n != 0 {
			t.Errorf("%s: got %d, want none", name, n)
		}
	}
}

const unindexedKeys = `
	select count(*)
	from pg_constraint as k
	where k.contype = 'f'
		and k.connamespace = 'crm'::regnamespace
		and not exists (select from pg_index as i where i.indrelid = k.conrelid and i.indkey[0] = k.conkey[1])`

func TestGenerateIsDeterministicAndLeavesAFilledDatabase(t *testing.T) {
	t.Parallel()
	a, b := generated(t, 130), generated(t, 130)
	first := fingerprint(t, a)
	if second := fingerprint(t, b); first != second {
		t.Error("two runs with the same size differ")
	}
	other := democrm.Size{Persons: 200, Seed: 2, AsOf: asOf}
	if err := democrm.Generate(t.Context(), a, a, other); err != nil {
		t.Fatal(err)
	}
	if again := fingerprint(t, a); again != first {
		t.Error("a filled database was changed")
	}
	if _, err := a.Exec(t.Context(), `insert into crm.history (kind, at) values ('note', now())`); err != nil {
		t.Errorf("the next insert fails: %v", err)
	}
}

// fingerprint of all rows of both schemas.
func fingerprint(t *testing.T, pool *pgxpool.Pool) [sha256.Size]byte {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
		select table_schema || '.' || table_name
		from information_schema.tables
		where table_schema in ('crm', 'register')
		order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	all := ""
	for _, name := range names {
		var text string
		query := `select coalesce(string_agg(t::text, chr(10) order by t::text collate "C"), '') from ` + name + ` as t`
		if err := pool.QueryRow(t.Context(), query).Scan(&text); err != nil {
			t.Fatal(err)
		}
		all += name + "\n" + text
	}
	return sha256.Sum256([]byte(all))
}

func TestGenerateRefusesFewerThanTheCases(t *testing.T) {
	t.Parallel()
	if err := democrm.Generate(context.Background(), nil, nil, democrm.Size{Persons: democrm.MinPersons - 1}); err == nil {
		t.Error("got no error")
	}
}
