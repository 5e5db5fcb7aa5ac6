package datamap

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"insyn/internal/dossier"
)

// Action is what an erasure does to a column.
type Action string

// The actions. Redact and Cut work on rows that others share too; the others only on rows that are the subject's alone,
// and on the columns of the subject's own part of a row (see Column.Of).
const (
	NoAction   Action = ""
	Null       Action = "null"
	Constant   Action = "constant"   // a value that stands on every erased row
	Random     Action = "random"     // a prefix and random letters, where a column is unique and not null
	Empty      Action = "empty"      // '', {} or []
	Generalise Action = "generalise" // a date to its month or year, a text to a prefix, a number to a band
	Redact     Action = "redact"     // the mentions of the person in a text, a json value or a document
	Cut        Action = "cut"        // a reference to the person: null, or a placeholder: its key, or "select id from …"
	Remove     Action = "remove"     // a json value
)

// Erase is an action and its argument: a constant (by language, or one text for all), the prefix of a random value, a unit
// (month, year, prefix, band) with its size, or the placeholder that a cut reference leads to.
type Erase struct {
	Action   Action
	Constant dossier.Label
	Text     string
	Unit     string
	Size     int
}

// String is the action as a plan prints it.
func (e Erase) String() string {
	switch e.Action {
	case Constant:
		return fmt.Sprintf("constant %q", e.Values())
	case Random:
		return fmt.Sprintf("random %q", e.Text)
	case Generalise:
		if e.Size > 0 {
			return fmt.Sprintf("generalise %s %d", e.Unit, e.Size)
		}
		return "generalise " + e.Unit
	case Cut:
		if e.Text != "" {
			return "cut to " + e.Text
		}
	}
	return string(e.Action)
}

// Placeholder is what a cut reference leads to, in SQL: null, a key, or the one that a query finds.
func (e Erase) Placeholder() string {
	switch {
	case e.Text == "":
		return "null"
	case strings.HasPrefix(strings.ToLower(e.Text), "select "):
		return "(" + e.Text + ")"
	}
	return literal(e.Text)
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
		return at(pos, "unknown erase action %q; one of null, empty, redact, cut, remove, {constant: …}, {random: prefix}, {cut: key}, {generalise: …}", n.Value)
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
		e.Text = scalar(value)
		return nil
	case "random", "cut":
		e.Action, e.Text = Action(key), scalar(value)
		if e.Text == "" {
			return at(posOf(value.GetToken()), "%s needs a value", key)
		}
		return nil
	case "generalise":
		e.Action = Generalise
		return e.generalise(value)
	}
	return at(posOf(pairs[0].Key.GetToken()), "unknown erase action %q", key)
}

// generalise reads month, year, {prefix: characters} or {band: width}.
func (e *Erase) generalise(value ast.Node) error {
	pos := posOf(value.GetToken())
	if pairs, err := pairsOf(value); err == nil && len(pairs) == 1 {
		unit := pairs[0].Key.String()
		size, err := strconv.Atoi(scalar(pairs[0].Value))
		if err != nil || size < 1 || unit != "prefix" && unit != "band" {
			return at(pos, "generalise to {prefix: characters} or {band: width}, with a number from 1")
		}
		e.Unit, e.Size = unit, size
		return nil
	}
	e.Unit = scalar(value)
	if e.Unit != "month" && e.Unit != "year" {
		return at(pos, "generalise to month or year, {prefix: characters} or {band: width}, not %q", e.Unit)
	}
	return nil
}

func scalar(n ast.Node) string {
	if s, ok := n.(*ast.StringNode); ok {
		return s.Value
	}
	return n.String()
}

// UnmarshalYAML reads a column. A decoder takes "erase: null" for "no erase", so it is looked for by hand.
func (c *Column) UnmarshalYAML(node ast.Node) error {
	type plain Column
	if err := yaml.NodeToValue(node, (*plain)(c), yaml.Strict()); err != nil {
		return err
	}
	return c.Erase.orNull(node)
}

// UnmarshalYAML reads a rule of a json path, as that of a column.
func (r *JSONRule) UnmarshalYAML(node ast.Node) error {
	type plain JSONRule
	if err := yaml.NodeToValue(node, (*plain)(r), yaml.Strict()); err != nil {
		return err
	}
	return r.Erase.orNull(node)
}

func (e *Erase) orNull(node ast.Node) error {
	pairs, err := pairsOf(node)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if p.Key.String() == "erase" && p.Value.Type() == ast.NullType {
			e.Action = Null
		}
	}
	return nil
}
