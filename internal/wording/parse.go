package wording

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

type kind int

const (
	literal   kind = iota // text as it stands
	variable              // {{name}}
	inclusion             // {{part.name}}
	section               // {{#name}}…{{/name}}
	inverted              // {{^name}}…{{/name}}
	row                   // the row of a table that stands once for each value of Rows
)

type node struct {
	kind     kind
	text     string // of a literal
	brackets bool   // of a literal: brackets in it are no buttons
	name     string
	children []node
}

func tagPattern() *regexp.Regexp {
	return regexp.MustCompile(`\{\{([#^/]?)([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)\}\}`)
}

// parse reads one text. Faults of the author are found here, when the program starts, and not
// when a customer opens the page.
func parse(body string, buttons bool) ([]node, error) {
	if err := checkMarks(body, buttons); err != nil {
		return nil, err
	}
	var nodes []node
	table := 0
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "|") {
			table++
		} else {
			table = 0
		}
		// Lines one and two of a table are its head and the rule below it.
		if table > 2 {
			cells, err := parseInline(line)
			if err != nil {
				return nil, err
			}
			nodes = append(nodes, node{kind: row, children: cells})
			continue
		}
		nodes = append(nodes, node{kind: literal, text: line})
	}
	nodes, err := regroup(nodes)
	if !buttons {
		keepBrackets(nodes)
	}
	return nodes, err
}

func keepBrackets(nodes []node) {
	for i := range nodes {
		nodes[i].brackets = true
		keepBrackets(nodes[i].children)
	}
}

// regroup parses the stretches between table rows as a whole, because a condition may span
// several lines.
func regroup(nodes []node) ([]node, error) {
	var out []node
	var text strings.Builder
	flush := func() error {
		parsed, err := parseInline(text.String())
		text.Reset()
		out = append(out, parsed...)
		return err
	}
	for _, n := range nodes {
		if n.kind == literal {
			text.WriteString(n.text)
			continue
		}
		if err := flush(); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, flush()
}

func parseInline(s string) ([]node, error) {
	stack := []node{{}}
	add := func(n node) {
		top := &stack[len(stack)-1]
		top.children = append(top.children, n)
	}
	pos := 0
	for _, m := range tagPattern().FindAllStringSubmatchIndex(s, -1) {
		if m[0] > pos {
			add(node{kind: literal, text: s[pos:m[0]]})
		}
		pos = m[1]
		mark, name := s[m[2]:m[3]], s[m[4]:m[5]]
		switch mark {
		case "#":
			stack = append(stack, node{kind: section, name: name})
		case "^":
			stack = append(stack, node{kind: inverted, name: name})
		case "/":
			top := stack[len(stack)-1]
			if len(stack) == 1 || top.name != name {
				return nil, fmt.Errorf("{{/%s}} closes nothing", name)
			}
			stack = stack[:len(stack)-1]
			add(top)
		default:
			k := variable
			if strings.Contains(name, ".") {
				k = inclusion
			}
			add(node{kind: k, name: name})
		}
	}
	if len(stack) > 1 {
		return nil, fmt.Errorf("{{#%s}} is not closed", stack[len(stack)-1].name)
	}
	if pos < len(s) {
		add(node{kind: literal, text: s[pos:]})
	}
	return stack[0].children, nil
}

// checkMarks refuses braces that are no placeholder, and marks that are opened and not closed.
func checkMarks(body string, buttons bool) error {
	bare := tagPattern().ReplaceAllString(body, "")
	if strings.Contains(bare, "{{") || strings.Contains(bare, "}}") {
		return errors.New("braces that are no placeholder")
	}
	for line := range strings.Lines(bare) {
		if strings.Count(line, "**")%2 != 0 {
			return errors.New("bold is not closed")
		}
		if buttons && strings.Count(line, "[") != strings.Count(line, "]") {
			return errors.New("a button is not closed")
		}
	}
	return nil
}

// placeholders lists what a text wants, sorted, each once.
func placeholders(nodes []node) []string {
	var names []string
	var walk func([]node)
	walk = func(nodes []node) {
		for _, n := range nodes {
			switch n.kind {
			case variable, inclusion:
				names = append(names, n.name)
			case section:
				names = append(names, "#"+n.name)
			case inverted:
				names = append(names, "^"+n.name)
			}
			walk(n.children)
		}
	}
	walk(nodes)
	slices.Sort(names)
	return slices.Compact(names)
}

func inclusions(nodes []node) []string {
	return slices.DeleteFunc(placeholders(nodes), func(name string) bool {
		return !strings.Contains(name, ".")
	})
}

// bulletNodes cuts a text that is one list into its bullets, without the hyphens.
func bulletNodes(nodes []node) [][]node {
	var bullets [][]node
	for _, n := range nodes {
		if n.kind != literal {
			if len(bullets) > 0 {
				bullets[len(bullets)-1] = append(bullets[len(bullets)-1], n)
			}
			continue
		}
		for i, part := range strings.Split("\n"+n.text, "\n- ") {
			part = strings.TrimSuffix(strings.TrimPrefix(part, "\n"), "\n")
			switch {
			case i > 0:
				bullets = append(bullets, []node{{kind: literal, text: part}})
			case part != "" && len(bullets) > 0:
				bullets[len(bullets)-1] = append(bullets[len(bullets)-1], node{kind: literal, text: part})
			}
		}
	}
	return bullets
}
