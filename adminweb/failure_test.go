package adminweb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"insyn/internal/dsar"
)

func TestDatabaseAwayIsSaidClearly(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.user("dpo", dsar.DPO)
	b := a.login("dpo")
	b.want(b.get("/requests"), 200)
	// The server hangs up on everybody and lets nobody in any more.
	cfg := a.pool.Config().ConnConfig.Copy()
	name := cfg.Database
	cfg.Database = "postgres"
	c, err := pgx.ConnectConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(t.Context())) }()
	for _, sql := range []string{
		"alter database " + name + " allow_connections false",
		"select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name + "'",
	} {
		if _, err := c.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	r := b.get("/requests")
	for i := 0; i < 5 && r.status != 503; i++ {
		r = b.get("/requests")
	}
	b.want(r, 503, "Databasen går inte att nå")
	if r.header.Get("Retry-After") == "" {
		t.Error("got no Retry-After")
	}
	if r := b.get("/livez"); r.status != 200 {
		t.Errorf("livez: got %d, want 200: the process lives", r.status)
	}
}

func TestCauseQuotesNoValue(t *testing.T) {
	t.Parallel()
	pe := &pgconn.PgError{Code: "23505", ConstraintName: "account_email", Message: "duplicate", Detail: "Key (email)=(anna@kunden.example) already exists."}
	for _, err := range []error{
		fmt.Errorf("write a person: %w", pe), pe, errors.New("anna@kunden.example is wrong"),
		fmt.Errorf("read: %w", errors.New("anna@kunden.example")),
	} {
		if got := cause(err); strings.Contains(got, "anna") {
			t.Errorf("got %q, want no value", got)
		}
	}
	if got := cause(fmt.Errorf("write a person: %w", pe)); got != "write a person (sqlstate 23505 account_email)" {
		t.Errorf("got %q", got)
	}
}
