// Package account holds the people who log in: their roles, their passwords, and the delay after failed logins.
package account

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
)

// Account is somebody who may log in.
type Account struct {
	ID        int64
	Email     string
	Name      string
	Roles     []dsar.Role
	Language  string // "sv" or "en"
	CreatedAt time.Time
	// PasswordChangedAt is part of a session: a session from before it is over.
	PasswordChangedAt time.Time
	DisabledAt        *time.Time
}

// Has tells whether the account holds one of roles.
func (a Account) Has(roles ...dsar.Role) bool {
	return slices.ContainsFunc(roles, func(r dsar.Role) bool { return slices.Contains(a.Roles, r) })
}

// New is what an account begins with.
type New struct {
	Email    string
	Name     string
	Password string
	Roles    []dsar.Role
	Language string
}

const columns = `
		       id,
		       email,
		       name,
		       roles,
		       language,
		       created_at,
		       password_changed_at,
		       disabled_at`

// Create adds an account; actor 0 is the command line. Wrong fields are *dsar.Invalid, an address that is taken too.
func Create(ctx context.Context, tx pgx.Tx, n New, actor int64) (Account, error) {
	n.Email, n.Name = strings.TrimSpace(n.Email), strings.TrimSpace(n.Name)
	if n.Language == "" {
		n.Language = "sv"
	}
	if err := n.validate(); err != nil {
		return Account{}, err
	}
	hash, err := hashPassword(n.Password)
	if err != nil {
		return Account{}, err
	}
	a, err := scan(tx.QueryRow(ctx, `
		insert into insyn.account (email, name, password_hash, roles, language)
		values ($1, $2, $3, $4, $5)
		returning`+columns, n.Email, n.Name, hash, texts(n.Roles), n.Language))
	if postgres.Constraint(err) == "account_email" {
		return Account{}, &dsar.Invalid{Field: "email", Problem: "taken"}
	}
	if err != nil {
		return Account{}, fmt.Errorf("create account: %w", err)
	}
	return a, audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: "account.created", Detail: audit.Detail{"account": a.ID}})
}

func (n New) validate() error {
	if addr, err := mail.ParseAddress(n.Email); err != nil || addr.Address != n.Email {
		return &dsar.Invalid{Field: "email", Problem: "email"}
	}
	if n.Name == "" {
		return &dsar.Invalid{Field: "name", Problem: "required"}
	}
	if n.Language != "sv" && n.Language != "en" {
		return &dsar.Invalid{Field: "language", Problem: "choice"}
	}
	if err := validRoles(n.Roles); err != nil {
		return err
	}
	return CheckPassword(n.Password, n.Email, n.Name)
}

func validRoles(roles []dsar.Role) error {
	if len(roles) == 0 {
		return &dsar.Invalid{Field: "roles", Problem: "required"}
	}
	for _, r := range roles {
		if !slices.Contains(dsar.Roles, r) {
			return &dsar.Invalid{Field: "roles", Problem: "choice"}
		}
	}
	return nil
}

// Get finds an account by id, also a disabled one.
func Get(ctx context.Context, q postgres.Querier, id int64) (Account, error) {
	return scan(q.QueryRow(ctx, `
		select`+columns+`
		  from insyn.account
		 where id = $1`, id))
}

// ByEmail finds an account by its address, in any case, also a disabled one.
func ByEmail(ctx context.Context, q postgres.Querier, email string) (Account, error) {
	return scan(q.QueryRow(ctx, `
		select`+columns+`
		  from insyn.account
		 where lower(email) = lower($1)`, strings.TrimSpace(email)))
}

// List gives all accounts by name.
func List(ctx context.Context, q postgres.Querier) ([]Account, error) {
	rows, err := q.Query(ctx, `
		select`+columns+`
		  from insyn.account
		 order by disabled_at is not null, lower(name), id`)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Account, error) { return scan(row) })
}

func scan(row pgx.Row) (Account, error) {
	var a Account
	var roles []string
	err := row.Scan(&a.ID, &a.Email, &a.Name, &roles, &a.Language, &a.CreatedAt, &a.PasswordChangedAt, &a.DisabledAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return a, fmt.Errorf("account: %w", dsar.ErrNotFound)
	}
	for _, r := range roles {
		a.Roles = append(a.Roles, dsar.Role(r))
	}
	return a, err
}

func texts(roles []dsar.Role) []string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = string(r)
	}
	return out
}
