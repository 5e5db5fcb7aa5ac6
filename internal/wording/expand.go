package wording

import (
	"fmt"
	"strings"
)

type mark int

const (
	word    mark = iota // text
	newline             // end of a line of the template
	wrap                // a line break inside a value
	bold
	open   // of a button
	closed // of a button
	pipe   // between the cells of a table
)

// token is the smallest piece of a filled-in text. Marks come from templates only.
type token struct {
	mark  mark
	text  string
	value bool   // text came from a value
	name  string // of the placeholder
}

type expansion struct {
	texts  *Texts
	lang   string
	key    string
	tokens []token
}

func (t *Texts) expand(lang, key string, v Vars) ([]token, error) {
	x := expansion{texts: t, lang: lang, key: key}
	if err := x.include(key, v); err != nil {
		return nil, err
	}
	return x.tokens, nil
}

func (x *expansion) include(key string, v Vars) error {
	txt, ok := x.texts.langs[x.lang][key]
	if !ok {
		return fmt.Errorf("text %s (%s): %w", key, x.lang, ErrUnknown)
	}
	if !answered(key, v) {
		return &MissingError{Lang: x.lang, Key: x.key, In: key, Name: question(key)}
	}
	return x.nodes(key, txt.nodes, v)
}

func (x *expansion) nodes(in string, nodes []node, v Vars) error {
	for _, n := range nodes {
		if err := x.node(in, n, v); err != nil {
			return err
		}
	}
	return nil
}

func (x *expansion) node(in string, n node, v Vars) error {
	switch n.kind {
	case literal:
		x.literal(n.text, n.brackets)
	case inclusion:
		return x.include(n.name, v)
	case variable:
		value, ok := v.value(x.lang, n.name)
		if !ok {
			return &MissingError{Lang: x.lang, Key: x.key, In: in, Name: n.name}
		}
		for i, line := range strings.Split(value, "\n") {
			if i > 0 {
				x.tokens = append(x.tokens, token{mark: wrap})
			}
			x.tokens = append(x.tokens, token{text: line, value: true, name: n.name})
		}
	case inverted:
		if !v.holds(n.name) {
			return x.nodes(in, n.children, v)
		}
	case section:
		if !v.holds(n.name) {
			return nil
		}
		return x.each(in, n.name, n.children, v)
	case row:
		if _, given := v[Rows]; given {
			if !v.holds(Rows) {
				return &MissingError{Lang: x.lang, Key: x.key, In: in, Name: Rows}
			}
			return x.each(in, Rows, n.children, v)
		}
		return x.nodes(in, n.children, v)
	}
	return nil
}

// each prints the nodes once, or once for each element where the value is a list.
func (x *expansion) each(in, name string, nodes []node, v Vars) error {
	list, ok := v[name].([]Vars)
	if !ok {
		return x.nodes(in, nodes, v)
	}
	for _, element := range list {
		if err := x.nodes(in, nodes, v.with(element)); err != nil {
			return err
		}
	}
	return nil
}

// literal cuts template text at its marks.
func (x *expansion) literal(s string, brackets bool) {
	start := 0
	emit := func(end, next int, m mark) {
		if end > start {
			x.tokens = append(x.tokens, token{text: s[start:end]})
		}
		x.tokens = append(x.tokens, token{mark: m})
		start = next
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\n':
			emit(i, i+1, newline)
		case c == '[' && !brackets:
			emit(i, i+1, open)
		case c == ']' && !brackets:
			emit(i, i+1, closed)
		case c == '|':
			emit(i, i+1, pipe)
		case strings.HasPrefix(s[i:], "**"):
			emit(i, i+2, bold)
			i++
		}
	}
	if start < len(s) {
		x.tokens = append(x.tokens, token{text: s[start:]})
	}
}

// withoutButtons drops buttons together with their labels.
func withoutButtons(tokens []token) []token {
	var kept []token
	inside := false
	for _, tok := range tokens {
		switch tok.mark {
		case open:
			inside = true
		case closed:
			inside = false
		default:
			if !inside {
				kept = append(kept, tok)
			}
		}
	}
	return kept
}
