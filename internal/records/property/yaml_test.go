package property

import (
	"regexp"
	"strconv"
	"strings"
)

// fields are a YAML mapping in its order.
type fields []field

type field struct {
	name  string
	value any // string, fields, []string, []fields or raw
}

// raw stands in the map as it is.
type raw string

var plain = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

func (f fields) String() string {
	parts := make([]string, 0, len(f))
	for _, one := range f {
		parts = append(parts, scalar(one.name)+": "+written(one.value))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (f fields) with(name string, value any) fields {
	return append(append(fields(nil), f...), field{name, value})
}

func (f fields) has(name string) bool {
	for _, one := range f {
		if one.name == name {
			return true
		}
	}
	return false
}

func written(v any) string {
	switch v := v.(type) {
	case raw:
		return string(v)
	case string:
		return scalar(v)
	case fields:
		return v.String()
	case []string:
		parts := make([]string, 0, len(v))
		for _, s := range v {
			parts = append(parts, scalar(s))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []fields:
		parts := make([]string, 0, len(v))
		for _, s := range v {
			parts = append(parts, s.String())
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	panic(v)
}

func scalar(s string) string {
	switch s {
	case "null", "true", "false", "yes", "no", "on", "off":
	default:
		if plain.MatchString(s) {
			return s
		}
	}
	if s == "on" { // a key of a path
		return s
	}
	return strconv.Quote(s)
}

const head = `version: 1
controller_country: SE
categories: {all: {sv: Allt, en: All}}
purposes: {work: {sv: arbeta, en: work, basis: contract}}
retention:
  contact: {sv: så länge det behövs, en: as long as needed}
  books: {sv: sju år, en: seven years, law: {sv: BFL, en: BFL}, law_sentence: {sv: Lagen kräver det., en: The law demands it.}, years: 7, from: financial_year_end}
sources:
  crm:
    dsn_env: X
    label: {sv: Register, en: Register}
`

// yaml is the world's data map.
func (w *world) yaml() string {
	var b strings.Builder
	b.WriteString(head)
	s := fields{{"table", "crm.person"}, {"key", w.keyColumns()}}
	if w.merges {
		s = s.with("merged_into", "replaced_by")
	}
	if w.groups {
		s = s.with("when", "kind = 'Person'")
	}
	b.WriteString("    subject: " + s.String() + "\n    tables:\n")
	for _, t := range w.tables {
		f := fields{
			{"label", raw("{sv: Tabell, en: Table}")},
			{"category", "all"},
			{"purpose", "work"},
			{"provenance", "provided"},
			{"retention", "contact"},
		}
		f = append(f, t.says...)
		if len(t.mapKey) > 0 {
			f = f.with("key", t.mapKey)
		}
		if len(t.paths) > 0 {
			f = f.with("path", t.paths)
		}
		b.WriteString("      " + t.name + ":\n")
		for _, one := range f {
			b.WriteString("        " + one.name + ": " + written(one.value) + "\n")
		}
		b.WriteString("        columns:\n")
		for _, c := range t.cols {
			says := c.says
			if t.keeps(c.name) {
				says = nil
				for _, one := range c.says {
					if one.name != "erase" && one.name != "keep" && one.name != "json" && one.name != "refers_when" {
						says = append(says, one)
					}
				}
			}
			if !says.has("label") && !says.has("keep") {
				says = says.with("label", raw("{sv: Fält, en: Field}"))
			}
			b.WriteString("          " + c.name + ": " + says.String() + "\n")
		}
	}
	return b.String()
}
