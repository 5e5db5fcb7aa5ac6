package datamap

import (
	"fmt"
	"slices"
)

// reachable finds tables that refer to a mapped one and that the map does not speak of: the classic leak is the table
// that somebody added last week.
func (c *Catalog) reachable(s *Source) Problems {
	var out Problems
	seen := map[string]bool{}
	for _, l := range c.ForeignKeys {
		if _, ok := s.Table(l.To); !ok || seen[l.From] || s.knows(l.From) {
			continue
		}
		seen[l.From] = true
		out = append(out, Problem{StopsErase, l.From, "the table refers to " + l.To + " and the map does not know it", "map it, or exclude it with a reason"})
	}
	for _, x := range s.Exclude {
		if c.Tables[x.Name] == nil {
			out = append(out, Problem{OnlyWarning, x.Name, "an excluded table does not exist", "take it out of the map"})
		}
	}
	return out
}

// knows says whether the map speaks of a table.
func (s *Source) knows(table string) bool {
	_, mapped := s.Table(table)
	_, excluded := s.Exclude.Get(table)
	return mapped || excluded
}

// inherited finds tables that inherit from a mapped one. A statement on the parent is on its own rows alone, so that a
// child's further columns are not passed over.
func (c *Catalog) inherited(s *Source) Problems {
	var out Problems
	for name, t := range c.Tables {
		if s.knows(name) {
			continue
		}
		for _, parent := range t.Parents {
			if _, ok := s.Table(parent); ok {
				out = append(out, Problem{StopsErase, name, "the table inherits from " + parent + " and the map does not know it", "map it with its own columns, or exclude it with a reason"})
			}
		}
	}
	return out
}

// deletes holds that rows which refer to others go first (deletes run in the reverse order of the map), and that no row
// goes along, or stands in the way, that the map does not delete.
func (p *Plan) deletes(c *Catalog) Problems {
	place := map[string]int{}
	for i, t := range p.Tables {
		if t.Erase != "" {
			place[t.Name] = i + 1
		}
	}
	var out Problems
	for _, l := range c.ForeignKeys {
		from, to := place[l.From], place[l.To]
		if to == 0 || l.From == l.To {
			continue
		}
		t := p.Table(l.From)
		switch {
		case from > 0 && from < to:
			out = append(out, Problem{Stops, l.From, "it refers to " + l.To + " and stands before it in the map", "put it after " + l.To})
		case from > 0 || t == nil:
		case l.OnDelete == "c":
			out = append(out, Problem{Stops, l.From, fmt.Sprintf("%s deletes its rows along with those of %s, and the map keeps them", l.Name, l.To), "let " + l.From + " be erased with delete_row too, or keep the rows of " + l.To})
		case (l.OnDelete == "a" || l.OnDelete == "r") && !slices.ContainsFunc(l.Columns, func(name string) bool {
			col := t.Column(name)
			return col != nil && (col.Erase.Action == Cut || col.Erase.Action == Null)
		}):
			out = append(out, Problem{Stops, l.From, fmt.Sprintf("%s keeps rows of %s from being deleted", l.Name, l.To), "cut " + l.From + "." + l.Columns[0] + ", let its rows be deleted too, or keep the rows of " + l.To})
		}
	}
	return out
}
