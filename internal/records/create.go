package records

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/refdata"
)

// CreateFromRegister makes the card of somebody whom only the reference register knew, when the first thing is done with
// them. A card that already refers to the entry is taken; two calls at once make one card.
func (s *Source) CreateFromRegister(ctx context.Context, p refdata.Person) (string, error) {
	subject := s.plan.Subject()
	ref := subject.ByRole("register_id")
	if ref == nil || p.RegisterID == "" {
		return "", fmt.Errorf("create a card in %s: %w", s.Name, dsar.ErrInvalid)
	}
	var key string
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('insyn.register'), hashtext($1))`, p.RegisterID); err != nil {
			return err
		}
		found, err := s.byRegisterID(ctx, tx, p.RegisterID)
		if err == nil {
			key = found
			return nil
		}
		if !errors.Is(err, dsar.ErrNotFound) {
			return err
		}
		var names, exprs []string
		var args []any
		for role, v := range map[string]string{
			"given": p.Given, "surname": p.Surname, "address.street": p.Street,
			"address.postcode": p.Postcode, "address.city": p.City, "register_id": p.RegisterID,
		} {
			col := subject.ByRole(role)
			if col == nil || v == "" {
				continue
			}
			args = append(args, v)
			names = append(names, quote(col.Name))
			exprs = append(exprs, fmt.Sprintf("$%d::text::%s", len(args), subject.Types[col.Name].Name))
		}
		return tx.QueryRow(ctx, fmt.Sprintf(`insert into %s as x (%s) values (%s) returning %s`, quoteTable(subject.Name),
			strings.Join(names, ", "), strings.Join(exprs, ", "), keyText("x", subject.Key)), args...).Scan(&key)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = dsar.ErrConflict
	}
	if err != nil {
		return "", fmt.Errorf("create a card in %s: %w", s.Name, safe(err))
	}
	return key, nil
}
