package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
)

func TestMigrateTwiceAndRefuseNewer(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool := pgtest.New(t)
	from, to, err := postgres.Migrate(ctx, pgtest.DSN(pool))
	if err != nil || from != to {
		t.Fatalf("second migration: from %d to %d, %v; want no step", from, to, err)
	}
	if err := postgres.CheckSchema(ctx, pool); err != nil {
		t.Fatalf("check: %v", err)
	}
	if _, err := pool.Exec(ctx, `insert into insyn.schema_migration (version_id, is_applied) values (99999, true)`); err != nil {
		t.Fatal(err)
	}
	if err := postgres.CheckSchema(ctx, pool); !errors.Is(err, postgres.ErrNewerSchema) {
		t.Fatalf("newer schema: got %v, want ErrNewerSchema", err)
	}
	if _, _, err := postgres.Migrate(ctx, pgtest.DSN(pool)); !errors.Is(err, postgres.ErrNewerSchema) {
		t.Fatalf("migrate a newer schema: got %v, want ErrNewerSchema", err)
	}
}

func TestAuditIsInsertOnly(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool := pgtest.New(t)
	if _, err := pool.Exec(ctx, `insert into audit (actor_kind, action) values ('system', 'test')`); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{`update audit set action = 'other'`, `delete from audit`, `truncate audit`} {
		if _, err := pool.Exec(ctx, sql); err == nil || !strings.Contains(err.Error(), "insert-only") {
			t.Errorf("%s: got %v, want a refusal", sql, err)
		}
	}
}

// The share site is the process that strangers reach: it may read links and sealed chunks, and nothing else of value.
func TestShareRoleReadsNothingOfTheCases(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool := pgtest.New(t)
	share, err := postgres.Open(ctx, pgtest.DSN(pool), postgres.RoleShare)
	if err != nil {
		t.Fatal(err)
	}
	defer share.Close()
	for _, table := range []string{"request", "request_subject", "mail", "job", "account", "audit", "evidence", "suppression"} {
		_, err := share.Exec(ctx, "select 1 from "+pgx.Identifier{table}.Sanitize())
		if err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("share reads %s: got %v, want permission denied", table, err)
		}
	}
	if _, err := share.Exec(ctx, `select 1 from link, artefact_chunk`); err != nil {
		t.Errorf("share reads links: %v", err)
	}
}

func TestErasureNeedsTwoPeople(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool := pgtest.New(t)
	var admin, dpo int64
	for role, id := range map[string]*int64{"administrator": &admin, "dpo": &dpo} {
		err := pool.QueryRow(ctx, `insert into account (email, name, password_hash, roles) values ($1, 'x', 'x', array[$2]) returning id`,
			role+"@insyn.example", role).Scan(id)
		if err != nil {
			t.Fatal(err)
		}
	}
	var req int64
	err := pool.QueryRow(ctx, `
		insert into request (kind, received_on, channel, language, country, due, due_strict, requested_by, ground, verified_how)
		values ('erasure', current_date, 'mail', 'sv', 'SE', current_date, current_date, $1, 'a', 'in_person')
		returning id`, admin).Scan(&req)
	if err != nil {
		t.Fatal(err)
	}
	approve := func(by int64) string {
		_, err := pool.Exec(ctx, `update request set approved_by = $2, approved_at = now() where id = $1`, req, by)
		return postgres.Constraint(err)
	}
	if got := approve(admin); got != "request_two_people" {
		t.Errorf("approve one's own request: got %q, want request_two_people", got)
	}
	if got := approve(dpo); got != "request_approver_role" {
		t.Errorf("approve as DPO: got %q, want request_approver_role", got)
	}
	if _, err := pool.Exec(ctx, `update setting set body = '{"approval": "one"}'`); err != nil {
		t.Fatal(err)
	}
	if got := approve(admin); got != "" {
		t.Errorf("approve one's own request where the setting allows it: got %q, want none", got)
	}
}
