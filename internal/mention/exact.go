package mention

import (
	"regexp"
	"strings"
)

var (
	at  = regexp.MustCompile(`^ ?(@|\(at\)|\[at\]|\{at\}|\(a\)|\[a\]|snabel-a|\(snabel-a\)|at) ?`)
	dot = regexp.MustCompile(`^( ?(\(dot\)|\[dot\]|\(punkt\)|\[punkt\]|\(\.\)|\[\.\]) ?| (dot|punkt) |\.)`)
)

// email matches a recorded address at a, also with a tag or obfuscated; it gives the end, or -1.
func (s *stream) email(a int, want string) int {
	k := strings.LastIndexByte(want, '@')
	i := s.dotted(a, want[:k])
	if i < 0 {
		return -1
	}
	if i < len(s.b) && s.b[i] == '+' {
		for j := i + 1; j < len(s.b) && j < i+64 && (wordByte(s.b[j]) || strings.IndexByte("._-+", s.b[j]) >= 0); j++ {
			if j+1 < len(s.b) && !wordByte(s.b[j+1]) && strings.IndexByte("._-+", s.b[j+1]) < 0 {
				i = j + 1
				break
			}
		}
	}
	n := sign(at, '@', "@([{sa", s.b[i:min(len(s.b), i+16)])
	if n < 0 {
		return -1
	}
	if i < len(s.b) && s.b[i] == '@' && i+1 < len(s.b) && s.b[i+1] == ' ' {
		n++
	}
	i = s.dotted(i+n, want[k+1:])
	if i < 0 || i < len(s.b) && (wordByte(s.b[i]) || s.b[i] == '-') || i+1 < len(s.b) && s.b[i] == '.' && wordByte(s.b[i+1]) {
		return -1
	}
	return i
}

func (s *stream) dotted(i int, want string) int {
	for more := true; more; {
		var w string
		w, want, more = strings.Cut(want, ".")
		if !s.has(i, w) {
			return -1
		}
		i += len(w)
		if more {
			n := sign(dot, '.', "([dp", s.b[min(i, len(s.b)):min(len(s.b), i+12)])
			if n < 0 {
				return -1
			}
			i += n
		}
	}
	return i
}

// sign gives the length of an at sign or full stop at the beginning of b, or -1. The sign itself is usual; what begins
// with none of first, a blank apart, is no other spelling of it.
func sign(spelt *regexp.Regexp, usual byte, first string, b []byte) int {
	if len(b) == 0 {
		return -1
	}
	begins := b[0]
	if begins == usual {
		return 1
	}
	if begins == ' ' && len(b) > 1 {
		begins = b[1]
	}
	if strings.IndexByte(first, begins) < 0 {
		return -1
	}
	m := spelt.FindIndex(b)
	if m == nil {
		return -1
	}
	return m[1]
}

func (s *stream) has(i int, w string) bool {
	return i+len(w) <= len(s.b) && string(s.b[i:i+len(w)]) == w
}

// street is a street with its number; abbr says that the name was cut and a full stop may follow.
type street struct {
	name, number string
	abbr         bool
}

var streetNumber = regexp.MustCompile(`^(.*\D) ?(\d+ ?[a-z]?)$`)

func streets(raw string) []street {
	raw, _, _ = strings.Cut(raw, "\n") // a whole address in one text
	m := streetNumber.FindStringSubmatch(Normalise(raw))
	if line, _, found := strings.Cut(raw, ","); found && m == nil {
		m = streetNumber.FindStringSubmatch(Normalise(line))
	}
	if m == nil {
		return nil
	}
	name, number := strings.TrimSpace(m[1]), strings.ReplaceAll(m[2], " ", "")
	out := []street{{name, number, false}}
	for _, e := range [][2]string{{"gatan", "g"}, {"gatan", "gat"}, {"vagen", "v"}, {"vag", "v"}, {"strasse", "str"}, {" street", " st"}, {" road", " rd"}, {" avenue", " ave"}} {
		if strings.HasSuffix(name, e[0]) && len(name) > len(e[0])+2 {
			out = append(out, street{strings.TrimSuffix(name, e[0]) + e[1], number, true})
		}
	}
	return out
}

func (s *stream) street(i int, want street) int {
	if !s.has(i, want.name) {
		return -1
	}
	i += len(want.name)
	if want.abbr && i < len(s.b) && s.b[i] == '.' {
		i++
	}
	if i < len(s.b) && s.b[i] == ' ' {
		i++
	}
	for k := 0; k < len(want.number); k++ {
		if k > 0 && !digit(want.number[k]) && i < len(s.b) && s.b[i] == ' ' {
			i++
		}
		if i >= len(s.b) || s.b[i] != want.number[k] {
			return -1
		}
		i++
	}
	if i < len(s.b) && wordByte(s.b[i]) {
		return -1
	}
	// another stairway is another address
	if i+1 < len(s.b) && s.b[i] == ' ' && s.upper[i+1] && digit(s.b[i-1]) && (i+2 == len(s.b) || !wordByte(s.b[i+2])) {
		return -1
	}
	return i
}

// exact checks a seed hit at i for everything but names.
func (f *finder) exact(i int, r ref) {
	s, sub := f.s, &f.m.subjects[r.subject]
	before := byte(' ')
	if i > 0 {
		before = s.b[i-1]
	}
	switch r.kind {
	case Email:
		if strings.IndexByte("._%+-@", before) < 0 {
			if e := s.email(i, sub.emails[r.index]); e > 0 {
				f.put(i, e, r.subject, Email, Certain, "email")
			}
		}
	case Street:
		if e := s.street(i, sub.streets[r.index]); e > 0 {
			f.put(i, e, r.subject, Street, Certain, "street")
		}
	case Handle, CustomerNo:
		w, kind, rule := sub.customer, CustomerNo, "customer number"
		if r.kind == Handle {
			w, kind, rule = sub.handles[r.index], Handle, "handle"
		}
		e := i + len(w)
		if r.kind == Handle && s.has(i, w) && sub.spells(w) {
			// A login made of the surname is theirs in the name of a host or the number of a message too. As another's address
			// it may be somebody else's.
			conf := Certain
			if e < len(s.b) && s.b[e] == '@' {
				conf = f.sure(Certain)
			}
			if !wordByte(before) && (e == len(s.b) || !wordByte(s.b[e])) {
				f.put(i, e, r.subject, kind, conf, rule)
			}
			return
		}
		if r.kind == CustomerNo && s.has(i, w) && before == '_' && (e == len(s.b) || !wordByte(s.b[e]) && s.b[e] != '-') {
			f.put(i, e, r.subject, kind, Certain, rule) // within the name of a file
			return
		}
		if !s.has(i, w) || strings.IndexByte("._-+", before) >= 0 {
			return
		}
		if e < len(s.b) && (wordByte(s.b[e]) || strings.IndexByte("-_@", s.b[e]) >= 0) || e+1 < len(s.b) && strings.IndexByte(".,", s.b[e]) >= 0 && wordByte(s.b[e+1]) {
			return
		}
		f.put(i, e, r.subject, kind, Certain, rule)
	}
}

// spells says that a handle is made of the subject's surname, with something before or after it.
func (s *subject) spells(handle string) bool {
	for _, n := range s.surname {
		if len(n) >= 6 && strings.Contains(handle, n) {
			return true
		}
	}
	return false
}
