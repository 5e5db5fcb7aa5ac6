package records

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
)

// emptied is a column and what may stand in it afterwards, in SQL: the first that the CRM's constraints take.
type emptied struct {
	column  string
	choices []string
}

var errNothingToEmpty = errors.New("no column of it can be emptied")

// blank empties columns of rows: each by its own action in the map, and by its type where it has none.
func (x *expiry) blank(ctx context.Context, t *datamap.PlannedTable, of keptRow, keys, columns []string) error {
	logs, err := x.logsOf(ctx, t, keys)
	if err != nil {
		return err
	}
	set, err := x.emptying(ctx, t, columns)
	if err != nil {
		return err
	}
	if len(set) == 0 {
		x.stick(t.Name, keys, errNothingToEmpty)
		return nil
	}
	changed, err := x.write(ctx, x.tx, t, set, keys)
	switch {
	case err == nil:
		if err := x.finish(ctx, t, of, expiredAnonymised, keys, changed); err != nil {
			return err
		}
		return x.clear(ctx, logs)
	case !integrity(err):
		return err
	}
	for _, key := range keys {
		one := []string{key}
		changed, err := x.write(ctx, x.tx, t, set, one)
		if integrity(err) {
			changed, err = x.columnwise(ctx, t, set, one)
		}
		switch {
		case err == nil:
			err = x.finish(ctx, t, of, expiredAnonymised, one, changed)
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

// write puts the first choice of each column into rows, in a savepoint.
func (x *expiry) write(ctx context.Context, tx pgx.Tx, t *datamap.PlannedTable, set []emptied, keys []string) (int, error) {
	sets := make([]string, 0, len(set))
	for _, e := range set {
		sets = append(sets, quote(e.column)+" = "+e.choices[0])
	}
	changed := 0
	err := pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, fmt.Sprintf(`update %s as x set %s where %s`, quoteTable(t.Name), strings.Join(sets, ", "),
			keyIn("x", t.Key, typesOf(t, t.Key), "$1")), keys)
		changed = int(tag.RowsAffected())
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("empty %s: %w", t.Name, err)
	}
	return changed, nil
}

// columnwise finds for each column of a row what its constraints take, and remembers it for the rows after. Where a column
// takes nothing, the row is as it was.
func (x *expiry) columnwise(ctx context.Context, t *datamap.PlannedTable, set []emptied, key []string) (changed int, err error) {
	err = pgx.BeginFunc(ctx, x.tx, func(tx pgx.Tx) error {
		for i := range set {
			var first error
			for c := range set[i].choices {
				choices := slices.Clone(set[i].choices)
				choices[0], choices[c] = choices[c], choices[0]
				changed, err = x.write(ctx, tx, t, []emptied{{set[i].column, choices}}, key)
				if err == nil {
					set[i].choices = choices
					break
				}
				if !integrity(err) {
					return err
				}
				if first == nil {
					first = err
				}
			}
			if err != nil {
				return first
			}
		}
		return nil
	})
	return changed, err
}

// emptying says what may stand in the columns when a person is out of them. A key and what is generated stay. A column
// that may not be null and has no action keeps what is no text: a sum or a date points to nobody alone.
func (x *expiry) emptying(ctx context.Context, t *datamap.PlannedTable, columns []string) ([]emptied, error) {
	unique, err := x.uniqueColumns(ctx, t)
	if err != nil {
		return nil, err
	}
	var out []emptied
	for _, name := range columns {
		c, typ := t.Column(name), t.Types[name]
		if c == nil || typ.Name == "" {
			return nil, fmt.Errorf("%s.%s was fenced, and is not there or not in the map any more", t.Name, name)
		}
		if slices.Contains(t.Key, name) || typ.Generated {
			continue
		}
		if choices := emptyChoices(t, c, typ, unique[name]); len(choices) > 0 {
			out = append(out, emptied{name, choices})
		}
	}
	return out, nil
}

// nobody stands where a CRM wants a text: not "", which many refuse.
const nobody = "–"

func emptyChoices(t *datamap.PlannedTable, c *datamap.Column, typ datamap.ColumnType, unique bool) []string {
	text := func(s string) string { return literal(s) + "::text::" + typ.Name }
	switch {
	case len(c.JSON) > 0:
		return []string{datamap.EmptyValue(typ)}
	case c.Erase.Action == datamap.Constant:
		return []string{text(c.Erase.Value("sv"))}
	case c.Erase.Action == datamap.Generalise:
		return []string{generalised(c.Erase, "x."+quote(c.Name), typ)}
	case c.Erase.Action == datamap.Random:
		return []string{randomValue(c.Erase, typ)}
	case c.Erase.Action == datamap.Cut && c.Erase.Text != "":
		return []string{c.Erase.Placeholder() + "::" + typ.Name}
	case c.Erase.Action == datamap.Empty:
		return []string{datamap.EmptyValue(typ)}
	case c.Erase.Action == datamap.Remove:
		return []string{"'{}'::" + typ.Name}
	case !typ.NotNull:
		return []string{"null", "default"}
	case isText(typ) && unique:
		// One text would stand twice; the row's own key is a number of the CRM and no person's.
		return []string{fmt.Sprintf("left('%s' || (%s), %d)::%s", nobody, keyText("x", t.Key), lengthOf(typ), typ.Name)}
	case isText(typ):
		return []string{text(nobody), text(""), "default"}
	case typ.IsJSON() || typ.IsArray():
		return []string{datamap.EmptyValue(typ), "default"}
	case typ.Base == "bytea":
		return []string{"''::" + typ.Name, "default"}
	}
	return nil
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
