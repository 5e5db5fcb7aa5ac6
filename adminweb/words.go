package adminweb

import (
	"html/template"
	"strings"
	"time"

	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/wording"
)

// words speaks the visitor's language and the controller's time.
type words struct {
	texts *wording.Texts
	Lang  string
	loc   *time.Location
}

// T is a text without values.
func (w words) T(key string) string { return w.texts.Label(w.Lang, key) }

// has tells whether there is such a text.
func (w words) has(key string) bool { return w.texts.Has(key) }

// text is a text with values, given as name, value, name, value.
func (w words) text(key string, pairs ...any) string {
	vars := wording.Vars{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			vars[name] = pairs[i+1]
		}
	}
	s, err := w.texts.Text(w.Lang, key, vars)
	if err != nil {
		return "⟦" + key + "⟧"
	}
	return s
}

// plural is key.one or key.other by n.
func (w words) plural(key string, n int) string { return w.texts.Plural(w.Lang, key, n) }

// n writes a count with separators.
func (w words) n(count any) string {
	switch c := count.(type) {
	case int:
		return wording.Thousands(c, w.Lang)
	case int64:
		return wording.Thousands(int(c), w.Lang)
	}
	return ""
}

// when is a moment in words with its zone; nothing for no time.
func (w words) when(at any) string {
	switch t := at.(type) {
	case time.Time:
		if t.IsZero() {
			return ""
		}
		return wording.DateTime(t, w.loc, w.Lang)
	case *time.Time:
		if t == nil {
			return ""
		}
		return wording.DateTime(*t, w.loc, w.Lang)
	}
	return ""
}

// day is a legal date in words.
func (w words) day(d any) string {
	switch d := d.(type) {
	case dsar.Date:
		return d.In(w.Lang)
	case *dsar.Date:
		if d != nil {
			return d.In(w.Lang)
		}
	}
	return ""
}

// in is a label of the data map or the dossier.
func (w words) in(l dossier.Label) string { return l.In(w.Lang) }

// lines parts a text at its line breaks.
func lines(s string) []string { return strings.Split(strings.TrimRight(s, "\n"), "\n") }

func (w words) funcs() template.FuncMap {
	return template.FuncMap{
		"t": w.T, "text": w.text, "plural": w.plural, "n": w.n, "when": w.when, "day": w.day, "in": w.in, "lines": lines,
	}
}
