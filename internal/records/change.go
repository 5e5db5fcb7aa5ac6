package records

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
)

// change rewrites the rows that stay, chunk by chunk, and remembers those that go.
func (r *run) change(ctx context.Context, w *tableWork) error {
	var stay []found
	for _, row := range w.rows {
		if w.removes(row) {
			w.remove = append(w.remove, row.key)
			continue
		}
		stay = append(stay, row)
	}
	w.rows = nil
	for some := range slices.Chunk(stay, chunk) {
		if err := r.changeRows(ctx, w, some); err != nil {
			return err
		}
		r.step(len(some))
	}
	return nil
}

// changeRows rewrites the texts of some rows in Go and then writes all columns in one statement.
func (r *run) changeRows(ctx context.Context, w *tableWork, rows []found) error {
	if !w.loaded && len(w.reads) > 0 {
		if err := r.load(ctx, w, rows); err != nil {
			return err
		}
	}
	c := newChange(w.t, w.reads)
	for _, row := range rows {
		texts, changed, err := r.redactRow(ctx, w, row, rows)
		if err != nil {
			return err
		}
		var apply []bool
		for _, col := range c.columns {
			apply = append(apply, w.applies(col, row))
		}
		if changed || slices.Contains(apply, true) {
			c.add(row.key, w.alone(row), apply, texts)
		}
	}
	return r.write(ctx, c, "")
}

// load reads the texts of rows that were found without them.
func (r *run) load(ctx context.Context, w *tableWork, rows []found) error {
	keys := make([]string, len(rows))
	at := make(map[string]int, len(rows))
	for i, row := range rows {
		keys[i], at[row.key] = row.key, i
	}
	texts, err := r.readWhere(ctx, w.t, w.reads, keyIn("x", w.t.Key, typesOf(w.t, w.t.Key), "$1"), chunk, keys)
	if err != nil {
		return err
	}
	for _, t := range texts {
		rows[at[t.key]].texts = t.texts
	}
	return nil
}

// change is one update of many rows of a table.
type change struct {
	t       *datamap.PlannedTable
	texts   []*datamap.Column // written from the values
	columns []*datamap.Column // with an action, each with a bit that says whether it applies to a row
	keys    []string
	alone   []bool
	bits    [][]bool
	values  [][]*string
}

func newChange(t *datamap.PlannedTable, texts []*datamap.Column) *change {
	c := &change{t: t, texts: texts, values: make([][]*string, len(texts))}
	for _, e := range t.Columns {
		if col := e.Value; acts(t, col) {
			c.columns = append(c.columns, col)
		}
	}
	c.bits = make([][]bool, len(c.columns))
	return c
}

// acts says whether the column has an action besides the rewriting of its text.
func acts(t *datamap.PlannedTable, c *datamap.Column) bool {
	switch c.Erase.Action {
	case datamap.NoAction, datamap.Redact:
		return false
	}
	return len(c.JSON) == 0 && !t.Kept(c.Name)
}

func (c *change) add(key string, alone bool, apply []bool, texts []*string) {
	c.keys, c.alone = append(c.keys, key), append(c.alone, alone)
	for i := range c.columns {
		c.bits[i] = append(c.bits[i], apply != nil && apply[i])
	}
	for i := range c.texts {
		c.values[i] = append(c.values[i], texts[i])
	}
}

