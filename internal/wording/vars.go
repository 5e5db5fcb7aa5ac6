package wording

import (
	"fmt"
	"strings"
)

// Vars are the values for the placeholders of a text: string, int (written with thousands
// separators), bool (for conditions only), []Vars (a condition that repeats its inside once for
// each), or Answer.
type Vars map[string]any

// Rows is the name under which a table finds its rows, as []Vars. A table without it has one
// row, filled from the values around it.
const Rows = "rows"

// Answer is what somebody has answered to a question in the settings.
type Answer string

// The answers. The zero value is a question that nobody has answered.
const (
	Unanswered Answer = ""
	Yes        Answer = "yes"
	No         Answer = "no"
)

// question names the value of type Answer without which a text is not printed: these sentences
// state a fact about the company that only a person can know.
func question(key string) string {
	switch key {
	case "access.automated_no", "access.automated_yes":
		return "automated"
	case "access.transfer_no", "access.transfer_yes":
		return "transfer"
	}
	return ""
}

// answered checks that the question behind a text has been answered the way the text says.
func answered(key string, v Vars) bool {
	name := question(key)
	if name == "" {
		return true
	}
	want := No
	if strings.HasSuffix(key, "_yes") {
		want = Yes
	}
	got, _ := v[name].(Answer)
	return got == want
}

// with gives the values of inner, and those of v where inner has none.
func (v Vars) with(inner Vars) Vars {
	merged := make(Vars, len(v)+len(inner))
	for name, value := range v {
		merged[name] = value
	}
	for name, value := range inner {
		merged[name] = value
	}
	return merged
}

// holds tells whether a condition on name is met.
func (v Vars) holds(name string) bool {
	switch value := v[name].(type) {
	case string:
		return strings.TrimSpace(value) != ""
	case bool:
		return value
	case int:
		return value != 0
	case []Vars:
		return len(value) > 0
	case Answer:
		return value == Yes
	}
	return false
}

// value gives what is printed for name; nothing is not a value.
func (v Vars) value(lang, name string) (string, bool) {
	switch value := v[name].(type) {
	case string:
		value = clean(value)
		return value, value != ""
	case int:
		return Thousands(value, lang), true
	}
	return "", false
}

// clean takes control characters out of a value; line breaks stay.
func clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return -1
		case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return -1 // direction overrides make a text read as another
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// MissingError tells that a text was not printed because a placeholder has no value. It names
// the text and the placeholder, never a value.
type MissingError struct {
	Lang string
	Key  string // the text that was asked for
	In   string // the text that holds the placeholder, when it is an included one
	Name string // the placeholder
}

// Error names the key and the placeholder.
func (e *MissingError) Error() string {
	if e.In != "" && e.In != e.Key {
		return fmt.Sprintf("text %s (%s): no value for %s in %s", e.Key, e.Lang, e.Name, e.In)
	}
	return fmt.Sprintf("text %s (%s): no value for %s", e.Key, e.Lang, e.Name)
}
