package pgtest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/postgres"
)

var counter atomic.Int64

// Empty gives a fresh, empty database, as superuser; dropped when the test ends.
func Empty(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return clone(t, "template0", "")
}

// New gives a fresh database with schema insyn migrated, as superuser, search_path insyn.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	v, err := postgres.Fingerprint()
	if err != nil {
		t.Fatal(err)
	}
	return FromTemplate(t, "insyn-"+v, "insyn", func(ctx context.Context, dsn string) error {
		_, _, err := postgres.Migrate(ctx, dsn)
		return err
	})
}

// FromTemplate gives a fresh database cloned from a template, which fill makes once for all tests of this machine with
// the same name: put all that decides its content into name.
func FromTemplate(t testing.TB, name, schema string, fill func(ctx context.Context, dsn string) error) *pgxpool.Pool {
	t.Helper()
	ctx := context.Background()
	root := server(t)
	template := fmt.Sprintf("tpl_%x", sha256.Sum256([]byte(name)))[:24]
	if err := makeTemplate(ctx, root, template, fill); err != nil {
		t.Fatalf("template database: %v", err)
	}
	return clone(t, template, schema)
}

// DSN is the address of the pool's database, for a second pool or another process.
func DSN(pool *pgxpool.Pool) string { return pool.Config().ConnString() }

func server(t testing.TB) string {
	t.Helper()
	dsn, err := start(context.Background())
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return dsn
}

func makeTemplate(ctx context.Context, root, name string, fill func(context.Context, string) error) error {
	f, err := os.OpenFile(filepath.Join(os.TempDir(), fmt.Sprintf("insyn-%s-%d.lock", name, os.Getuid())), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	c, err := pgx.Connect(ctx, root)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(ctx) }()
	var done bool
	err = c.QueryRow(ctx, `select datistemplate from pg_database where datname = $1`, name).Scan(&done)
	if done || (err != nil && !errors.Is(err, pgx.ErrNoRows)) {
		return err
	}
	if _, err := c.Exec(ctx, "drop database if exists "+name); err != nil {
		return err
	}
	if _, err := c.Exec(ctx, "create database "+name+" template template0"); err != nil {
		return err
	}
	if err := fill(ctx, at(c.Config(), name)); err != nil {
		return err
	}
	_, err = c.Exec(ctx, "alter database "+name+" is_template true")
	return err
}

func at(cfg *pgx.ConnConfig, database string) string {
	return fmt.Sprintf("postgres://%s@/%s?host=%s&port=%d", cfg.User, database, cfg.Host, cfg.Port)
}

func clone(t testing.TB, template, schema string) *pgxpool.Pool {
	t.Helper()
	ctx := context.Background()
	root := server(t)
	c, err := pgx.Connect(ctx, root)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(ctx) }()
	name := fmt.Sprintf("t_%d_%d", os.Getpid(), counter.Add(1))
	for try := 0; ; try++ {
		_, err = c.Exec(ctx, "create database "+name+" template "+template)
		if err == nil {
			break
		}
		if try > 100 { // another clone of the same template is being made, or its last connection is still closing
			t.Fatalf("clone %s: %v", template, err)
		}
		time.Sleep(30 * time.Millisecond)
	}
	pool, err := postgres.OpenWith(ctx, at(c.Config(), name), postgres.Options{Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		pool.Close()
		c, err := pgx.Connect(ctx, root)
		if err != nil {
			return
		}
		defer func() { _ = c.Close(ctx) }()
		_, _ = c.Exec(ctx, "drop database if exists "+name+" with (force)")
	})
	return pool
}
