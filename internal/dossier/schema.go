package dossier

import (
	"encoding/json"
	"fmt"
	"io"
)

// schema is as much of JSON Schema 2020-12 as the files need.
type schema struct {
	Schema      string             `json:"$schema,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Type        any                `json:"type,omitempty"`
	Const       any                `json:"const,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Additional  any                `json:"additionalProperties,omitempty"` // false or a schema
	PrefixItems []*schema          `json:"prefixItems,omitempty"`
	Items       any                `json:"items,omitempty"` // false or a schema
	MinItems    int                `json:"minItems,omitempty"`

	Provenance string `json:"x-provenance,omitempty"`
	Purpose    string `json:"x-purpose,omitempty"`
	Basis      string `json:"x-legal-basis,omitempty"`
	Category   string `json:"x-category,omitempty"`
}

// Schema writes the JSON Schema (2020-12) of what JSON writes of the same reader: each field with its label, where it
// came from, why we have it and on what basis.
func (p Printer) Schema(w io.Writer, r *Reader) error {
	m := r.Meta()
	root := &schema{
		Schema: "https://json-schema.org/draft/2020-12/schema",
		Title:  Format, Description: p.Label("file.schema_note"),
		Type:     "object",
		Required: []string{"format", "version", "portable", "meta", "sections"},
		Properties: map[string]*schema{
			"format":   {Const: Format},
			"version":  {Const: FormatVersion},
			"portable": {Const: r.portable},
			"meta":     {Type: "object", Required: []string{"request_id", "as_of", "controller"}},
		},
	}
	list := &schema{Type: "array", Items: false, PrefixItems: []*schema{}}
	for _, s := range r.Sections() {
		list.PrefixItems = append(list.PrefixItems, p.sectionSchema(m, s))
	}
	list.MinItems = len(list.PrefixItems)
	if list.MinItems == 0 {
		list.PrefixItems = nil // an empty prefixItems is not allowed
	}
	root.Properties["sections"] = list
	b, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the schema: %w", err)
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

func (p Printer) sectionSchema(m Meta, s SectionInfo) *schema {
	values := &schema{Type: "object", Additional: false, Properties: map[string]*schema{}}
	for _, f := range s.Fields {
		values.Properties[f.Name] = &schema{
			Title: f.Label.In(p.Lang), Type: jsonTypes(f.Type), Category: f.Category,
			Provenance: f.Provenance, Purpose: m.Purposes[f.Purpose].Text.In(p.Lang), Basis: m.Purposes[f.Purpose].Basis,
		}
	}
	record := &schema{
		Type: "object", Additional: false, Required: []string{"values"},
		Properties: map[string]*schema{
			"values":   values,
			"masked":   {Type: "array", Items: &schema{Type: "string"}, Description: p.Label("file.masked")},
			"withheld": {Type: "object", Additional: &schema{Type: "string"}, Description: p.Label("file.withheld")},
		},
	}
	return &schema{
		Title: s.Label.In(p.Lang), Type: "object", Required: []string{"section", "count", "records"}, Additional: false,
		Properties: map[string]*schema{
			"section": {Type: "object", Required: []string{"id", "fields"}, Properties: map[string]*schema{"id": {Const: s.ID}}},
			"count":   {Type: "integer"},
			"records": {Type: "array", Items: record},
		},
	}
}

// jsonTypes says how a kind of field can look. A scalar out of a custom field may be a number where a text was
// expected, and is handed over as it is.
func jsonTypes(kind string) any {
	switch kind {
	case "text":
		return []string{"string", "number", "boolean", "null"}
	case "number", "money":
		return []string{"number", "string", "null"}
	case "date", "time":
		return []string{"string", "null"}
	case "bool":
		return []string{"boolean", "null"}
	}
	return nil
}
