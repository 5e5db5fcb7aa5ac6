// Package democrm is the sample CRM and the sample reference register that Insyn is shown and tested with:
// their schemas, and a generator of invented people in any number.
package democrm

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

//go:embed schema.sql
var crmSchema string

//go:embed indexes.sql
var crmIndexes string

//go:embed register.sql
var registerSchema string

// Install creates the CRM (schema crm) in the database of pool. Where the schema is already there, it does nothing.
func Install(ctx context.Context, pool *pgxpool.Pool) error {
	return install(ctx, pool, "crm", crmSchema)
}

// Fingerprint tells one version of the sample CRM's schema and indexes from another.
func Fingerprint() string {
	sum := sha256.Sum256([]byte(crmSchema + crmIndexes))
	return hex.EncodeToString(sum[:8])
}

// Index makes the indexes that an erasure searches texts by. It wants schema insyn_ledger in the database, and is quicker
// after Generate than before.
func Index(ctx context.Context, pool *pgxpool.Pool) error {
	if _, err := pool.Exec(ctx, crmIndexes); err != nil {
		return fmt.Errorf("index the sample CRM: %w", err)
	}
	return nil
}

// InstallRegister creates the reference register (schema register) in the database of pool. Where the schema is
// already there, it does nothing.
func InstallRegister(ctx context.Context, pool *pgxpool.Pool) error {
	return install(ctx, pool, "register", registerSchema)
}

func install(ctx context.Context, pool *pgxpool.Pool, schema, ddl string) error {
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		// Two processes that start at once would both find no schema.
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('insyn.democrm'))`); err != nil {
			return err
		}
		var there bool
		err := tx.QueryRow(ctx, `select exists (select 1 from pg_namespace where nspname = $1)`, schema).Scan(&there)
		if err != nil || there {
			return err
		}
		_, err = tx.Exec(ctx, ddl)
		return err
	})
	if err != nil {
		return fmt.Errorf("install schema %s: %w", schema, err)
	}
	return nil
}
