package records

import (
	"slices"

	"insyn/internal/datamap"
	"insyn/internal/dossier"
)

// told are the columns of a table that the person gets.
func told(t *datamap.PlannedTable) []*datamap.Column {
	if t.Disclose == "no" {
		return nil
	}
	var out []*datamap.Column
	for _, e := range t.Columns {
		if e.Value.Disclosed() {
			out = append(out, e.Value)
		}
	}
	return out
}

// section describes a table as a fold of the page for one person.
func (s *Source) section(t *datamap.PlannedTable, columns []*datamap.Column, c *card) dossier.Section {
	out := dossier.Section{ID: t.Name, Source: s.Name, Label: t.Label, Intro: t.Intro, Category: t.Category}
	add := func(list *[]string, names ...string) {
		for _, n := range names {
			if n != "" && !slices.Contains(*list, n) {
				*list = append(*list, n)
			}
		}
	}
	for _, col := range columns {
		add(&out.Categories, col.Category)
		add(&out.Purposes, col.Purpose)
		for _, name := range col.Also {
			if s.holds(name, c) {
				add(&out.Purposes, name)
			}
		}
		add(&out.Recipients, col.Recipients...)
		add(&out.Retention, col.Retention)
		add(&out.Provenance, col.Provenance)
		out.Fields = append(out.Fields, dossier.Field{
			Name: col.Name, Label: col.Label, Category: col.Category, Purpose: col.Purpose, Provenance: col.Provenance,
			Portable: s.portable(col, c), Type: fieldType(col, t.Types[col.Name]), Words: s.words(col),
		})
	}
	if out.Category == "" && len(out.Categories) > 0 {
		out.Category = out.Categories[0]
	}
	return out
}

// words say what the codes of a column mean.
func (s *Source) words(col *datamap.Column) map[string]dossier.Label {
	set, ok := s.m.Words.Get(col.Words)
	if !ok {
		return nil
	}
	out := make(map[string]dossier.Label, len(set))
	for _, w := range set {
		out[w.Name] = w.Value
	}
	return out
}

// holds says whether a purpose is true of the person: one that rests on a box only where they said yes in it.
func (s *Source) holds(purpose string, c *card) bool {
	p, ok := s.m.Purposes.Get(purpose)
	return ok && (p.Box == "" || c.consent(p.Box).State == "yes")
}

// portable says whether Art. 20 covers a column: provided or observed, by consent or contract.
func (s *Source) portable(col *datamap.Column, c *card) bool {
	if !col.Portable || col.Provenance != "provided" && col.Provenance != "observed" {
		return false
	}
	for _, name := range append([]string{col.Purpose}, col.Also...) {
		p, ok := s.m.Purposes.Get(name)
		if !ok || !s.holds(name, c) {
			continue
		}
		if basis := p.For(c.soleTrader).Basis; basis == "consent" || basis == "contract" {
			return true
		}
	}
	return false
}

func fieldType(c *datamap.Column, t datamap.ColumnType) string {
	if c.Type != "" {
		return c.Type
	}
	switch t.Base {
	case "int2", "int4", "int8", "numeric", "float4", "float8":
		return "number"
	case "bool":
		return "bool"
	case "date":
		return "date"
	case "timestamp", "timestamptz":
		return "time"
	case "json", "jsonb":
		return "json"
	}
	if len(t.Base) > 1 && t.Base[0] == '_' {
		return "list"
	}
	return "text"
}
