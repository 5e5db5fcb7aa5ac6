package datamap

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Plan is a map's source on a live schema: what each table and column is, and what an erasure does, in order.
type Plan struct {
	Map         *Map
	Name        string
	Source      *Source
	Tables      []*PlannedTable // in the order of the map, logs last
	Triggers    []string        // "schema.table: trigger" of the mapped tables; they fire in an erasure
	ForeignKeys []ForeignKey    // from one mapped table to another, or to itself
	Fingerprint []byte          // SHA-256 of the live shape of the mapped tables
}

// PlannedTable is a mapped table with what the catalog says of it.
type PlannedTable struct {
	*Table
	Key       []string // from the map, else the primary key
	Types     map[string]ColumnType
	Live      *LiveTable
	Shareable bool
}

// Reads are the columns whose values an erasure reads and rewrites: texts and documents to redact, json with rules.
func (t *PlannedTable) Reads() []*Column {
	var out []*Column
	for _, e := range t.Columns {
		if (e.Value.Erase.Action == Redact || len(e.Value.JSON) > 0) && !t.Kept(e.Name) {
			out = append(out, e.Value)
		}
	}
	return out
}

// Searched are the columns in which other people's rows may name a person: texts that the database itself can search.
func (t *PlannedTable) Searched() []*Column {
	var out []*Column
	for _, e := range t.Columns {
		if c := e.Value; c.Scan && !t.Kept(c.Name) && c.Encoding == "" && t.Types[c.Name].Base != "bytea" {
			out = append(out, c)
		}
	}
	return out
}

// Packed are the columns in which other people's rows may name a person, and which have to be opened for that: texts in
// another encoding, and documents in bytea.
func (t *PlannedTable) Packed() []*Column {
	var out []*Column
	for _, e := range t.Columns {
		if c := e.Value; c.Scan && (c.Encoding != "" || t.Types[c.Name].Base == "bytea") {
			out = append(out, c)
		}
	}
	return out
}

// Changes says whether an erasure does anything to the table's rows.
func (t *PlannedTable) Changes() bool {
	for _, e := range t.Columns {
		if e.Value.Erase.Action != NoAction && !t.Kept(e.Name) || len(e.Value.JSON) > 0 {
			return true
		}
	}
	return t.Erase != ""
}

// CutsLinks says whether the table's rows refer to the person by a column that an erasure cuts.
func (t *PlannedTable) CutsLinks() bool {
	for _, e := range t.Columns {
		if e.Value.Erase.Action == Cut {
			return true
		}
	}
	return false
}

