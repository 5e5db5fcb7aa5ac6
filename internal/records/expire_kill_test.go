package records_test

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"insyn/internal/democrm"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

const killedDSN = "INSYN_TEST_EXPIRE_DSN"

// TestExpireUntilKilled is the process that the test below kills; by itself it does nothing.
func TestExpireUntilKilled(t *testing.T) {
	dsn := os.Getenv(killedDSN)
	if dsn == "" {
		return
	}
	pool, err := postgres.OpenWith(t.Context(), dsn, postgres.Options{Role: postgres.RoleExpire})
	if err != nil {
		t.Fatal(err)
	}
	s, err := records.OpenKept(t.Context(), "crm", pool, crmtest.Map(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Expire(t.Context(), lastDay(t, pool).AddDays(1), 3, nil); err != nil {
		t.Fatal(err)
	}
}

// A run is killed in the middle of a batch. Then each row and its line in the ledger are there together or gone together,
// and the next run does the rest.
func TestAKilledRunGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	src, pool := crm(t)
	erased(t, src, democrm.Unique)
	execute(t, pool, `
		insert into crm.invoice (number, buyer_person_id, buyer_name, issued_on, financial_year_end, total)
		select 'K' || n, 1, 'Kanarie Fågelsson', '2026-01-01', '2026-12-31', n from generate_series(1, 40) n`)
	execute(t, pool, `
		insert into insyn_ledger.kept (request_id, table_name, row_key, rule, until)
		select 4001, 'crm.invoice', id::text, 'books', '2033-12-31' from crm.invoice where number like 'K%'`)
	execute(t, pool, `
		create function crm.slowly() returns trigger language plpgsql as $$ begin perform pg_sleep(0.05); return old; end $$`)
	execute(t, pool, `create trigger slowly before delete on crm.invoice for each row execute function crm.slowly()`)
	ours := one[int](t, pool, `select count(*) from insyn_ledger.kept where table_name = 'crm.invoice'`)
	others := one[string](t, pool, `select md5(string_agg(i::text, ' ' order by id)) from crm.invoice i where not exists (select 1 from insyn_ledger.kept k where k.row_key = i.id::text and k.table_name = 'crm.invoice')`)

	const left = `select count(*) from insyn_ledger.kept where table_name = 'crm.invoice'`
	// Tens of milliseconds apart, so that the kills meet different places of a batch.
	for kill := range 4 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestExpireUntilKilled$") //nolint:gosec // this very test
		cmd.Env = append(os.Environ(), killedDSN+"="+pgtest.DSN(pool))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		begun := one[int](t, pool, left)
		for deadline := time.Now().Add(20 * time.Second); one[int](t, pool, left) == begun && time.Now().Before(deadline); {
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(time.Duration(kill*23) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		// The server notices the lost connection when its statement ends.
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			if one[int](t, pool, `select count(*) from pg_stat_activity where datname = current_database() and query like '%crm"."invoice%' and pid <> pg_backend_pid()`) == 0 {
				break
			}
		}
		if n := one[int](t, pool, `select count(*) from crm.invoice where number like 'K%' and not exists (select 1 from insyn_ledger.kept where table_name = 'crm.invoice' and row_key = id::text)`); n != 0 {
			t.Fatalf("%d rows are there and out of the list", n)
		}
		if n := one[int](t, pool, `select count(*) from insyn_ledger.kept where table_name = 'crm.invoice' and not exists (select 1 from crm.invoice where row_key = id::text)`); n != 0 {
			t.Fatalf("%d rows are gone and in the list", n)
		}
		if gone, told := ours-one[int](t, pool, left), one[int](t, pool, `select coalesce(sum(rows), 0) from insyn_ledger.expired where table_name = 'crm.invoice' and action = 'delete'`); gone != told || gone == 0 || gone == ours {
			t.Fatalf("after kill %d: %d of %d rows are gone, the ledger counts %d", kill+1, gone, ours, told)
		}
	}
	out, err := keeper(t, pool, crmtest.Map(t)).Expire(context.Background(), lastDay(t, pool).AddDays(1), 50, nil)
	if err != nil || out.Gone != 0 {
		t.Fatalf("the last run: %+v, %v", out, err)
	}
	if told := one[int](t, pool, `select sum(rows) from insyn_ledger.expired where table_name = 'crm.invoice' and action = 'delete'`); told != ours || one[int](t, pool, left) != 0 {
		t.Errorf("the ledger counts %d rows of %d, %d are left", told, ours, one[int](t, pool, left))
	}
	if got := one[string](t, pool, `select md5(string_agg(i::text, ' ' order by id)) from crm.invoice i`); got != others {
		t.Error("invoices of others have changed")
	}
}
