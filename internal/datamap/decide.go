package datamap

import (
	"fmt"
	"strings"
)

// Undecided begins the reason of an exclusion that nobody has decided yet.
const Undecided = "decide:"

// undecided are the questions that stand open in the map. What a person would be told about, a purpose or a retention rule,
// stops everything; a table or column stops what cannot be undone.
func (m *Map) undecided(s *Source) Problems {
	var out Problems
	open := func(severity, place string, pos Pos, question string) {
		if question != "" {
			out = append(out, Problem{severity, place, fmt.Sprintf("undecided at line %d:%d: %s", pos.Line, pos.Column, question), "settle it, and take decide out of the map"})
		}
	}
	for _, e := range m.Purposes {
		open(Stops, "purposes."+e.Name, e.Pos, e.Value.Decide)
	}
	for _, e := range m.Retention {
		open(Stops, "retention."+e.Name, e.Pos, e.Value.Decide)
	}
	for _, e := range s.Exclude {
		if question, ok := strings.CutPrefix(e.Value, Undecided); ok {
			open(StopsErase, e.Name, e.Pos, strings.TrimSpace(question))
		}
	}
	for _, e := range s.Tables {
		open(StopsErase, e.Name, e.Pos, e.Value.Decide)
		for _, c := range e.Value.Columns {
			place := e.Name + "." + c.Name
			open(StopsErase, place, c.Pos, c.Value.Decide)
			for _, r := range c.Value.JSON {
				if r.Value.Decide != nil && *r.Value.Decide {
					open(StopsErase, place, r.Pos, "what becomes of "+r.Name)
				}
			}
		}
		for _, p := range e.Value.Path {
			open(StopsErase, e.Name, p.pos, p.Decide)
		}
	}
	return out
}
