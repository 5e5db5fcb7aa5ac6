package datamap_test

import (
	"strings"
	"testing"

	"insyn/internal/datamap"
	"insyn/internal/democrm"
	"insyn/internal/postgres/pgtest"
)

// edit parses the sample map with some of its text replaced.
func edit(t *testing.T, pairs ...string) *datamap.Map {
	t.Helper()
	text := string(democrm.Map())
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the sample map has no %q", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	m, err := datamap.Parse("datamap.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWhatIsUndecidedStops(t *testing.T) {
	t.Parallel()
	pool := pgtest.Empty(t)
	if err := democrm.Install(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, old, new, severity, place string
	}{
		{"nothing", "version: 1", "version: 1", "", ""},
		{"column", "bounced_at: {", `bounced_at: {decide: "whose is it?", `, datamap.StopsErase, "crm.person_email.bounced_at"},
		{"table", "erase: cut\n", "erase: cut\n        decide: whose is it?\n", datamap.StopsErase, "crm.history_person"},
		{"path", "{on: {invoice_id: crm.invoice.id}}", `{on: {invoice_id: crm.invoice.id}, decide: "whose is it?"}`, datamap.StopsErase, "crm.invoice_line"},
		{"json path", `"$.*": {erase: remove}`, `"$.*": {decide: true, erase: remove}`, datamap.StopsErase, "crm.person.custom"},
		{"exclusion", "crm.coworker: our own", `crm.coworker: "decide: are they our own`, datamap.StopsErase, "crm.coworker"},
		{"purpose", "box: newsletter\n", "box: newsletter\n    decide: is it so?\n", datamap.Stops, "purposes.news"},
		{"retention", "from: financial_year_end\n", "from: financial_year_end\n    decide: is it so?\n", datamap.Stops, "retention.books"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pairs := []string{tc.old, tc.new}
			if tc.name == "exclusion" {
				pairs = append(pairs, "and not its subjects", `and not its subjects"`)
			}
			_, problems, err := datamap.Check(t.Context(), pool, edit(t, pairs...), "crm")
			if err != nil {
				t.Fatal(err)
			}
			var got datamap.Problems
			for _, p := range problems.Of(datamap.Stops, datamap.StopsErase) {
				if strings.HasPrefix(p.Text, "undecided at line ") {
					got = append(got, p)
				}
			}
			if tc.severity == "" {
				if len(got) > 0 {
					t.Fatalf("got %v, want no question", got)
				}
				return
			}
			if len(got) != 1 || got[0].Severity != tc.severity || got[0].Place != tc.place {
				t.Errorf("got %v, want one question of severity %s at %s", got, tc.severity, tc.place)
			}
		})
	}
}

func TestAnchorsStandForTheirColumn(t *testing.T) {
	t.Parallel()
	const staff = `{keep: "our own coworker, not the subject"}`
	m := edit(t, "owner_id:           "+staff, "owner_id:           &staff "+staff, "coworker_id:     "+staff, "coworker_id:     *staff")
	s, _ := m.Source("crm")
	history, _ := s.Table("crm.history")
	if got := history.Column("coworker_id").Keep; got != "our own coworker, not the subject" {
		t.Errorf("the alias keeps the column because %q", got)
	}
	text := strings.Replace(string(democrm.Map()), "coworker_id:     "+staff, "coworker_id:     *nobody", 1)
	if _, err := datamap.Parse("datamap.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("got %v, want an error about the anchor that is not there", err)
	}
}
