package records_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

// smallHead is a map of two persons; the tables of a case follow.
const smallHead = `version: 1
controller_country: SE
categories: {mail: {sv: Brev, en: Mails}}
purposes: {work: {sv: arbeta, en: work, basis: contract}}
retention:
  contact: {sv: så länge det behövs, en: as long as needed}
  books: {sv: sju år, en: seven years, law: {sv: BFL, en: BFL}, law_sentence: {sv: Lagen., en: The law.}, years: 7, from: financial_year_end}
sources:
  crm:
    dsn_env: X
    label: {sv: Register, en: Register}
    subject: {table: crm.person, key: [id]}
    SOURCE
    tables:
      crm.person:
        disclose: "no"
        columns:
          id: {keep: the row's own number}
          given: {role: given, erase: {constant: X}, disclose: "no"}
          surname: {role: surname, erase: {constant: Y}, disclose: "no"}
          email: {role: email, erase: null, disclose: "no"}
`

const smallSQL = `create schema crm;
	create table crm.person (id int primary key, given text, surname text, email text);
	insert into crm.person values (1, 'Astrid', 'Brandvik', 'astrid@brandvik.example'), (2, 'Henrik', 'Tolstrup', 'henrik@tolstrup.example');`

// small is a source of two persons and the tables of one case, opened with the rights of a worker. source are further lines
// about the source.
func small(t *testing.T, sql, tables string, source ...string) (*records.Source, *pgxpool.Pool) {
	t.Helper()
	pool := pgtest.Empty(t)
	if err := postgres.CreateRoles(t.Context(), pgtest.DSN(pool)); err != nil {
		t.Fatal(err)
	}
	execute(t, pool, smallSQL+sql)
	m, err := datamap.Parse("datamap.yaml", []byte(strings.Replace(smallHead, "SOURCE", strings.Join(source, "\n    "), 1)+tables))
	if err != nil {
		t.Fatal(err)
	}
	if err := records.MigrateSource(t.Context(), pool, m, "crm"); err != nil {
		t.Fatal(err)
	}
	if err := records.Accept(t.Context(), pool, m, "crm", "a test"); err != nil {
		t.Fatal(err)
	}
	worker, err := postgres.OpenWith(t.Context(), pgtest.DSN(pool), postgres.Options{Role: postgres.RoleWorker})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(worker.Close)
	s, err := records.Open(t.Context(), "crm", worker, m)
	if err != nil {
		t.Fatal(err)
	}
	return s, pool
}

// TestRuleThatRedactsReachesOthersRows: a json path with redact is searched in everybody's rows, as a column with redact is.
func TestRuleThatRedactsReachesOthersRows(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create table crm.call (id int primary key, person_id int, doc jsonb);
		insert into crm.call values (1, 2, '{"note": "Spoke with Astrid Brandvik."}')`, `
      crm.call:
        disclose: "no"
        path: {on: {person_id: crm.person.id}}
        columns:
          id: {keep: number}
          person_id: {erase: cut, disclose: "no"}
          doc: {json: {"$.note": {erase: redact}}, disclose: "no"}
`)
	erased(t, s, 1)
	if got := one[string](t, pool, `select doc->>'note' from crm.call`); strings.Contains(got, "Brandvik") {
		t.Errorf("another person's row says %q", got)
	}
}

// TestKeyWithACommaStaysWhole: a table told apart by a text reference and a number.
func TestKeyWithACommaStaysWhole(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create table crm.note (about text, kind text, person_id int, body text);
		insert into crm.note values ('deal,12', 'a,b', 1, 'x'), ('deal', '12,a', 2, 'x'), ('deal,12', 'c', 2, 'x')`, `
      crm.note:
        disclose: "no"
        key: [about, kind]
        path: {on: {person_id: crm.person.id}}
        columns:
          about: {keep: which deal}
          kind: {keep: which kind}
          person_id: {erase: cut, disclose: "no"}
          body: {erase: null, disclose: "no"}
`)
	erased(t, s, 1)
	if got := one[string](t, pool, `select string_agg(about || '|' || coalesce(body, 'gone'), ' ' order by about, kind) from crm.note`); got != "deal|x deal,12|gone deal,12|x" {
		t.Errorf("got %s", got)
	}
}

