//go:build schemas

package schemas

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// oracle finds people in a dump. It shares no code with Insyn, so that the two cannot be wrong together.
type oracle struct {
	byWord  map[string][]wanted // first word of the identifier, lower case
	byPhone map[string][]wanted // digits from the area code on
}

type wanted struct {
	identifier
	person *person
	folded string
}

// finding is a place where somebody is found; way says what had to be decoded.
type finding struct {
	person             *person
	table, column, key string
	identifier         identifier
	way                string
}

func newOracle(c *cast) *oracle {
	o := &oracle{byWord: map[string][]wanted{}, byPhone: map[string][]wanted{}}
	for _, p := range c.all {
		for _, i := range c.identifiers(p) {
			w := wanted{identifier: i, person: p, folded: fold(i.text)}
			if i.kind == "phone" {
				o.byPhone[national(i.text)] = append(o.byPhone[national(i.text)], w)
			} else {
				o.byWord[firstWord(w.folded)] = append(o.byWord[firstWord(w.folded)], w)
			}
		}
	}
	return o
}

// search reads every value of every row, in every reading, for everybody at once.
func (o *oracle) search(d dump) []finding {
	var out []finding
	for table, rows := range d {
		for key, r := range rows {
			for column, value := range r.fields {
				out = append(out, o.value(value, finding{table: table, column: column, key: key})...)
			}
		}
	}
	return out
}

// value gives each identifier in a value once, by the shortest way to it.
func (o *oracle) value(value string, at finding) []finding {
	var out []finding
	type hit struct {
		person *person
		text   string
	}
	seen := map[hit]bool{}
	for _, v := range views(value) {
		for _, w := range o.text(v.text) {
			if h := (hit{w.person, w.text}); !seen[h] {
				seen[h] = true
				at.person, at.identifier, at.way = w.person, w.identifier, v.way
				out = append(out, at)
			}
		}
	}
	return out
}

// number is a phone number as people and programs write it.
var number = regexp.MustCompile(`(?:\+|\b0)[0-9][0-9 ()./-]{5,}[0-9]`)

func (o *oracle) text(text string) []wanted {
	var out []wanted
	for _, n := range number.FindAllString(text, -1) {
		out = append(out, o.byPhone[national(n)]...)
	}
	text = fold(text)
	before := ' '
	for i, r := range text {
		if inWord(r) && !inWord(before) {
			for _, w := range o.byWord[firstWord(text[i:])] {
				if rest, ok := strings.CutPrefix(text[i:], w.folded); ok {
					if next, _ := utf8.DecodeRuneInString(rest); rest == "" || !inWord(next) {
						out = append(out, w)
					}
				}
			}
		}
		before = r
	}
	return out
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func firstWord(s string) string {
	if i := strings.IndexFunc(s, func(r rune) bool { return !inWord(r) }); i >= 0 {
		return s[:i]
	}
	return s
}

// fold lowers case and makes one space of any run of white space: a name may be broken over two lines.
func fold(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }

// national is a phone number as the digits after the country code or the leading zero.
func national(s string) string {
	var digits strings.Builder
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits.WriteRune(r)
		}
	}
	n := digits.String()
	switch {
	case strings.HasPrefix(s, "+46"):
		n = n[2:]
	case strings.HasPrefix(n, "0046"):
		n = n[4:]
	}
	return strings.TrimLeft(n, "0")
}
