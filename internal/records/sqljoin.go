package records

import (
	"fmt"
	"strings"

	"insyn/internal/datamap"
)

// side is one end of a join: a table under an alias.
type side struct{ alias, table string }

// value is an expression, the from clause that it needs ("" none), and its type.
type value struct {
	sql, from string
	typ       datamap.ColumnType
}

var textType = datamap.ColumnType{Base: "text", Name: "text"}

// sameKind says whether two types compare without a cast and by an index.
func sameKind(a, b datamap.ColumnType) bool {
	return a.Base == b.Base || a.IsInteger() && b.IsInteger() || isText(a) && isText(b)
}

func isText(t datamap.ColumnType) bool {
	switch t.Base {
	case "text", "varchar", "bpchar", "citext":
		return true
	}
	return false
}

// inside gives the values that a side of a pair holds: the column itself, each element of an array, what a json path finds.
func (w pathSQL) inside(s side, column string, part datamap.Part, name string) value {
	v := value{sql: s.alias + "." + quote(column), typ: w.typeOf(s.table, column)}
	switch {
	case part.Array:
		return value{sql: name, from: "unnest(" + v.sql + ") as " + name, typ: elemType(v.typ)}
	case part.JSON != "" && part.Many():
		return value{
			sql: "(" + name + " #>> '{}')", typ: textType,
			from: fmt.Sprintf("jsonb_path_query(%s::jsonb, %s) as %s", v.sql, literal(part.JSON), name),
		}
	case part.JSON != "":
		return value{sql: fmt.Sprintf("(%s #>> %s)", v.sql, literalArray(datamap.JSONSteps(part.JSON))), typ: textType}
	}
	return v
}

func elemType(t datamap.ColumnType) datamap.ColumnType {
	return datamap.ColumnType{Base: strings.TrimPrefix(t.Base, "_"), Name: t.Elem}
}

// cast gives an expression in another type; what cannot be one is null, since a text column also holds what is no key.
func cast(v value, to datamap.ColumnType) string {
	switch {
	case v.typ.Base == "" || to.Base == "" || sameKind(v.typ, to):
		return v.sql
	case isText(to):
		return v.sql + "::text"
	case to.IsInteger() && isText(v.typ):
		return fmt.Sprintf("case when %s ~ '^[0-9]{1,18}$' then %s::bigint end", v.sql, v.sql)
	case to.Base == "uuid" && isText(v.typ):
		return fmt.Sprintf("case when %s ~ '^[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}$' then %s::uuid end", v.sql, v.sql)
	}
	return v.sql + "::" + to.Name
}

// written is their value as it stands on our side: in the pair's text, in lower case, in our type.
func written(pair datamap.Pair, v value, to datamap.ColumnType) string {
	if pair.Text != "" {
		before, after, _ := strings.Cut(pair.Text, "{}")
		out := literal(before) + " || " + v.sql + "::text"
		if after != "" {
			out += " || " + literal(after)
		}
		return out
	}
	if pair.Folded {
		return "lower(" + v.sql + "::text)"
	}
	return cast(v, to)
}

// holds says, for a row of our side, that the pair's value is one of theirs.
func (w pathSQL) holds(ours side, pair datamap.Pair, theirs value) string {
	column := ours.alias + "." + quote(pair.Ours)
	typ := w.typeOf(ours.table, pair.Ours)
	set := func(to datamap.ColumnType) string {
		return "select " + written(pair, theirs, to) + " from " + theirs.from
	}
	switch part := pair.OursPart; {
	case part.Array:
		elem := elemType(typ)
		return fmt.Sprintf("%s && array(%s)::%s[]", column, set(elem), or(elem.Name, "text"))
	case part.JSON != "" && part.Many():
		return fmt.Sprintf("exists (select 1 from jsonb_path_query(%s::jsonb, %s) as j where %s in (%s))",
			column, literal(part.JSON), lowered(pair, "(j #>> '{}')"), set(textType))
	case part.JSON != "":
		return fmt.Sprintf("%s in (%s)", lowered(pair, fmt.Sprintf("(%s #>> %s)", column, literalArray(datamap.JSONSteps(part.JSON)))), set(textType))
	case pair.Folded:
		return fmt.Sprintf("%s in (%s)", lowered(pair, asText(column, typ)), set(textType))
	}
	// An array made once serves an index better than a join does, where the keys are few.
	return fmt.Sprintf("%s = any (array(%s))", column, set(typ))
}

// within holds where our value is among those of their rows that fulfil cond.
func (w pathSQL) within(ours, theirs side, pair datamap.Pair, cond string) string {
	v := w.inside(theirs, pair.Theirs, pair.TheirsPart, "v"+theirs.alias)
	from := w.table(theirs.table) + " as " + theirs.alias
	if v.from != "" {
		from += " cross join lateral " + v.from
	}
	v.from = from + " where " + cond
	if pair.OursPart.Inside() || pair.Folded {
		return w.holds(ours, pair, v)
	}
	return fmt.Sprintf("%s.%s in (select %s from %s)", ours.alias, quote(pair.Ours), written(pair, v, w.typeOf(ours.table, pair.Ours)), v.from)
}

// exists holds where one of their rows matches all pairs and fulfils cond.
func (w pathSQL) exists(ours, theirs side, pairs []datamap.Pair, cond string) string {
	plain := true
	var left, right []string
	for _, p := range pairs {
		plain = plain && p.Plain() && sameKind(w.typeOf(ours.table, p.Ours), w.typeOf(theirs.table, p.Theirs))
		left, right = append(left, ours.alias+"."+quote(p.Ours)), append(right, theirs.alias+"."+quote(p.Theirs))
	}
	if plain {
		return fmt.Sprintf("(%s) in (select %s from %s as %s where %s)", strings.Join(left, ", "), strings.Join(right, ", "),
			w.table(theirs.table), theirs.alias, cond)
	}
	conds := []string{cond}
	for i, p := range pairs {
		v := w.inside(theirs, p.Theirs, p.TheirsPart, fmt.Sprintf("v%d", i))
		if v.from == "" {
			v.from = "(select 1) as one"
		}
		conds = append(conds, w.holds(ours, p, v))
	}
	return fmt.Sprintf("exists (select 1 from %s as %s where %s)", w.table(theirs.table), theirs.alias, strings.Join(conds, " and "))
}

func lowered(pair datamap.Pair, expr string) string {
	if pair.Folded {
		return "lower(" + expr + ")"
	}
	return expr
}

func asText(expr string, t datamap.ColumnType) string {
	if isText(t) {
		return expr
	}
	return expr + "::text"
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
