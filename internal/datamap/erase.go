package datamap

import (
	"maps"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"insyn/internal/dossier"
)

// Action is what an erasure does to a column.
type Action string

// The actions. Redact and Cut work on rows that others share too; the others only on rows that are the subject's alone.
const (
	NoAction   Action = ""
	Null       Action = "null"
	Constant   Action = "constant"
	Empty      Action = "empty"
	Generalise Action = "generalise"
	Redact     Action = "redact"
	Cut        Action = "cut"
	Remove     Action = "remove"
)

// Erase is an action and its argument: a constant (by language, or one text for all), or a unit (month, year).
type Erase struct {
	Action   Action
	Constant dossier.Label
	Text     string
	Unit     string
}

// Value is the constant in a language.
func (e Erase) Value(lang string) string {
	if e.Constant != nil {
		return e.Constant.In(lang)
	}
	return e.Text
}

// Values are the constant in all languages: a column that holds one of them has been erased.
func (e Erase) Values() []string {
	if e.Constant == nil {
		return []string{e.Text}
	}
	return slices.Sorted(maps.Values(e.Constant))
}

// UnmarshalYAML reads "null", a word, {constant: …} or {generalise: …}.
func (e *Erase) UnmarshalYAML(node ast.Node) error {
	pos := posOf(node.GetToken())
	switch n := node.(type) {
	case *ast.NullNode:
		e.Action = Null
		return nil
	case *ast.StringNode:
		switch a := Action(n.Value); a {
		case Null, Empty, Redact, Cut, Remove:
			e.Action = a
			return nil
		}
		return at(pos, "unknown erase action %q; one of null, empty, redact, cut, remove, {constant: …}, {generalise: month|year}", n.Value)
	}
	pairs, err := pairsOf(node)
	if err != nil {
		return at(pos, "an erase action is a word or a mapping")
	}
	if len(pairs) != 1 {
		return at(pos, "an erase action has one key")
	}
	key, value := pairs[0].Key.String(), pairs[0].Value
	switch key {
	case "constant":
		e.Action = Constant
		switch value.Type() {
		case ast.MappingType, ast.MappingValueType:
			return yaml.NodeToValue(value, &e.Constant, yaml.Strict())
		case ast.NullType:
			return at(posOf(value.GetToken()), "a constant needs a value; null is an action of its own")
		}
		if s, ok := value.(*ast.StringNode); ok {
			e.Text = s.Value
			return nil
		}
		e.Text = value.String()
		return nil
	case "generalise":
		e.Action = Generalise
		e.Unit = value.String()
		if e.Unit != "month" && e.Unit != "year" {
			return at(posOf(value.GetToken()), "generalise to month or year, not %q", e.Unit)
		}
		return nil
	}
	return at(posOf(pairs[0].Key.GetToken()), "unknown erase action %q", key)
}

// UnmarshalYAML reads a column. A decoder takes "erase: null" for "no erase", so it is looked for by hand.
func (c *Column) UnmarshalYAML(node ast.Node) error {
	type plain Column
	if err := yaml.NodeToValue(node, (*plain)(c), yaml.Strict()); err != nil {
		return err
	}
	pairs, err := pairsOf(node)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if p.Key.String() == "erase" && p.Value.Type() == ast.NullType {
			c.Erase.Action = Null
		}
	}
	return nil
}
