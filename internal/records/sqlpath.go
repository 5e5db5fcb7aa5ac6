package records

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
)

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// quoteTable quotes "schema.table" of the map.
func quoteTable(name string) string {
	schema, table, _ := strings.Cut(name, ".")
	return pgx.Identifier{schema, table}.Sanitize()
}

// tableSQL is a mapped table's own rows: those of tables that inherit from it are mapped by themselves.
func tableSQL(t *datamap.PlannedTable) string {
	if t.Live != nil && t.Live.Children {
		return "only " + quoteTable(t.Name)
	}
	return quoteTable(t.Name)
}

// keyText is a row's key as one text, its parts joined by ",".
func keyText(alias string, columns []string) string {
	parts := make([]string, 0, len(columns))
	for _, c := range columns {
		parts = append(parts, alias+"."+quote(c)+"::text")
	}
	return keyJoined(parts)
}

// keyJoined makes one text of the parts of a key. A comma inside one of several becomes a sign that stands in no key.
func keyJoined(texts []string) string {
	if len(texts) == 1 {
		return texts[0]
	}
	parts := make([]string, 0, len(texts))
	for _, t := range texts {
		parts = append(parts, "replace("+t+", ',', chr(31))")
	}
	return strings.Join(parts, " || ',' || ")
}

// keyPart is part i, from 0, of a key that keyText wrote of several.
func keyPart(key string, i int) string {
	return fmt.Sprintf("replace(split_part(%s, ',', %d), chr(31), ',')", key, i+1)
}

// keyIn holds where the columns are one of the keys in param (a text[] of keys as keyText writes them). The keys are
// cast to the columns' types and not the columns to text, so that an index serves.
func keyIn(alias string, columns []string, types []string, param string) string {
	return keyAmong(aliased(alias, columns), types, param)
}

// keyAmong is keyIn for expressions.
func keyAmong(ours []string, types []string, param string) string {
	if len(ours) == 1 {
		return fmt.Sprintf("%s = any (%s::text[]::%s[])", ours[0], param, types[0])
	}
	parts := make([]string, 0, len(ours))
	for i := range ours {
		parts = append(parts, keyPart("u.k", i)+"::"+types[i])
	}
	return fmt.Sprintf("(%s) in (select %s from unnest(%s::text[]) as u (k))", strings.Join(ours, ", "), strings.Join(parts, ", "), param)
}

// keyParts are the parts of a key in param, in the types of the table's key; null where param is empty.
func keyParts(t *datamap.PlannedTable, param string) string {
	var out []string
	for i, k := range t.Key {
		part := "nullif(" + param + "::text, '')"
		if len(t.Key) > 1 {
			part = keyPart(part, i)
		}
		out = append(out, part+"::"+t.Types[k].Name)
	}
	return strings.Join(out, ", ")
}

func typesOf(t *datamap.PlannedTable, columns []string) []string {
	out := make([]string, 0, len(columns))
	for _, c := range columns {
		out = append(out, t.Types[c].Name)
	}
	return out
}

// pathSQL writes the SQL of paths for one plan.
type pathSQL struct{ plan *datamap.Plan }

func (w pathSQL) table(name string) string {
	if t := w.plan.Table(name); t != nil {
		return tableSQL(t)
	}
	return quoteTable(name)
}

func (w pathSQL) typeOf(table, column string) datamap.ColumnType {
	if t := w.plan.Table(table); t != nil {
		return t.Types[column]
	}
	return datamap.ColumnType{}
}

// linked holds for a row (alias x) of the table that the path leads to one of the persons in $1, a text[].
func (w pathSQL) linked(t *datamap.PlannedTable, p datamap.Path) string {
	return w.linkedIn(t, p, "$1")
}

func (w pathSQL) linkedIn(t *datamap.PlannedTable, p datamap.Path, param string) string {
	cond := w.from("x", t.Name, p.Hops, 0, param)
	if p.When != "" {
		cond = "(" + p.When + ") and " + cond
	}
	return cond
}

func (w pathSQL) from(alias, table string, hops []datamap.Hop, depth int, param string) string {
	subject := w.plan.Subject()
	if len(hops) == 0 {
		return keyIn(alias, subject.Key, typesOf(subject, subject.Key), param)
	}
	h := hops[0]
	if len(hops) == 1 && h.When == "" {
		if pairs, ok := ontoKey(h, subject); ok {
			return w.ofPersons(alias, table, pairs, param)
		}
	}
	next := fmt.Sprintf("h%d", depth)
	cond := w.from(next, h.Table, hops[1:], depth+1, param)
	if h.When != "" {
		// Only this table stands in the innermost from, so the condition's bare names can mean nothing else.
		cond = "(" + h.When + ") and " + cond
	}
	if len(h.On) == 1 {
		return w.within(side{alias, table}, side{next, h.Table}, h.On[0], cond)
	}
	return w.exists(side{alias, table}, side{next, h.Table}, h.On, cond)
}

// ofPersons holds where our columns stand for the key of one of the persons in param. Keys are cast to our types, not
// our columns to theirs, so that an index serves.
func (w pathSQL) ofPersons(alias, table string, pairs []datamap.Pair, param string) string {
	subject := w.plan.Subject()
	plain := true
	var ours, types []string
	for i, pair := range pairs {
		theirs := subject.Types[subject.Key[i]]
		plain = plain && pair.Plain() && sameKind(w.typeOf(table, pair.Ours), theirs)
		ours, types = append(ours, alias+"."+quote(pair.Ours)), append(types, theirs.Name)
	}
	if plain {
		return keyAmong(ours, types, param)
	}
	if len(pairs) > 1 {
		return w.exists(side{alias, table}, side{"s", subject.Name}, pairs, keyIn("s", subject.Key, types, param))
	}
	keys := value{sql: "k", from: "unnest(" + param + "::text[]) as k", typ: datamap.ColumnType{Base: "text", Name: "text"}}
	return w.holds(side{alias, table}, pairs[0], keys)
}

// ontoKey gives the pairs that stand for the subject's key, in its order, where the hop joins on exactly it.
func ontoKey(h datamap.Hop, subject *datamap.PlannedTable) ([]datamap.Pair, bool) {
	if h.Table != subject.Name || len(h.On) != len(subject.Key) {
		return nil, false
	}
	var pairs []datamap.Pair
	for _, k := range subject.Key {
		for _, pair := range h.On {
			if pair.Theirs == k && !pair.TheirsPart.Inside() && !pair.Folded {
				pairs = append(pairs, pair)
			}
		}
	}
	return pairs, len(pairs) == len(subject.Key)
}

func aliased(alias string, columns []string) []string {
	out := make([]string, 0, len(columns))
	for _, c := range columns {
		out = append(out, alias+"."+quote(c))
	}
	return out
}

func list(alias string, columns []string) string {
	seen := map[string]bool{}
	var out []string
	for _, c := range columns {
		if !seen[c] {
			seen[c] = true
			out = append(out, alias+"."+quote(c))
		}
	}
	return strings.Join(out, ", ")
}

func and(conds ...string) string {
	var out []string
	for _, c := range conds {
		if c != "" {
			out = append(out, "("+c+")")
		}
	}
	if len(out) == 0 {
		return "true"
	}
	return strings.Join(out, " and ")
}
