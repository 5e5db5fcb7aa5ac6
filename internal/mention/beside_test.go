package mention

import (
	"slices"
	"testing"
)

// TestWhatStandsBesideTheName: file names, host names, message ids, and a part of the name alone, which is never certain
// in a text that is not theirs.
func TestWhatStandsBesideTheName(t *testing.T) {
	t.Parallel()
	m := New(Person{
		Given: []string{"Ingegärd"}, Called: "Ingegärd", Surname: []string{"Månestråle"}, Nicknames: []string{"Inga-Lill"}, Handles: []string{"imanestrale"},
		CustomerNo: "K-60031", Addresses: []Address{{Street: "Mossgatan 8\n413 21 Göteborg"}, {Street: "Provgränd 3, 123 45 Provstad"}},
	})
	for text, want := range map[string][]string{
		"Intyg_Ingegard_Manestrale.docx":                          {"Ingegard_Manestrale"},
		"Kontakt_Ingegärd_Månestråle":                             {"Ingegärd_Månestråle"},
		"avtal_K-60031.pdf":                                       {"K-60031"},
		"avtal_K-60031-2.pdf":                                     nil,
		"Kundnumret är K-60031 och namnet Månestråle.":            {"K-60031"},
		"Månestråle, Ingegärd ringde. Vi kallar henne Inga-Lill.": {"Månestråle, Ingegärd"},
		"Frågor om Månestråle":                                    nil,
		"Received: from dator-imanestrale.kvarn.example":          {"imanestrale"},
		"<163.imanestrale@kvarn.example>":                         nil,
		"imanestrale2 loggade in":                                 nil,
		"bor på Mossgatan 8 sedan i fjol":                         {"Mossgatan 8"},
		"bor på Provgränd 3 sedan i fjol":                         {"Provgränd 3"},
		"bor på Provgränd 31 sedan i fjol":                        nil,
	} {
		var got []string
		for _, s := range m.Find(text, Context{}) {
			if s.Confidence == Certain {
				got = append(got, text[s.Start:s.End])
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: certain of %q, want %q", text, got, want)
		}
	}
	// In the person's own rows an address of that login is theirs.
	if spans := m.Find("<163.imanestrale@kvarn.example>", Context{Linked: true}); len(spans) != 1 || spans[0].Confidence != Certain {
		t.Errorf("a message of their own: %+v", spans)
	}
}
