package datamap

import (
	"maps"
	"slices"
	"strings"
)

// AcceptCommand is what ends a drift.
const AcceptCommand = "insyn datamap check --accept --as NAME"

// acceptIt is the mend of a change that the map speaks of already.
const acceptIt = "look at it, then accept it"

// Drift is what has changed in a source since its map was accepted. A table that nobody has looked at may hold a copy of a
// person, a trigger may write one while an erasure runs: nothing is erased before somebody has accepted the change.
func Drift(s *Source, accepted, live Shape) Problems {
	var out Problems
	for _, table := range slices.Sorted(maps.Keys(live)) {
		if accepted[table] == nil {
			out = append(out, newTable(s, table, live[table]))
			continue
		}
		for _, fact := range slices.Sorted(maps.Keys(live[table])) {
			was, there := accepted[table][fact]
			if is := live[table][fact]; !there || was != is {
				out = append(out, changed(s, table, fact, was, is, there))
			}
		}
		for _, fact := range slices.Sorted(maps.Keys(accepted[table])) {
			if _, there := live[table][fact]; !there {
				out = append(out, gone(s, table, fact))
			}
		}
	}
	for _, table := range slices.Sorted(maps.Keys(accepted)) {
		if live[table] != nil {
			continue
		}
		p := Problem{StopsErase, table, kindOf(accepted[table]) + " is gone", "take it out of the map, or give it back its name"}
		if _, mapped := s.Table(table); !mapped {
			p.Severity, p.Mend = OnlyWarning, acceptIt
		}
		out = append(out, p)
	}
	return out
}

func newTable(s *Source, table string, facts map[string]string) Problem {
	p := Problem{StopsErase, table, kindOf(facts) + " is new", "map it, or exclude it with a reason, then accept it"}
	if s.knows(table) {
		p.Mend = acceptIt
	}
	if facts["table"] == "m" {
		p.Text += ": it holds a copy of what it selects"
	}
	return p
}

// changed is a fact that is new, or not what it was.
func changed(s *Source, table, fact, was, is string, there bool) Problem {
	p := Problem{StopsErase, table, "", acceptIt}
	kind, name, _ := strings.Cut(fact, " ")
	switch {
	case kind == "column":
		p.Place += "." + name
		p.Text = "the column is new (" + plainType(is) + ")"
		if t, ok := s.Table(table); ok && t.Column(name) == nil {
			p.Mend = "map it, or keep it with a reason, then accept it"
		}
		if there {
			p.Text = "the column was " + plainType(was) + " and is " + plainType(is)
		}
		if there && plainType(was) == plainType(is) {
			p.Text = "the expression or domain of the column has changed"
		}
	case fact == "table":
		p.Text = kindName(was) + " has become " + kindName(is)
	case fact == "definition":
		p.Text = "the view selects something else than before"
	case fact == "row security":
		p.Text = "row level security has been switched on: rows may be hidden"
	case there:
		p.Text = the(fact) + " has changed"
	default:
		p.Text = the(fact) + " is new"
	}
	switch kind {
	case "trigger", "rule":
		p.Text += ": it may copy what an erasure changes"
	case "publication":
		p.Text += ": it sends the rows to another database"
	case "foreign":
		if !s.knows(table) {
			p.Mend = "map " + table + ", or exclude it with a reason, then accept it"
		}
	}
	return p
}

func gone(s *Source, table, fact string) Problem {
	p := Problem{StopsErase, table, the(fact) + " is gone", acceptIt}
	t, mapped := s.Table(table)
	if column, ok := strings.CutPrefix(fact, "column "); ok {
		p.Place, p.Text = table+"."+column, "the column is gone"
		if mapped && t.Column(column) != nil {
			p.Mend = "take it out of the map, or give it back its name, then accept it"
		}
	}
	if !mapped {
		p.Severity = OnlyWarning
	}
	return p
}

func kindOf(facts map[string]string) string { return kindName(facts["table"]) }

func kindName(kind string) string {
	switch kind {
	case "p":
		return "the partitioned table"
	case "m":
		return "the materialised view"
	case "v":
		return "the view"
	case "f":
		return "the foreign table"
	}
	return "the table"
}

func the(fact string) string {
	if table, ok := strings.CutPrefix(fact, "reads "); ok {
		return "what it reads from " + table
	}
	if table, ok := strings.CutPrefix(fact, "parent "); ok {
		return "its inheritance from " + table
	}
	return "the " + fact
}

// plainType leaves out the hashes of a column's definition.
func plainType(def string) string {
	def, _, _ = strings.Cut(def, " domain ")
	def, hash, generated := strings.Cut(def, " generated ")
	if generated && hash != "" {
		def += " generated"
	}
	return def
}
