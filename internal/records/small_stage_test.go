package records_test

import (
	"testing"
)

// TestStagesRunWhereRowsNeedNothing: what is above the row cap here are the rows of others that name the person and, of
// their own, rows in which no text does.
func TestStagesRunWhereRowsNeedNothing(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create table crm.call (id int primary key, person_id int, body text);
		insert into crm.call select i, 1, 'nothing' from generate_series(1, 9) as i;
		insert into crm.call select i, 2, 'Astrid Brandvik rang' from generate_series(10, 19) as i;`, `
      crm.call:
        disclose: "no"
        path: {on: {person_id: crm.person.id}}
        columns:
          id: {keep: number}
          person_id: {keep: a number that says nothing}
          body: {erase: redact, disclose: "no"}
`)
	e := order(1)
	e.RowCap = 5
	r := rehearsed(t, s, e)
	if r.Stages == 0 {
		t.Fatal("got one transaction, want stages")
	}
	e.Approved = r.Approval()
	if _, err := s.Erase(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, pool, `select count(*)::int from crm.call where body like '%Brandvik%'`); n != 0 {
		t.Errorf("%d rows still name the person", n)
	}
}

// TestStagesTellWhatIsKept: the stages cut the ties to a kept record, and the ledger still says that it is there.
func TestStagesTellWhatIsKept(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create table crm.bill (id int primary key, person_id int, year_end date, buyer text);
		insert into crm.bill select i, 1, '2025-12-31', 'Astrid Brandvik' from generate_series(1, 9) as i`, `
      crm.bill:
        disclose: "no"
        path: {on: {person_id: crm.person.id}}
        keep: {until: books, financial_year_end: year_end, columns: [year_end, buyer], party: [buyer]}
        columns:
          id: {keep: number}
          person_id: {erase: cut, disclose: "no"}
          year_end: {disclose: "no"}
          buyer: {disclose: "no"}
`)
	e := order(1)
	e.RowCap = 5
	e.Approved = rehearsed(t, s, e).Approval()
	out, err := s.Erase(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Kept) != 1 || out.Kept[0].Rows != 9 {
		t.Errorf("got %+v, want nine rows", out.Kept)
	}
	if n := one[int](t, pool, `select count(*)::int from insyn_ledger.kept`); n != 9 {
		t.Errorf("%d rows are fenced, want 9", n)
	}
}

// TestStagesKnowWhatTiesLeadTo: an address is the person's by a row between, which must be there until the last stage.
func TestStagesKnowWhatTiesLeadTo(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create table crm.mail (id int primary key, address text);
		create table crm.mail_person (id int primary key, mail_id int, person_id int);
		create table crm.call (id int primary key, person_id int, body text);
		insert into crm.mail values (1, 'two@brandvik.example'), (2, 'henke@tolstrup.example');
		insert into crm.mail_person values (1, 1, 1), (2, 2, 2);
		insert into crm.call select i, 1 + i % 2, 'write to two@brandvik.example' from generate_series(1, 20) as i`, `
      crm.mail:
        disclose: "no"
        path: {via: crm.mail_person, on: {mail_id: id}, to: {person_id: crm.person.id}}
        columns:
          id: {keep: number}
          address: {role: email, erase: null, disclose: "no"}
      crm.mail_person:
        disclose: "no"
        path: {on: {person_id: crm.person.id}}
        erase: cut
        columns:
          id: {keep: number}
          mail_id: {keep: number}
          person_id: {keep: number}
      crm.call:
        disclose: "no"
        path: {on: {person_id: crm.person.id}}
        columns:
          id: {keep: number}
          person_id: {erase: cut, disclose: "no"}
          body: {erase: redact, disclose: "no"}
`)
	e := order(1)
	e.RowCap = 4
	r := rehearsed(t, s, e)
	if r.Stages == 0 {
		t.Fatal("got one transaction, want stages")
	}
	e.Approved = r.Approval()
	if _, err := s.Erase(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if got := one[string](t, pool, `select string_agg(coalesce(address, '-'), ' ' order by id) from crm.mail`); got != "- henke@tolstrup.example" {
		t.Errorf("got addresses %s", got)
	}
	if n := one[int](t, pool, `select count(*)::int from crm.call where body like '%brandvik%'`); n != 0 {
		t.Errorf("%d rows still hold the address", n)
	}
}
