package democrm

import (
	"fmt"
	"strings"
)

// phone is a number as country, area and subscriber.
type phone struct{ country, area, rest string }

// Numbers that belong to nobody: the cases have the Swedish mobile range that the authority keeps for fiction; it has
// fewer than a hundred numbers, so the crowd has pager numbers of a service that is closed (074), Danish and Norwegian
// numbers whose first digit is not in use, and an invented Finnish series.
func inventedPhone(country string, n int64) phone {
	switch country {
	case "DK":
		return phone{"45", "", fmt.Sprintf("1%07d", n%10_000_000)}
	case "NO":
		return phone{"47", "", fmt.Sprintf("1%07d", n%10_000_000)}
	case "FI":
		return phone{"358", "48", fmt.Sprintf("%07d", n%10_000_000)}
	}
	return phone{"46", "74", fmt.Sprintf("%07d", 2_000_000+n%8_000_000)}
}

// switchboard of a company, from the range kept for fiction in Gothenburg.
func switchboard(n int64) phone { return phone{"46", "31", fmt.Sprintf("39006%02d", n%100)} }

// fictionMobile is number n, 5 to 99, of the Swedish mobile range kept for fiction.
func fictionMobile(n int) phone { return phone{"46", "70", fmt.Sprintf("17406%02d", n)} }

func (p phone) e164() string { return "+" + p.country + p.area + p.rest }

func (p phone) international() string {
	return strings.Join(append([]string{"+" + p.country}, p.groups()...), " ")
}

func (p phone) national() string {
	if p.area == "" {
		return strings.Join(p.groups(), " ")
	}
	return "0" + p.area + "-" + strings.Join(grouped(p.rest), " ")
}

func (p phone) groups() []string {
	if p.area == "" {
		return grouped(p.rest)
	}
	return append([]string{p.area}, grouped(p.rest)...)
}

// grouped splits 1740612 into 174 06 12, and a number of even length into pairs.
func grouped(digits string) []string {
	var out []string
	if len(digits)%2 == 1 {
		out, digits = append(out, digits[:3]), digits[3:]
	}
	for ; len(digits) > 0; digits = digits[2:] {
		out = append(out, digits[:2])
	}
	return out
}

// typed is the number as one of those who type numbers into a CRM would type it.
func (p phone) typed(d dice) string {
	switch n := d.IntN(10); {
	case n < 5:
		return p.international()
	case n < 8:
		return p.national()
	}
	return p.e164()
}
