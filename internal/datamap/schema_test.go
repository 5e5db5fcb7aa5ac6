package datamap

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"
)

func schema(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// document is a map file as a schema sees it.
func document(t *testing.T, text []byte) any {
	t.Helper()
	b, err := yaml.YAMLToJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestSchemaTakesTheSampleMap(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../democrm/datamap.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := schema(t)
	if err := s.Validate(document(t, text)); err != nil {
		t.Errorf("the sample map: %v", err)
	}
	for _, change := range [][2]string{
		{"role: customer_no", "role: customer"},
		{"erase: empty", "erase: blank"},
		{"generalise: year", "generalise: decade"},
		{"search: true", "serach: true"},
		{"version: 1", "version: one"},
		{"as: context", "as: around"},
		{"basis: consent", "basis: custom"},
	} {
		bad := strings.Replace(string(text), change[0], change[1], 1)
		if bad == string(text) {
			t.Fatalf("the sample map has no %q", change[0])
		}
		if s.Validate(document(t, []byte(bad))) == nil {
			t.Errorf("the schema takes %q", change[1])
		}
	}
}

// The schema and the structs are written apart, and must know the same keys and words.
func TestSchemaKnowsTheKeysOfTheStructs(t *testing.T) {
	t.Parallel()
	var s jsonschema.Schema
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name   string
		schema *jsonschema.Schema
		value  any
	}{
		{"map", &s, Map{}},
		{"category", s.Defs["category"], Category{}},
		{"purpose", s.Defs["purpose"], Purpose{}},
		{"sole_trader", s.Defs["soleTrader"], Basis{}},
		{"recipient", s.Defs["recipient"], Recipient{}},
		{"retention", s.Defs["retention"], Retention{}},
		{"source", s.Defs["source"], Source{}},
		{"subject", s.Defs["subject"], Subject{}},
		{"staff", s.Defs["staff"], Staff{}},
		{"table", s.Defs["table"], Table{}},
		{"path", s.Defs["path"], rawPath{}},
		{"keep", s.Defs["keep"], Keep{}},
		{"rule", s.Defs["rule"], Warn{}},
		{"column", s.Defs["column"], Column{}},
		{"json rule", s.Defs["jsonRule"], JSONRule{}},
	} {
		got := slices.Sorted(maps.Keys(tc.schema.Properties))
		if diff := cmp.Diff(keysOf(tc.value), got); diff != "" {
			t.Errorf("%s: keys of the struct (-) and of the schema (+):\n%s", tc.name, diff)
		}
	}
	column := s.Defs["column"].Properties
	for _, tc := range []struct {
		name   string
		schema *jsonschema.Schema
		want   []string
	}{
		{"role", s.Defs["role"], roles},
		{"basis", s.Defs["basis"], bases},
		{"provenance", s.Defs["provenance"], provenances},
		{"disclose", column["disclose"], discloses},
		{"edit", column["edit"], edits},
		{"type", column["type"], types},
		{"document", column["document"], documents},
	} {
		var got []string
		for _, v := range tc.schema.Enum {
			got = append(got, v.(string))
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: words of the code (-) and of the schema (+):\n%s", tc.name, diff)
		}
	}
}

func keysOf(v any) []string {
	var out []string
	typ := reflect.TypeOf(v)
	for i := range typ.NumField() {
		if key := typ.Field(i).Tag.Get("yaml"); key != "" && key != "-" {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}