// write updates the rows in one statement, so that the table's triggers and indexes work once a row. A row that says
// already what it should is left alone: an erasure done twice changes nothing, not even a time of change. action books all
// rows under one; "" books them by whose they are.
func (r *run) write(ctx context.Context, c *change, action string) error {
	if len(c.keys) == 0 {
		return nil
	}
	args := []any{c.keys, c.alone}
	names := []string{"insyn_k", "insyn_alone"}
	lists := []string{"$1::text[]", "$2::bool[]"}
	value := func(name, typ string, v any) string {
		args, names = append(args, v), append(names, name)
		lists = append(lists, fmt.Sprintf("$%d::%s[]", len(args), typ))
		return "v." + name
	}
	var sets []assignment
	for i, col := range c.texts {
		text := fromText(c.t.Types[col.Name], "x."+quote(col.Name), value(fmt.Sprintf("insyn_t%d", i), "text", c.values[i]))
		sets = append(sets, assignment{quote(col.Name), r.referring(c.t, col, text, &args)})
	}
	for i, col := range c.columns {
		if !slices.Contains(c.bits[i], true) {
			continue
		}
		bit := value(fmt.Sprintf("insyn_b%d", i), "bool", c.bits[i])
		sets = append(sets, assignment{quote(col.Name), fmt.Sprintf("case when %s then %s else x.%s end", bit, r.action(c.t, col, &args), quote(col.Name))})
	}
	if len(sets) == 0 {
		return nil
	}
	var set, other []string
	for _, a := range sets {
		set = append(set, a.column+" = "+a.value)
		// As text, since json has no equality.
		other = append(other, fmt.Sprintf("x.%s::text is distinct from (%s)::text", a.column, a.value))
	}
	sql := fmt.Sprintf(`with done as (update %s as x set %s from unnest(%s) as v (%s) where %s and (%s) returning v.insyn_alone)
		select count(*) filter (where insyn_alone), count(*) filter (where not insyn_alone) from done`, tableSQL(c.t), strings.Join(set, ", "),
		strings.Join(lists, ", "), strings.Join(names, ", "), keyMatch(c.t), strings.Join(other, " or "))
	return r.later(ctx, len(c.keys), func(b *pgx.Batch) {
		b.Queue(sql, args...).QueryRow(func(row pgx.Row) error {
			var alone, shared int
			if err := row.Scan(&alone, &shared); err != nil {
				return fmt.Errorf("change %s: %w", c.t.Name, err)
			}
			if action != "" {
				r.count(c.t, action, alone+shared)
				return nil
			}
			r.count(c.t, Anonymised, alone)
			r.count(c.t, Redacted, shared)
			return nil
		})
	})
}

// assignment gives a column (quoted) a value, in SQL.
type assignment struct{ column, value string }

// referring cuts the person's key out of a text column that holds keys under a condition, and else lets its text be.
func (r *run) referring(t *datamap.PlannedTable, c *datamap.Column, text string, args *[]any) string {
	if c.RefersWhen == "" {
		return text
	}
	*args = append(*args, r.written(t, c))
	none := "null"
	if t.Types[c.Name].NotNull {
		none = "''"
	}
	if c.Erase.Text != "" {
		none = c.Erase.Placeholder() + "::text"
	}
	return fmt.Sprintf("case when (%s) and x.%s::text = any ($%d::text[]) then %s else %s end", c.RefersWhen, quote(c.Name), len(*args), none, text)
}

// written are the ways in which a column writes the person's keys: bare, or in the text of a path ("person,12").
func (r *run) written(t *datamap.PlannedTable, c *datamap.Column) []string {
	out := slices.Clone(r.keys)
	for _, p := range t.Paths {
		if len(p.Hops) == 0 {
			continue
		}
		for _, pair := range p.Hops[0].On {
			if pair.Ours == c.Name && pair.Text != "" {
				for _, k := range r.keys {
					out = append(out, strings.Replace(pair.Text, "{}", k, 1))
				}
			}
		}
	}
	return out
}

// action is what a column becomes, in SQL.
func (r *run) action(t *datamap.PlannedTable, c *datamap.Column, args *[]any) string {
	typ, column := t.Types[c.Name], "x."+quote(c.Name)
	switch e := c.Erase; e.Action {
	case datamap.Constant:
		*args = append(*args, e.Value(r.e.Lang), e.Values())
		// The constant of another language stays.
		return fmt.Sprintf("case when %s::text = any ($%d::text[]) then %s else $%d::text::%s end", column, len(*args), column, len(*args)-1, typ.Name)
	case datamap.Random:
		return fmt.Sprintf("case when %s::text ~ %s then %s else %s end",
			column, literal(fmt.Sprintf("^%s[0-9a-f]{%d}$", regexp.QuoteMeta(e.Text), datamap.RandomLength)), column, randomValue(e, typ))
	case datamap.Empty:
		return datamap.EmptyValue(typ)
	case datamap.Generalise:
		return generalised(e, column, typ)
	case datamap.Remove:
		return "'{}'::" + typ.Name
	case datamap.Cut:
		if typ.IsArray() {
			*args = append(*args, r.written(t, c))
			return fmt.Sprintf("array(select u.e from unnest(%s) with ordinality as u (e, i) where (u.e::text = any ($%d::text[])) is not true order by u.i)::%s", column, len(*args), typ.Name)
		}
		return e.Placeholder() + "::" + typ.Name
	}
	return "null"
}

