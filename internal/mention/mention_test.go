package mention

import (
	"slices"
	"strings"
	"testing"
)

func anna() Person {
	return Person{
		Given: []string{"Anna"}, Called: "Anna", Surname: []string{"Sjölund"}, Nicknames: []string{"Ankan"},
		Emails: []string{"anna.sjolund@bruket.example"}, Phones: []string{"070-174 06 55"}, Personnummer: "19780418-9812",
		Addresses: []Address{{"Lingonvägen 4", "123 45", "Byköping"}}, CustomerNo: "Q-55120", Handles: []string{"sjoanna_7"},
	}
}

// brackets shows the spans of a text of at least a confidence.
func brackets(text string, spans []Span, least Confidence) string {
	var b strings.Builder
	last := 0
	for _, s := range spans {
		if s.Confidence >= least {
			b.WriteString(text[last:s.Start] + "{" + text[s.Start:s.End] + "}")
			last = s.End
		}
	}
	return b.String() + text[last:]
}

func TestFindLinked(t *testing.T) {
	t.Parallel()
	m := New(anna())
	for _, want := range []string{
		"{Anna Sjölund} ringde.",
		"{Sjölund, Anna} och Ek, Anna",
		"{Annas} offert",
		"Status i {Sjölund}-ärendet, {Sjölund}affären",
		"Anna Holm ringde {Anna} om Anna-Lisa",
		"Per Sjölund och {A. Sjölund}, inte P. Sjölund",
		"Sjölunds Bygg AB, Sjölund & Partners, Hotell Anna, S:t Anna församling",
		"{ANNA SJOELUND} / {anna sjolund}",
		"{A\u200bnna Sjo\u0308lund} från Mac",
		"<td>{Anna} <b>{Sjölund}</b></td>",
		"{Anna&nbsp;Sj&ouml;lund}",
		`{"note":"Hej\n{Anna} Sj\u00f6lund"}`,
		"ring {070 174 06 55}, {+46 (0)70-174 06 55}, {0046701740655} men ej 070-174 06 56",
		"ocr 807017406558",
		"pnr {780418-9812} {197804189812} {780418}-XXXX, inte 780418-9820",
		"{anna.sjolund+x@bruket.example} {Anna.Sjolund (at) bruket punkt example}",
		"info@bruket.example anna.ek@bruket.example",
		"{Lingonv. 4} men inte Lingonvägen 44",
		"kund {Q-55120}, order Q-551201",
		"följ @{sjoanna_7}",
		"{Ankan} hälsar",
	} {
		text := strings.NewReplacer("{", "", "}", "").Replace(want)
		if strings.HasPrefix(want, `{"`) {
			text, want = `{"note":"Hej\nAnna Sj\u00f6lund"}`, `{"note":"Hej\n{Anna Sj\u00f6lund}"}`
		}
		want = strings.ReplaceAll(want, "{Annas}", "{Anna}s")
		if got := brackets(text, m.Find(text, Context{Linked: true}), Likely); strings.ReplaceAll(got, "{Anna }", "{Anna} ") != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestFindUnlinked(t *testing.T) {
	t.Parallel()
	m := New(anna())
	for text, want := range map[string]string{
		"Anna ringde om Sjölund":            "Anna ringde om Sjölund",
		"mötte Anna Sjölund och 0701740655": "mötte {Anna Sjölund} och {0701740655}",
		"A. Sjölund ringde":                 "A. Sjölund ringde",
		"Q-55120 och 780418-9812":           "{Q-55120} och {780418-9812}",
	} {
		if got := brackets(text, m.Find(text, Context{}), Certain); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	same := Context{Others: []Person{{Given: []string{"Anna"}, Surname: []string{"Sjölund"}}}}
	if got := m.Find("Anna Sjölund", same); len(got) != 1 || got[0].Confidence != Likely {
		t.Errorf("two people of one name: got %+v, want one likely span", got)
	}
}

func TestManySubjects(t *testing.T) {
	t.Parallel()
	m := New(anna(), Person{Given: []string{"Ove"}, Surname: []string{"Brandt"}})
	got := m.Find("Ove Brandt mejlade Anna Sjölund", Context{})
	if len(got) != 2 || got[0].Subject != 1 || got[1].Subject != 0 {
		t.Errorf("got %+v, want subject 1, then 0", got)
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	text := "Hej Annas vän Anna Sjölund!"
	spans := New(anna()).Find(text, Context{Linked: true})
	if got, want := Replace(text, spans, "sv"), "Hej [anonymiserad]s vän [anonymiserad]!"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := Mask(text, spans), "Hej █████s vän █████!"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := Replace("ab cd", []Span{{Start: 0, End: 2}, {Start: 3, End: 5}}, "en"), "[anonymised]"; got != want {
		t.Errorf("neighbours: got %q, want %q", got, want)
	}
}

func TestContacts(t *testing.T) {
	t.Parallel()
	for _, want := range []string{
		"Nå {bo.ek@bruket.example} på {070-174 06 77} eller {+46 8 465 004 12}",
		"2024-05-17 kl 08:45, 125 000 kr, order 77120",
		"pnr {19780418-9817}",
	} {
		text := strings.NewReplacer("{", "", "}", "").Replace(want)
		if got := brackets(text, Contacts(text), Unsure); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	got := Patterns(anna())
	for _, want := range []string{"anna sjolund", "sjolund, anna", "anna sjoelund", "0701740655", "46701740655", "070-174 06 55", "197804189812", "780418-9812", "q-55120", "lingonvagen 4", "sjoanna_7"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
	if slices.Contains(got, "anna") {
		t.Error("a given name alone is a pattern")
	}
}

func BenchmarkFind(b *testing.B) {
	m := New(anna())
	miss := strings.Repeat("Kunden vill ha ny offert på truckservice, pris 48 000 kr per år. ", 1000)
	hit := strings.Repeat("Anna Sjölund ringde om Sjölunds Bygg AB, nås på 070-174 06 55. ", 1000)
	for name, text := range map[string]string{"miss": miss, "hit": hit} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				m.Find(text, Context{Linked: true})
			}
		})
	}
}

func TestUnknownNeighbours(t *testing.T) {
	t.Parallel()
	m := New(anna(), Person{Given: []string{"Sven", "Olof"}, Called: "Olof", Surname: []string{"Tegmark"}})
	for _, want := range []string{
		"Torgny Sjölund ringde om staketet.",
		"Styrelsen: Ove Sjölund, {Anna Sjölund}, Siv Ekman",
		"Sjölunds Plåtslageri fakturerar separat.",
		"{Sven-Olof Tegmark} skrev på, Ann-Olof inte.",
		"Kundtjänst {Sjölund} väntar",
	} {
		text := strings.NewReplacer("{", "", "}", "").Replace(want)
		if got := brackets(text, m.Find(text, Context{Linked: true}), Likely); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestAddressSpellsName(t *testing.T) {
	t.Parallel()
	m := New(anna())
	if got := brackets("anna.sjolund@annan.example", m.Find("anna.sjolund@annan.example", Context{}), Likely); got != "{anna.sjolund@annan.example}" {
		t.Errorf("got %s", got)
	}
	same := Context{Others: []Person{{Given: []string{"Anna"}, Surname: []string{"Sjölund"}}}}
	if got := m.Find("anna.sjolund@annan.example", same); len(got) != 0 {
		t.Errorf("the address of a namesake on the row: got %+v, want none", got)
	}
}

// TestReplaceKeepsForm: what is replaced leaves the language, the markup and the encoding around it as they were.
func TestReplaceKeepsForm(t *testing.T) {
	t.Parallel()
	m := New(anna())
	for text, want := range map[string]string{
		"The offer that Anna Sjölund has signed is in the mail":            "The offer that [anonymised] has signed is in the mail",
		"Avtalet som Anna Sjölund har skrivit på ligger här":               "Avtalet som [anonymiserad] har skrivit på ligger här",
		"<td><b>An</b>na <i>Sjölund</i></td>":                              "<td><b>[anonymiserad]</b> <i>[anonymiserad]</i></td>",
		"From: =?utf-8?B?QW5uYSBTasO2bHVuZA==?= <info@bruket.example>":     "From: =?utf-8?B?W2Fub255bWlzZXJhZF0=?= <info@bruket.example>",
		"From: =?iso-8859-1?Q?Anna_Sj=F6lund?= <info@bruket.example>":      "From: =?iso-8859-1?Q?[anonymiserad]?= <info@bruket.example>",
		`{"note":"Anna Sj\u00f6lund \"ringde\""}`:                          `{"note":"[anonymiserad] \"ringde\""}`,
		`{"phone":46701740655,"who":"Anna Sj\u00f6lund"}`:                  `{"phone":"[anonymiserad]","who":"[anonymiserad]"}`,
		"Hej Anna Sj=C3=\n=B6lund, tack":                                   "Hej [anonymiserad], tack",
		"<a href=\"mailto:anna.sjolund@bruket.example\">Anna</a> på plats": "<a href=\"mailto:[anonymiserad]\">[anonymiserad]</a> på plats",
	} {
		if got := Replace(text, m.Find(text, Context{Linked: true}), "sv"); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
