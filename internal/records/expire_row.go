package records

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"insyn/internal/datamap"
)

// What became of a kept row, as insyn_ledger.expired says it.
const (
	expiredDeleted    = "delete"
	expiredAnonymised = "anonymise"
	expiredGone       = "gone"
)

// drop erases whole rows of a kept table as the map says. A row that something outside refers to stays, emptied.
func (x *expiry) drop(ctx context.Context, t *datamap.PlannedTable, of keptRow, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	logs, err := x.logsOf(ctx, t, keys)
	if err != nil {
		return err
	}
	if !t.Keep.Deletes() {
		return x.blank(ctx, t, of, keys, t.Keep.Columns)
	}
	deleted, err := x.delete(ctx, t, keys)
	switch {
	case err == nil:
		if err := x.finish(ctx, t, of, expiredDeleted, keys, len(deleted)); err != nil {
			return err
		}
		return x.clear(ctx, logs)
	case !integrity(err):
		return err
	}
	// One of them cannot go: each by itself then.
	for _, key := range keys {
		one := []string{key}
		deleted, err := x.delete(ctx, t, one)
		switch {
		case err == nil:
			err = x.finish(ctx, t, of, expiredDeleted, one, len(deleted))
		case code(err) == foreignKeyViolation:
			err = x.blank(ctx, t, of, one, t.Keep.Columns)
		case integrity(err):
			x.stick(t.Name, one, err)
			err = nil
		}
		if err != nil {
			return err
		}
	}
	return x.clear(ctx, logs)
}

// delete deletes rows in a savepoint and tells which were there.
func (x *expiry) delete(ctx context.Context, t *datamap.PlannedTable, keys []string) (deleted []string, err error) {
	err = pgx.BeginFunc(ctx, x.tx, func(tx pgx.Tx) error {
		deleted, err = collect[string](ctx, tx, fmt.Sprintf(`delete from %s as x where %s returning %s`,
			quoteTable(t.Name), keyIn("x", t.Key, typesOf(t, t.Key), "$1"), keyText("x", t.Key)), keys)
		if err != nil {
			return err
		}
		// A constraint that waits for the commit would fail the whole batch there.
		_, err = tx.Exec(ctx, `set constraints all immediate`)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("delete from %s: %w", t.Name, err)
	}
	return deleted, nil
}

// finish takes rows out of the ledger's list and counts them, in the commit that erased them.
func (x *expiry) finish(ctx context.Context, t *datamap.PlannedTable, of keptRow, action string, keys []string, rows int) error {
	if _, err := x.tx.Exec(ctx, `delete from insyn_ledger.kept where table_name = $1 and row_key = any ($2)`, t.Name, keys); err != nil {
		return fmt.Errorf("finish kept rows of %s: %w", t.Name, err)
	}
	for what, n := range map[string]int{action: rows, expiredGone: len(keys) - rows} {
		if n == 0 {
			continue
		}
		_, err := x.tx.Exec(ctx, `
			insert into insyn_ledger.expired (table_name, rule, until, action, rows)
			values ($1, $2, $3, $4, $5)`, t.Name, of.rule, of.until, what, n)
		if err != nil {
			return fmt.Errorf("count what was kept of %s: %w", t.Name, err)
		}
		switch what {
		case expiredDeleted:
			x.done.Deleted += n
		case expiredAnonymised:
			x.done.Anonymised += n
		case expiredGone:
			x.done.Gone += n
		}
	}
	return nil
}

// stick leaves rows for somebody to look at.
func (x *expiry) stick(table string, keys []string, err error) {
	for _, k := range keys {
		x.stuckTables, x.stuckKeys = append(x.stuckTables, table), append(x.stuckKeys, k)
	}
	s := Stuck{Table: table, Rows: len(keys)}
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		s.Code, s.Constraint = pe.Code, pe.ConstraintName
	}
	for i := range x.done.Stuck {
		if o := &x.done.Stuck[i]; o.Table == s.Table && o.Code == s.Code && o.Constraint == s.Constraint {
			o.Rows += s.Rows
			return
		}
	}
	x.done.Stuck = append(x.done.Stuck, s)
}

func code(err error) string {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code
	}
	return ""
}

const foreignKeyViolation = "23503"

// integrity tells of SQLSTATE class 23: a constraint of the CRM says no.
func integrity(err error) bool { return strings.HasPrefix(code(err), "23") }
