//go:build schemas

package schemas

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"insyn/internal/dossier"
	"insyn/internal/records"
	"insyn/internal/wording"
)

// access gives a person their data as CSV and JSON, and fails where anybody else is in it by something that is not the
// person's too.
func (p *proof) access(of *person) {
	t := p.t
	r := p.dossier(of)
	texts, err := wording.Load()
	if err != nil {
		t.Fatal(err)
	}
	print := dossier.Printer{Texts: texts, Lang: wording.Swedish, Loc: time.UTC}
	var asCSV, asJSON bytes.Buffer
	if err := print.CSV(&asCSV, r); err != nil {
		t.Fatal(err)
	}
	if err := r.JSON(&asJSON); err != nil {
		t.Fatal(err)
	}
	rows := [][]any{}
	for _, section := range r.Filled() {
		rows = append(rows, []any{section.ID, section.Count})
	}
	printed(fmt.Sprintf("%s tells %s: %d bytes of CSV, %d of JSON", p.s.name, of.login, asCSV.Len(), asJSON.Len()), rows...)
	// A cell may be encoded as a whole, so each is read by itself.
	p.nobodyElse(of, "CSV", cellsOf(t, &asCSV))
	var doc any
	if err := json.Unmarshal(asJSON.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	p.nobodyElse(of, "JSON", leaves(doc))
}

// dossier collects what the map tells somebody.
func (p *proof) dossier(of *person) *dossier.Reader {
	t, keys := p.t, []string{fmt.Sprint(of.id)}
	says, err := p.src.Describe(t.Context(), keys)
	if err != nil {
		t.Fatal(err)
	}
	var stream bytes.Buffer
	w := dossier.NewWriter(&stream)
	if err := w.Meta(dossier.Meta{
		RequestID: 1, Kind: "access", AsOf: time.Now(), Language: wording.Swedish, Searched: []dossier.Label{says.Searched},
		Controller: dossier.Controller{Name: "Kvarnbolaget", Country: "SE", Address: "Kvarngatan 1", Switchboard: "08-10 20 30", DPOName: "Dataskyddsombudet", DPOTitle: dossier.Label{"sv": "dataskyddsombud"}, DPOEmail: "dso@kvarnbolaget.example", DPOPhone: "08-10 20 31", Authority: dossier.Label{"sv": "Integritetsskyddsmyndigheten"}},
		Purposes:   says.Purposes, Recipients: says.Recipients, Retention: says.Retention, Categories: says.Categories,
	}); err != nil {
		t.Fatal(err)
	}
	if err := p.src.Collect(t.Context(), keys, records.CollectOptions{}, w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := dossier.NewReader(bytes.NewReader(stream.Bytes()), int64(stream.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// nobodyElse fails where a document for somebody names others.
func (p *proof) nobodyElse(of *person, kind string, cells []string) {
	others := map[string]int{}
	own := map[string]bool{}
	for _, cell := range cells {
		for _, f := range p.w.cast.oracle().value(cell, finding{}) {
			switch {
			case f.person == of:
				own[f.identifier.kind] = true
			case !f.identifier.shared:
				others[fmt.Sprintf("%s %s by %q, %s", f.person.login, f.identifier.kind, f.identifier.text, f.way)]++
			}
		}
	}
	for _, i := range p.w.cast.identifiers(of) {
		if !own[i.kind] && i.kind != "former name" {
			p.t.Errorf("%s: %s for %s does not hold their %s", p.s.name, kind, of.login, i.kind)
		}
	}
	for who, n := range others {
		p.t.Errorf("%s: %s for %s names somebody else %d times: %s", p.s.name, kind, of.login, n, who)
	}
}

func cellsOf(t *testing.T, text io.Reader) []string {
	t.Helper()
	r := csv.NewReader(text)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(rows...)
}

// leaves are the texts and numbers of a JSON document, and the names of its fields.
func leaves(doc any) []string {
	var out []string
	switch v := doc.(type) {
	case map[string]any:
		for name, inner := range v {
			out = append(append(out, name), leaves(inner)...)
		}
	case []any:
		for _, inner := range v {
			out = append(out, leaves(inner)...)
		}
	case nil:
	default:
		out = append(out, fmt.Sprint(v))
	}
	return out
}
