package dossier

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func value(s string) Value { return Value{JSON: json.RawMessage(s)} }

func sampleMeta() Meta {
	return Meta{
		RequestID: 1001, Kind: "access", Language: "sv", Portable: true,
		Controller: Controller{
			Name: "Norrsken Handel AB", Address: "Provgatan 1\n111 11 Provstad", Switchboard: "08-465 004 00",
			DPOName: "Ines Provdal", DPOEmail: "dso@norrsken.example", DPOTitle: Label{"sv": "dataskyddsombud", "en": "data protection officer"},
		},
		Searched: []Label{{"sv": "kundregistret", "en": "the customer register"}},
		Purposes: map[string]Purpose{
			"sales": {Text: Label{"sv": "sköta kundrelationen", "en": "look after the customer"}, Basis: "legitimate_interest", Interest: Label{"sv": "att kunna sälja", "en": "selling"}},
			"news":  {Text: Label{"sv": "skicka nyhetsbrev", "en": "send newsletters"}, Basis: "consent"},
		},
		Recipients: map[string]Recipient{"mailer": {Name: "Utskick AB", Role: "processor", Country: "SE", Why: Label{"sv": "skicka e-post", "en": "send mail"}}},
		Retention:  map[string]Retention{"contact": {Text: Label{"sv": "två år efter senaste kontakten", "en": "two years after the last contact"}}},
	}
}

func sampleSection(id string) Section {
	return Section{
		ID: id, Source: "crm", Label: Label{"sv": "Person", "en": "Person"}, Category: "contact",
		Purposes: []string{"sales"}, Recipients: []string{"mailer"}, Retention: []string{"contact"}, Provenance: []string{"provided"},
		Fields: []Field{
			{Name: "name", Label: Label{"sv": "Namn", "en": "Name"}, Purpose: "news", Provenance: "provided", Portable: true, Type: "text"},
			{Name: "score", Label: Label{"sv": "Poäng", "en": "Score"}, Purpose: "news", Provenance: "derived", Portable: true, Type: "number"},
			{Name: "note", Label: Label{"sv": "Anteckning", "en": "Note"}, Purpose: "sales", Provenance: "staff", Type: "text"},
		},
	}
}

func write(t testing.TB, meta Meta, fill func(Sink) error) *Reader {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b)
	if err := w.Meta(meta); err != nil {
		t.Fatal(err)
	}
	if err := fill(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func fillRows(s Section, n int) func(Sink) error {
	return func(sink Sink) error {
		if err := sink.Begin(s); err != nil {
			return err
		}
		for i := range n {
			rec := Record{Portable: i%2 == 0, Values: []Value{value(fmt.Sprintf(`"row %d"`, i)), value(fmt.Sprint(i)), value(`"x"`)}}
			if err := sink.Record(rec); err != nil {
				return err
			}
		}
		return sink.End()
	}
}

func TestStreamKeepsBytes(t *testing.T) {
	t.Parallel()
	exact := []string{`"<b>&\u00e9é\u2028"`, `1.10`, `1e400`, `  {"b":1, "a":[1 ,2]}`, `null`, `"\u0000"`}
	s := sampleSection("one")
	r := write(t, sampleMeta(), func(sink Sink) error {
		if err := sink.Begin(s); err != nil {
			return err
		}
		for _, e := range exact {
			err := sink.Record(Record{Values: []Value{value(e), {JSON: json.RawMessage(`"a"`), Masked: true}, {Withheld: "third_party"}}})
			if err != nil {
				return err
			}
		}
		return sink.End()
	})
	if d := cmp.Diff(sampleMeta(), r.Meta()); d != "" {
		t.Error(d)
	}
	i := 0
	for rec, err := range r.Records("one", 0, -1) {
		if err != nil {
			t.Fatal(err)
		}
		if got := string(rec.Values[0].JSON); got != exact[i] {
			t.Errorf("got %s, want %s", got, exact[i])
		}
		if !rec.Values[1].Masked || rec.Values[2].Withheld != "third_party" {
			t.Errorf("marks are lost: %+v", rec)
		}
		i++
	}
	info := r.Sections()[0]
	if i != len(exact) || info.Count != int64(i) || info.Masked != int64(i) || info.Withheld != int64(i) {
		t.Errorf("got %d records, index %+v", i, info)
	}
}

func TestStreamPages(t *testing.T) {
	t.Parallel()
	r := write(t, sampleMeta(), func(s Sink) error {
		if err := fillRows(sampleSection("a"), 0)(s); err != nil {
			return err
		}
		if err := fillRows(sampleSection("b"), 1001)(s); err != nil {
			return err
		}
		return fillRows(sampleSection("c"), 3)(s)
	})
	for _, c := range []struct{ from, limit, want int64 }{{0, 20, 20}, {199, 2, 2}, {200, 200, 200}, {1000, 200, 1}, {1001, 5, 0}, {0, -1, 1001}, {0, 0, 0}, {-1, 5, 0}} {
		var n int64
		for rec, err := range r.Records("b", c.from, c.limit) {
			if err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf(`"row %d"`, c.from+n); string(rec.Values[0].JSON) != want {
				t.Fatalf("from %d: got %s, want %s", c.from, rec.Values[0].JSON, want)
			}
			n++
		}
		if n != c.want {
			t.Errorf("from %d limit %d: got %d records, want %d", c.from, c.limit, n, c.want)
		}
	}
	for _, err := range r.Records("nowhere", 0, 1) {
		if err == nil {
			t.Error("an unknown section gave records")
		}
	}
}

// Only what the person provided, on consent or contract, may be moved, whatever a map says.
func TestPortableLeavesOut(t *testing.T) {
	t.Parallel()
	p := write(t, sampleMeta(), fillRows(sampleSection("a"), 10)).Portable()
	secs := p.Sections()
	if len(secs) != 1 || secs[0].Count != 5 || len(secs[0].Fields) != 1 || secs[0].Fields[0].Name != "name" {
		t.Fatalf("got %+v", secs)
	}
	n := 0
	for rec, err := range p.Records("a", 0, -1) {
		if err != nil {
			t.Fatal(err)
		}
		if len(rec.Values) != 1 || string(rec.Values[0].JSON) != fmt.Sprintf(`"row %d"`, 2*n) {
			t.Errorf("got %v", rec.Values)
		}
		n++
	}
	if n != 5 {
		t.Errorf("got %d records, want 5", n)
	}
}

func TestWriterRefuses(t *testing.T) {
	t.Parallel()
	w := NewWriter(&bytes.Buffer{})
	if w.Begin(sampleSection("a")) == nil {
		t.Error("a section before meta was taken")
	}
	if err := errors.Join(w.Meta(sampleMeta()), w.Begin(sampleSection("a"))); err != nil {
		t.Fatal(err)
	}
	if w.Record(Record{Values: []Value{value(`1`)}}) == nil {
		t.Error("a record with too few values was taken")
	}
	if w.Record(Record{Values: []Value{value(`{`), value(`1`), value(`1`)}}) == nil {
		t.Error("a value that is not JSON was taken")
	}
	if w.Close() == nil {
		t.Error("closed inside a section")
	}
	if w.End() != nil || w.Begin(sampleSection("a")) == nil {
		t.Error("a section stood twice")
	}
}

func FuzzReader(f *testing.F) {
	var b bytes.Buffer
	w := NewWriter(&b)
	_ = errors.Join(w.Meta(sampleMeta()), fillRows(sampleSection("a"), 3)(w), w.Close())
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for _, s := range r.Sections() {
			for _, err := range r.Records(s.ID, 0, 10) {
				if err != nil {
					break
				}
			}
		}
	})
}
