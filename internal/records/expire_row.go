package records

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// blank empties columns of rows: each by its own action in the map, and by its type where it has none.
func (x *expiry) blank(ctx context.Context, t *datamap.PlannedTable, of keptRow, keys, columns []string) error {
	logs, err := x.logsOf(ctx, t, keys)
	if err != nil {
		return err
	}
	set, args, err := x.emptied(ctx, t, columns)
	if err != nil {
		return err
	}
	for _, batch := range append([][]string{keys}, singles(keys)...) {
		if len(set) == 0 {
			break
		}
		var changed int64
		err = pgx.BeginFunc(ctx, x.tx, func(tx pgx.Tx) error {
			tag, err := tx.Exec(ctx, fmt.Sprintf(`update %s as x set %s where %s`, quoteTable(t.Name), strings.Join(set, ", "),
				keyIn("x", t.Key, typesOf(t, t.Key), "$1")), append([]any{batch}, args...)...)
			changed = tag.RowsAffected()
			return err
		})
		switch {
		case err == nil:
			if err := x.finish(ctx, t, of, expiredAnonymised, batch, int(changed)); err != nil {
				return err
			}
			if len(batch) == len(keys) { // all at once
				return x.clear(ctx, logs)
			}
		case !integrity(err):
			return fmt.Errorf("empty %s: %w", t.Name, err)
		case len(batch) == 1:
			x.stick(t.Name, batch, err)
		}
	}
	if len(set) == 0 {
		x.stick(t.Name, keys, errNothingToEmpty)
	}
	return x.clear(ctx, logs)
}

var errNothingToEmpty = errors.New("no column of it can be emptied")

func singles(keys []string) [][]string {
	if len(keys) == 1 {
		return nil // it has been tried by itself
	}
	out := make([][]string, 0, len(keys))
	for _, k := range keys {
		out = append(out, []string{k})
	}
	return out
}

// emptied are the assignments that take a person out of the columns. $1 are the rows' keys. A key and what is generated
// stay. A column that may not be null and has no action keeps what is no text: a sum or a date points to nobody alone.
func (x *expiry) emptied(ctx context.Context, t *datamap.PlannedTable, columns []string) (set []string, args []any, err error) {
	unique, err := x.uniqueColumns(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range columns {
		c, typ := t.Column(name), t.Types[name]
		if c == nil || typ.Name == "" {
			return nil, nil, fmt.Errorf("%s.%s was fenced, and is not there or not in the map any more", t.Name, name)
		}
		if slices.Contains(t.Key, name) || typ.Generated {
			continue
		}
		value := ""
		switch {
		case len(c.JSON) > 0:
			value = removeJSON(c, typ)
		case c.Erase.Action == datamap.Constant:
			args = append(args, c.Erase.Value("sv"))
			value = fmt.Sprintf("$%d::text::%s", len(args)+1, typ.Name)
		case c.Erase.Action == datamap.Generalise:
			value = fmt.Sprintf("date_trunc('%s', x.%s)::%s", c.Erase.Unit, quote(name), typ.Name)
		case c.Erase.Action == datamap.Empty:
			value = emptyOf(typ)
		case c.Erase.Action == datamap.Remove:
			value = "'{}'::" + typ.Name
		case !typ.NotNull:
			value = "null"
		case isText(typ) && unique[name]:
			// One constant would stand twice; the row's own key is a number of the CRM and no person's.
			args = append(args, "–")
			value = fmt.Sprintf("left($%d::text || (%s), %d)::%s", len(args)+1, keyText("x", t.Key), lengthOf(typ), typ.Name)
		case isText(typ):
			args = append(args, "–") // not "": a CRM may want something there
			value = fmt.Sprintf("$%d::text::%s", len(args)+1, typ.Name)
		case typ.Base == "json" || typ.Base == "jsonb" || strings.HasPrefix(typ.Base, "_"):
			value = emptyOf(typ)
		case typ.Base == "bytea":
			value = "''::" + typ.Name
		}
		if value != "" {
			set = append(set, quote(name)+" = "+value)
		}
	}
	return set, args, nil
}

func isText(t datamap.ColumnType) bool {
	return slices.Contains([]string{"text", "varchar", "bpchar", "citext"}, t.Base)
}

func lengthOf(t datamap.ColumnType) int {
	if t.Length > 0 {
		return t.Length
	}
	return 1000
}

// uniqueColumns are the columns of the table whose values no two rows may share.
func (x *expiry) uniqueColumns(ctx context.Context, t *datamap.PlannedTable) (map[string]bool, error) {
	names, err := collect[string](ctx, x.tx, `
		select distinct a.attname::text
		  from pg_index i
		  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
		 where i.indrelid = $1::regclass
		   and i.indisunique`, quoteTable(t.Name))
	if err != nil {
		return nil, fmt.Errorf("read the unique columns of %s: %w", t.Name, err)
	}
	out := map[string]bool{}
	for _, n := range names {
		out[n] = true
	}
	return out, nil
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
