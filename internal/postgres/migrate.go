package postgres

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewerSchema: the database was migrated by a newer Insyn than this one.
var ErrNewerSchema = fmt.Errorf("the database's schema is newer than this program knows: install the newer Insyn, or restore the older database")

// Migrate brings schema insyn to this program's version, forward only, under an advisory lock, and creates the groups of
// rights. It returns the versions before and after.
func Migrate(ctx context.Context, dsn string) (from, to int64, err error) {
	if err := CreateRoles(ctx, dsn); err != nil {
		return 0, 0, err
	}
	db, p, err := provider(dsn)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = db.Close() }()
	// The version table lives in our schema, and goose creates it before the first migration could create the schema.
	if _, err := db.ExecContext(ctx, "create schema if not exists insyn"); err != nil {
		return 0, 0, fmt.Errorf("create schema insyn: %w", err)
	}
	if from, err = p.GetDBVersion(ctx); err != nil {
		return 0, 0, fmt.Errorf("read the schema's version: %w", err)
	}
	known := lastVersion(p)
	if from > known {
		return from, from, ErrNewerSchema
	}
	if _, err := p.Up(ctx); err != nil {
		return from, from, fmt.Errorf("migrate: %w", err)
	}
	return from, known, nil
}

// CheckSchema refuses a schema that is newer than this program, or older.
func CheckSchema(ctx context.Context, q Querier) error {
	var v int64
	err := q.QueryRow(ctx, `select coalesce(max(version_id), 0) from insyn.schema_version()`).Scan(&v)
	if err != nil {
		return fmt.Errorf("read the schema's version (run insyn migrate): %w", err)
	}
	known, err := KnownVersion()
	if err != nil {
		return err
	}
	switch {
	case v > known:
		return fmt.Errorf("schema version %d, this program knows %d: %w", v, known, ErrNewerSchema)
	case v < known:
		return fmt.Errorf("schema version %d, this program needs %d: run insyn migrate", v, known)
	}
	return nil
}

// KnownVersion is the schema version that this program was built for.
func KnownVersion() (int64, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("no embedded migrations: %w", err)
	}
	return goose.NumericComponent(names[len(names)-1])
}

func provider(dsn string) (*sql.DB, *goose.Provider, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, nil, fmt.Errorf("parse the database address: %w", redact(err))
	}
	db := stdlib.OpenDB(*cfg)
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, nil, err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, nil, err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, dir, goose.WithSessionLocker(locker), goose.WithTableName("insyn.schema_migration"))
	if err != nil {
		return nil, nil, fmt.Errorf("read the migrations: %w", err)
	}
	return db, p, nil
}

func lastVersion(p *goose.Provider) int64 {
	s := p.ListSources()
	return s[len(s)-1].Version
}

// Fingerprint is a hash of all embedded migrations: two builds with the same one make the same schema.
func Fingerprint() (string, error) {
	h := sha256.New()
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return "", err
	}
	for _, n := range names {
		b, err := migrations.ReadFile(n)
		if err != nil {
			return "", err
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil)[:12]), nil
}
