package mail

import "testing"

func TestValidAddress(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"anna@kund.example":             "anna@kund.example",
		"  Anna.Ek@KUND.Example ":       "Anna.Ek@kund.example",
		"o'brien+crm@sub.kund.example":  "o'brien+crm@sub.kund.example",
		"a_b-c=d@kund.example":          "a_b-c=d@kund.example",
		"info@räksmörgås.example":       "info@xn--rksmrgs-5wao1o.example",
		"info@RÄKSMÖRGÅS.example":       "info@xn--rksmrgs-5wao1o.example",
		"a@xn--rksmrgs-5wao1o.example":  "a@xn--rksmrgs-5wao1o.example",
		"1234@5.example":                "1234@5.example",
		"jean.l'ecuyer@kund-ab.example": "jean.l'ecuyer@kund-ab.example",
	} {
		got, err := ValidAddress(in)
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestIsRole(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]bool{
		"info@kund.example": true, "Kontakt@kund.example": true, "sales+se@kund.example": true, "asiakaspalvelu@kund.example": true,
		"kundeservice@kund.example": true, "dataskyddsombud@kund.example": true, "postmottak@kund.example": true, "not an address": true,
		"anna.ek@kund.example": false, "informator@kund.example": false, "salesman@kund.example": false, "#@kund.example": false,
	} {
		if got := IsRole(addr); got != want {
			t.Errorf("%q: got %v, want %v", addr, got, want)
		}
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"anna.ek@exempel.example":  "a***@e***.example",
		"x@sub.kund.example":       "x***@s***.example",
		"anna@Åkeriet.example":     "a***@å***.example",
		"not an address":           "***",
		"a@b.example, c@d.example": "***",
	} {
		if got := Mask(addr); got != want {
			t.Errorf("%q: got %q, want %q", addr, got, want)
		}
	}
}

func TestMessageIDsDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		id := NewMessageID("bolaget.example")
		if seen[id] || len(id) != 32+len("@bolaget.example") {
			t.Fatalf("got %q", id)
		}
		seen[id] = true
	}
}
