package datamap_test

import (
	"fmt"
	"strings"
	"testing"

	"insyn/internal/datamap"
	"insyn/internal/postgres/pgtest"
)

const feasibleHead = `version: 1
controller_country: SE
categories: {c: {sv: Uppgifter, en: Data}}
purposes: {work: {sv: arbeta, en: work, basis: contract}}
retention: {contact: {sv: kort, en: short}}
sources:
  crm:
    dsn_env: X
    label: {sv: Register, en: Register}
    subject: {table: public.person, key: [id]}
    tables:
      public.person:
        disclose: "no"
        columns:
          id: {keep: the row's own number}
          given: {role: given, erase: {constant: X}, disclose: "no"}
          surname: {role: surname, erase: {constant: Y}, disclose: "no"}
`

// An action that cannot work in the live schema is an error of the plan, with what to do instead.
func TestWhatCannotWorkIsToldWithThePlan(t *testing.T) {
	t.Parallel()
	cases := []struct{ column, erase, want, mend string }{
		{"text not null", "null", "the column is not null", "constant"},
		{"bigint not null", "cut", "the column is not null", "placeholder"},
		{"int", "empty", "no empty value", "null"},
		{"int", "{constant: abc}", "does not take constant", "value of the type"},
		{"text check (x ~ '^[0-9]+$')", "{constant: abc}", "breaks the check", "check allows"},
		{"text check (x <> '')", "empty", "breaks the check", "check allows"},
		{"varchar(3)", "{constant: abcd}", "longer than the column's 3", "shorten"},
		{"varchar(10)", "{random: a}", "cannot hold it", "characters more"},
		{"text unique", "{constant: abc}", "unique index", "random"},
		{"mood", "{constant: angry}", "does not take constant", "value of the type"},
		{"short", "{constant: abcd}", "breaks the check", "check allows"},
		{"text generated always as ('a' || person_id) stored", "null", "generated", "keep it"},
		{"text", "{generalise: year}", "not a date", "null"},
		{"text", "{generalise: {band: 10}}", "no number", "null"},
		{"int", "{generalise: {prefix: 2}}", "no text", "null"},
		{"text", "remove", "no paths", "null"},
	}
	pool := pgtest.Empty(t)
	var ddl, tables strings.Builder
	ddl.WriteString(`create type mood as enum ('glad'); create domain short as text check (length(value) < 3);
		create table person (id bigint primary key, given text, surname text);
		create table yearly (person_id bigint references person, born date) partition by range (born);
		create table yearly_1980 partition of yearly for values from ('1980-01-02') to ('1981-01-01');
		create table safe (person_id bigint references person, born date) partition by range (born);
		create table safe_rest partition of safe default;`)
	tables.WriteString(feasibleHead)
	table := func(name, column, erase string) {
		fmt.Fprintf(&tables, `      public.%s:
        disclose: "no"
        key: [person_id]
        path: {on: {person_id: public.person.id}}
        columns:
          person_id: {keep: leads to the person}
          %s: {erase: %s, disclose: "no"}
`, name, column, erase)
	}
	for i, c := range cases {
		fmt.Fprintf(&ddl, "create table t%d (person_id bigint references person, x %s);\n", i, c.column)
		table(fmt.Sprintf("t%d", i), "x", c.erase)
	}
	table("yearly", "born", "{generalise: year}")
	table("safe", "born", "{generalise: year}")
	if _, err := pool.Exec(t.Context(), ddl.String()); err != nil {
		t.Fatal(err)
	}
	m, err := datamap.Parse("datamap.yaml", []byte(tables.String()))
	if err != nil {
		t.Fatal(err)
	}
	_, problems, err := datamap.Check(t.Context(), pool, m, "crm")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]datamap.Problem{}
	for _, p := range problems.Of(datamap.Stops, datamap.StopsErase) {
		got[p.Place] = p
	}
	holds := func(place, want, mend string) {
		p, ok := got[place]
		if !ok || !strings.Contains(p.Text, want) || !strings.Contains(p.Mend, mend) {
			t.Errorf("%s: got %q (%q), want %q (%q)", place, p.Text, p.Mend, want, mend)
		}
	}
	for i, c := range cases {
		holds(fmt.Sprintf("public.t%d.x", i), c.want, c.mend)
	}
	holds("public.yearly.born", "decides the partition", "delete_row")
	if p, ok := got["public.safe.born"]; ok {
		t.Errorf("a default partition takes every value: %v", p)
	}
}