// Table returns a planned table.
func (p *Plan) Table(name string) *PlannedTable {
	for _, t := range p.Tables {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// Subject is the planned table of the persons.
func (p *Plan) Subject() *PlannedTable { return p.Table(p.Source.Subject.Table) }

// Actions lists what an erasure does, one line a table or column, in the order in which it runs.
func (p *Plan) Actions() []string {
	var out []string
	for _, t := range p.Tables {
		if t.Erase != "" {
			out = append(out, t.Name+" "+t.Erase)
		}
		if t.DeleteWhen != "" {
			out = append(out, t.Name+" "+DeleteRow+" when "+t.DeleteWhen)
		}
		if t.Keep != nil {
			out = append(out, t.Name+" keep "+t.Keep.Until)
		}
		for _, e := range t.Columns {
			c := e.Value
			if c.Erase.Action != NoAction {
				out = append(out, fmt.Sprintf("%s.%s %s", t.Name, c.Name, c.Erase))
			}
			for _, r := range c.JSON {
				out = append(out, fmt.Sprintf("%s.%s %s %s", t.Name, c.Name, r.Name, r.Value.Erase))
			}
			if c.Scan {
				out = append(out, t.Name+"."+c.Name+" scan")
			}
		}
	}
	return out
}

// Hash stands for what an approver approved: map, live schema and actions. Counts are compared apart.
func (p *Plan) Hash() []byte {
	h := sha256.New()
	h.Write(p.Map.Hash())
	h.Write(p.Fingerprint)
	h.Write([]byte(strings.Join(p.Actions(), "\n")))
	return h.Sum(nil)
}

// Check holds the map against the live schema: unknown and missing tables and columns, types and constraints that an
// action cannot satisfy, missing rights, tables that reach a person and are neither mapped nor excluded. The plan is
// complete only where no problem stops it.
func Check(ctx context.Context, q Querier, m *Map, source string) (*Plan, Problems, error) {
	c, err := ReadCatalog(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	return CheckCatalog(ctx, q, m, source, c)
}

// CheckCatalog is Check on a catalog that was read before.
func CheckCatalog(ctx context.Context, q Querier, m *Map, source string, c *Catalog) (*Plan, Problems, error) {
	s, ok := m.Source(source)
	if !ok {
		return nil, nil, fmt.Errorf("the map has no source %s", source)
	}
	p := &Plan{Map: m, Name: source, Source: s}
	problems := append(p.tables(c), m.undecided(s)...)
	for _, t := range p.Tables {
		problems = append(problems, t.check()...)
		t.Shareable = len(t.Paths) > 1 // each may lead to somebody else
		for _, path := range t.Paths {
			t.Shareable = t.Shareable || path.Shareable(p.keyOf)
		}
		for _, g := range t.Live.Triggers {
			p.Triggers = append(p.Triggers, t.Name+": "+g)
		}
	}
	impossible, err := p.tryConstants(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	problems = append(problems, impossible...)
	problems = append(problems, c.reachable(s)...)
	problems = append(problems, c.inherited(s)...)
	problems = append(problems, p.deletes(c)...)
	for _, l := range c.ForeignKeys {
		if p.Table(l.From) != nil && p.Table(l.To) != nil {
			p.ForeignKeys = append(p.ForeignKeys, l)
		}
	}
	p.Fingerprint = p.shape(c)
	sort.SliceStable(problems, func(i, j int) bool { return problems[i].Place < problems[j].Place })
	return p, problems, nil
}

// tables pairs mapped tables with live ones.
func (p *Plan) tables(c *Catalog) Problems {
	var problems Problems
	var logs []*PlannedTable
	for _, e := range p.Source.Tables {
		live := c.Tables[e.Name]
		if live == nil {
			problems = append(problems, Problem{Stops, e.Name, "the table does not exist", "take it out of the map, or create it"})
			continue
		}
		key := e.Value.Key
		if len(key) == 0 {
			// A table without a declared key is told apart by nothing, so its rows cannot be changed one by one.
			if len(live.Key) == 0 {
				problems = append(problems, Problem{Stops, e.Name, "the table has no primary key", "name its key columns in the map"})
				continue
			}
			key = live.Key
		}
		if len(e.Value.Paths)+len(p.Source.By) > maxPaths {
			problems = append(problems, Problem{Stops, e.Name, fmt.Sprintf("it has more than %d paths", maxPaths), "tell its kinds of rows apart in fewer"})
			continue
		}
		t := &PlannedTable{Table: p.Source.WithBy(e.Value, live), Key: key, Types: live.Columns, Live: live}
		if t.LogOf != "" {
			logs = append(logs, t)
			continue
		}
		p.Tables = append(p.Tables, t)
	}
	// A trigger writes old values into a log while the other tables change, so the logs come last.
	p.Tables = append(p.Tables, logs...)
	return problems
}

// maxPaths is how many ways to a person a table may have: a run keeps a bit for each.
const maxPaths = 62

// WithBy is the table with the source's by columns that it has and does not map itself.
func (s *Source) WithBy(t *Table, live *LiveTable) *Table {
	out := *t
	out.Columns, out.Paths = slices.Clone(t.Columns), slices.Clone(t.Paths)
	for _, c := range s.By {
		if _, ok := live.Columns[c.Name]; !ok || t.Column(c.Name) != nil {
			continue
		}
		out.Columns = append(out.Columns, c)
		if len(s.Subject.Key) == 1 {
			hop := Hop{Table: s.Subject.Table, On: []Pair{{Ours: c.Name, Theirs: s.Subject.Key[0]}}}
			out.Paths = append(out.Paths, Path{Hops: []Hop{hop}, As: AsBy})
		}
	}
	return &out
}

// shape stands for the live shape of the mapped tables.
func (p *Plan) shape(c *Catalog) []byte {
	h := sha256.New()
	for _, t := range p.Tables {
		for _, name := range t.Live.Order {
			_, _ = fmt.Fprintf(h, "%s.%s %v\n", t.Name, name, t.Types[name].shape())
		}
		for _, g := range t.Live.Triggers {
			_, _ = fmt.Fprintf(h, "%s trigger %s\n", t.Name, g)
		}
	}
	for _, l := range c.ForeignKeys {
		if p.Table(l.From) != nil {
			_, _ = fmt.Fprintf(h, "%s %v -> %s\n", l.From, l.Columns, l.To)
		}
	}
	return h.Sum(nil)
}

func (t ColumnType) shape() string { return fmt.Sprint(t.Name, t.NotNull, t.Generated) }

func (p *Plan) keyOf(table string) []string {
	if t := p.Table(table); t != nil {
		return t.Key
	}
	return nil
}
