package dossier

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"insyn/internal/wording"
)

func printer(t testing.TB, lang string) Printer {
	t.Helper()
	texts, err := wording.Load()
	if err != nil {
		t.Fatal(err)
	}
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return Printer{Texts: texts, Lang: lang, Loc: loc}
}

// formulas are beginnings that a spreadsheet takes for a formula, and harmless ones beside them.
func formulas() map[string]bool {
	m := map[string]bool{
		"Anna": false, "a=b": false, "": false, "1+1": false, "46-70": false, "'quoted": true, "ö@x": false,
		"\r\n=x": true, " \n=x": true, "\ufeff=x": true, "\u00a0=1": true, "＝1+1": true, "＋1": true, "－1": true, "＠x": true, "−1": true,
	}
	for _, c := range "=+-@\t\r\x00" {
		for _, rest := range []string{"", "1", "cmd|' /C calc'!A0", "SUM(1,2)", "HYPERLINK(\"http://x.example\",\"y\")", "\n2", "46 70 174 06 05"} {
			m[string(c)+rest] = true
			m[" "+string(c)+rest] = true
		}
	}
	return m
}

func TestSafeCell(t *testing.T) {
	t.Parallel()
	for in, want := range formulas() {
		got := SafeCell(in)
		if (got != in) != want {
			t.Errorf("%q: got %q, prefixed should be %v", in, got, want)
		}
		if back := strings.TrimPrefix(got, "'"); back != in && got != in {
			t.Errorf("%q: does not come back from %q", in, got)
		}
	}
}

func FuzzSafeCell(f *testing.F) {
	for in := range formulas() {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := SafeCell(s)
		if strings.TrimPrefix(got, "'") != s {
			t.Errorf("%q does not come back from %q", s, got)
		}
		if got != "" && strings.ContainsAny(got[:1], "=+-@\t\r\x00") {
			t.Errorf("%q is a formula", got)
		}
	})
}

func hostile(sink Sink) error {
	s := sampleSection("crm.person")
	if err := sink.Begin(s); err != nil {
		return err
	}
	for in := range formulas() {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		if err := sink.Record(Record{Portable: true, Values: []Value{{JSON: b}, value("1.50"), {Withheld: "third_party"}}}); err != nil {
			return err
		}
	}
	rec := Record{Values: []Value{{JSON: json.RawMessage(`"a, \"b\"\nc"`), Masked: true}, value("null"), value(`"x;y"`)}}
	if err := sink.Record(rec); err != nil {
		return err
	}
	return sink.End()
}

func TestCSV(t *testing.T) {
	t.Parallel()
	for _, lang := range wording.Langs() {
		var b bytes.Buffer
		r := write(t, sampleMeta(), hostile)
		if err := printer(t, lang).CSV(&b, r); err != nil {
			t.Fatal(err)
		}
		out := b.String()
		if !strings.HasPrefix(out, "\ufeff") || !strings.HasSuffix(out, "\r\n") {
			t.Error("no byte order mark, or no CRLF at the end")
		}
		c := csv.NewReader(strings.NewReader(strings.TrimPrefix(out, "\ufeff")))
		c.FieldsPerRecord = -1
		rows, err := c.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\x00") {
					t.Errorf("%s: cell %q is a formula", lang, cell)
				}
			}
		}
		m := sampleMeta()
		for _, want := range []string{
			m.Controller.Name, m.Controller.DPOName, m.Purposes["sales"].Text[lang], m.Recipients["mailer"].Name,
			m.Retention["contact"].Text[lang], `"a, ""b""` + "\nc\"",
		} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %q is not in the file", lang, want)
			}
		}
	}
}

func TestJSONFitsItsSchema(t *testing.T) {
	t.Parallel()
	p := printer(t, "en")
	whole := write(t, sampleMeta(), hostile)
	for _, r := range []*Reader{whole, whole.Portable(), write(t, Meta{Nothing: true}, func(Sink) error { return nil })} {
		var doc, sch bytes.Buffer
		if err := r.JSON(&doc); err != nil {
			t.Fatal(err)
		}
		if err := p.Schema(&sch, r); err != nil {
			t.Fatal(err)
		}
		var s jsonschema.Schema
		if err := json.Unmarshal(sch.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		resolved, err := s.Resolve(nil)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(doc.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if err := resolved.Validate(v); err != nil {
			t.Error(err)
		}
		v.(map[string]any)["sections"] = []any{map[string]any{"count": "x"}}
		if resolved.Validate(v) == nil {
			t.Error("the schema takes anything")
		}
	}
}

func TestJSONIsExact(t *testing.T) {
	t.Parallel()
	exact := `"<b>&\u00e9\u2028=1+1"`
	r := write(t, sampleMeta(), func(s Sink) error {
		if err := s.Begin(sampleSection("a")); err != nil {
			return err
		}
		if err := s.Record(Record{Values: []Value{value(exact), value(`1.10`), value(`"x"`)}}); err != nil {
			return err
		}
		return s.End()
	})
	var b bytes.Buffer
	if err := r.JSON(&b); err != nil {
		t.Fatal(err)
	}
	if want := `"name":` + exact + `,"score":1.10,`; !strings.Contains(b.String(), want) {
		t.Errorf("%s is not in %s", want, b.String())
	}
}

func TestZIP(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	r := write(t, sampleMeta(), hostile)
	if err := printer(t, "sv").ZIP(&b, r); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, rc); err != nil || n == 0 {
			t.Errorf("%s: %d bytes, %v", f.Name, n, err)
		}
		_ = rc.Close()
	}
	if got, want := fmt.Sprint(names), "[README.txt data.json schema.json 01-person.csv]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
