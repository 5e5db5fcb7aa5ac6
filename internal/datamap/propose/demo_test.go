package propose_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/datamap/propose"
	"insyn/internal/democrm"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
)

var asOf = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// crm gives a sample CRM of 300 persons.
func crm(t *testing.T) *pgxpool.Pool {
	t.Helper()
	return pgtest.FromTemplate(t, "propose-crm-"+string(democrm.Map()), "", func(ctx context.Context, dsn string) error {
		pool, err := postgres.OpenWith(ctx, dsn, postgres.Options{})
		if err != nil {
			return err
		}
		defer pool.Close()
		if err := democrm.Install(ctx, pool); err != nil {
			return err
		}
		return democrm.Generate(ctx, pool, nil, democrm.Size{Persons: 300, Seed: 7, AsOf: asOf})
	})
}

// proposed proposes a map and parses it. INSYN_KEEP_MAP names a folder to leave it in.
func proposed(t *testing.T, pool *pgxpool.Pool, person string) (*propose.Proposal, *datamap.Map) {
	t.Helper()
	p, err := propose.Propose(t.Context(), pool, propose.Options{Source: "crm", DSNEnv: "INSYN_CRM_DSN", Person: person})
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("INSYN_KEEP_MAP"); dir != "" {
		if err := os.WriteFile(dir+"/"+t.Name()+".yaml", p.YAML, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m, err := datamap.Parse("proposal", p.YAML)
	if err != nil {
		t.Fatal(err)
	}
	return p, m
}

func TestSampleCRM(t *testing.T) {
	t.Parallel()
	p, _ := proposed(t, crm(t), "crm.person")
	p.Summary.Print(os.Stdout)
}
