package datamap

import (
	"fmt"
	"slices"
)

// reachable finds tables that a foreign key ties to a mapped one, over any number of tables that the map does not know,
// and that it does not speak of: the classic leak is the table that somebody added last week, or the line of its rows. An
// exclusion ends the way: its reason says that nobody's rows lie behind it.
func (c *Catalog) reachable(s *Source) Problems {
	var out Problems
	seen := map[string]bool{}
	tied := func(table, text string) {
		seen[table] = true
		out = append(out, Problem{StopsErase, table, text, "map it, or exclude it with a reason"})
	}
	from := make([]string, 0, len(s.Tables))
	for _, e := range s.Tables {
		from = append(from, e.Name)
	}
	for len(from) > 0 {
		var next []string
		for _, l := range c.ForeignKeys {
			if slices.Contains(from, l.To) && !seen[l.From] && !s.knows(l.From) {
				tied(l.From, "the table refers to "+l.To+" and the map does not know it")
				next = append(next, l.From)
			}
		}
		from = next
	}
	// An address that many cards share lies on the other side of the key.
	for _, l := range c.ForeignKeys {
		if _, ok := s.Table(l.From); ok && !seen[l.To] && !s.knows(l.To) {
			tied(l.To, "rows of "+l.From+" refer to the table and the map does not know it")
		}
	}
	for _, v := range c.Copies {
		if t, ok := c.copied(s, v, nil); ok && !s.knows(v) {
			out = append(out, Problem{StopsErase, v, "the materialised view holds a copy of " + t + " and the map does not know it", "exclude it, with how it is refreshed after an erasure as the reason"})
		}
	}
	for _, x := range s.Exclude {
		if c.Tables[x.Name] == nil {
			out = append(out, Problem{OnlyWarning, x.Name, "an excluded table does not exist", "take it out of the map"})
		}
	}
	return out
}

// copied finds a mapped table whose rows a materialised view holds, straight or through views.
func (c *Catalog) copied(s *Source, view string, seen []string) (string, bool) {
	for _, t := range c.Reads[view] {
		if _, ok := s.Table(t); ok {
			return t, true
		}
		if slices.Contains(seen, t) {
			continue
		}
		if found, ok := c.copied(s, t, append(seen, view)); ok {
			return found, true
		}
	}
	return "", false
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
		if t.Erase != "" || t.DeleteWhen != "" {
			place[t.Name] = i + 1
		}
	}
	var out Problems
	for _, l := range c.ForeignKeys {
		from, to := place[l.From], place[l.To]
		t := p.Table(l.From)
		if to == 0 || t == nil {
			continue
		}
		// All that may refer to a row that goes, goes before it: ties, and rows that nobody shares.
		gone := t.Erase == CutLink || t.Erase == DeleteRow && !t.Shareable && l.From != l.To
		switch {
		case from > 0 && from < to:
			out = append(out, Problem{Stops, l.From, "it refers to " + l.To + " and stands before it in the map", "put it after " + l.To})
		case l.OnDelete == "c" && !gone && t.Erase != DeleteRow:
			out = append(out, Problem{Stops, l.From, fmt.Sprintf("%s deletes its rows along with those of %s, and the map keeps them", l.Name, l.To), "let " + l.From + " be erased with delete_row too, or keep the rows of " + l.To})
		case gone || l.OnDelete != "a" && l.OnDelete != "r" || t.lets(l):
		default:
			out = append(out, Problem{Stops, l.From, fmt.Sprintf("%s keeps rows of %s from being deleted", l.Name, l.To), "say erase: cut of " + l.From + "." + l.Columns[0] + ", or keep the rows of " + l.To})
		}
	}
	return out
}

// lets says whether the table's reference is cut where the row that it leads to goes.
func (t *PlannedTable) lets(l ForeignKey) bool {
	return slices.ContainsFunc(l.Columns, func(name string) bool {
		col := t.Column(name)
		return col != nil && (col.Erase.Action == Cut || col.Erase.Action == Null)
	})
}
