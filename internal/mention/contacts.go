package mention

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Contacts finds e-mail addresses, phone numbers and Swedish personal numbers, whoever they belong to; Subject is -1.
// It is meant to hide the contact details of third persons in a copy, so a doubtful number counts as one.
func Contacts(text string) []Span { return Read(text).Contacts() }

// Contacts is the function Contacts for a text that others read too.
func (t *Text) Contacts() []Span {
	if len(t.addresses) == 0 && len(t.groups) == 0 {
		return nil
	}
	f := &finder{s: &t.s, found: t.hits[:0]}
	defer func() { t.hits = f.found[:0] }()
	for _, g := range t.addresses {
		if g.at >= 0 {
			f.put(g.s, g.e, -1, Email, Certain, "email")
		}
	}
	f.s.walkLongest(t.groups, func(a, b int, joined string, groups int) bool {
		switch {
		case personal(joined, groups == 2):
			f.put(a, b, -1, Personnummer, Certain, "personnummer")
		case f.s.phone(a, joined, groups):
			f.put(f.s.lead(a, b), b, -1, Phone, Likely, "phone")
		default:
			return false
		}
		return true
	})
	slices.SortFunc(f.found, func(x, y hit) int { return cmp.Compare(x.a, y.a) })
	return f.spans()
}

// walkLongest is walkNumbers with the longest joining that fn takes.
func (s *stream) walkLongest(groups []group, fn func(a, b int, joined string, groups int) bool) {
	type run struct {
		a, b   int
		joined []byte
	}
	var room [maxGroups]run
	open := room[:0]
	flush := func() {
		for k := len(open) - 1; k >= 0; k-- {
			r := open[k]
			// fewer than eight digits are neither a number to call nor a person's
			if len(r.joined) >= 8 && fn(r.a, r.b, string(r.joined), k+1) {
				break
			}
		}
		open = open[:0]
	}
	s.walkNumbers(groups, 17, func(a, b int, joined []byte) bool {
		if len(open) > 0 && open[0].a != a {
			flush()
		}
		open = append(open, run{a, b, joined})
		return false
	})
	flush()
}

func (s *stream) phone(a int, joined string, groups int) bool {
	plus := a > 0 && s.b[a-1] == '+' || a > 1 && s.b[a-1] == '(' && s.b[a-2] == '+'
	if a > 0 && strings.IndexByte(".,", s.b[a-1]) >= 0 && a > 1 && digit(s.b[a-2]) {
		return false
	}
	n := len(joined)
	switch {
	case plus, strings.HasPrefix(joined, "00"):
		return n >= 8 && n <= 16
	case strings.HasPrefix(joined, "0"):
		// two or three digits before a hyphen or blank are an area code; less than eight in all are a time or an amount
		return n >= 8 && n <= 11 && joined[1] != '0'
	case strings.HasPrefix(joined, "46"):
		return n == 11 && groups <= 5
	}
	return false
}

// personal checks the date of ten or twelve digits, and the check digit of those written in one; a coordination number
// adds sixty to the day.
func personal(d string, parted bool) bool {
	if len(d) == 12 {
		if c := d[:2]; c != "18" && c != "19" && c != "20" {
			return false
		}
		d = d[2:]
	}
	if len(d) != 10 {
		return false
	}
	month, _ := strconv.Atoi(d[2:4])
	day, _ := strconv.Atoi(d[4:6])
	if day > 60 {
		day -= 60
	}
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	if parted {
		return true
	}
	sum := 0
	for i := range 10 {
		v := int(d[i] - '0')
		if i%2 == 0 {
			v *= 2
		}
		sum += v/10 + v%10
	}
	return sum%10 == 0
}
