package datamap

import (
	"fmt"
	"slices"
)

// check holds one mapped table against its live columns.
func (t *PlannedTable) check(live *liveTable) Problems {
	var out Problems
	for _, name := range live.order {
		if t.Column(name) == nil {
			out = append(out, Problem{Stops, t.Name + "." + name, "the map does not know the column", "map it, or keep it with a reason"})
		}
	}
	for _, k := range t.Key {
		if t.Column(k) == nil {
			out = append(out, Problem{Stops, t.Name + "." + k, "a key column is not mapped", "map it"})
		}
	}
	for _, e := range t.Columns {
		c := e.Value
		typ, ok := live.columns[c.Name]
		place := t.Name + "." + c.Name
		if !ok {
			out = append(out, Problem{Stops, place, "the column does not exist", "take it out of the map, or add it"})
			continue
		}
		if !typ.Select {
			out = append(out, Problem{Stops, place, "the role may not read it", "grant select on it (insyn migrate --source prints the line)"})
		}
		out = append(out, c.checkType(place, typ)...)
		if c.changes() && t.Erase == "" && !typ.Update {
			out = append(out, Problem{StopsErase, place, "the role may not change it", "grant update on it (insyn migrate --source prints the line)"})
		}
	}
	if t.Erase != "" && !live.delete {
		out = append(out, Problem{StopsErase, t.Name, "the role may not delete rows", "grant delete on it (insyn migrate --source prints the line)"})
	}
	return out
}

func (c *Column) changes() bool {
	return c.Erase.Action != NoAction || c.Scan || len(c.JSON) > 0 || c.Edit != ""
}

var (
	textTypes = []string{"text", "varchar", "bpchar", "citext"}
	jsonTypes = []string{"json", "jsonb"}
	dateTypes = []string{"date", "timestamp", "timestamptz"}
)

// checkType says whether the column can take its action; what cannot work is an error of the plan, not of the run.
func (c *Column) checkType(place string, typ ColumnType) Problems {
	stop := func(text, mend string) Problems { return Problems{{Stops, place, text, mend}} }
	isArray := len(typ.Base) > 1 && typ.Base[0] == '_'
	if typ.Generated && (c.Erase.Action != NoAction || c.Scan) {
		return stop("the column is generated and cannot be changed", "keep it with the reason that its origin is erased")
	}
	if c.Scan && !slices.Contains(textTypes, typ.Base) && !slices.Contains(jsonTypes, typ.Base) && typ.Base != "_text" {
		return stop(fmt.Sprintf("text cannot be searched in type %s", typ.Name), "scan and redact are for text, json and text[]")
	}
	switch c.Erase.Action {
	case Null, Cut:
		if typ.NotNull {
			return stop(fmt.Sprintf("%s is not possible, the column is not null", c.Erase.Action), "use a constant, empty or delete_row")
		}
	case Empty:
		if !slices.Contains(textTypes, typ.Base) && !slices.Contains(jsonTypes, typ.Base) && !isArray {
			return stop(fmt.Sprintf("type %s has no empty value", typ.Name), "use null or a constant")
		}
	case Generalise:
		if !slices.Contains(dateTypes, typ.Base) {
			return stop(fmt.Sprintf("type %s is not a date", typ.Name), "use null or a constant")
		}
	case Constant:
		values := []string{c.Erase.Text}
		for _, v := range c.Erase.Constant {
			values = append(values, v)
		}
		for _, v := range values {
			if typ.Length > 0 && len([]rune(v)) > typ.Length {
				return stop(fmt.Sprintf("the constant is longer than the column's %d characters", typ.Length), "shorten it")
			}
		}
	case Remove:
		if !slices.Contains(jsonTypes, typ.Base) {
			return stop(fmt.Sprintf("type %s has no paths to remove", typ.Name), "use null or empty")
		}
	}
	if len(c.JSON) > 0 && !slices.Contains(jsonTypes, typ.Base) {
		return stop(fmt.Sprintf("type %s has no json paths", typ.Name), "take json out of the map")
	}
	return nil
}

// reachable finds tables that refer to a mapped one and that the map does not speak of: the classic leak is the table
// that somebody added last week.
func (c *catalog) reachable(s *Source) Problems {
	var out Problems
	seen := map[string]bool{}
	for _, l := range c.links {
		if _, ok := s.Table(l.to); !ok || seen[l.from] {
			continue
		}
		if _, ok := s.Table(l.from); ok {
			continue
		}
		if _, ok := s.Exclude.Get(l.from); ok {
			continue
		}
		seen[l.from] = true
		out = append(out, Problem{Stops, l.from, "the table refers to " + l.to + " and the map does not know it", "map it, or exclude it with a reason"})
	}
	for _, x := range s.Exclude {
		if c.tables[x.Name] == nil {
			out = append(out, Problem{OnlyWarning, x.Name, "an excluded table does not exist", "take it out of the map"})
		}
	}
	return out
}

// deleteOrder holds that rows which refer to others go first: deletes run in the reverse order of the map.
func (p *Plan) deleteOrder(c *catalog) Problems {
	place := map[string]int{}
	for i, t := range p.Tables {
		if t.Erase != "" {
			place[t.Name] = i + 1
		}
	}
	var out Problems
	for _, l := range c.links {
		from, to := place[l.from], place[l.to]
		if l.from != l.to && from > 0 && to > 0 && from < to {
			out = append(out, Problem{Stops, l.from, "it refers to " + l.to + " and stands before it in the map", "put it after " + l.to})
		}
	}
	return out
}
