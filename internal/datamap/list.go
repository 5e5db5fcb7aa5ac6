package datamap

import (
	"fmt"
	"reflect"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Pos is a place in the map file, both counted from 1.
type Pos struct{ Line, Column int }

func posOf(t *token.Token) Pos {
	if t == nil || t.Position == nil {
		return Pos{}
	}
	return Pos{Line: t.Position.Line, Column: t.Position.Column}
}

// Entry is a named value of the map and where its name stands.
type Entry[T any] struct {
	Name  string
	Pos   Pos
	Value T
}

// List is a YAML mapping that keeps its order: the order of tables is the order of the sections that a person
// reads and of the statements that erase.
type List[T any] []Entry[T]

// Get returns the value called name.
func (l List[T]) Get(name string) (T, bool) {
	for _, e := range l {
		if e.Name == name {
			return e.Value, true
		}
	}
	var none T
	return none, false
}

// UnmarshalYAML reads a mapping in the order of the file.
func (l *List[T]) UnmarshalYAML(node ast.Node) error {
	pairs, err := pairsOf(node)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		e := Entry[T]{Name: p.Key.String(), Pos: posOf(p.Key.GetToken())}
		if s, ok := p.Key.(*ast.StringNode); ok {
			e.Name = s.Value
		}
		if p.Value.Type() == ast.NullType {
			return at(e.Pos, "%s has no value", e.Name)
		}
		var into any = &e.Value
		// The decoder leaves a nil pointer as it is.
		if v := reflect.ValueOf(&e.Value).Elem(); v.Kind() == reflect.Pointer {
			v.Set(reflect.New(v.Type().Elem()))
			into = v.Interface()
		}
		if err := yaml.NodeToValue(p.Value, into, yaml.Strict()); err != nil {
			return err
		}
		*l = append(*l, e)
	}
	return nil
}

func pairsOf(node ast.Node) ([]*ast.MappingValueNode, error) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values, nil
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, nil
	}
	return nil, at(posOf(node.GetToken()), "a mapping of names to values is wanted here")
}

// placed is an error that knows its place but not its file.
type placed struct {
	pos  Pos
	text string
}

func (p *placed) Error() string { return fmt.Sprintf("%d:%d: %s", p.pos.Line, p.pos.Column, p.text) }

func at(pos Pos, format string, args ...any) error {
	return &placed{pos: pos, text: fmt.Sprintf(format, args...)}
}
