package file

import (
	"regexp"
	"strings"
)

// attributesOf asks for the values that are texts. An element is asked for all of its own at once where they are free.
func (p *part) attributesOf(e element) error {
	if !strings.Contains(e.source, "=") {
		return nil
	}
	list := attributes(e.source)
	for _, a := range list {
		free, known := p.policy(e.local, a, list)
		if !known {
			continue
		}
		if !free {
			if err := p.walk.fixed(a.value); err != nil {
				return err
			}
			continue
		}
		value, err := p.address(a.value)
		if err != nil {
			return err
		}
		if value != a.value {
			p.edits = append(p.edits, a.edit(e.from, escapeControl(value)))
			p.edits = append(p.edits, asString(e, a, list)...)
		}
	}
	return nil
}

// policy: is it a text, and may it be rewritten?
func (p *part) policy(local string, a attribute, list []attribute) (free, known bool) {
	switch {
	case a.prefix == "xmlns" || a.name == "xmlns":
		return false, false
	case p.attributes[a.name]:
		return true, true
	case a.name == "name":
		return p.names[local], !builtIn.MatchString(local)
	case a.name == "val" || a.name == "v" || a.name == "value":
		return true, p.values[local]
	case a.name == "href":
		// A reference to a member has no scheme.
		return true, strings.Contains(a.value, ":")
	case a.name == "target" && local == "Relationship":
		external := false
		for _, other := range list {
			external = external || other.name == "targetmode" && other.value == "External"
		}
		return external, true
	case builtIn.MatchString(local):
		return false, false
	}
	// What nobody has thought of is read where it can hold a person, and not rewritten, since it may be a reference.
	return false, telling(a.value)
}

// telling is a value that no closed list of words, measure or identity of the program is made of: with a space, a letter beyond ASCII, an address,
// a path, or digits enough for a number of a person.
func telling(s string) bool {
	digits := 0
	for _, r := range s {
		switch {
		case r == '@' || r == ' ' || r == '\\' || r == '%' || r >= 0x80:
			return true
		case r >= '0' && r <= '9':
			digits++
		}
	}
	return digits >= 8
}

// builtIn are elements whose names come with the program.
var builtIn = regexp.MustCompile(`(?i)font|style|lsdException|config-item|scheme|theme`)

func escapeControl(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 32 && r != '\t' && r != '\n' {
			return -1
		}
		return r
	}, s)
}

// asString makes a cell of a spreadsheet a text when its number or date was replaced by one (OpenDocument).
func asString(e element, changed attribute, list []attribute) []edit {
	if changed.name != "value" && changed.name != "date-value" {
		return nil
	}
	var out []edit
	for _, a := range list {
		if a.name == "value-type" && a.value != "string" {
			out = append(out, a.edit(e.from, "string"))
		}
	}
	return out
}

// cell of Excel: v is an index of the shared strings, a truth value or an error (no text), or else what the cell shows. A number that is replaced by
// a text makes the cell a text. The answer is false where there is nothing to read.
func cell(c element, v *piece) bool {
	list := attributes(c.source)
	kind := attribute{from: -1}
	for _, a := range list {
		if a.name == "t" {
			kind = a
		}
	}
	switch kind.value {
	case "s", "b", "e":
		return false
	case "str", "inlineStr":
		return true
	}
	v.also = func(string) []edit {
		if kind.from >= 0 {
			return []edit{kind.edit(c.from, "str")}
		}
		at := c.from + len(c.source) - 1
		return []edit{{at, at, ` t="str"`}}
	}
	return true
}
