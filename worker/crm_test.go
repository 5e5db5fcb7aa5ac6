package worker

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/democrm"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

// withCRM gives the worker the sample CRM, whose map somebody has accepted, as its source.
func (b *bench) withCRM(t *testing.T) *pgxpool.Pool {
	t.Helper()
	m, err := datamap.Parse("datamap.yaml", democrm.Map())
	if err != nil {
		t.Fatal(err)
	}
	crm := pgtest.FromTemplate(t, "worker-accepted-crm-"+m.HashText()+records.SourceSQLHash(m, "crm"), "", func(ctx context.Context, dsn string) error {
		pool, err := postgres.OpenWith(ctx, dsn, postgres.Options{})
		if err != nil {
			return err
		}
		defer pool.Close()
		if err := democrm.Install(ctx, pool); err != nil {
			return err
		}
		size := democrm.Size{Persons: democrm.MinPersons, Seed: 7, AsOf: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
		if err := democrm.Generate(ctx, pool, nil, size); err != nil {
			return err
		}
		if err := records.MigrateSource(ctx, pool, m, "crm"); err != nil {
			return err
		}
		return records.Accept(ctx, pool, m, "crm", "a test")
	})
	own, err := postgres.OpenWith(t.Context(), pgtest.DSN(crm), postgres.Options{Role: postgres.RoleWorker})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(own.Close)
	src, err := records.Open(t.Context(), "crm", own, m)
	if err != nil {
		t.Fatal(err)
	}
	b.Sources = []*records.Source{src}
	b.desk.Sources = b.Sources
	return crm
}
