// Package crmtest gives tests the sample CRM in a database of their own.
package crmtest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/democrm"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

// AsOf is the day on which most tests look at the CRM.
var AsOf = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// Content is what the CRM holds besides its schema and Insyn's ledger.
type Content struct {
	Size    democrm.Size // nobody where Persons is 0
	Indexed bool         // with the trigram indexes of democrm.Index
}

// Map gives the sample's own data map.
func Map(t testing.TB) *datamap.Map {
	t.Helper()
	m, err := datamap.Parse("datamap.yaml", democrm.Map())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// New gives a CRM whose schema was accepted under the map, as superuser; dropped when the test ends.
func New(t testing.TB, m *datamap.Map, c Content) *pgxpool.Pool {
	t.Helper()
	name := fmt.Sprintf("crm-%+v-%s-%s-%s", c, democrm.Fingerprint(), m.HashText(), records.SourceSQLHash(m, "crm"))
	return pgtest.FromTemplate(t, name, "", func(ctx context.Context, dsn string) error {
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
		if c.Size.Persons > 0 {
			if err := democrm.Generate(ctx, pool, nil, c.Size); err != nil {
				return err
			}
		}
		if err := records.MigrateSource(ctx, pool, m, "crm"); err != nil {
			return err
		}
		if c.Indexed {
			if err := democrm.Index(ctx, pool); err != nil {
				return err
			}
		}
		return records.Accept(ctx, pool, m, "crm", "a test")
	})
}
