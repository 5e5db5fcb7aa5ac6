package property

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// world is a random CRM: its schema, the data map of it, and its rows, of which it knows whose they are.
type world struct {
	t       *rapid.T
	keyKind string
	people  []*person
	subject int
	merges  bool
	mail    string // where the addresses are
	groups  bool
	tables  []*table
	types   []string // statements that make types
	after   []string // statements that come last: triggers
	rid     int
	fenced  []*table // kept tables that need the name on the person's row
}

// table is one mapped table.
type table struct {
	name    string
	says    fields // of the map
	mapKey  []string
	paths   []fields
	cols    []*column
	pk      []string
	storage string // what follows "create table name (columns …)"
	extra   []string
	rows    []*row
	many    bool // a row may have several owners
	kept    []string
	fence   []string // columns of the person's row that stay as long as a kept row
	byValue bool     // tied by what an erasure empties on the person's row
	frozen  string   // a kept column that a copy of the person's name is made in
	log     bool     // a trigger adds rows
	parent  *table   // what its path leads through
	parents bool     // others may refer to its rows by rid
	link    *table   // of a table many to many
	deletes string   // "", "delete_row", "cut", "delete_when"
}

func (t *table) short() string { return strings.TrimPrefix(t.name, "crm.") }

func (t *table) keeps(column string) bool { return slices.Contains(t.kept, column) }

func (t *table) column(name string) *column {
	for _, c := range t.cols {
		if c.name == name {
			return c
		}
	}
	return nil
}

// column is one column: its type and constraints, what the map says of it, what a row of it holds, and what stands there
// after the erasure of the one person whose row it is.
type column struct {
	name, typ string
	says      fields
	fill      func(r *row) cell
	after     func(was cell) (want cell, exact bool)
	redacts   bool   // the person's mentions go, also in rows of others
	refers    bool   // a reference to persons, cut where it is the subject's
	of        string // the path of the one person whom it is about
	generated bool
}

// cell is a value as text; nil is null.
type cell *string

func is(s string) cell { return &s }

func text(c cell) string {
	if c == nil {
		return "NULL"
	}
	return *c
}

// row is one row and whose it is.
type row struct {
	rid      int
	cells    map[string]cell
	owners   []int          // persons that a path leads to
	of       map[string]int // of them, by the name of a path
	mentions []int          // persons whom its texts name
	draft    bool           // delete_when means it
}

func (r *row) set(column string, v cell) { r.cells[column] = v }

func drawWorld(t *rapid.T) *world {
	w := &world{t: t, rid: 100_000}
	w.drawPersons()
	w.personTable()
	if w.mail != inPerson {
		w.mailTable()
	}
	n := rapid.IntRange(1, 7).Draw(t, "tables")
	for i := range n {
		w.drawTable(fmt.Sprintf("crm.t%d", i))
	}
	return w
}

// sql makes the schema and fills it.
func (w *world) sql() string {
	var b strings.Builder
	b.WriteString("create schema crm;\n")
	for _, s := range w.types {
		b.WriteString(s + ";\n")
	}
	for _, t := range w.tables {
		if t.storage == inherits {
			continue // made by its parent
		}
		var parts []string
		for _, c := range t.cols {
			parts = append(parts, c.name+" "+c.typ)
		}
		if len(t.pk) > 0 {
			parts = append(parts, "primary key ("+strings.Join(t.pk, ", ")+")")
		}
		fmt.Fprintf(&b, "create table %s (\n  %s\n)%s;\n", t.name, strings.Join(parts, ",\n  "), t.storage)
		for _, s := range t.extra {
			b.WriteString(s + ";\n")
		}
	}
	for _, t := range w.tables {
		var names []string
		for _, c := range t.cols {
			if !c.generated {
				names = append(names, c.name)
			}
		}
		for _, r := range t.rows {
			values := make([]string, 0, len(names))
			for _, n := range names {
				values = append(values, literal(r.cells[n]))
			}
			fmt.Fprintf(&b, "insert into %s (%s) values (%s);\n", t.name, strings.Join(names, ", "), strings.Join(values, ", "))
		}
	}
	for _, s := range w.after {
		b.WriteString(s + ";\n")
	}
	return b.String()
}

func literal(c cell) string {
	if c == nil {
		return "null"
	}
	return "'" + strings.ReplaceAll(*c, "'", "''") + "'"
}

func (w *world) newRow() *row {
	w.rid++
	return &row{rid: w.rid, cells: map[string]cell{"rid": is(fmt.Sprint(w.rid))}, of: map[string]int{}}
}

func ridColumn() *column {
	return &column{name: "rid", typ: "integer not null", says: fields{{"keep", "the row's own number"}, {"label", raw("{sv: Rad, en: Row}")}}}
}
