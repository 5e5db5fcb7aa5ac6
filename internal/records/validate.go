package records

import (
	"net/mail"
	"strings"
	"time"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"insyn/internal/personnummer"
)

// longest is what a field of a form may hold, in characters.
const longest = 500

// Validate gives a value as it is stored, or the problem's word: email, phone, personnummer, date, choice, too_long,
// other. An empty value is no problem here; whether it may be empty the column decides.
func Validate(kind, value string) (normalised, problem string) {
	value = strings.TrimSpace(value)
	if value == "" {
		return "", ""
	}
	if len([]rune(value)) > longest {
		return "", "too_long"
	}
	if strings.ContainsFunc(value, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t' || r == unicode.ReplacementChar
	}) {
		return "", "other"
	}
	switch kind {
	case "email":
		a, err := mail.ParseAddress(value)
		// A name, a comment or a quoted local part is no plain address.
		if err != nil || a.Address != value || strings.ContainsAny(value, "\"<>() ,;") || !strings.Contains(value[strings.LastIndexByte(value, '@')+1:], ".") {
			return "", "email"
		}
		return value, ""
	case "phone":
		n, err := phonenumbers.Parse(value, "SE")
		if err != nil || !phonenumbers.IsPossibleNumber(n) {
			return "", "phone"
		}
		return phonenumbers.Format(n, phonenumbers.INTERNATIONAL), ""
	case "personnummer":
		n, err := personnummer.Parse(value)
		if err != nil {
			return "", "personnummer"
		}
		return n.Long(), ""
	case "date":
		d, err := time.Parse(time.DateOnly, value)
		if err != nil || d.Year() < 1850 || d.After(time.Now()) {
			return "", "date"
		}
		return d.Format(time.DateOnly), ""
	case "name":
		if strings.ContainsAny(value, "\n\t<>") {
			return "", "other"
		}
		return strings.Join(strings.Fields(value), " "), ""
	}
	return value, ""
}
