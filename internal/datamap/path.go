package datamap

import (
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// How a path ties a row to a person.
const (
	AsLinked  = "linked"  // the row is about the person, and others may share it
	AsSubject = "subject" // the row is the person: a sole trader's organisation
	AsContext = "context" // the row is around the person: told, its free text searched, never erased
	AsBy      = "by"      // the person typed the row: the reference is cut, and the row is nobody's for it
	AsNear    = "near"    // on the subject table: who is around the person and so likely to be named in their texts
)

// Paths are the ways from a table to the person: one, or a list.
type Paths []rawPath

type rawPath struct {
	Name   string       `yaml:"name"`
	On     List[string] `yaml:"on"`
	Via    string       `yaml:"via"`
	Steps  []rawStep    `yaml:"through"`
	To     List[string] `yaml:"to"`
	When   string       `yaml:"when"`
	As     string       `yaml:"as"`
	Match  string       `yaml:"match"`
	Decide string       `yaml:"decide"`
	ToWhen string       `yaml:"to_when"`
	pos    Pos
}

// rawStep is a table between: On joins its columns to those of the table before, When is a condition on its rows.
type rawStep struct {
	Table string       `yaml:"table"`
	On    List[string] `yaml:"on"`
	When  string       `yaml:"when"`
}

// UnmarshalYAML reads one path or a list of paths.
func (p *Paths) UnmarshalYAML(node ast.Node) error {
	nodes := []ast.Node{node}
	if s, ok := node.(*ast.SequenceNode); ok {
		nodes = s.Values
	}
	for _, n := range nodes {
		raw := rawPath{pos: posOf(n.GetToken())}
		if err := yaml.NodeToValue(n, &raw, yaml.Strict()); err != nil {
			return err
		}
		*p = append(*p, raw)
	}
	return nil
}

// Path leads from a table to the subject table, hop by hop; the last hop reaches it. The subject table itself has one
// path without hops. When is a condition on the starting table. Name is what columns of one of several persons in a row
// refer to.
type Path struct {
	Name string
	Hops []Hop
	When string
	As   string
}

// Owns says whether the path makes a row the person's: not where they are only around it, or typed it.
func (p Path) Owns() bool { return p.As != AsContext && p.As != AsBy }

// Hop joins the table before it to Table. When is a condition on Table.
type Hop struct {
	Table string
	On    []Pair
	When  string
}

// resolve turns the written paths of all tables into hops. A path to a mapped table that is not the subject goes on
// with that table's own paths, but for its context paths: a neighbour's neighbour is nobody of ours.
func (s *Source) resolve() []error {
	var errs []error
	for _, e := range s.Tables {
		t := e.Value
		if e.Name == s.Subject.Table {
			t.Paths = []Path{{As: AsSubject}}
			for _, raw := range t.Path {
				hops, last, err := raw.hops()
				switch {
				case err != nil:
					errs = append(errs, err)
				case raw.As != AsNear || last != e.Name:
					errs = append(errs, at(raw.pos, "%s is the subject table; its only paths lead back to it, as near", e.Name))
				default:
					t.Near = append(t.Near, Path{Hops: hops, When: raw.When, As: AsNear})
				}
			}
			continue
		}
		if t.Mentions {
			if len(t.Path) > 0 {
				errs = append(errs, at(e.Pos, "%s: a table with mentions alone has no path", e.Name))
			}
			continue
		}
		if len(t.Path) == 0 {
			errs = append(errs, at(e.Pos, "%s has no path to %s; without one, exclude the table and say why, or say mentions: true where its texts may name people", e.Name, s.Subject.Table))
			continue
		}
		paths, err := s.follow(e.Name, nil)
		if err != nil {
			errs = append(errs, err)
		}
		t.Paths = paths
	}
	return errs
}

func (s *Source) follow(table string, seen []string) ([]Path, error) {
	t, ok := s.Table(table)
	if !ok {
		return nil, fmt.Errorf("table %s is not mapped", table)
	}
	for _, other := range seen {
		if other == table {
			return nil, at(t.Pos, "the path of %s runs in a circle", table)
		}
	}
	seen = append(seen, table)
	var out []Path
	for _, raw := range t.Path {
		hops, last, err := raw.hops()
		if err != nil {
			return nil, err
		}
		as := raw.As
		if as == "" {
			as = AsLinked
		}
		if as == AsNear {
			return nil, at(raw.pos, "only the subject table has paths as near")
		}
		if last == s.Subject.Table {
			out = append(out, Path{Name: raw.Name, Hops: hops, When: raw.When, As: as})
			continue
		}
		if _, ok := s.Table(last); !ok {
			return nil, at(raw.pos, "the path leads to %s, which is not mapped", last)
		}
		rest, err := s.follow(last, seen)
		if err != nil {
			return nil, err
		}
		for _, r := range rest {
			if r.As == AsContext || r.As == AsBy {
				continue
			}
			all := append([]Hop(nil), hops...)
			all[len(all)-1].When = both(all[len(all)-1].When, r.When)
			out = append(out, Path{Name: raw.Name, Hops: append(all, r.Hops...), When: raw.When, As: as})
		}
	}
	return out, nil
}

// both joins two conditions on one table.
func both(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return "(" + a + ") and (" + b + ")"
}

// hops are the written steps, and the table that they end at. ToWhen is a condition on that table, for this path alone.
func (r rawPath) hops() ([]Hop, string, error) {
	hops, last, err := r.steps()
	if err == nil {
		hops[len(hops)-1].When = both(hops[len(hops)-1].When, r.ToWhen)
	}
	return hops, last, err
}

func (r rawPath) steps() ([]Hop, string, error) {
	switch r.As {
	case "", AsLinked, AsSubject, AsContext, AsBy, AsNear:
	default:
		return nil, "", at(r.pos, "a path is as linked, subject, context, by or near, not %q", r.As)
	}
	if len(r.Steps) > 0 {
		return r.through()
	}
	if len(r.On) == 0 {
		return nil, "", at(r.pos, "a path needs on: {column: schema.table.column}")
	}
	if r.Match != "" && r.Match != "folded" {
		return nil, "", at(r.pos, "match is folded (by value, in lower case), or left out")
	}
	folded := r.Match == "folded"
	if r.Via == "" {
		if len(r.To) > 0 {
			return nil, "", at(r.pos, "to belongs to a path with via")
		}
		hop, err := target(r.On, folded)
		return []Hop{hop}, hop.Table, err
	}
	if len(r.To) == 0 {
		return nil, "", at(r.pos, "a path via %s needs to: {column: schema.table.column}", r.Via)
	}
	first := Hop{Table: r.Via}
	for _, e := range r.On {
		pair, ok := turned(e)
		if !ok {
			return nil, "", at(e.Pos, "a path via %s needs on: {its column: our column}", r.Via)
		}
		pair.Folded = folded
		first.On = append(first.On, pair)
	}
	second, err := target(r.To, false)
	return []Hop{first, second}, second.Table, err
}

// through are the steps of a path with tables between.
func (r rawPath) through() ([]Hop, string, error) {
	if len(r.On) > 0 || r.Via != "" || len(r.To) == 0 {
		return nil, "", at(r.pos, "a path through tables has to: {column of the last: schema.table.column}, and neither on nor via")
	}
	var hops []Hop
	for _, step := range r.Steps {
		if step.Table == "" || len(step.On) == 0 {
			return nil, "", at(r.pos, "each table of through needs table and on: {its column: column of the table before}")
		}
		hop := Hop{Table: step.Table, When: step.When}
		for _, e := range step.On {
			pair, ok := turned(e)
			if !ok {
				return nil, "", at(e.Pos, "through %s needs on: {its column: column of the table before}", step.Table)
			}
			hop.On = append(hop.On, pair)
		}
		hops = append(hops, hop)
	}
	last, err := target(r.To, r.Match == "folded")
	return append(hops, last), last.Table, err
}

// turned reads "their column: our column".
func turned(e Entry[string]) (Pair, bool) {
	var pair Pair
	var ours, theirs bool
	pair.Ours, pair.OursPart, ours = partOf(e.Value)
	pair.Theirs, pair.TheirsPart, theirs = partOf(e.Name)
	return pair, ours && theirs
}
