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

// keyText is a row's key as one text, its parts joined by ",".
func keyText(alias string, columns []string) string {
	parts := make([]string, 0, len(columns))
	for _, c := range columns {
		parts = append(parts, alias+"."+quote(c)+"::text")
	}
	return strings.Join(parts, " || ',' || ")
}

// keyIn holds where the columns are one of the keys in param (a text[] of keys as keyText writes them). The keys are
// cast to the columns' types and not the columns to text, so that an index serves.
func keyIn(alias string, columns []string, types []string, param string) string {
	if len(columns) == 1 {
		return fmt.Sprintf("%s.%s = any (%s::text[]::%s[])", alias, quote(columns[0]), param, types[0])
	}
	ours := make([]string, 0, len(columns))
	parts := make([]string, 0, len(columns))
	for i, c := range columns {
		ours = append(ours, alias+"."+quote(c))
		parts = append(parts, fmt.Sprintf("split_part(u.k, ',', %d)::%s", i+1, types[i]))
	}
	return fmt.Sprintf("(%s) in (select %s from unnest(%s::text[]) as u (k))", strings.Join(ours, ", "), strings.Join(parts, ", "), param)
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

// linked holds for a row (alias x) that the path leads to one of the persons in $1, a text[].
func (w pathSQL) linked(p datamap.Path) string {
	cond := w.from("x", p.Hops, 0, "$1")
	if p.When != "" {
		cond = "(" + p.When + ") and " + cond
	}
	return cond
}

func (w pathSQL) from(alias string, hops []datamap.Hop, depth int, param string) string {
	subject := w.plan.Subject()
	if len(hops) == 0 {
		return keyIn(alias, subject.Key, typesOf(subject, subject.Key), param)
	}
	h := hops[0]
	if ours, ok := ontoKey(h, subject); len(hops) == 1 && ok {
		return keyIn(alias, ours, typesOf(subject, subject.Key), param)
	}
	next := fmt.Sprintf("h%d", depth)
	var ours, theirs []string
	for _, pair := range h.On {
		ours = append(ours, alias+"."+quote(pair.Ours))
		theirs = append(theirs, next+"."+quote(pair.Theirs))
	}
	cond := w.from(next, hops[1:], depth+1, param)
	if h.When != "" {
		// Only this table stands in the innermost from, so the condition's bare names can mean nothing else.
		cond = "(" + h.When + ") and " + cond
	}
	return fmt.Sprintf("(%s) in (select %s from %s as %s where %s)",
		strings.Join(ours, ", "), strings.Join(theirs, ", "), quoteTable(h.Table), next, cond)
}

// ontoKey gives the columns of the table before that stand for the subject's key, where the hop joins on exactly it.
func ontoKey(h datamap.Hop, subject *datamap.PlannedTable) ([]string, bool) {
	if h.Table != subject.Name || len(h.On) != len(subject.Key) {
		return nil, false
	}
	var ours []string
	for _, k := range subject.Key {
		for _, pair := range h.On {
			if pair.Theirs == k {
				ours = append(ours, pair.Ours)
			}
		}
	}
	return ours, len(ours) == len(subject.Key)
}

// joined is a from clause that ties rows (alias t) to persons.
type joined struct {
	from   string
	row    string   // the row's key as text
	person string   // the person's key as text
	onKey  string   // the person's key columns are in param %s
	parts  []string // the person's key columns
}

// join ties the table's rows to the persons that the path leads to. Only the needed columns are read in each step.
// inner restricts the table itself (alias x); "" restricts nothing.
func (w pathSQL) join(t *datamap.PlannedTable, p datamap.Path, columns []string, inner string) joined {
	subject := w.plan.Subject()
	need := append(append([]string(nil), t.Key...), columns...)
	if len(p.Hops) > 0 {
		for _, pair := range p.Hops[0].On {
			need = append(need, pair.Ours)
		}
	}
	var b strings.Builder
	b.WriteString("(select " + list("x", need) + " from " + quoteTable(t.Name) + " as x where " + and(p.When, inner) + ") as t")
	alias := "t"
	for i, h := range p.Hops {
		if ours, ok := ontoKey(h, subject); ok && i == len(p.Hops)-1 {
			return joined{
				from: b.String(), row: keyText("t", t.Key), person: keyText(alias, ours),
				onKey: keyIn(alias, ours, typesOf(subject, subject.Key), "%s"), parts: aliased(alias, ours),
			}
		}
		next := fmt.Sprintf("h%d", i)
		var theirs []string
		var on []string
		for _, pair := range h.On {
			theirs = append(theirs, pair.Theirs)
			on = append(on, alias+"."+quote(pair.Ours)+" = "+next+"."+quote(pair.Theirs))
		}
		if i+1 < len(p.Hops) {
			for _, pair := range p.Hops[i+1].On {
				theirs = append(theirs, pair.Ours)
			}
		} else {
			theirs = append(theirs, subject.Key...)
		}
		b.WriteString(" join (select " + list("x", theirs) + " from " + quoteTable(h.Table) + " as x where " + and(h.When, "") + ") as " + next +
			" on " + strings.Join(on, " and "))
		alias = next
	}
	return joined{
		from: b.String(), row: keyText("t", t.Key), person: keyText(alias, subject.Key),
		onKey: keyIn(alias, subject.Key, typesOf(subject, subject.Key), "%s"), parts: aliased(alias, subject.Key),
	}
}

func aliased(alias string, columns []string) []string {
	out := make([]string, 0, len(columns))
	for _, c := range columns {
		out = append(out, alias+"."+quote(c))
	}
	return out
}

func (j joined) personIn(param string) string { return strings.Replace(j.onKey, "%s", param, 1) }

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
