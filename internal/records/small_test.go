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
categories: {c: {sv: Uppgifter, en: Data}}
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

// TestKeptTextWaitsForItsTime: what becomes of a kept text later is not done now, in nobody's row.
func TestKeptTextWaitsForItsTime(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create table crm.bill (id int primary key, person_id int, year_end date, buyer text);
		insert into crm.bill values (1, 1, '2025-12-31', 'To Astrid Brandvik'), (2, 2, '2025-12-31', 'For Astrid Brandvik')`, `
      crm.bill:
        disclose: "no"
        path: {on: {person_id: crm.person.id}}
        keep: {until: books, financial_year_end: year_end, columns: [year_end, buyer], party: [buyer], after: anonymise}
        columns:
          id: {keep: number}
          person_id: {erase: cut, disclose: "no"}
          year_end: {erase: {generalise: year}, disclose: "no"}
          buyer: {erase: redact, disclose: "no"}
`)
	erased(t, s, 1)
	if got := one[string](t, pool, `select string_agg(buyer, ', ' order by id) from crm.bill`); got != "To Astrid Brandvik, For Astrid Brandvik" {
		t.Errorf("got %s", got)
	}
}

// TestListsOfOthersStayAsTheyAre: null elements, dimensions and bounds of lists in rows that the erasure changes.
func TestListsOfOthersStayAsTheyAre(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create table crm.trip (id int primary key, ids int[], tags text[], body text);
		insert into crm.trip values (1, '{1,null,2}', '{{a,b},{c,d}}', 'x'), (2, '{2,null}', '[0:1]={a,b}', 'with Astrid Brandvik')`, `
      crm.trip:
        disclose: "no"
        path: {on: {"ids[]": crm.person.id}}
        columns:
          id: {keep: number}
          ids: {erase: cut, disclose: "no"}
          tags: {erase: redact, disclose: "no"}
          body: {erase: redact, disclose: "no"}
`)
	erased(t, s, 1)
	if got := one[string](t, pool, `select string_agg(ids::text || tags::text, ' ' order by id) from crm.trip`); got != "{NULL,2}{{a,b},{c,d}} {2,NULL}[0:1]={a,b}" {
		t.Errorf("got %s", got)
	}
}

// TestReferenceToNobodySharesNothing: 0 stands for nobody in many systems, and a person may have been deleted long ago.
func TestReferenceToNobodySharesNothing(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create table crm.deal (id int primary key, buyer_id int not null default 0, seller_id int not null default 0, note text);
		insert into crm.deal values (1, 1, 0, 'x'), (2, 1, 77, 'x'), (3, 1, 2, 'x'), (4, 0, 2, 'x')`, `
      crm.deal:
        disclose: "no"
        path: [{on: {buyer_id: crm.person.id}}, {on: {seller_id: crm.person.id}}]
        columns:
          id: {keep: number}
          buyer_id: {erase: {cut: "0"}, disclose: "no"}
          seller_id: {erase: {cut: "0"}, disclose: "no"}
          note: {erase: null, disclose: "no"}
`)
	erased(t, s, 1)
	if got := one[string](t, pool, `select string_agg(buyer_id || coalesce(note, '-'), ' ' order by id) from crm.deal`); got != "0- 0- 0x 0x" {
		t.Errorf("got %s", got)
	}
}

// TestNamedPathThroughATableOfTwo: a path that goes on with the buyer and the seller of a deal is both, under one name.
func TestNamedPathThroughATableOfTwo(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create table crm.deal (id int primary key, buyer_id int, seller_id int);
		create table crm.line (id int primary key, deal_id int, who text);
		insert into crm.deal values (1, null, 1), (2, 1, null), (3, 1, 2);
		insert into crm.line values (1, 1, 'x'), (2, 2, 'x'), (3, 3, 'x')`, `
      crm.deal:
        disclose: "no"
        path: [{on: {buyer_id: crm.person.id}}, {on: {seller_id: crm.person.id}}]
        columns:
          id: {keep: number}
          buyer_id: {erase: cut, disclose: "no"}
          seller_id: {erase: cut, disclose: "no"}
      crm.line:
        disclose: "no"
        path: {name: about, on: {deal_id: crm.deal.id}}
        columns:
          id: {keep: number}
          deal_id: {keep: number}
          who: {erase: null, of: about, disclose: "no"}
`)
	erased(t, s, 1)
	if got := one[string](t, pool, `select string_agg(coalesce(who, '-'), ' ' order by id) from crm.line`); got != "- - x" {
		t.Errorf("got %s", got)
	}
}

// TestWhatRefersToARowThatGoesIsCut: somebody else's row leads to a row of the person's that is deleted, and rows of one
// table lead to one another.
func TestWhatRefersToARowThatGoesIsCut(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create table crm.thread (id int primary key, person_id int, kind text, parent int references crm.thread);
		create table crm.reply (id int primary key, person_id int, thread_id int references crm.thread);
		insert into crm.thread values (1, 1, 'draft', null), (2, 2, 'draft', 1), (3, 1, 'sent', 1);
		insert into crm.reply values (10, 2, 1), (11, 1, 3)`, `
      crm.thread:
        disclose: "no"
        path: {on: {person_id: crm.person.id}}
        delete_when: kind = 'draft'
        columns:
          id: {keep: number}
          person_id: {erase: cut, disclose: "no"}
          kind: {keep: a word}
          parent: {erase: cut, disclose: "no"}
      crm.reply:
        disclose: "no"
        path: {on: {person_id: crm.person.id}}
        columns:
          id: {keep: number}
          person_id: {erase: cut, disclose: "no"}
          thread_id: {erase: cut, disclose: "no"}
`)
	erased(t, s, 1)
	got := one[string](t, pool, `select string_agg(t::text, ' ' order by id) from crm.thread t`) + one[string](t, pool, `select string_agg(r::text, ' ' order by id) from crm.reply r`)
	if want := `(2,2,draft,) (3,,sent,)(10,2,) (11,,)`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
