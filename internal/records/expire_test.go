package records_test

import (
	"bytes"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/democrm"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

// keeper opens the source with the rights of expire and no others.
func keeper(t *testing.T, pool *pgxpool.Pool, m *datamap.Map) *records.Source {
	t.Helper()
	own, err := postgres.OpenWith(t.Context(), pgtest.DSN(pool), postgres.Options{Role: postgres.RoleExpire})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(own.Close)
	s, err := records.OpenKept(t.Context(), "crm", own, m)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// changedMap is the sample map with one thing said otherwise, and the rights that follow from it.
func changedMap(t *testing.T, pool *pgxpool.Pool, from, to string) *datamap.Map {
	t.Helper()
	b := bytes.Replace(democrm.Map(), []byte(from), []byte(to), 1)
	if bytes.Equal(b, democrm.Map()) {
		t.Fatalf("the sample map has no %q", from)
	}
	m, err := datamap.Parse("datamap.yaml", b)
	if err != nil {
		t.Fatal(err)
	}
	if err := records.MigrateSource(t.Context(), pool, m, "crm"); err != nil {
		t.Fatal(err)
	}
	return m
}

// lastDay is the last day of what is fenced; all of the person's rows end on it.
func lastDay(t *testing.T, pool *pgxpool.Pool) dsar.Date {
	t.Helper()
	return one[dsar.Date](t, pool, `select max(until) from insyn_ledger.kept`)
}

func expired(t *testing.T, s *records.Source, today dsar.Date, limit int) records.Expired {
	t.Helper()
	out, err := s.Expire(t.Context(), today, limit, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const fencedRows = `select count(*) from insyn_ledger.kept where request_id = 4001`

func TestKeptRowsAreThereOnTheLastDayAndGoOnTheNext(t *testing.T) {
	t.Parallel()
	src, pool := crm(t)
	erased(t, src, democrm.Unique)
	s := keeper(t, pool, crmtest.Map(t))
	before := snapshot(t, pool)
	invoices := one[int](t, pool, `select count(*) from insyn_ledger.kept where table_name = 'crm.invoice'`)
	lines := one[int](t, pool, `select count(*) from insyn_ledger.kept where table_name = 'crm.invoice_line'`)
	if invoices == 0 || lines == 0 {
		t.Fatalf("%d invoices and %d lines are fenced, want some", invoices, lines)
	}
	stockholm := dsar.Location("SE")
	last := lastDay(t, pool)
	// 23:30 in Stockholm on the last day is 22:30 UTC; half past midnight is 23:30 UTC of the same day.
	evening := dsar.DateOf(time.Date(last.Year, last.Month, last.Day, 22, 30, 0, 0, time.UTC), stockholm)
	night := dsar.DateOf(time.Date(last.Year, last.Month, last.Day, 23, 30, 0, 0, time.UTC), stockholm)

	if n := one[int](t, pool, `select count(*) from insyn_ledger.kept where until = $1`, last); expired(t, s, evening, 2).Rows()+n != invoices+lines {
		t.Fatalf("%d of %d rows end on the last day, and some of them are gone", n, invoices+lines)
	}
	was := one[int](t, pool, fencedRows)
	out := expired(t, s, night, 2)
	if out.Deleted != was || out.Anonymised+out.Gone+out.Held+len(out.Stuck) != 0 {
		t.Errorf("got %+v, want %d deleted", out, was)
	}
	if n := one[int](t, pool, fencedRows); n != 0 {
		t.Errorf("%d lines are still in the ledger", n)
	}
	if n := one[int](t, pool, `select coalesce(sum(rows), 0) from insyn_ledger.expired where action = 'delete'`); n != invoices+lines {
		t.Errorf("the ledger counts %d rows, want %d", n, invoices+lines)
	}
	// Nothing else is another: neither the invoices of others nor any other row.
	after := snapshot(t, pool)
	gone := 0
	for k := range maps.Keys(before) {
		if _, ok := after[k]; !ok {
			gone++
			delete(before, k)
		}
	}
	if gone != invoices+lines {
		t.Errorf("%d rows are gone, want %d", gone, invoices+lines)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("rows that stay have changed (-before +after):\n%s", diff)
	}
	if again := expired(t, s, night, 2); again.Rows() != 0 {
		t.Errorf("a second run erased %d rows", again.Rows())
	}
}

func TestARowThatSomethingRefersToIsEmptied(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]string{"at once": "", "at the commit": "deferrable initially deferred"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src, pool := crm(t)
			erased(t, src, democrm.Unique)
			invoice := one[int64](t, pool, `select row_key::bigint from insyn_ledger.kept where table_name = 'crm.invoice' order by row_key limit 1`)
			execute(t, pool, `create table crm.payment (id bigint primary key, invoice_id bigint references crm.invoice (id) `+how+`)`)
			execute(t, pool, `insert into crm.payment values (1, $1)`, invoice)
			total := one[string](t, pool, `select total::text from crm.invoice where id = $1`, invoice)
			fence := one[int](t, pool, fencedRows)
			out := expired(t, keeper(t, pool, crmtest.Map(t)), lastDay(t, pool).AddDays(1), 0)
			if out.Anonymised != 1 || out.Deleted != fence-1 || len(out.Stuck) != 0 {
				t.Errorf("got %+v, want 1 emptied and %d deleted", out, fence-1)
			}
			got := one[string](t, pool, `
				select concat_ws('|', number, coalesce(buyer_person_id::text, 'null'), coalesce(organisation_id::text, 'null'), buyer_name, buyer_address, total)
				  from crm.invoice
				 where id = $1`, invoice)
			if want := strings.Join([]string{"–" + key(invoice), "null", "null", "–", "–", total}, "|"); got != want {
				t.Errorf("the invoice says %s, want %s", got, want)
			}
			if n := one[int](t, pool, `select count(*) from crm.invoice_line where invoice_id = $1`, invoice); n != 0 {
				t.Errorf("%d lines of it are left", n)
			}
			if n := one[int](t, pool, fencedRows); n != 0 {
				t.Errorf("%d lines are still in the ledger", n)
			}
		})
	}
}

func TestTheMapMayLeaveTheRowAndEmptyIt(t *testing.T) {
	t.Parallel()
	src, pool := crm(t)
	erased(t, src, democrm.Unique)
	m := changedMap(t, pool, "          financial_year_end: financial_year_end\n", "          financial_year_end: financial_year_end\n          after: anonymise\n")
	invoices := one[int](t, pool, `select count(*) from insyn_ledger.kept where table_name = 'crm.invoice'`)
	out := expired(t, keeper(t, pool, m), lastDay(t, pool).AddDays(1), 1)
	if out.Anonymised != invoices || out.Deleted == 0 {
		t.Errorf("got %+v, want %d invoices emptied and their lines deleted", out, invoices)
	}
	if n := one[int](t, pool, `select count(*) from crm.invoice where buyer_name = '–' and buyer_person_id is null and currency = 'SEK' and total > 0`); n != invoices {
		t.Errorf("%d invoices are there without their buyer, want %d", n, invoices)
	}
}

// The name on the card of a person whose invoices print it by reference is fenced by its column. The card's own trigger
// copies the old name into the log while it goes.
func TestFencedColumnsOfTheCardExpireByTheirOwnAction(t *testing.T) {
	t.Parallel()
	src, pool := crm(t)
	erased(t, src, democrm.Unique)
	m := changedMap(t, pool, "          financial_year_end: financial_year_end\n", "          financial_year_end: financial_year_end\n          fence: [given_name, surname]\n")
	execute(t, pool, `update crm.person set given_name = 'Kanarie', surname = 'Fågelsson' where id = $1`, democrm.Unique)
	execute(t, pool, `insert into insyn_ledger.kept (request_id, table_name, row_key, rule, until, columns)
		values (4001, 'crm.person', $1, 'books', '2033-12-31', '{given_name,surname}')`, key(democrm.Unique))
	other := one[string](t, pool, `select x::text from crm.person x where id = $1`, democrm.Colleague)
	s := keeper(t, pool, m)
	if expired(t, s, dsar.Date{Year: 2033, Month: 12, Day: 31}, 0); one[string](t, pool, `select given_name from crm.person where id = $1`, democrm.Unique) != "Kanarie" {
		t.Fatal("the name went before its time")
	}
	expired(t, s, dsar.Date{Year: 2034, Month: 1, Day: 1}, 0)
	if got := one[string](t, pool, `select concat_ws(' ', given_name, surname) from crm.person where id = $1`, democrm.Unique); strings.Contains(got, "Kanarie") || strings.Contains(got, "Fågelsson") {
		t.Errorf("the card says %q", got)
	}
	if n := one[int](t, pool, `select count(*) from crm.change_log x where x::text like '%Kanarie%' or x::text like '%Fågelsson%'`); n != 0 {
		t.Errorf("%d entries of the log hold the name", n)
	}
	if got := one[string](t, pool, `select x::text from crm.person x where id = $1`, democrm.Colleague); got != other {
		t.Errorf("another card has changed: %s, was %s", got, other)
	}
}

func TestWhoIsHeldIsSkipped(t *testing.T) {
	t.Parallel()
	src, pool := crm(t)
	erased(t, src, democrm.Unique)
	erased(t, src, democrm.OldInvoices)
	held := one[int](t, pool, fencedRows)
	out, err := keeper(t, pool, crmtest.Map(t)).Expire(t.Context(), lastDay(t, pool).AddDays(1), 1, func(request int64) bool { return request == 4001 })
	if err != nil {
		t.Fatal(err)
	}
	if out.Held != held || out.Deleted == 0 {
		t.Errorf("got %+v, want %d held and the other person's rows deleted", out, held)
	}
	if n := one[int](t, pool, `select count(*) from insyn_ledger.kept`); n != held {
		t.Errorf("%d rows are fenced, want the %d of who is held", n, held)
	}
}

// A row that can neither go nor be emptied is told, stays in the list, and holds nobody else up.
func TestWhatCannotGoIsToldAndStays(t *testing.T) {
	t.Parallel()
	src, pool := crm(t)
	erased(t, src, democrm.Unique)
	invoice := one[int64](t, pool, `select row_key::bigint from insyn_ledger.kept where table_name = 'crm.invoice' order by row_key limit 1`)
	execute(t, pool, `create table crm.payment (id bigint primary key, invoice_id bigint references crm.invoice (id))`)
	execute(t, pool, `insert into crm.payment values (1, $1)`, invoice)
	execute(t, pool, `alter table crm.invoice add constraint invoice_named check (length(buyer_name) > 9) not valid`)
	out := expired(t, keeper(t, pool, crmtest.Map(t)), lastDay(t, pool).AddDays(1), 1)
	want := []records.Stuck{{Table: "crm.invoice", Code: "23514", Constraint: "invoice_named", Rows: 1}}
	if diff := cmp.Diff(want, out.Stuck); diff != "" {
		t.Errorf("stuck (-want +got):\n%s", diff)
	}
	if got := one[string](t, pool, `select string_agg(table_name || row_key, ' ') from insyn_ledger.kept`); got != "crm.invoice"+key(invoice) {
		t.Errorf("fenced are %s, want that invoice alone", got)
	}
}

func TestOnlyExpireMayChangeWhatIsKept(t *testing.T) {
	t.Parallel()
	_, pool := crm(t)
	for _, table := range []string{"crm.invoice", "crm.invoice_line"} {
		for role, want := range map[string]bool{postgres.RoleWorker: false, postgres.RoleWeb: false, postgres.RoleExpire: true} {
			for _, right := range []string{"update", "delete"} {
				if got := one[bool](t, pool, `select has_table_privilege($1, $2, $3)`, role, table, right); got != want {
					t.Errorf("%s may %s %s: %v, want %v", role, right, table, got, want)
				}
			}
			if got := one[bool](t, pool, `select has_any_column_privilege($1, $2, 'update')`, role, table); got != want {
				t.Errorf("%s may update a column of %s: %v, want %v", role, table, got, want)
			}
		}
	}
	for role, want := range map[string]bool{postgres.RoleWorker: false, postgres.RoleWeb: false, postgres.RoleExpire: true} {
		if got := one[bool](t, pool, `select has_table_privilege($1, 'insyn_ledger.kept', 'delete')`, role); got != want {
			t.Errorf("%s may take rows out of the list: %v, want %v", role, got, want)
		}
	}
	for _, table := range []string{"crm.person", "crm.history", "crm.person_email", "crm.deal"} {
		if one[bool](t, pool, `select has_any_column_privilege($1, $2, 'select') or has_any_column_privilege($1, $2, 'update')`, postgres.RoleExpire, table) {
			t.Errorf("expire has a right to %s, which it does not need", table)
		}
	}
}

func TestTheListSaysWhatIsFencedAndWhatIsOverdue(t *testing.T) {
	t.Parallel()
	src, pool := crm(t)
	erased(t, src, democrm.OldInvoices) // one invoice is past its time, one is not
	before := snapshot(t, pool)
	list, err := src.Fenced(t.Context(), func(int64) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	today := dsar.DateOf(asOf, dsar.Location("SE"))
	rows, overdue := 0, 0
	for _, f := range list {
		rows += f.Rows
		if f.Overdue(today) {
			overdue += f.Rows
		}
		if f.Label["sv"] == f.Table || !strings.Contains(f.Law["sv"], "kap.") || f.Held != f.Rows {
			t.Errorf("got %+v, want the map's words and all held", f)
		}
	}
	if n := one[int](t, pool, `select count(*) from insyn_ledger.kept`); rows != n || overdue == 0 || overdue == rows {
		t.Errorf("%d of %d rows, %d overdue; want all, and some overdue", rows, n, overdue)
	}
	if diff := cmp.Diff(before, snapshot(t, pool)); diff != "" {
		t.Errorf("looking changed something:\n%s", diff)
	}
}
