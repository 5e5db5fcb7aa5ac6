package records_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/democrm"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/records"
)

var asOf = crmtest.AsOf

// crm gives a sample CRM of 200 persons with the ledger beside it, cloned from one template.
func crm(t *testing.T) (*records.Source, *pgxpool.Pool) {
	t.Helper()
	m := crmtest.Map(t)
	pool := crmtest.New(t, m, crmtest.Content{Size: democrm.Size{Persons: 200, Seed: 7, AsOf: asOf}, Indexed: true})
	return open(t, pool, m), pool
}

// open accepts schema and map as they are, as an engineer does, and opens the source.
func open(t *testing.T, pool *pgxpool.Pool, m *datamap.Map) *records.Source {
	t.Helper()
	drift, err := records.Drift(t.Context(), pool, m, "crm")
	if err == nil && len(drift) > 0 {
		err = records.Accept(t.Context(), pool, m, "crm", "a test")
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := records.Open(t.Context(), "crm", pool, m)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// accept says that the database, as it is now, was looked at.
func accept(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	if err := records.Accept(t.Context(), pool, crmtest.Map(t), "crm", "a test"); err != nil {
		t.Fatal(err)
	}
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
