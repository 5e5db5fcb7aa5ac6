package records

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"insyn/internal/datamap"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
)

// Change is one correction: from what the form showed to what it shall be.
type Change struct{ ID, Old, New string }

// Corrected are the fields that now hold their new value.
type Corrected struct{ Applied []string }

// Conflict says that a field was changed meanwhile; nothing was written.
type Conflict struct{ ID, Current string }

// Error names the field and not the value.
func (c *Conflict) Error() string { return c.ID + " was changed meanwhile" }

// Is makes every Conflict a dsar.ErrConflict.
func (c *Conflict) Is(target error) bool { return target == dsar.ErrConflict }

// Correct writes all changes or none. A field that holds neither its old nor its new value stops it with a Conflict;
// one that already holds the new value counts as applied, so a second run is harmless.
func (s *Source) Correct(ctx context.Context, key string, changes []Change) (Corrected, error) {
	var out Corrected
	if !s.validKey(key) {
		return out, fmt.Errorf("correct a person of %s: %w", s.Name, dsar.ErrNotFound)
	}
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		out.Applied = nil
		if _, err := tx.Exec(ctx, `set local lock_timeout = '5s'`); err != nil {
			return err
		}
		if err := s.lock(ctx, tx, key); err != nil {
			return err
		}
		for _, c := range changes {
			if err := s.correct(ctx, tx, key, c); err != nil {
				return err
			}
			out.Applied = append(out.Applied, c.ID)
		}
		return nil
	})
	if err != nil {
		return Corrected{}, fmt.Errorf("correct a person of %s: %w", s.Name, safe(err))
	}
	return out, nil
}

// lock makes everybody who changes this card stand in line.
func (s *Source) lock(ctx context.Context, tx pgx.Tx, key string) error {
	subject := s.plan.Subject()
	var one int
	err := tx.QueryRow(ctx, fmt.Sprintf(`select 1 from %s as x where %s for update`, tableSQL(subject),
		keyIn("x", subject.Key, typesOf(subject, subject.Key), "$1")), []string{key}).Scan(&one)
	if errors.Is(err, pgx.ErrNoRows) {
		return dsar.ErrNotFound
	}
	return err
}

func (s *Source) correct(ctx context.Context, tx pgx.Tx, key string, c Change) error {
	t, row, col, err := s.field(c.ID)
	if err != nil {
		return err
	}
	value, err := c.check(t, col)
	if err != nil {
		return err
	}
	if row == "" {
		row = key
	}
	// The row must be the person's own, whatever the form says.
	where := and(keyText("x", t.Key)+" = $2", united(t, s.reaching(t, false)))
	var current string
	err = tx.QueryRow(ctx, fmt.Sprintf(`select coalesce(x.%s::text, '') from %s as x where %s for update`, quote(col.Name),
		tableSQL(t), where), []string{key}, row).Scan(&current)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return dsar.ErrNotFound
	case err != nil:
		return fmt.Errorf("read %s.%s: %w", t.Name, col.Name, err)
	case current == value:
		return nil
	case current != c.Old:
		return &Conflict{ID: c.ID, Current: current}
	}
	return s.put(ctx, tx, t, row, map[string]string{col.Name: value}, c.ID)
}

// put writes texts into one row, an empty one as null where the column can be null. A constraint of the CRM that says no
// is the field's fault; its message holds values and goes nowhere.
func (s *Source) put(ctx context.Context, tx pgx.Tx, t *datamap.PlannedTable, row string, values map[string]string, field string) error {
	args := []any{row}
	sets := ""
	for _, e := range t.Columns {
		value, ok := values[e.Name]
		if !ok {
			continue
		}
		typ := t.Types[e.Name]
		args = append(args, value)
		expr := fmt.Sprintf("$%d::text", len(args))
		if !typ.NotNull {
			expr = "nullif(" + expr + ", '')"
		}
		if sets != "" {
			sets += ", "
		}
		sets += quote(e.Name) + " = " + expr + "::" + typ.Name
	}
	tag, err := tx.Exec(ctx, fmt.Sprintf(`update %s as x set %s from (select $1::text as insyn_k) as v where %s`, tableSQL(t), sets, keyMatch(t)), args...)
	var pe *pgconn.PgError
	// Class 22 is a text that the column's type does not take, 23 a constraint.
	if errors.As(err, &pe) && (strings.HasPrefix(pe.Code, "22") || strings.HasPrefix(pe.Code, "23")) {
		return &dsar.Invalid{Field: field, Problem: "other"}
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", t.Name, err)
	}
	if tag.RowsAffected() != 1 {
		return dsar.ErrNotFound
	}
	return nil
}
