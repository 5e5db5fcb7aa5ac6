package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/seal"
)

// Door lets people in.
type Door struct {
	Pool *pgxpool.Pool
	Keys *seal.Keys

	once  sync.Once
	dummy string
}

// Delayed says how long this account, from this address, has to wait before its next try.
type Delayed struct{ For time.Duration }

// Error names no account.
func (d *Delayed) Error() string { return "too many failed logins" }

// Authenticate checks a password. Unknown, disabled and wrong are one error, dsar.ErrForbidden, after the same work; after
// failures it is *Delayed, which the right password does not get around. ip is the visitor's address.
func (d *Door) Authenticate(ctx context.Context, email, password, ip string) (Account, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if len(email) > 254 || len(password) > 4*MaxPassword {
		return Account{}, dsar.ErrForbidden
	}
	tries := []attempt{
		{key: d.Keys.HMAC("login_failure.pair", email, ip), free: 3, longest: 15 * time.Minute},
		// Attackers who come from many addresses meet this one; it grows late and stays short, so that nobody can lock out a colleague.
		{key: d.Keys.HMAC("login_failure.account", email), free: 20, longest: time.Minute},
	}
	for _, t := range tries {
		wait, err := t.wait(ctx, d.Pool)
		if err != nil {
			return Account{}, err
		}
		if wait > 0 {
			return Account{}, &Delayed{For: wait}
		}
	}
	a, ok, err := d.verify(ctx, email, password)
	if err != nil {
		return Account{}, err
	}
	if !ok {
		return Account{}, d.failed(ctx, a.ID, tries)
	}
	return a, postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		for _, t := range tries {
			if _, err := tx.Exec(ctx, `delete from insyn.login_failure where key = $1`, t.key); err != nil {
				return fmt.Errorf("forget failed logins: %w", err)
			}
		}
		return audit.Write(ctx, tx, audit.Entry{Actor: a.ID, Action: "login.done"})
	})
}

// verify does the work of one hash in every case, so that time does not tell which accounts exist.
func (d *Door) verify(ctx context.Context, email, password string) (Account, bool, error) {
	a, err := ByEmail(ctx, d.Pool, email)
	known := err == nil
	if err != nil && !errors.Is(err, dsar.ErrNotFound) {
		return a, false, fmt.Errorf("find account: %w", err)
	}
	hash, err := d.dummyHash()
	if err != nil {
		return a, false, err
	}
	if known {
		if err := d.Pool.QueryRow(ctx, `select password_hash from insyn.account where id = $1`, a.ID).Scan(&hash); err != nil {
			return a, false, fmt.Errorf("read account %d: %w", a.ID, err)
		}
	}
	match, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return a, false, fmt.Errorf("compare the password of account %d: %w", a.ID, err)
	}
	return a, match && known && a.DisabledAt == nil, nil
}

// VerifyPassword tells whether password is the account's own, for a step that asks for it again.
func (d *Door) VerifyPassword(ctx context.Context, id int64, password string) (bool, error) {
	var hash string
	if err := d.Pool.QueryRow(ctx, `select password_hash from insyn.account where id = $1`, id).Scan(&hash); err != nil {
		return false, fmt.Errorf("read account %d: %w", id, err)
	}
	return argon2id.ComparePasswordAndHash(password, hash)
}

func (d *Door) dummyHash() (string, error) {
	var err error
	d.once.Do(func() { d.dummy, err = hashPassword("nobody has this password") })
	if err == nil && d.dummy == "" {
		err = errors.New("no dummy hash")
	}
	return d.dummy, err
}

func (d *Door) failed(ctx context.Context, id int64, tries []attempt) error {
	err := postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		for _, t := range tries {
			if err := t.count(ctx, tx); err != nil {
				return err
			}
		}
		e := audit.Entry{Action: "login.failed"}
		if id != 0 {
			e.Detail = audit.Detail{"account": id}
		}
		return audit.Write(ctx, tx, e)
	})
	if err != nil {
		return err
	}
	return dsar.ErrForbidden
}
