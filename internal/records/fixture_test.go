package records_test

import (
	"context"
	"fmt"
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

var asOf = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// crm gives a sample CRM of 200 persons with the ledger beside it, cloned from one template.
func crm(t *testing.T) (*records.Source, *pgxpool.Pool) {
	t.Helper()
	m := sampleMap(t)
	pool := pgtest.FromTemplate(t, "records-"+democrm.Fingerprint()+m.HashText()+records.SourceSQLHash(m, "crm"), "", func(ctx context.Context, dsn string) error {
		if err := postgres.CreateRoles(ctx, dsn); err != nil {
			return err
		}
		pool, err := postgres.OpenWith(ctx, dsn, postgres.Options{})
		if err != nil {
			return err
		}
		defer pool.Close()
		if err := democrm.Install(ctx, pool); err != nil {
			return err
		}
		if err := democrm.Generate(ctx, pool, nil, democrm.Size{Persons: 200, Seed: 7, AsOf: asOf}); err != nil {
			return err
		}
		if err := records.MigrateSource(ctx, pool, m, "crm"); err != nil {
			return err
		}
		return democrm.Index(ctx, pool)
	})
	return open(t, pool, m), pool
}

func sampleMap(t *testing.T) *datamap.Map {
	t.Helper()
	m, err := datamap.Parse("datamap.yaml", democrm.Map())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func open(t *testing.T, pool *pgxpool.Pool, m *datamap.Map) *records.Source {
	t.Helper()
	s, err := records.Open(t.Context(), "crm", pool, m)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func key(id int64) string { return strconv.FormatInt(id, 10) }

func one[T any](t *testing.T, pool *pgxpool.Pool, sql string, args ...any) T {
	t.Helper()
	rows, err := pool.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", sql, err))
	}
	return v
}

func execute(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}
