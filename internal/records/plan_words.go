package records

import (
	"fmt"
	"strings"

	"insyn/internal/datamap"
)

// What becomes of a table's rows, for a reader.
const doesNothing = "stays as it is"

func tableDoes(t *datamap.PlannedTable) string {
	var parts []string
	switch {
	case t.Erase == datamap.CutLink:
		parts = append(parts, "ties to the person are deleted")
	case t.Erase == datamap.DeleteRow && !t.Shareable:
		parts = append(parts, "rows are deleted")
	case t.Erase == datamap.DeleteRow:
		parts = append(parts, "own rows are deleted, shared ones lose the person's part")
	case t.Changes():
		parts = append(parts, "rows stay, columns change as below")
	}
	if t.DeleteWhen != "" {
		parts = append(parts, "own rows are deleted when "+t.DeleteWhen)
	}
	if t.Keep != nil {
		parts = append(parts, "kept by law: "+strings.Join(t.Keep.Columns, ", "))
	}
	if len(parts) == 0 && len(t.Scanned()) > 0 {
		return "texts are searched"
	}
	if len(parts) == 0 {
		return doesNothing
	}
	return strings.Join(parts, "; ")
}

// columnsDo is what happens to each column of a row that stays.
func columnsDo(t *datamap.PlannedTable) []ColumnPlan {
	out := []ColumnPlan{}
	for _, e := range t.Columns {
		c := e.Value
		does := ""
		switch {
		case t.Kept(c.Name):
			does = "kept by law"
		case t.Erase != "" && c.Erase.Action == datamap.NoAction && len(c.JSON) == 0:
			does = "goes with the row"
		case c.Erase.Action != datamap.NoAction:
			does = c.Erase.String()
		case len(c.JSON) == 0:
			does = "stays: " + c.Keep
		}
		for _, r := range c.JSON {
			action := r.Value.Erase.String()
			if r.Value.Keep != "" {
				action = "stays: " + r.Value.Keep
			}
			does = strings.TrimPrefix(does+"; "+r.Name+" "+action, "; ")
		}
		if c.Of != "" {
			does += " (where the row's " + c.Of + " is the person)"
		}
		if c.Scan && c.Erase.Action != datamap.Redact {
			does += "; searched in other people's rows"
		}
		out = append(out, ColumnPlan{c.Name, does})
	}
	return out
}

// pathWords writes a path as a chain: "todo.person_id is person.id".
func pathWords(table string, path datamap.Path) string {
	if len(path.Hops) == 0 {
		return "the person's own row"
	}
	var steps []string
	at, when := table, path.When
	for _, h := range path.Hops {
		var on []string
		for _, pair := range h.On {
			ours := at + "." + pair.Ours + partWords(pair.OursPart)
			theirs := h.Table + "." + pair.Theirs + partWords(pair.TheirsPart)
			switch {
			case pair.Text != "":
				theirs = fmt.Sprintf("%q with %s in {}", pair.Text, theirs)
			case pair.Folded:
				theirs += " in lower case"
			}
			on = append(on, ours+" is "+theirs)
		}
		step := strings.Join(on, " and ")
		if when != "" {
			step += " (where " + when + ")"
		}
		steps = append(steps, step)
		at, when = h.Table, h.When
	}
	return strings.Join(steps, ", ")
}

func partWords(p datamap.Part) string {
	if p.Array {
		return "[]"
	}
	return p.JSON
}
