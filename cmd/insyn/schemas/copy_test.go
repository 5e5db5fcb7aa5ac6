//go:build schemas

package schemas

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// database is a copy of a test's database as it was.
type database struct{ name string }

// copied copies a database; the copy goes with the test.
func copied(t *testing.T, pool *pgxpool.Pool) database {
	t.Helper()
	d := database{name: pool.Config().ConnConfig.Database + "_copy"}
	server(t, pool, "create database "+d.name+" template "+pool.Config().ConnConfig.Database)
	t.Cleanup(func() { server(t, pool, "drop database if exists "+d.name) })
	return d
}

// putBack makes the database what it was when it was copied. The pool goes on with it.
func (d database) putBack(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	name := pool.Config().ConnConfig.Database
	server(t, pool, "drop database "+name+" with (force)")
	server(t, pool, "create database "+name+" template "+d.name)
}

// server runs a statement beside the database, without anybody in it.
func server(t *testing.T, pool *pgxpool.Pool, sql string) {
	t.Helper()
	pool.Reset()
	cfg := pool.Config().ConnConfig.Copy()
	cfg.Database = "postgres"
	ctx := t.Context()
	if ctx.Err() != nil { // the test has ended
		ctx = context.Background()
	}
	c, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(ctx) }()
	if _, err := c.Exec(ctx, sql); err != nil {
		t.Fatal(err)
	}
}
