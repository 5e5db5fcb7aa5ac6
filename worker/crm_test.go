package worker

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/democrm"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

// withCRM gives the worker the sample CRM, whose map somebody has accepted, as its source.
func (b *bench) withCRM(t *testing.T) *pgxpool.Pool {
	t.Helper()
	m := crmtest.Map(t)
	crm := crmtest.New(t, m, crmtest.Content{Size: democrm.Size{Persons: democrm.MinPersons, Seed: 7, AsOf: crmtest.AsOf}})
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
