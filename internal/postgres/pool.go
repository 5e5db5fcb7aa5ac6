// Package postgres holds Insyn's own tables (schema insyn): pools, transactions and migrations.
package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Groups of rights, one a process. They cannot log in; a process' login is a member of its group.
const (
	RoleWeb       = "insyn_web"
	RoleShare     = "insyn_share"
	RoleWorker    = "insyn_worker"
	RoleScheduler = "insyn_scheduler"
	RoleExpire    = "insyn_expire"
)

// Options shape a pool.
type Options struct {
	// Role is taken by every connection (SET ROLE); empty keeps the login's own rights.
	Role string
	// Schema is the search_path; empty keeps the server's.
	Schema string
	// MaxConns bounds the pool; 0 is pgx's default.
	MaxConns int32
	// StatementTimeout cuts a statement that hangs; 0 is none.
	StatementTimeout time.Duration
}

// Open makes a pool on our own tables with the rights of role ("" keeps the login's). It connects once, so that a wrong
// address or a missing right is told now. Errors name the host, never a password.
func Open(ctx context.Context, dsn, role string) (*pgxpool.Pool, error) {
	return OpenWith(ctx, dsn, Options{Role: role, Schema: "insyn"})
}

// OpenWith makes a pool as o says.
func OpenWith(ctx context.Context, dsn string, o Options) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("parse the database address: %w", redact(err))
	}
	p := cfg.ConnConfig.RuntimeParams
	if p["application_name"] == "" {
		p["application_name"] = "insyn"
	}
	if o.Schema != "" {
		p["search_path"] = o.Schema + ",pg_temp"
	}
	if o.StatementTimeout > 0 {
		p["statement_timeout"] = fmt.Sprint(o.StatementTimeout.Milliseconds())
	}
	p["timezone"] = "UTC"
	// A machine that dies without a word must not hold its locks for the two hours of the system's own keepalive, nor a
	// process that hangs inside a transaction.
	p["tcp_keepalives_idle"], p["tcp_keepalives_interval"], p["tcp_keepalives_count"] = "30", "10", "3"
	p["idle_in_transaction_session_timeout"] = "300s"
	if o.MaxConns > 0 {
		cfg.MaxConns = o.MaxConns
	}
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	cfg.MaxConnLifetimeJitter = time.Minute
	if o.Role != "" {
		role := pgx.Identifier{o.Role}.Sanitize()
		cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, "set role "+role)
			return err
		}
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open a pool: %w", redact(err))
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("connect to %s:%d/%s: %w", cfg.ConnConfig.Host, cfg.ConnConfig.Port, cfg.ConnConfig.Database, redact(err))
	}
	return pool, nil
}

// redact drops what a parse error quotes of the address, since that may be a password.
func redact(err error) error {
	if _, ok := err.(*pgconn.ParseConfigError); ok { //nolint:errorlint // the parse error itself, never wrapped
		return fmt.Errorf("not a PostgreSQL address; expected postgres://login@host:port/database")
	}
	return err
}
