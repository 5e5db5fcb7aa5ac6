package records

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"insyn/internal/mention"
)

func karin() mention.Person {
	return mention.Person{
		Given: []string{"Karin"}, Called: "Karin", Surname: []string{"Wållin"}, Emails: []string{"karin.wallin@firma.example"},
		Phones: []string{"+46 70 174 06 12"}, Personnummer: "19811228-9874", CustomerNo: "K100122", Handles: []string{"kw1"},
		Addresses: []mention.Address{{Street: "Ängsvägen 12 B"}},
	}
}

// seeing gives a function that says which of the subjects a text names.
func seeing(subjects ...mention.Person) func(text string) []int {
	people := make([][]mention.Person, 0, len(subjects))
	for _, p := range subjects {
		people = append(people, []mention.Person{p})
	}
	s := newNet(people).seeker(len(subjects))
	return func(text string) []int {
		s.begin()
		s.look([]byte(text))
		return slices.Sorted(slices.Values(s.found))
	}
}

// A login with a number after it is another's.
func TestNetFindsWholeLogins(t *testing.T) {
	t.Parallel()
	in := seeing(mention.Person{Handles: []string{"thagelberg"}})
	for text, want := range map[string]bool{
		"thagelberg": true, "(thagelberg)": true, "163.thagelberg@kvarn.example": true, "thagelberg_2": true,
		"thagelberg2": false, "1thagelberg": false, "thagelbergson": false, "anna-thagelberg": false,
	} {
		if got := len(in(text)) > 0; got != want {
			t.Errorf("%s: found %v, want %v", text, got, want)
		}
	}
}

func TestNetFindsWholeIdentifiers(t *testing.T) {
	t.Parallel()
	in := seeing(karin())
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
		// in one and two letters, in pieces, and with signs that nobody sees
		{"Karin Waallin", true},
		{"Karin Wa\u030allin", true},
		{"Ka\u00adrin W\u200bållin", true},
		{"ＫＡＲＩＮ ＷÅＬＬＩＮ", true},
		{"Karin\r\n\tWållin", true},
		{"Karin\u00a0Wållin", true},
		{"Karin Wållins bil", false},
		// encoded
		{"Karin W&aring;llin", true},
		{"Karin W&#229;llin", true},
		{"Karin&nbsp;W&#xE5;llin", true},
		{"Karin W=C3=A5llin", true},
		{"Karin W=E5llin", true},
		{"Karin Wål=\r\nlin", true},
		{"?namn=karin%20w%C3%A5llin", true},
		{"?epost=karin.wallin%40firma.example", true},
		{"Karin WÃ¥llin", true},
		{"Karin W\xe5llin", true},
		{`{"a":"hej\nKarin W\u00e5llin"}`, true},
		{`{"a":"Svara\nkarin.wallin@firma.example"}`, true},
		{`{"{\"a\": \"karin w\\u00e5llin\"}"}`, true},
		{`{"\\x4b6172696e2057c3a56c6c696e"}`, true},
		{"<b>Karin</b> <i>Wållin</i>", true},
		{"<td>Karin</td><td>Wållin</td>", true},
		{"Kar<wbr>in W<span class='x'>å</span>llin", true},
		{`<a href="mailto:karin.wallin%40firma.example">post</a>`, true},
		{"a < b, Karin, b > c, Wållin", false},
		{`C:\new\Karin`, false},
		// numbers as people group them
		{"+46701740612", true},
		{"0046 70-174 06 12", true},
		{"+46 (0)70-174 06 12", true},
		{"070-174 06 12", true},
		{"070/1740612", true},
		{"070.174.06.12", true},
		{"(070) 174 06 12", true},
		{"070–174 06 12", true},
		{"ring 070-174 06 12 08-15", true},
		{"2026-11-20 070-174 06 12", true},
		{"tel0701740612", true},
		{"071-174 06 12", false},
		{"2070-174 06 12", false},
		{"070-174 06 123", false},
		{"070, 174, 06, 12", false},
		{"198112289874", true},
		{"811228-9874", true},
		{"811228+9874", true},
		{"8112289874", true},
		{"19811228-987", false},
		// streets, handles
		{"Ängsvägen 12 B, 123 45", true},
		{"angsvagen 12b", true},
		{"Ängsvägen 12 BC", false},
		{"@kw1:", true},
		{"kw12", false},
		{"", false},
		{"\x00\xff\xfe", false},
	} {
		if got := len(in(tc.text)) > 0; got != tc.want {
			t.Errorf("%q: got %v, want %v", tc.text, got, tc.want)
		}
	}
}

// naive is the same search one word at a time.
func naive(p mention.Person, text string) bool {
	normal := mention.Normalise(text)
	for _, w := range patternsOf([]mention.Person{p}) {
		for from := 0; ; from++ {
			k := strings.Index(normal[from:], w)
			if k < 0 {
				break
			}
			if from += k; whole([]byte(normal), from, from+len(w)) {
				return true
			}
		}
	}
	return false
}

// TestNetOfManyFindsWhatEachWouldFind searches for many people at once, some of whom share names and addresses.
func TestNetOfManyFindsWhatEachWouldFind(t *testing.T) {
	t.Parallel()
	given, surnames := []string{"Bo", "Åsa", "Anna-Lena", "Ål", "Björn", "Жанна"}, []string{"Ek", "Li", "Öberg", "af Ugglas", "Åsberg-Ek", "Ø"}
	var people []mention.Person
	for i := range 60 {
		people = append(people, mention.Person{
			Given: []string{given[i%6]}, Surname: []string{surnames[i/6%6]}, CustomerNo: fmt.Sprintf("K%d", 100+i), Handles: []string{fmt.Sprintf("h%d", i)},
			Emails: []string{fmt.Sprintf("x%d@firma.example", i%40)}, Addresses: []mention.Address{{Street: fmt.Sprintf("Storgatan %d", i%50)}},
		})
	}
	in := seeing(people...)
	words := append(append([]string{" ", " ", "-", ", ", ".", "k100", "h5", "Storgatan 7", "K1", "x3@firma.example", "ring", "z"}, given...), surnames...)
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 30).Draw(t, "words"), "")
		var want []int
		for i, p := range people {
			if naive(p, text) {
				want = append(want, i)
			}
		}
		if got := in(text); !slices.Equal(got, want) {
			t.Fatalf("%q: got %v, want %v", text, got, want)
		}
	})
}

// TestNetFindsInPieces cuts a long text at each place.
func TestNetFindsInPieces(t *testing.T) {
	t.Parallel()
	s := newNet([][]mention.Person{{karin()}}).seeker(1)
	for _, tc := range []struct {
		name string
		want int
	}{{"Karin Wållin", 1}, {"Annakarin Wållin", 0}, {"Karin Wållinder", 0}} {
		text := strings.Repeat("lorem ipsum ", 1000) + tc.name + strings.Repeat(" dolor sit", 1000)
		for cut := 12000 - 20; cut < 12000+30; cut++ {
			l := s.pieces(false)
			l.size = len(text)
			l.add([]byte(text[:cut]))
			l.add([]byte(text[cut:]))
			if l.end(); len(s.found) != tc.want {
				t.Fatalf("%s, cut at %d: found %d times", tc.name, cut, len(s.found))
			}
		}
	}
}
