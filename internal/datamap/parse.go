package datamap

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// ParseError is one fault of a map file and its place.
type ParseError struct {
	File string
	Pos  Pos
	Text string
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Pos.Line, e.Pos.Column, e.Text)
}

// ParseErrors are all faults that were found at once, so that the map is mended in one round.
type ParseErrors []*ParseError

func (e ParseErrors) Error() string {
	lines := make([]string, 0, len(e))
	for _, p := range e {
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}

// Load reads and parses a map file.
func Load(path string) (*Map, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the data map: %w", err)
	}
	return Parse(path, b)
}

// Parse reads a map strictly: an unknown key, a reference to a name that is not declared, an action that does not
// exist are errors, each with line and column. name stands for the file in errors.
func Parse(name string, b []byte) (*Map, error) {
	m := &Map{}
	file, err := parser.ParseBytes(b, 0)
	if err != nil {
		return nil, ParseErrors{placeOf(name, err)}
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, ParseErrors{placeOf(name, at(Pos{1, 1}, "the file must be one YAML document"))}
	}
	root, err := unalias(file.Docs[0].Body, map[string]ast.Node{})
	if err == nil {
		err = yaml.NodeToValue(root, m, yaml.Strict())
	}
	if err != nil {
		return nil, ParseErrors{placeOf(name, err)}
	}
	sum := sha256.Sum256(b)
	m.hash = sum[:]
	if errs := m.check(); len(errs) > 0 {
		out := make(ParseErrors, 0, len(errs))
		for _, err := range errs {
			out = append(out, placeOf(name, err))
		}
		return nil, out
	}
	return m, nil
}

func placeOf(name string, err error) *ParseError {
	var own *placed
	if errors.As(err, &own) {
		return &ParseError{File: name, Pos: own.pos, Text: own.text}
	}
	var theirs interface {
		error
		GetToken() *token.Token
		GetMessage() string
	}
	if errors.As(err, &theirs) {
		return &ParseError{File: name, Pos: posOf(theirs.GetToken()), Text: theirs.GetMessage()}
	}
	return &ParseError{File: name, Text: err.Error()}
}
