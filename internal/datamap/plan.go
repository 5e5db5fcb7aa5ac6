package datamap

import (
	"context"
	"crypto/sha256"
	"fmt"
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
	Fingerprint []byte          // SHA-256 of the live shape of the mapped tables
}

// PlannedTable is a mapped table with what the catalog says of it.
type PlannedTable struct {
	*Table
	Key       []string // from the map, else the primary key
	Types     map[string]ColumnType
	Shareable bool
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
		if t.Keep != nil {
			out = append(out, t.Name+" keep "+t.Keep.Until)
		}
		for _, e := range t.Columns {
			c := e.Value
			if c.Erase.Action != NoAction {
				out = append(out, fmt.Sprintf("%s.%s %s %s%s%v", t.Name, c.Name, c.Erase.Action, c.Erase.Text, c.Erase.Unit, c.Erase.Constant))
			}
			for _, r := range c.JSON {
				out = append(out, fmt.Sprintf("%s.%s %s %s", t.Name, c.Name, r.Name, r.Value.Erase.Action))
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

// Check holds the map against the live schema: unknown and missing tables and columns, types that an action cannot
// take, missing rights, tables that reach a person and are neither mapped nor excluded. The plan is complete only
// where no problem stops it.
func Check(ctx context.Context, q Querier, m *Map, source string) (*Plan, Problems, error) {
	s, ok := m.Source(source)
	if !ok {
		return nil, nil, fmt.Errorf("the map has no source %s", source)
	}
	c, err := readCatalog(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	p := &Plan{Map: m, Name: source, Source: s}
	var problems Problems
	var logs []*PlannedTable
	shape := sha256.New()
	for _, e := range s.Tables {
		live := c.tables[e.Name]
		if live == nil {
			problems = append(problems, Problem{Stops, e.Name, "the table does not exist", "take it out of the map, or create it"})
			continue
		}
		key := e.Value.Key
		if len(key) == 0 {
			// A table without a declared key is told apart by nothing, so its rows cannot be changed one by one.
			if len(live.key) == 0 {
				problems = append(problems, Problem{Stops, e.Name, "the table has no primary key", "name its key columns in the map"})
				continue
			}
			key = live.key
		}
		t := &PlannedTable{Table: e.Value, Key: key, Types: live.columns}
		problems = append(problems, t.check(live)...)
		for _, name := range live.order {
			_, _ = fmt.Fprintf(shape, "%s.%s %v\n", e.Name, name, live.columns[name].shape())
		}
		for _, g := range c.triggers[e.Name] {
			p.Triggers = append(p.Triggers, e.Name+": "+g)
			_, _ = fmt.Fprintf(shape, "%s trigger %s\n", e.Name, g)
		}
		if t.LogOf != "" {
			logs = append(logs, t)
			continue
		}
		p.Tables = append(p.Tables, t)
	}
	// A trigger writes old values into a log while the other tables change, so the logs come last.
	p.Tables = append(p.Tables, logs...)
	for _, t := range p.Tables {
		for _, path := range t.Paths {
			t.Shareable = t.Shareable || path.Shareable(p.keyOf)
		}
	}
	problems = append(problems, c.reachable(s)...)
	problems = append(problems, p.deleteOrder(c)...)
	for _, l := range c.links {
		if p.Table(l.from) != nil {
			_, _ = fmt.Fprintf(shape, "%s %v -> %s\n", l.from, l.columns, l.to)
		}
	}
	p.Fingerprint = shape.Sum(nil)
	sort.SliceStable(problems, func(i, j int) bool { return problems[i].Place < problems[j].Place })
	return p, problems, nil
}

func (t ColumnType) shape() string { return fmt.Sprint(t.Name, t.NotNull, t.Generated) }

func (p *Plan) keyOf(table string) []string {
	if t := p.Table(table); t != nil {
		return t.Key
	}
	return nil
}
