package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// rolesLock is the advisory lock under which the groups are created. Roles belong to the whole cluster and an advisory
// lock to one database, so it is taken in the database "postgres", which every cluster has.
const rolesLock = 0x696e73796e // "insyn"

var groups = []string{RoleWeb, RoleShare, RoleWorker, RoleScheduler, RoleExpire}

// RolesSQL is what an administrator runs where the migrating login may not create roles.
func RolesSQL() string {
	var b strings.Builder
	for _, g := range groups {
		fmt.Fprintf(&b, "create role %s nologin;\n", g)
	}
	return b.String()
}

// CreateRoles creates the groups that are missing. Without the right to, the error holds the SQL to run.
func CreateRoles(ctx context.Context, dsn string) error {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return fmt.Errorf("parse the database address: %w", redact(err))
	}
	own, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = own.Close(ctx) }()
	missing, err := missingRoles(ctx, own)
	if err != nil || len(missing) == 0 {
		return err
	}
	shared := cfg.Copy()
	shared.Database = "postgres"
	c, err := pgx.ConnectConfig(ctx, shared)
	if err != nil {
		c = own // no way into "postgres": a race then shows as an error of create role, and the next run finds the role
	} else {
		defer func() { _ = c.Close(ctx) }()
	}
	if _, err := c.Exec(ctx, `select pg_advisory_lock($1)`, int64(rolesLock)); err != nil {
		return fmt.Errorf("lock the roles: %w", err)
	}
	defer func() { _, _ = c.Exec(ctx, `select pg_advisory_unlock($1)`, int64(rolesLock)) }()
	if missing, err = missingRoles(ctx, c); err != nil {
		return err
	}
	for _, g := range missing {
		if _, err := c.Exec(ctx, "create role "+pgx.Identifier{g}.Sanitize()+" nologin"); err != nil {
			return fmt.Errorf("create the groups of rights: %w; let an administrator of the cluster run:\n%s", err, RolesSQL())
		}
	}
	return nil
}

func missingRoles(ctx context.Context, c *pgx.Conn) ([]string, error) {
	rows, err := c.Query(ctx, `
		select g
		  from unnest($1::text[]) as g
		 where not exists (select 1 from pg_roles where rolname = g)
		 order by g`, groups)
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
