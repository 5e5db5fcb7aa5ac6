package datamap

import (
	"regexp"
	"slices"
	"sort"
	"strings"
)

// Pair joins a column of the table before to a column of the hop's table. Either may be more than a plain column, see Part.
type Pair struct {
	Ours, Theirs         string
	OursPart, TheirsPart Part
	// Text is what stands on our side, with {} for their value: "person,{}". Matched whole, never as a prefix.
	Text string
	// Folded compares as text in lower case: a tie by value, such as an address in a log.
	Folded bool
}

// Plain says that the pair joins two columns by equality, as a foreign key does.
func (p Pair) Plain() bool {
	return !p.OursPart.Inside() && !p.TheirsPart.Inside() && p.Text == "" && !p.Folded
}

// Part says what of a column is meant: each element of an array ("ids[]"), or what an SQL/JSON path finds
// ("payload$.members[*].id"). The zero value is the column itself.
type Part struct {
	Array bool
	JSON  string
}

// Inside says that the value lies inside the column.
func (p Part) Inside() bool { return p.Array || p.JSON != "" }

// Many says that a column may hold several values.
func (p Part) Many() bool { return p.Array || strings.Contains(p.JSON, "[*]") }

// jsonPath is what a map may name inside a json column: "$.a.b", "$.a[*].b".
var jsonPath = regexp.MustCompile(`^\$(\.[A-Za-z_][A-Za-z0-9_]*|\."[^"\\]+"|\[\*\])+$`)

// partOf splits "ids[]" and "payload$.a.b" into the column and its part.
func partOf(written string) (column string, part Part, ok bool) {
	if name, found := strings.CutSuffix(written, "[]"); found && !strings.Contains(written, "$") {
		return name, Part{Array: true}, name != ""
	}
	if i := strings.IndexByte(written, '$'); i > 0 {
		path := written[i:]
		return strings.TrimSpace(written[:i]), Part{JSON: path}, jsonPath.MatchString(path)
	}
	return written, Part{}, written != ""
}

// JSONSteps are the names on a json path; "[*]" is a step of its own.
func JSONSteps(path string) []string {
	var out []string
	for _, m := range jsonStep.FindAllStringSubmatch(strings.TrimPrefix(path, "$"), -1) {
		switch {
		case m[0] == "[*]":
			out = append(out, "[*]")
		case m[2] != "":
			out = append(out, m[2])
		default:
			out = append(out, m[1])
		}
	}
	return out
}

var jsonStep = regexp.MustCompile(`\.(\*|[A-Za-z_][A-Za-z0-9_]*)|\."([^"\\]+)"|\[\*\]`)

// target reads the right side of a join: schema.table.column, its part, or a text around it ("person,{crm.person.id}").
func target(on List[string], folded bool) (Hop, error) {
	var hop Hop
	for _, e := range on {
		pair := Pair{Folded: folded}
		var ok bool
		if pair.Ours, pair.OursPart, ok = partOf(e.Name); !ok {
			return Hop{}, at(e.Pos, "%q is no column, array element (column[]) or json path (column$.name)", e.Name)
		}
		where := e.Value
		if open, end := strings.IndexByte(where, '{'), strings.IndexByte(where, '}'); open >= 0 && end > open {
			pair.Text, where = where[:open]+"{}"+where[end+1:], where[open+1:end]
		}
		var table string
		if table, pair.Theirs, pair.TheirsPart, ok = place(where); !ok {
			return Hop{}, at(e.Pos, "%s leads to %q; schema.table.column is wanted", e.Name, e.Value)
		}
		if hop.Table != "" && hop.Table != table {
			return Hop{}, at(e.Pos, "one hop leads to two tables, %s and %s", hop.Table, table)
		}
		hop.Table = table
		hop.On = append(hop.On, pair)
	}
	sort.Slice(hop.On, func(i, j int) bool { return hop.On[i].Ours < hop.On[j].Ours })
	return hop, nil
}

// place splits schema.table.column.
func place(written string) (table, column string, part Part, ok bool) {
	schema, rest, _ := strings.Cut(written, ".")
	name, rest, found := strings.Cut(rest, ".")
	if !found || schema == "" || name == "" {
		return "", "", Part{}, false
	}
	column, part, ok = partOf(rest)
	return schema + "." + name, column, part, ok && !strings.Contains(column, ".")
}

// Shareable says whether several persons may reach one row: whether any hop leads to columns that are not the key of
// its table, or from a column that holds several values.
func (p Path) Shareable(key func(table string) []string) bool {
	for _, h := range p.Hops {
		theirs := make([]string, 0, len(h.On))
		for _, pair := range h.On {
			if pair.OursPart.Many() || pair.TheirsPart.Inside() || pair.Folded {
				return true
			}
			theirs = append(theirs, pair.Theirs)
		}
		if !sameSet(theirs, key(h.Table)) {
			return true
		}
	}
	return false
}

func sameSet(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for _, x := range a {
		if !slices.Contains(b, x) {
			return false
		}
	}
	return true
}
