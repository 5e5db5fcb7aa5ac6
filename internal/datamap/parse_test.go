package datamap_test

import (
	"errors"
	"strings"
	"testing"

	"insyn/internal/datamap"
	"insyn/internal/democrm"
)

func TestSampleMapParses(t *testing.T) {
	t.Parallel()
	m, err := datamap.Parse("datamap.yaml", democrm.Map())
	if err != nil {
		t.Fatal(err)
	}
	s, ok := m.Source("crm")
	if !ok {
		t.Fatal("no source crm")
	}
	history, _ := s.Table("crm.history")
	if got := len(history.Paths); got != 2 {
		t.Fatalf("crm.history has %d paths, want 2: by its persons and by a sole trader's company", got)
	}
	last := history.Paths[1]
	if got := last.Hops[0].When; got != "kind = 'sole_trader'" {
		t.Errorf("the path through the company has condition %q, want that of the company", got)
	}
}

func TestFaultsHaveAPlace(t *testing.T) {
	t.Parallel()
	good := string(democrm.Map())
	for _, tc := range []struct {
		name, old, new, want string
	}{
		{"unknown key of a column", "role: customer_no, search: true", "role: customer_no, serach: true", "unknown field"},
		{"unknown key of the map", "controller_country: SE", "controler_country: SE", "unknown field"},
		{"unknown role", "role: customer_no", "role: customer", "role is \"customer\""},
		{"undeclared purpose", "purpose: sales", "purpose: sails", "purpose \"sails\" is not declared"},
		{"undeclared words", "words: stage,", "words: stages,", "words \"stages\" are not declared"},
		{"words in one language", "call:    {sv: samtal, en: call}", "call:    {sv: samtal}", "call needs sv and en"},
		{"unknown action", "erase: empty", "erase: blank", "unknown erase action"},
		{"no action", ", scan: true, erase: empty", ", scan: true", "needs erase, or keep"},
		{"no label", "label: {sv: Titel, en: Title}, ", "", "needs a label"},
		{"path to nowhere", "crm.person.organisation_id}, as: context", "crm.persona.organisation_id}, as: context", "crm.persona, which is not mapped"},
		{"bad unit", "generalise: year", "generalise: decade", "generalise to month or year"},
		{"twice the same key", "version: 1", "version: 1\nversion: 2", "already defined"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(good, tc.old) {
				t.Fatalf("the sample map has no %q", tc.old)
			}
			bad := strings.Replace(good, tc.old, tc.new, 1)
			line := 1 + strings.Count(bad[:strings.Index(good, tc.old)], "\n")
			_, err := datamap.Parse("map.yaml", []byte(bad))
			if err == nil {
				t.Fatal("parsed without an error")
			}
			var errs datamap.ParseErrors
			if !errors.As(err, &errs) {
				t.Fatalf("got %T, want ParseErrors", err)
			}
			found := false
			for _, e := range errs {
				if strings.Contains(e.Text, tc.want) {
					found = true
					if d := e.Pos.Line - line; d < -14 || d > 1 || e.Pos.Column < 1 {
						t.Errorf("%q stands at %d:%d, want line %d or its table", e.Text, e.Pos.Line, e.Pos.Column, line)
					}
				}
			}
			if !found {
				t.Errorf("got %v, want an error with %q", err, tc.want)
			}
		})
	}
}

// A decoder takes "erase: null" for no erase, in the rule of a json path too.
func TestNullIsAnActionOfAJSONRule(t *testing.T) {
	t.Parallel()
	old := `"$.*": {`
	good := string(democrm.Map())
	if !strings.Contains(good, old) {
		t.Fatalf("the sample map has no %s", old)
	}
	m, err := datamap.Parse("datamap.yaml", []byte(strings.Replace(good, old, `"$.nothing": {erase: null}, `+old, 1)))
	if err != nil {
		t.Fatal(err)
	}
	source, _ := m.Source("crm")
	for _, e := range source.Tables {
		for _, c := range e.Value.Columns {
			if r, ok := c.Value.JSON.Get("$.nothing"); ok {
				if r.Erase.Action != datamap.Null {
					t.Errorf("got action %q, want null", r.Erase.Action)
				}
				return
			}
		}
	}
	t.Error("the rule is not in the map")
}
