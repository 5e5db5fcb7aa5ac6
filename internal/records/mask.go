package records

import (
	"context"
	"slices"

	"insyn/internal/datamap"
	"insyn/internal/mention"
)

// masker covers other people in texts that a person gets: those who share the row, our own staff, and anybody's
// contact details that are not the person's own.
type masker struct {
	s     *Source
	crew  *crew
	self  []mention.Person
	own   *mention.Matcher
	near  []mention.Person // who is around the person without sharing a row
	known *mention.Matcher // near, and our own staff where the map does not let their names stay
}

func (s *Source) masker(ctx context.Context, q querier, cards map[string]*card, keys []string) (*masker, error) {
	m := &masker{s: s, crew: s.crew(q)}
	for _, k := range keys {
		if c := cards[k]; c != nil {
			m.self = append(m.self, c.mention())
		}
	}
	m.own = mention.New(m.self...)
	var err error
	if m.near, err = s.nearby(ctx, q, keys); err != nil {
		return nil, err
	}
	staff, err := s.staff(ctx, q)
	if err != nil {
		return nil, err
	}
	m.known = mention.New(append(staff, m.near...)...)
	return m, nil
}

// rows masks, in place, the texts of the columns that say so.
func (m *masker) rows(ctx context.Context, t *datamap.PlannedTable, columns []*datamap.Column, rows []row, keys []string) error {
	if err := unpack(t, columns, rows); err != nil {
		return err
	}
	masks := func(c *datamap.Column) bool { return c.Disclose == "mask_others" }
	if !slices.ContainsFunc(columns, masks) {
		return nil
	}
	ids := make([]string, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.key)
	}
	near, err := m.s.near(ctx, m.crew.q, t, ids, keys)
	if err != nil {
		return err
	}
	if err := m.crew.load(ctx, near); err != nil {
		return err
	}
	for _, r := range rows {
		others := m.crew.of(near[r.key])
		matcher := mention.New(others...)
		for i, c := range columns {
			if !masks(c) || r.values[i].Withheld != "" {
				continue
			}
			doc, changed, err := mapJSON(r.values[i].JSON, func(text string) string { return m.text(text, matcher, others) })
			if err != nil {
				return err
			}
			r.values[i].JSON, r.values[i].Masked = doc, changed
		}
	}
	return nil
}

func (m *masker) text(text string, matcher *mention.Matcher, others []mention.Person) string {
	spans := matcher.Find(text, mention.Context{Linked: true, Others: m.self})
	spans = append(spans, mention.Contacts(text)...)
	// A part of a name alone may be anybody's where the person does not share the row.
	spans = append(spans, m.known.Find(text, mention.Context{Others: m.self})...)
	if len(spans) == 0 {
		return text
	}
	// What is the person's own stays readable, also where somebody else has it too.
	own := m.own.Find(text, mention.Context{Linked: true, Others: others})
	spans = slices.DeleteFunc(spans, func(s mention.Span) bool {
		return slices.ContainsFunc(own, func(o mention.Span) bool { return s.Start < o.End && o.Start < s.End })
	})
	return mention.Mask(text, disjoint(spans))
}

// disjoint sorts spans and joins those that overlap.
func disjoint(spans []mention.Span) []mention.Span {
	slices.SortFunc(spans, func(a, b mention.Span) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	var out []mention.Span
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start < out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}
