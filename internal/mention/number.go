package mention

import (
	"bytes"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// phoneForms are the digits a phone number is written with, grouping apart.
func phoneForms(raw string) []string {
	n, err := phonenumbers.Parse(raw, "SE")
	if err != nil {
		if d := digits(raw); len(d) >= 6 {
			return []string{d}
		}
		return nil
	}
	code := strings.TrimPrefix(phonenumbers.Format(n, phonenumbers.E164), "+")
	national := phonenumbers.GetNationalSignificantNumber(n)
	if len(national) < 5 {
		return nil
	}
	cc := strings.TrimSuffix(code, national)
	out := []string{code, "00" + code, "0" + national, cc + "0" + national, "00" + cc + "0" + national}
	if home := digits(phonenumbers.Format(n, phonenumbers.NATIONAL)); len(home) >= 8 && home != out[2] {
		out = append(out, home) // where no zero goes before it, as in Denmark
	}
	return out
}

// personForms are the digits of a personal identity or coordination number, with and without the century.
func personForms(raw string) []string {
	d := digits(raw)
	switch len(d) {
	case 12:
		return []string{d, d[2:]}
	case 10:
		return []string{d, "19" + d, "20" + d}
	}
	return nil
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// group is a run of digits in a stream; last says that the next one is too far away to belong to the same number.
type group struct {
	s, e int
	last bool
}

const maxGroups = 14

// groups finds the runs of digits that may be numbers or parts of them.
func (s *stream) groups(out []group) []group {
	flush := func() {
		if n := len(out); n > 0 {
			out[n-1].last = true
		}
	}
	for i := 0; i < len(s.b); {
		if !digit(s.b[i]) {
			i++
			continue
		}
		a := i
		for i < len(s.b) && digit(s.b[i]) {
			i++
		}
		if n := len(out); n > 0 && !out[n-1].last && !s.numberGap(out[n-1].e, a) {
			flush()
		}
		// a group that touches a letter is part of a word
		if a > 0 && wordByte(s.b[a-1]) || i < len(s.b) && wordByte(s.b[i]) && s.b[i] != 'x' {
			flush()
			continue
		}
		out = append(out, group{s: a, e: i})
	}
	flush()
	return out
}

// walkNumbers calls fn for every joining of neighbouring digit groups of up to limit digits. What it joins from one
// group on stands in one piece of memory, which is not used again.
func (s *stream) walkNumbers(groups []group, limit int, fn func(a, b int, joined []byte) bool) {
	for i := 0; i < len(groups); {
		next := i + 1
		joined := make([]byte, 0, limit)
		for j := i; j < len(groups) && j < i+maxGroups; j++ {
			g := groups[j]
			if len(joined)+g.e-g.s > limit {
				break
			}
			joined = append(joined, s.b[g.s:g.e]...)
			if fn(groups[i].s, g.e, joined) {
				next = j + 1
			}
			if g.last {
				break
			}
		}
		i = next
	}
}

func (s *stream) numberGap(a, b int) bool {
	if b-a > 4 {
		return false
	}
	for _, c := range s.b[a:b] {
		if strings.IndexByte(" -./()+\n", c) < 0 {
			return false
		}
	}
	return true
}

// lead moves the start of a phone number that ends at e over its plus sign, and over a bracket that it closes.
func (s *stream) lead(a, e int) int {
	for a > 0 && s.b[a-1] == '+' {
		a--
	}
	if a > 0 && s.b[a-1] == '(' && bytes.IndexByte(s.b[a:e], ')') >= 0 && bytes.IndexByte(s.b[a:e], '(') < 0 {
		a--
	}
	return a
}

// masked reads the hidden last four of a personal number, after the date.
func (s *stream) masked(e int) bool {
	n := 0
	if e < len(s.b) && strings.IndexByte("-+ ", s.b[e]) >= 0 {
		e++
	}
	for e < len(s.b) && n < 4 && strings.IndexByte("x*#?", s.b[e]) >= 0 {
		e, n = e+1, n+1
	}
	return n == 4 && (e == len(s.b) || !wordByte(s.b[e]))
}

// within says whether a run of digits goes on after a hyphen, as in the number of an order.
func (s *stream) within(a, e int) bool {
	return e+1 < len(s.b) && s.b[e] == '-' && digit(s.b[e+1]) && (a == 0 || s.b[a-1] != '+') && s.b[a] != '0'
}

func (f *finder) numbers(groups []group) {
	if !f.m.counts {
		return
	}
	f.s.walkNumbers(groups, max(f.m.longest, 8), func(a, b int, joined []byte) bool {
		hit := false
		for _, r := range f.m.numbers[string(joined)] {
			if r.kind == Phone {
				if f.s.within(a, b) {
					continue
				}
				f.put(f.s.lead(a, b), b, r.subject, Phone, Certain, "phone")
			} else {
				f.put(a, b, r.subject, Personnummer, Certain, "personnummer")
			}
			hit = true
		}
		if !hit && (len(joined) == 6 || len(joined) == 8) && f.s.masked(b) {
			for i := range f.m.subjects {
				d := f.m.subjects[i].personal
				if len(d) >= 10 && (d[:len(d)-4] == string(joined) || len(d) == 12 && d[2:8] == string(joined)) {
					f.put(a, b, i, Personnummer, Certain, "personnummer masked")
					hit = true
				}
			}
		}
		return hit
	})
}
