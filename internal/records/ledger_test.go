package records_test

import (
	"testing"

	"insyn/internal/democrm/crmtest"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

func TestTheLedgersHashesExpireAndItsRowsStay(t *testing.T) {
	t.Parallel()
	_, pool := crm(t)
	for request, age := range map[int]string{1: "61 days", 2: "59 days"} {
		_, err := pool.Exec(t.Context(), `
			insert into insyn_ledger.erasure (request_id, subject, epoch, map_version, map_hash, plan_hash, counts, kept, hmacs, at)
			values ($1, 's', 1, 1, 'm', 'p', '{}', '[]', array['h'::bytea], now() - $2::interval)`, request, age)
		if err != nil {
			t.Fatal(err)
		}
	}
	asWorker, err := postgres.OpenWith(t.Context(), pgtest.DSN(pool), postgres.Options{Role: postgres.RoleWorker})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(asWorker.Close)
	src, err := records.Open(t.Context(), "crm", asWorker, crmtest.Map(t))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := src.ForgetHashes(t.Context(), 60); err != nil || n != 1 {
		t.Fatalf("forget: %d rows, %v; want the one of 61 days", n, err)
	}
	var with, without int
	err = pool.QueryRow(t.Context(), `
		select count(*) filter (where hmacs <> '{}'),
		       count(*) filter (where hmacs = '{}')
		  from insyn_ledger.erasure`).Scan(&with, &without)
	if err != nil || with != 1 || without != 1 {
		t.Errorf("%d rows with hashes and %d without, %v; want one of each", with, without, err)
	}
}
