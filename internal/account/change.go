package account

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
)

// SetRoles gives an account other roles. The last administrator who can log in stays one (*dsar.Invalid "last").
func SetRoles(ctx context.Context, tx pgx.Tx, id int64, roles []dsar.Role, actor int64) error {
	if err := validRoles(roles); err != nil {
		return err
	}
	if err := change(ctx, tx, id, `update insyn.account set roles = $2 where id = $1`, texts(roles)); err != nil {
		return err
	}
	if err := someAdministrator(ctx, tx, "roles"); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: "account.roles", Detail: audit.Detail{"account": id, "roles": int64(len(roles))}})
}

// SetLanguage changes the language of an account's pages.
func SetLanguage(ctx context.Context, tx pgx.Tx, id int64, language string) error {
	if language != "sv" && language != "en" {
		return &dsar.Invalid{Field: "language", Problem: "choice"}
	}
	return change(ctx, tx, id, `update insyn.account set language = $2 where id = $1`, language)
}

// SetPassword changes a password. Sessions from before end, since a session knows when its password was set.
func SetPassword(ctx context.Context, tx pgx.Tx, id int64, password string, actor int64) error {
	a, err := Get(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := CheckPassword(password, a.Email, a.Name); err != nil {
		return err
	}
	hash, err := hashPassword(password)
	if err != nil {
		return err
	}
	if err := change(ctx, tx, id, `
		update insyn.account
		   set password_hash = $2,
		       password_changed_at = clock_timestamp()
		 where id = $1`, hash); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: "account.password", Detail: audit.Detail{"account": id}})
}

// Disable keeps an account from logging in and ends its sessions; the row stays, since the audit names it. The last
// administrator cannot be disabled (*dsar.Invalid "last").
func Disable(ctx context.Context, tx pgx.Tx, id, actor int64) error {
	if err := change(ctx, tx, id, `update insyn.account set disabled_at = coalesce(disabled_at, now()) where id = $1`); err != nil {
		return err
	}
	if err := someAdministrator(ctx, tx, "account"); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: "account.disabled", Detail: audit.Detail{"account": id}})
}

// Enable lets an account log in again.
func Enable(ctx context.Context, tx pgx.Tx, id, actor int64) error {
	if err := change(ctx, tx, id, `update insyn.account set disabled_at = null where id = $1`); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: "account.enabled", Detail: audit.Detail{"account": id}})
}

func change(ctx context.Context, tx pgx.Tx, id int64, sql string, args ...any) error {
	// One lock for all changes of accounts: two administrators who disable each other at once must not both succeed.
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('insyn.account'))`); err != nil {
		return fmt.Errorf("lock accounts: %w", err)
	}
	tag, err := tx.Exec(ctx, sql, append([]any{id}, args...)...)
	if err != nil {
		return fmt.Errorf("change account %d: %w", id, err)
	}
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("account %d: %w", id, dsar.ErrNotFound)
	}
	return nil
}

func someAdministrator(ctx context.Context, tx pgx.Tx, field string) error {
	var some bool
	err := tx.QueryRow(ctx, `
		select exists (select 1
		                 from insyn.account
		                where 'administrator' = any (roles)
		                  and disabled_at is null)`).Scan(&some)
	if err != nil {
		return fmt.Errorf("look for an administrator: %w", err)
	}
	if !some {
		return &dsar.Invalid{Field: field, Problem: "last"}
	}
	return nil
}
