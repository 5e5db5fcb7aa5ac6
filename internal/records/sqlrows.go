package records

import (
	"fmt"
	"slices"
	"strings"

	"insyn/internal/datamap"
)

// joined is a from clause that ties rows (alias t) to persons.
type joined struct {
	from   string
	row    string   // the row's key as text
	person string   // the person's key as text
	onKey  string   // the person's key columns are in param %s
	parts  []string // the person's key columns
}

func (j joined) personIn(param string) string { return strings.Replace(j.onKey, "%s", param, 1) }

// join ties the table's rows to the persons that the path leads to. Only the needed columns are read in each step.
// inner restricts the table itself (alias x); "" restricts nothing.
func (w pathSQL) join(t *datamap.PlannedTable, p datamap.Path, columns []string, inner string) joined {
	return w.joinPath(t, p, columns, inner, false)
}

// joinLiving is join without the keys that no row of the persons has, such as a 0 that stands for nobody.
func (w pathSQL) joinLiving(t *datamap.PlannedTable, p datamap.Path, columns []string, inner string) joined {
	return w.joinPath(t, p, columns, inner, true)
}

func (w pathSQL) joinPath(t *datamap.PlannedTable, p datamap.Path, columns []string, inner string, living bool) joined {
	subject := w.plan.Subject()
	need := append(append([]string(nil), t.Key...), columns...)
	if len(p.Hops) > 0 {
		need = append(need, ourColumns(p.Hops[0])...)
	}
	var b strings.Builder
	b.WriteString("(select " + w.needed(t, need) + " from " + tableSQL(t) + " as x where " + and(p.When, inner) + ") as t")
	before := side{"t", t.Name}
	for i, h := range p.Hops {
		last := i+1 == len(p.Hops)
		if pairs, ok := ontoKey(h, subject); ok && last && h.When == "" && w.plan.Source.Subject.When == "" && (!living || w.declared(before.table, pairs)) {
			person := w.decode(&b, before, pairs, i)
			for k, name := range subject.Key {
				person[k].sql = cast(person[k], subject.Types[name])
			}
			return w.joinedTo(t, b.String(), person)
		}
		next := side{fmt.Sprintf("h%d", i), h.Table}
		var theirs []string
		for _, pair := range h.On {
			theirs = append(theirs, pair.Theirs)
		}
		if last {
			theirs = append(theirs, subject.Key...)
		} else {
			theirs = append(theirs, ourColumns(p.Hops[i+1])...)
		}
		ours := w.decode(&b, before, h.On, i)
		when := h.When
		if last {
			when = and(h.When, w.plan.Source.Subject.When)
		}
		b.WriteString(" join (select " + list("x", theirs) + " from " + w.table(h.Table) + " as x where " + and(when, "") + ") as " + next.alias +
			" on " + strings.Join(w.matches(next, h.On, ours, i), " and "))
		before = next
	}
	var person []value
	for _, k := range subject.Key {
		person = append(person, value{sql: before.alias + "." + quote(k), typ: subject.Types[k]})
	}
	return w.joinedTo(t, b.String(), person)
}

// needed lists columns; one that has its role only under a condition is null elsewhere.
func (w pathSQL) needed(t *datamap.PlannedTable, columns []string) string {
	var out []string
	for i, name := range columns {
		if slices.Contains(columns[:i], name) {
			continue
		}
		expr := "x." + quote(name)
		if c, is := roleOf(t, name); c != nil && is.When != "" {
			expr = fmt.Sprintf("case when (%s) then x.%s end as %s", is.When, quote(c.Name), quote(name))
		}
		out = append(out, expr)
	}
	return strings.Join(out, ", ")
}

// declared says that a foreign key holds the pairs, so that whoever they lead to is there.
func (w pathSQL) declared(table string, pairs []datamap.Pair) bool {
	t, subject := w.plan.Table(table), w.plan.Subject()
	if t == nil || t.Live == nil {
		return false
	}
	return slices.ContainsFunc(t.Live.ForeignKeys, func(k datamap.ForeignKey) bool {
		return k.To == subject.Name && len(k.Columns) == len(pairs) && !slices.ContainsFunc(pairs, func(p datamap.Pair) bool {
			i := slices.Index(k.Columns, p.Ours)
			return !p.Plain() || i < 0 || k.ToColumns[i] != p.Theirs
		})
	})
}

func ourColumns(h datamap.Hop) []string {
	var out []string
	for _, pair := range h.On {
		out = append(out, pair.Ours)
	}
	return out
}

func (w pathSQL) joinedTo(t *datamap.PlannedTable, from string, person []value) joined {
	subject := w.plan.Subject()
	var parts, texts []string
	for _, v := range person {
		parts, texts = append(parts, v.sql), append(texts, "("+v.sql+")::text")
	}
	return joined{
		from: from, row: keyText("t", t.Key), person: keyJoined(texts),
		onKey: keyAmong(parts, typesOf(subject, subject.Key), "%s"), parts: parts,
	}
}

// decode gives our values of the pairs in the type of their columns, so that their index serves; a value inside a column
// is taken out by a lateral join that it adds to b.
func (w pathSQL) decode(b *strings.Builder, ours side, pairs []datamap.Pair, hop int) []value {
	var out []value
	for i, pair := range pairs {
		v := w.inside(ours, pair.Ours, pair.OursPart, fmt.Sprintf("d%d_%d", hop, i))
		if v.from != "" {
			b.WriteString(" cross join lateral " + v.from)
		}
		if pair.Text != "" {
			v = stripped(pair.Text, v)
		}
		out = append(out, v)
	}
	return out
}

// stripped takes the pair's text away from around the value; null where it does not stand there.
func stripped(text string, v value) value {
	before, after, _ := strings.Cut(text, "{}")
	t := v.sql + "::text"
	return value{typ: textType, sql: fmt.Sprintf("(case when length(%s) > %d and left(%s, %d) = %s and right(%s, %d) = %s then substr(%s, %d, length(%s) - %d) end)",
		t, len(before)+len(after), t, len(before), literal(before), t, len(after), literal(after), t, len(before)+1, t, len(before)+len(after))}
}

// matches are the conditions under which a row of theirs belongs to our values.
func (w pathSQL) matches(theirs side, pairs []datamap.Pair, ours []value, hop int) []string {
	var out []string
	for i, pair := range pairs {
		v := w.inside(theirs, pair.Theirs, pair.TheirsPart, fmt.Sprintf("e%d_%d", hop, i))
		if pair.Folded {
			v.sql, ours[i].sql = "lower("+v.sql+"::text)", "lower("+ours[i].sql+"::text)"
			v.typ, ours[i].typ = textType, textType
		}
		cond := v.sql + " = " + cast(ours[i], v.typ)
		if v.from != "" {
			cond = "exists (select 1 from " + v.from + " where " + cond + ")"
		}
		out = append(out, cond)
	}
	return out
}
