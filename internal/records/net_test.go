package records

import (
	"testing"

	"insyn/internal/mention"
)

func TestNetFindsWholeIdentifiers(t *testing.T) {
	t.Parallel()
	n := newNet([]mention.Person{{
		Given: []string{"Karin"}, Called: "Karin", Surname: []string{"Wållin"}, Emails: []string{"karin.wallin@firma.example"},
		Phones: []string{"+46 70 174 06 12"}, Personnummer: "19811228-9874", CustomerNo: "K100122",
	}})
	for _, tc := range []struct {
		text string
		want bool
	}{
		{"träffade KARIN  WALLIN igår", true},
		{"Wållin, Karin", true},
		{"Anna-Karin Wallin", false},
		{"Karin Wallinder", false},
		{"(karin.wallin@firma.example)", true},
		{"anna-karin.wallin@firma.example", false},
		{"tel 070 1740 612", true},
		{"order 9070174061299", false},
		{"19811228 9874", true},
		{`{"a": "karin w\u00e5llin"}`, true},
		{"kund K100122.", true},
		{"kund K1001223", false},
		{"Karin", false},
	} {
		if got := n.in(tc.text); got != tc.want {
			t.Errorf("%q: got %v, want %v", tc.text, got, tc.want)
		}
	}
}
