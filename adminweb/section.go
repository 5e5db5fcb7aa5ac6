package adminweb

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"insyn/internal/dossier"
	"insyn/internal/records"
)

// section is one kind of data about a person: how much there is, what for, and its first entries.
type section struct {
	ID, Label string
	Count     int
	Purposes  []string
	Heads     []string
	Rows      [][]cell
	More      int // entries that are not shown
	Masked    int // values in which other people are covered
}

// cell is one value as a reader sees it.
type cell struct {
	Text   string
	Masked bool // parts are covered
	Gone   bool // withheld whole
}

// sectionSink takes a dossier and keeps the counts and the first rows of each section.
type sectionSink struct {
	words
	keep     int
	purposes map[string]dossier.Purpose
	out      []section
	now      section
	fields   []dossier.Field
}

func (s *sectionSink) Meta(dossier.Meta) error { return nil }

func (s *sectionSink) Begin(d dossier.Section) error {
	s.fields = d.Fields
	s.now = section{ID: d.ID, Label: s.in(d.Label)}
	for _, p := range d.Purposes {
		if t := s.in(s.purposes[p].Text); t != "" {
			s.now.Purposes = append(s.now.Purposes, t)
		}
	}
	for _, f := range d.Fields {
		s.now.Heads = append(s.now.Heads, s.in(f.Label))
	}
	return nil
}

func (s *sectionSink) Record(r dossier.Record) error {
	s.now.Count++
	row := make([]cell, 0, len(r.Values))
	for _, v := range r.Values {
		c := cell{Text: s.value(v.JSON), Masked: v.Masked, Gone: v.Withheld != ""}
		if c.Masked || c.Gone {
			s.now.Masked++
		}
		row = append(row, c)
	}
	if s.now.Count <= s.keep {
		s.now.Rows = append(s.now.Rows, row)
	} else {
		s.now.More++
	}
	return nil
}

func (s *sectionSink) End() error {
	if s.now.Count > 0 {
		s.out = append(s.out, s.now)
	}
	return nil
}

// value writes a JSON value for a reader.
func (s *sectionSink) value(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return ""
	case string(raw) == "true":
		return s.T("admin.yes")
	case string(raw) == "false":
		return s.T("admin.no")
	case raw[0] == '"':
		var text string
		if json.Unmarshal(raw, &text) == nil {
			return text
		}
	case raw[0] == '[':
		var list []string
		if json.Unmarshal(raw, &list) == nil {
			return strings.Join(list, ", ")
		}
	}
	return string(raw)
}

// copied reads everything about the cards of one person in a source as the person would get it, with others covered, and
// keeps the first entries of each section.
func (v *visit) copied(ctx context.Context, src *records.Source, keys []string, keep int, portable bool) ([]section, error) {
	about, err := src.Describe(ctx, keys)
	if err != nil {
		return nil, err
	}
	sink := &sectionSink{words: v.words, keep: keep, purposes: about.Purposes}
	if err := src.Collect(ctx, keys, records.CollectOptions{Portable: portable}, sink); err != nil {
		return nil, err
	}
	return sink.out, nil
}

// sections counts what a source holds about a card, with the first entries as they stand there.
func (v *visit) sections(ctx context.Context, src *records.Source, key string) ([]section, error) {
	list, err := src.Sections(ctx, key)
	if err != nil {
		return nil, err
	}
	about, err := src.Describe(ctx, []string{key})
	if err != nil {
		return nil, err
	}
	sink := &sectionSink{words: v.words, keep: cardRows, purposes: about.Purposes}
	for _, x := range list {
		_ = sink.Begin(dossier.Section{ID: x.ID, Label: x.Label, Purposes: x.Purposes, Fields: x.Fields}) // a sink in memory takes all
		for _, r := range x.First {
			_ = sink.Record(r)
		}
		sink.now.Count, sink.now.More = x.Count, max(x.Count-len(sink.now.Rows), 0)
		_ = sink.End()
	}
	return sink.out, nil
}
