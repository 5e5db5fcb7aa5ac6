package datamap

import (
	"fmt"
	"slices"
)

// check holds one mapped table against its live columns.
func (t *PlannedTable) check() Problems {
	var out Problems
	for _, name := range t.Live.Order {
		if t.Column(name) == nil {
			// What the map does not know is neither told nor erased. A copy goes out with a warning; an erasure does not run.
			out = append(out, Problem{StopsErase, t.Name + "." + name, "the map does not know the column", "map it, or keep it with a reason"})
		}
	}
	for _, k := range t.Key {
		if t.Column(k) == nil {
			out = append(out, Problem{Stops, t.Name + "." + k, "a key column is not mapped", "map it"})
		}
	}
	if t.Kind() != "r" && t.Kind() != "p" && t.Changes() {
		out = append(out, Problem{Stops, t.Name, "it is a view or foreign table and cannot be erased by its rows", "map the tables below it, and exclude it with that reason"})
	}
	if t.Live.Hidden {
		// A copy without the hidden rows would be given out as whole.
		out = append(out, Problem{Stops, t.Name, "row level security may hide rows from the role", "create a policy for the roles of Insyn that holds for all rows (insyn datamap check prints the line)"})
	}
	for _, e := range t.Columns {
		c := e.Value
		typ, ok := t.Types[c.Name]
		place := t.Name + "." + c.Name
		if !ok {
			out = append(out, Problem{Stops, place, "the column does not exist", "take it out of the map, or add it"})
			continue
		}
		if !typ.Select {
			out = append(out, Problem{Stops, place, "the role may not read it", "grant select on it (insyn migrate --source prints the line)"})
		}
		out = append(out, c.checkType(place, typ)...)
		out = append(out, t.checkUnique(c)...)
		if slices.Contains(t.Live.Partitioned, c.Name) && t.Erase == "" && (c.Erase.Action != NoAction || c.Scan) {
			out = append(out, Problem{Stops, place, "the column decides the partition, and there may be none for the changed value", "use delete_row, keep it with a reason, or create a default partition"})
		}
		if (c.changes() && t.Erase == "" && !t.Kept(c.Name) || t.Freezes(c.Name)) && !typ.Update {
			out = append(out, Problem{StopsErase, place, "the role may not change it", "grant update on it (insyn migrate --source prints the line)"})
		}
	}
	if (t.Erase != "" || t.DeleteWhen != "") && !t.Live.Delete {
		out = append(out, Problem{StopsErase, t.Name, "the role may not delete rows", "grant delete on it (insyn migrate --source prints the line)"})
	}
	return out
}

// Kind is the live table's pg_class.relkind.
func (t *PlannedTable) Kind() string { return t.Live.Kind }

func (c *Column) changes() bool {
	return c.Erase.Action != NoAction || c.Scan || len(c.JSON) > 0 || c.Edit != ""
}

var (
	textTypes   = []string{"text", "varchar", "bpchar", "citext"}
	dateTypes   = []string{"date", "timestamp", "timestamptz"}
	numberTypes = []string{"int2", "int4", "int8", "numeric", "float4", "float8"}
)

// checkType says whether the column can take its action; what cannot work is an error of the plan, not of the run.
func (c *Column) checkType(place string, typ ColumnType) Problems {
	stop := func(mend, format string, args ...any) Problems {
		return Problems{{Stops, place, fmt.Sprintf(format, args...), mend}}
	}
	isText := slices.Contains(textTypes, typ.Base)
	if typ.Generated && (c.Erase.Action != NoAction || c.Scan) {
		return stop("keep it with the reason that its origin is erased", "the column is generated and cannot be changed")
	}
	if c.Scan && !isText && !typ.IsJSON() && typ.Base != "bytea" && !(typ.IsArray() && slices.Contains(textTypes, typ.Base[1:])) {
		return stop("scan and redact are for text, json, documents in bytea and lists of text", "text cannot be searched in type %s", typ.Name)
	}
	switch c.Erase.Action {
	case Null:
		if typ.NotNull {
			return stop("use a constant, random, empty or delete_row", "null is not possible, the column is not null")
		}
	case Cut:
		if typ.NotNull && c.Erase.Text == "" && !typ.IsArray() {
			return stop("use {cut: KEY} with the key of a placeholder row, or delete_row", "cut is not possible, the column is not null")
		}
	case Empty:
		if !isText && !typ.IsJSON() && !typ.IsArray() && typ.Base != "bytea" {
			return stop("use null or a constant", "type %s has no empty value", typ.Name)
		}
	case Random:
		if !isText || typ.Length > 0 && len(c.Erase.Text)+RandomLength > typ.Length {
			return stop(fmt.Sprintf("random needs a text of %d characters more than its prefix", RandomLength), "type %s cannot hold it", typ.Name)
		}
	case Generalise:
		return c.checkGeneralise(stop, typ, isText)
	case Constant:
		for _, v := range c.Erase.Values() {
			if typ.Length > 0 && len([]rune(v)) > typ.Length {
				return stop("shorten it", "the constant is longer than the column's %d characters", typ.Length)
			}
		}
	case Remove:
		if !typ.IsJSON() {
			return stop("use null or empty", "type %s has no paths to remove", typ.Name)
		}
	}
	if len(c.JSON) > 0 && !typ.IsJSON() {
		return stop("take json out of the map", "type %s has no json paths", typ.Name)
	}
	return nil
}

func (c *Column) checkGeneralise(stop func(mend, format string, args ...any) Problems, typ ColumnType, isText bool) Problems {
	switch {
	case c.Erase.Unit == "prefix" && !isText:
		return stop("use null or a constant", "type %s is no text, so it has no prefix", typ.Name)
	case c.Erase.Unit == "band" && !slices.Contains(numberTypes, typ.Base):
		return stop("use null or a constant", "type %s is no number, so it has no band", typ.Name)
	case c.Erase.Size == 0 && !slices.Contains(dateTypes, typ.Base):
		return stop("use null or a constant", "type %s is not a date", typ.Name)
	}
	return nil
}

// RandomLength is how many letters a random value has after its prefix.
const RandomLength = 16

// checkUnique finds a constant in a column that must differ in each row. Null does not count as equal.
func (t *PlannedTable) checkUnique(c *Column) Problems {
	if c.Erase.Action != Constant && c.Erase.Action != Empty {
		return nil
	}
	for _, u := range t.Live.Uniques {
		same := slices.Contains(u.Columns, c.Name) && !slices.ContainsFunc(u.Columns, func(name string) bool {
			other := t.Column(name)
			return other == nil || other.Erase.Action != Constant && other.Erase.Action != Empty
		})
		if same {
			return Problems{{Stops, t.Name + "." + c.Name, fmt.Sprintf("the second erased row would break the unique index %s", u.Name), "use null, or {random: prefix} where it is not null"}}
		}
	}
	return nil
}
