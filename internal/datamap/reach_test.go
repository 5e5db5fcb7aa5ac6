package datamap_test

import (
	"testing"

	"insyn/internal/datamap"
)

// A person is reached over tables that the map does not know, against the direction of a key too, and in copies.
func TestWhatAPersonReachesMustBeKnown(t *testing.T) {
	t.Parallel()
	m, pool := crm(t)
	for _, sql := range []string{
		`create table crm.ticket (id int primary key, person_id bigint references crm.person (id))`,
		`create table crm.ticket_line (id int primary key, ticket_id int references crm.ticket (id))`,
		`create table crm.ticket_file (id int primary key, line_id int references crm.ticket_line (id))`,
		`create table crm.postal (id int primary key, street text)`,
		`alter table crm.person_phone add column postal_id int references crm.postal (id)`,
		`create view crm.people as select id, surname from crm.person`,
		`create materialized view crm.surnames as select surname from crm.people`,
		// What nobody's row leads to: our own people are excluded, and end the way.
		`create table crm.desk (id int primary key, coworker_id bigint references crm.coworker (id))`,
		`create materialized view crm.desks as select * from crm.desk`,
	} {
		if _, err := pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	_, problems, err := datamap.Check(t.Context(), pool, m, "crm")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, p := range problems.Of(datamap.StopsErase) {
		got[p.Place] = p.Text
	}
	want := map[string]string{
		"crm.ticket":                 "the table refers to crm.person and the map does not know it",
		"crm.ticket_line":            "the table refers to crm.ticket and the map does not know it",
		"crm.ticket_file":            "the table refers to crm.ticket_line and the map does not know it",
		"crm.postal":                 "rows of crm.person_phone refer to the table and the map does not know it",
		"crm.surnames":               "the materialised view holds a copy of crm.person and the map does not know it",
		"crm.person_phone.postal_id": "the map does not know the column",
	}
	for place, text := range want {
		if got[place] != text {
			t.Errorf("%s: got %q, want %q", place, got[place], text)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v, want nothing else", got)
	}
}