// TestNumbersInAJSONListLeadToPersons: the ids in a list of objects are text, the key is a number.
func TestNumbersInAJSONListLeadToPersons(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create table crm.meeting (id int primary key, doc jsonb);
		insert into crm.meeting values (1, '{"members": [{"id": 1}, {"id": "2"}]}'), (2, '{"members": [{"id": "1", "n": 1}]}')`, `
      crm.meeting:
        disclose: "no"
        path: {on: {"doc$.members[*].id": crm.person.id}}
        columns:
          id: {keep: number}
          doc: {json: {"$.members[*].id": {erase: remove}}, disclose: "no"}
`)
	erased(t, s, 1)
	if got := one[string](t, pool, `select string_agg(doc::text, ' ' order by id) from crm.meeting`); got != `{"members": [{}, {"id": "2"}]} {"members": [{"n": 1}]}` {
		t.Errorf("got %s", got)
	}
}

// kept is a record that a law keeps, with the part of the map that says how it names its buyer.
func kept(names string) string {
	return `
      crm.bill:
        disclose: "no"
        path: {on: {person_id: crm.person.id}}
        keep: {until: books, financial_year_end: year_end, columns: [person_id, year_end, buyer], ` + names + `}
        columns:
          id: {keep: number}
          person_id: {disclose: "no"}
          year_end: {disclose: "no"}
          buyer: {disclose: "no"}
`
}

// TestWorkerMayFreezeAKeptColumn: what a law keeps worker does not change, but for the copy that is made first.
func TestWorkerMayFreezeAKeptColumn(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create table crm.bill (id int primary key, person_id int, year_end date, buyer text);
		insert into crm.bill values (1, 1, '2025-12-31', null), (2, 2, '2025-12-31', null)`, kept(`freeze: {buyer: "{given} {surname}"}`))
	erased(t, s, 1)
	if got := one[string](t, pool, `select string_agg(coalesce(buyer, '-'), ' ' order by id) from crm.bill`); got != "Astrid Brandvik -" {
		t.Errorf("got %s", got)
	}
	execute(t, pool, `revoke update (buyer) on crm.bill from insyn_worker`)
	if _, err := s.Rehearse(t.Context(), order(2)); err == nil || !strings.Contains(err.Error(), "crm.bill.buyer") {
		t.Errorf("without the right: got %v, want the column", err)
	}
}

// TestRescanKnowsAllThatIsFenced: kept columns of a partition, and what a kept record needs of the person's own row.
func TestRescanKnowsAllThatIsFenced(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create table crm.bill (id int primary key, person_id int, year_end date, buyer text) partition by range (id);
		create table crm.bill_1 partition of crm.bill for values from (0) to (100);
		insert into crm.bill values (1, 1, '2025-12-31', 'Astrid Brandvik')`, kept(`fence: [email]`))
	who, err := s.Identifiers(t.Context(), []string{"1"})
	if err != nil {
		t.Fatal(err)
	}
	erased(t, s, 1)
	found := rescanned(t, s, who)
	if len(found) != 2 || !found[0].Retained || !found[1].Retained || found[0].Law != "BFL" || found[1].Law != "BFL" {
		t.Errorf("got %+v, want the buyer and the address, both retained", found)
	}
	execute(t, pool, `update insyn_ledger.kept set columns = '{given}' where table_name = 'crm.person'`)
	for _, f := range rescanned(t, s, who) {
		if f.Table == "crm.person" && f.Retained {
			t.Errorf("%+v is retained and not fenced", f)
		}
	}
}

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
