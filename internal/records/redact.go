package records

import (
	"context"
	"slices"
	"strings"

	"insyn/internal/datamap"
	"insyn/internal/mention"
)

// redactRow rewrites the texts of one of the person's rows and says whether one changed.
func (r *run) redactRow(w *tableWork, row textRow, near []string) (bool, error) {
	ctx := mention.Context{Linked: true, Others: r.crew.of(near)}
	any := false
	for i, c := range w.columns {
		changed, err := r.rewrite(w.t, c, row, i, r.words.linked, ctx, linkedEnough)
		if err != nil {
			return false, err
		}
		any = any || changed
	}
	return any, nil
}

// linkedEnough: in the person's own rows a likely mention is one.
func linkedEnough(s mention.Span) bool { return s.Confidence >= mention.Likely }

// looseEnough: in other people's rows only what is certain.
func looseEnough(s mention.Span) bool { return s.Confidence >= mention.Certain }

// rewrite replaces the mentions in one value of a row, in place.
func (r *run) rewrite(t *datamap.PlannedTable, c *datamap.Column, row textRow, i int, m *mention.Matcher, ctx mention.Context,
	enough func(mention.Span) bool,
) (bool, error) {
	if row.texts[i] == nil {
		return false, nil
	}
	fn := func(text string) string {
		var sure []mention.Span
		for _, s := range withTyped(text, m.Find(text, ctx), r.words.typed) {
			r.note(t, c.Name, row.key, text, s, enough(s))
			if enough(s) {
				sure = append(sure, s)
			}
		}
		if len(sure) == 0 {
			return text
		}
		return mention.Replace(text, sure, r.e.Lang)
	}
	if base := t.Types[c.Name].Base; base == "json" || base == "jsonb" || strings.HasPrefix(base, "_") {
		doc, changed, err := mapJSON([]byte(*row.texts[i]), fn)
		if changed {
			text := string(doc)
			row.texts[i] = &text
		}
		return changed, err
	}
	text := fn(*row.texts[i])
	changed := text != *row.texts[i]
	if changed {
		row.texts[i] = &text
	}
	return changed, nil
}

// searchOthers finds and replaces mentions in everybody's rows of a table, apart from those that were handled as the
// person's own. One pass in SQL finds the rows that may hold one.
func (r *run) searchOthers(ctx context.Context, t *datamap.PlannedTable) error {
	columns := t.Scanned()
	if len(columns) == 0 {
		return nil
	}
	n := r.words.needles
	candidates, err := r.readWhere(ctx, t, columns, n.where(columns), n.given, n.surname, n.texts, n.numbers)
	if err != nil {
		return err
	}
	var rows []textRow
	var keys []string
	for _, row := range candidates {
		if !r.touched[t.Name][row.key] {
			rows, keys = append(rows, row), append(keys, row.key)
		}
	}
	_, near, err := r.s.others(ctx, r.tx, t, keys, r.keys)
	if err != nil {
		return err
	}
	if err := r.crew.load(ctx, near); err != nil {
		return err
	}
	w := &tableWork{t: t, columns: columns}
	for _, row := range rows {
		m := r.words.loose
		for _, k := range near[row.key] {
			if r.words.sharers[k] {
				m = r.words.strict
			}
		}
		mc := mention.Context{Others: r.crew.of(near[row.key])}
		any := false
		for i, c := range columns {
			changed, err := r.rewrite(t, c, row, i, m, mc, looseEnough)
			if err != nil {
				return err
			}
			any = any || changed
		}
		if any {
			w.change = append(w.change, changedRow{key: row.key, texts: row.texts})
		}
	}
	return r.write(ctx, w, Mentioned, false)
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
