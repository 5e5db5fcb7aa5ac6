package mention

import (
	"slices"
	"strings"
)

// Patterns gives the identifiers of a person in normal form, as search terms for a rescan: full names in both orders,
// e-mail addresses, the digits of phones and personal number in their usual forms, streets, customer number, handles.
// A single name is none: alone it is not certain.
func Patterns(p Person) []string {
	var out []string
	given := append(append([]string{}, p.Given...), p.Called)
	if len(p.Given) > 1 {
		given = append(given, strings.Join(p.Given, " "))
	}
	given = append(given, p.Nicknames...)
	for _, form := range []func(string) string{Normalise, func(s string) string { return Normalise(twoLetters.Replace(s)) }} {
		for _, g := range given {
			for _, l := range append(append([]string{}, p.Surname...), p.FormerSurnames...) {
				if g, l = form(g), form(l); g != "" && l != "" {
					out = append(out, g+" "+l, l+" "+g, l+", "+g)
				}
			}
		}
	}
	for _, e := range p.Emails {
		out = append(out, Normalise(e))
	}
	for _, n := range p.Phones {
		out = append(out, phoneForms(n)...)
		out = append(out, Normalise(n))
		for _, d := range phoneForms(n)[:min(3, len(phoneForms(n)))] {
			out = append(out, grouped(d)...)
		}
	}
	for _, d := range personForms(p.Personnummer) {
		date, last := d[:len(d)-4], d[len(d)-4:]
		out = append(out, d, date+"-"+last, date+" "+last, date+"+"+last)
	}
	for _, a := range p.Addresses {
		for _, s := range streets(a.Street) {
			stops := []string{""}
			if s.abbr {
				stops = append(stops, ".")
			}
			for _, stop := range stops {
				if s.first {
					out = append(out, s.number+" "+s.name+stop)
				} else {
					out = append(out, s.name+stop+" "+s.number)
				}
			}
		}
		out = append(out, Normalise(a.Street))
	}
	out = append(out, Normalise(p.CustomerNo))
	for _, h := range p.Handles {
		out = append(out, strings.TrimPrefix(Normalise(h), "@"))
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(s string) bool { return len(s) < 3 })
}

// grouped writes the usual groupings of a Swedish mobile number.
func grouped(d string) []string {
	if !strings.HasPrefix(d, "0") || strings.HasPrefix(d, "00") || len(d) != 10 {
		return nil
	}
	a, b, c, e := d[:3], d[3:6], d[6:8], d[8:]
	international := "+46 " + a[1:]
	return []string{
		a + "-" + b + " " + c + " " + e, a + " " + b + " " + c + " " + e, a + "-" + d[3:], a + "-" + b + c + e,
		international + " " + b + " " + c + " " + e, "+46" + d[1:], international + "-" + b + " " + c + " " + e,
	}
}