func randomValue(e datamap.Erase, typ datamap.ColumnType) string {
	return fmt.Sprintf("(%s || left(replace(gen_random_uuid()::text, '-', ''), %d))::%s", literal(e.Text), datamap.RandomLength, typ.Name)
}

func generalised(e datamap.Erase, column string, typ datamap.ColumnType) string {
	switch e.Unit {
	case "prefix":
		return fmt.Sprintf("left(%s::text, %d)::%s", column, e.Size, typ.Name)
	case "band":
		return fmt.Sprintf("(floor(%s / %d) * %d)::%s", column, e.Size, e.Size, typ.Name)
	}
	return fmt.Sprintf("date_trunc('%s', %s)::%s", e.Unit, column, typ.Name)
}

func literalArray(parts []string) string {
	quoted := make([]string, 0, len(parts))
	for _, p := range parts {
		quoted = append(quoted, literal(p))
	}
	return "array[" + strings.Join(quoted, ", ") + "]::text[]"
}

// fromText is a rewritten text in the type of its column. A list that says the same stays as it is, with its bounds.
func fromText(t datamap.ColumnType, column, expr string) string {
	if t.IsArray() {
		return fmt.Sprintf("case when %s is null then null when %s::jsonb = to_jsonb(%s) then %s else array(select jsonb_array_elements_text(%s::jsonb))::%s end",
			expr, expr, column, column, expr, t.Name)
	}
	return expr + "::" + t.Name
}

// keyMatch joins the updated table x to the values v by key.
func keyMatch(t *datamap.PlannedTable) string {
	var out []string
	for i, k := range t.Key {
		value := "v.insyn_k"
		if len(t.Key) > 1 {
			value = keyPart("v.insyn_k", i)
		}
		out = append(out, fmt.Sprintf("x.%s = %s::%s", quote(k), value, t.Types[k].Name))
	}
	return strings.Join(out, " and ")
}

// remove deletes the rows that are the person's alone, and the ties to those that are not. What else refers to a row that
// goes, and the map says to cut, is cut first, whoever's it is.
func (r *run) remove(ctx context.Context, w *tableWork) error {
	action := Deleted
	if w.t.Erase == datamap.CutLink {
		action = CutOff
	}
	for some := range slices.Chunk(w.remove, 10*chunk) {
		err := r.later(ctx, len(some), func(b *pgx.Batch) {
			for _, l := range r.plan.ForeignKeys {
				if l.To == w.t.Name {
					r.cutReference(b, l, w.t, some)
				}
			}
			sql := fmt.Sprintf(`delete from %s as x using unnest($1::text[]) as v (insyn_k) where %s`, tableSQL(w.t), keyMatch(w.t))
			// A query, since the answer of a command in a batch does not say whose it is.
			b.Queue("with done as ("+sql+" returning 1) select count(*) from done", some).QueryRow(func(row pgx.Row) error {
				var n int
				if err := row.Scan(&n); err != nil {
					return fmt.Errorf("delete from %s: %w", w.t.Name, err)
				}
				r.count(w.t, action, n)
				return nil
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// cutReference cuts a foreign key that leads to rows of t that go, where the map says cut of its columns.
func (r *run) cutReference(b *pgx.Batch, l datamap.ForeignKey, t *datamap.PlannedTable, keys []string) {
	from := r.plan.Table(l.From)
	var sets, on []string
	for i, name := range l.Columns {
		c := from.Column(name)
		if c != nil && (c.Erase.Action == datamap.Cut || c.Erase.Action == datamap.Null) && !from.Kept(name) {
			sets = append(sets, quote(name)+" = "+c.Erase.Placeholder()+"::"+from.Types[name].Name)
		}
		on = append(on, "f."+quote(name)+" = x."+quote(l.ToColumns[i]))
	}
	if len(sets) == 0 {
		return
	}
	b.Queue(fmt.Sprintf(`update %s as f set %s from %s as x, unnest($1::text[]) as v (insyn_k) where %s and %s`, tableSQL(from), strings.Join(sets, ", "),
		tableSQL(t), keyMatch(t), strings.Join(on, " and ")), keys)
}
