package records

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"insyn/internal/datamap"
	"insyn/internal/mention"
)

// redactRow gives the texts of one of the person's rows as they shall stand, and says whether one changed. batch are the
// rows that are changed with it: who else stands on them is read for all at once, and only where a text names somebody.
func (r *run) redactRow(ctx context.Context, w *tableWork, row found, batch []found) ([]*string, bool, error) {
	if len(w.reads) == 0 {
		return nil, false, nil
	}
	mc := mention.Context{Linked: true}
	if len(row.near) > 0 && slices.ContainsFunc(row.texts, r.words.namedIn) {
		near := map[string][]string{}
		for _, b := range batch {
			near[b.key] = b.near
		}
		if err := r.crew.load(ctx, near); err != nil {
			return nil, false, err
		}
		mc.Others = r.crew.of(row.near)
	}
	out := make([]*string, len(w.reads))
	any := false
	for i, c := range w.reads {
		in := cell{t: w.t, c: c, key: row.key, text: row.texts[i], alone: w.applies(c, row), encoding: encodingOf(w.t, w.reads, c, row.texts)}
		var err error
		if out[i], err = r.rewrite(in, r.words.linked, mc, linkedEnough); err != nil {
			return nil, false, err
		}
		any = any || out[i] != row.texts[i] || c.RefersWhen != ""
	}
	return out, any, nil
}

// namedIn says whether a text may name the person at all.
func (w *words) namedIn(text *string) bool {
	return text != nil && len(w.linked.Find(*text, mention.Context{Linked: true})) > 0
}

// linkedEnough: in the person's own rows a likely mention is one.
func linkedEnough(s mention.Span) bool { return s.Confidence >= mention.Likely }

// looseEnough: in other people's rows only what is certain.
func looseEnough(s mention.Span) bool { return s.Confidence >= mention.Certain }

// cell is one value of a row. alone says that the value is about the person and nobody else.
type cell struct {
	t     *datamap.PlannedTable
	c     *datamap.Column
	key   string
	text  *string
	alone bool
	// encoding is how the text is wrapped; "" for a text as it is.
	encoding string
}

// rewrite gives the value without the mentions of the person; it is the same pointer where nothing changed.
func (r *run) rewrite(in cell, m *mention.Matcher, mc mention.Context, enough func(mention.Span) bool) (*string, error) {
	if in.text == nil {
		return nil, nil
	}
	find := func(text string) []mention.Span {
		var sure []mention.Span
		spans := withTyped(text, m.Find(text, mc), r.words.typed)
		if !mc.Linked {
			spans = r.withShared(text, mc, spans)
		}
		for _, s := range spans {
			switch {
			case enough(s):
				r.note(in, text, s)
				sure = append(sure, s)
			case r.accepted(in, text, s, mc.Linked):
				sure = append(sure, s)
			}
		}
		return sure
	}
	fn := func(text string) string {
		text = r.within(in, text)
		spans := find(text)
		out := r.replaced(text, spans)
		// What was glued to a word that went may be a word now.
		for n := 0; n < 3 && glued(text, spans); n++ {
			text = out
			spans = slices.DeleteFunc(m.Find(text, mc), func(s mention.Span) bool { return !enough(s) })
			out = r.replaced(text, spans)
		}
		return out
	}
	out := *in.text
	switch typ := in.t.Types[in.c.Name]; {
	case wrapped(in.t, in.c):
		seen := map[string]bool{} // a document is read more than once
		return r.document(in, func(text string) []mention.Span {
			if seen[text] {
				return r.quietly(func() []mention.Span { return find(text) })
			}
			seen[text] = true
			return find(text)
		})
	case len(in.c.JSON) > 0:
		doc, err := r.jsonRules(in, fn).document([]byte(out))
		if err != nil {
			return nil, err
		}
		same, err := sameJSON([]byte(out), doc)
		if err != nil || same {
			return in.text, err
		}
		out = string(doc)
	case typ.IsJSON() || typ.IsArray():
		doc, changed, err := mapJSON([]byte(out), fn)
		if err != nil || !changed {
			return in.text, err
		}
		out = string(doc)
	default:
		out = fn(out)
	}
	if out == *in.text {
		return in.text, nil
	}
	return &out, nil
}

