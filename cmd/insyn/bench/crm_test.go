package bench

import (
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/democrm"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

// crm is the sample CRM with the ledger beside it.
type crm struct {
	source  *records.Source
	pool    *pgxpool.Pool
	persons int
}

func newCRM(b *testing.B, persons int) *crm {
	b.Helper()
	ctx := b.Context()
	m, err := datamap.Parse("datamap.yaml", democrm.Map())
	if err != nil {
		b.Fatal(err)
	}
	pool := pgtest.Empty(b)
	if err := postgres.CreateRoles(ctx, pgtest.DSN(pool)); err != nil {
		b.Fatal(err)
	}
	if err := democrm.Install(ctx, pool); err != nil {
		b.Fatal(err)
	}
	size := democrm.Size{Persons: persons, Seed: 7, AsOf: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	if err := democrm.Generate(ctx, pool, nil, size); err != nil {
		b.Fatal(err)
	}
	if err := records.MigrateSource(ctx, pool, m, "crm"); err != nil {
		b.Fatal(err)
	}
	if err := records.Accept(ctx, pool, m, "crm", "a test"); err != nil {
		b.Fatal(err)
	}
	s, err := records.Open(ctx, "crm", pool, m)
	if err != nil {
		b.Fatal(err)
	}
	return &crm{source: s, pool: pool, persons: persons}
}

func key(id int64) string { return strconv.FormatInt(id, 10) }

// value is the one value that a query gives.
func value[T any](b *testing.B, pool *pgxpool.Pool, sql string, args ...any) T {
	b.Helper()
	rows, err := pool.Query(b.Context(), sql, args...)
	if err != nil {
		b.Fatal(err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if err != nil {
		b.Fatal(err)
	}
	return v
}

func execute(b *testing.B, pool *pgxpool.Pool, sql string, args ...any) {
	b.Helper()
	if _, err := pool.Exec(b.Context(), sql, args...); err != nil {
		b.Fatal(err)
	}
}
