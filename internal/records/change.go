package records

import (
	"context"
	"fmt"
	"strings"

	"insyn/internal/datamap"
)

// change updates the rows that stay.
func (r *run) change(ctx context.Context, w *tableWork) error { return r.write(ctx, w, "", true) }

// write updates all rows of a table in one statement, so that its triggers and indexes work once a row. own: the rows
// are the person's, and the actions of all columns apply to those that are theirs alone; else only texts are written. A
// row that says already what it should is left alone: an erasure done twice changes nothing, not even a time of change.
func (r *run) write(ctx context.Context, w *tableWork, action string, own bool) error {
	if len(w.change) == 0 {
		return nil
	}
	keys := make([]string, len(w.change))
	alone := make([]bool, len(w.change))
	texts := make([][]*string, len(w.columns))
	for i, row := range w.change {
		keys[i], alone[i] = row.key, row.alone
		for c := range w.columns {
			texts[c] = append(texts[c], row.texts[c])
		}
	}
	args := []any{keys, alone}
	names := []string{"k", "alone"}
	lists := []string{"$1::text[]", "$2::bool[]"}
	var sets []assignment
	for i, c := range w.columns {
		args = append(args, texts[i])
		names = append(names, fmt.Sprintf("c%d", i))
		lists = append(lists, fmt.Sprintf("$%d::text[]", len(args)))
		sets = append(sets, assignment{quote(c.Name), fromText(w.t.Types[c.Name], fmt.Sprintf("v.c%d", i))})
	}
	if own {
		s, a := r.actions(w.t, args)
		sets, args = append(sets, s...), a
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
	sql := fmt.Sprintf(`update %s as x set %s from unnest(%s) as v (%s) where %s and (%s)`, tableSQL(w.t), strings.Join(set, ", "),
		strings.Join(lists, ", "), strings.Join(names, ", "), keyMatch(w.t), strings.Join(other, " or "))
	tag, err := r.tx.Exec(ctx, sql, args...)
	if err != nil {
		return fmt.Errorf("change %s: %w", w.t.Name, err)
	}
	changed := int(tag.RowsAffected())
	if action != "" {
		return r.count(w.t, action, changed)
	}
	if err := r.count(w.t, Anonymised, max(changed-w.redact, 0)); err != nil {
		return err
	}
	return r.count(w.t, Redacted, min(w.redact, changed))
}

// assignment gives a column (quoted) a value, in SQL.
type assignment struct{ column, value string }

// actions are the assignments of the columns that are not texts. Only a cut works on a row that others share.
func (r *run) actions(t *datamap.PlannedTable, args []any) ([]assignment, []any) {
	var sets []assignment
	only := func(c *datamap.Column, value string) {
		sets = append(sets, assignment{quote(c.Name), fmt.Sprintf("case when v.alone then %s else x.%s end", value, quote(c.Name))})
	}
	for _, e := range t.Columns {
		c, typ := e.Value, t.Types[e.Name]
		if len(c.JSON) > 0 {
			if value := removeJSON(c, typ); value != "" {
				only(c, value)
			}
			continue
		}
		switch c.Erase.Action {
		case datamap.Null:
			only(c, "null")
		case datamap.Constant:
			args = append(args, c.Erase.Value(r.e.Lang), c.Erase.Values())
			// The constant of another language stays.
			only(c, fmt.Sprintf("case when x.%s::text = any ($%d::text[]) then x.%s else $%d::text::%s end",
				quote(c.Name), len(args), quote(c.Name), len(args)-1, typ.Name))
		case datamap.Empty:
			only(c, emptyOf(typ))
		case datamap.Generalise:
			only(c, fmt.Sprintf("date_trunc('%s', x.%s)::%s", c.Erase.Unit, quote(c.Name), typ.Name))
		case datamap.Remove:
			only(c, "'{}'::"+typ.Name)
		case datamap.Cut:
			args = append(args, r.keys)
			subject := r.plan.Subject()
			mine := "false"
			if len(subject.Key) == 1 {
				mine = fmt.Sprintf("x.%s::text = any ($%d::text[])", quote(c.Name), len(args))
			}
			sets = append(sets, assignment{quote(c.Name), fmt.Sprintf("case when v.alone or %s then null else x.%s end", mine, quote(c.Name))})
		}
	}
	return sets, args
}

func emptyOf(t datamap.ColumnType) string {
	switch {
	case t.Base == "json" || t.Base == "jsonb" || strings.HasPrefix(t.Base, "_"):
		return "'{}'::" + t.Name
	}
	return "''::" + t.Name
}

// removeJSON drops the paths that the map removes; where "$.*" goes, only what is kept by name stays.
func removeJSON(c *datamap.Column, t datamap.ColumnType) string {
	value := "x." + quote(c.Name) + "::jsonb"
	var kept []string
	rest := false
	for _, r := range c.JSON {
		path := strings.TrimPrefix(r.Name, "$.")
		switch {
		case path == "*":
			rest = r.Value.Erase.Action == datamap.Remove
		case r.Value.Erase.Action == datamap.Remove:
			value = "(" + value + " #- " + literalArray(strings.Split(path, ".")) + ")"
		default:
			kept = append(kept, strings.Split(path, ".")[0])
		}
	}
	if rest {
		if len(kept) == 0 {
			return "'{}'::" + t.Name
		}
		value = fmt.Sprintf(`(select coalesce(jsonb_object_agg(j.key, j.value), '{}') from jsonb_each(case when jsonb_typeof(%s) = 'object' then %s else '{}' end) as j where j.key = any (%s))`,
			value, value, literalArray(kept))
	}
	return value + "::" + t.Name
}

func literalArray(parts []string) string {
	quoted := make([]string, 0, len(parts))
	for _, p := range parts {
		quoted = append(quoted, "'"+strings.ReplaceAll(p, "'", "''")+"'")
	}
	return "array[" + strings.Join(quoted, ", ") + "]::text[]"
}

func fromText(t datamap.ColumnType, expr string) string {
	if strings.HasPrefix(t.Base, "_") {
		return fmt.Sprintf("case when %s is null then null else array(select jsonb_array_elements_text(%s::jsonb))::%s end", expr, expr, t.Name)
	}
	return expr + "::" + t.Name
}

// keyMatch joins the updated table x to the values v by key.
func keyMatch(t *datamap.PlannedTable) string {
	var out []string
	for i, k := range t.Key {
		value := "v.k"
		if len(t.Key) > 1 {
			value = fmt.Sprintf("split_part(v.k, ',', %d)", i+1)
		}
		out = append(out, fmt.Sprintf("x.%s = %s::%s", quote(k), value, t.Types[k].Name))
	}
	return strings.Join(out, " and ")
}

// remove deletes the rows that are the person's alone, and the ties to those that are not.
func (r *run) remove(ctx context.Context, w *tableWork) error {
	if len(w.remove) == 0 {
		return nil
	}
	sql := fmt.Sprintf(`delete from %s as x using unnest($1::text[]) as v (k) where %s`, tableSQL(w.t), keyMatch(w.t))
	tag, err := r.tx.Exec(ctx, sql, w.remove)
	if err != nil {
		return fmt.Errorf("delete from %s: %w", w.t.Name, err)
	}
	action := Deleted
	if w.t.Erase == datamap.CutLink {
		action = CutOff
	}
	return r.count(w.t, action, int(tag.RowsAffected()))
}