// glued says whether a span has a letter or digit beside it.
func glued(text string, spans []mention.Span) bool {
	return slices.ContainsFunc(spans, func(s mention.Span) bool {
		before, _ := utf8.DecodeLastRuneInString(text[:s.Start])
		after, _ := utf8.DecodeRuneInString(text[s.End:])
		return unicode.IsLetter(before) || unicode.IsDigit(before) || unicode.IsLetter(after) || unicode.IsDigit(after)
	})
}

// replaced is a text with a neutral word over the spans. In YAML, which begins with three dashes, brackets would make a list
// of the word.
func (r *run) replaced(text string, spans []mention.Span) string {
	if len(spans) == 0 {
		return text
	}
	out := mention.Replace(text, spans, r.e.Lang)
	if strings.HasPrefix(text, "---") {
		word := mention.Replace("x", []mention.Span{{Start: 0, End: 1}}, r.e.Lang)
		out = strings.ReplaceAll(out, word, strings.Trim(word, "[]"))
	}
	return out
}

// nobodysKey is the key that a list of keys has in the place of the person's.
const nobodysKey = "0"

// within writes nobodysKey over the person's keys inside a text where the column says how they stand in it.
func (r *run) within(in cell, text string) string {
	if in.c.Within == "" {
		return text
	}
	re, err := datamap.WithinOf(in.c.Within, r.keys)
	if err != nil { // the map was checked
		return text
	}
	// What stands before a key in a list may be another of theirs, so it is looked for until there is none.
	for range len(text) {
		at := re.FindStringSubmatchIndex(text)
		if at == nil || text[at[2]:at[3]] == nobodysKey {
			break
		}
		text = text[:at[2]] + nobodysKey + text[at[3]:]
	}
	return text
}

// quietly runs fn without noting what it finds.
func (r *run) quietly(fn func() []mention.Span) []mention.Span {
	r.silent = true
	defer func() { r.silent = false }()
	return fn()
}

// jsonRules are those of a json column, for one value.
func (r *run) jsonRules(in cell, redact func(string) string) ruled {
	out := ruled{rules: in.c.JSON, alone: in.alone, lang: r.e.Lang, keys: r.written(in.t, in.c)}
	for _, p := range in.t.Paths {
		if len(p.Hops) == 0 {
			continue
		}
		for _, pair := range p.Hops[0].On {
			if pair.Ours == in.c.Name && pair.OursPart.JSON != "" {
				out.refs = append(out.refs, pair.OursPart.JSON)
			}
		}
	}
	if in.c.Scan || slices.ContainsFunc(in.c.JSON, func(e datamap.Entry[*datamap.JSONRule]) bool { return e.Value.Erase.Action == datamap.Redact }) {
		out.redact = redact
	}
	return out
}

// readWhere reads the texts of the rows that fulfil a condition, locked, in the order of their keys.
func (r *run) readWhere(ctx context.Context, t *datamap.PlannedTable, columns []*datamap.Column, where string, limit int, args ...any) ([]textRow, error) {
	return readTexts(ctx, r.tx, t, columns, where, limit, args...)
}

// withTyped adds the numbers that stand in a text exactly as they stand on the card. A national number of another
// country is read by nobody else, since nothing in it says which country it is.
func withTyped(text string, spans []mention.Span, typed []string) []mention.Span {
	for _, n := range typed {
		for from := 0; ; {
			i := strings.Index(text[from:], n)
			if i < 0 {
				break
			}
			a, b := from+i, from+i+len(n)
			from = b
			inside := a > 0 && isDigit(text[a-1]) || b < len(text) && isDigit(text[b])
			taken := slices.ContainsFunc(spans, func(s mention.Span) bool { return s.Start < b && a < s.End })
			if !inside && !taken {
				spans = append(spans, mention.Span{Start: a, End: b, Kind: mention.Phone, Confidence: mention.Certain, Rule: "as on the card"})
			}
		}
	}
	slices.SortFunc(spans, func(x, y mention.Span) int { return x.Start - y.Start })
	return spans
}
