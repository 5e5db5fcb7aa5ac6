package mention

import (
	"regexp"
	"strings"
)

var (
	spelledAt  = regexp.MustCompile(`^[ \n]?(@|[(\[{<] ?(at|a|snabel-?a|alfa|@) ?[)\]}>]|snabel-?a|at|\bat\b)[ \n]?`)
	spelledDot = regexp.MustCompile(`^([ \n]?[(\[{<] ?(dot|punkt|punktum|\.) ?[)\]}>][ \n]?| (dot|punkt|punktum|piste|kropka) | ?\. ?)`)
)

// plainAt writes the at sign of a recorded address that has it spelled out.
func plainAt(address string) string {
	if i := strings.IndexAny(address, "([{<"); i > 0 && !strings.Contains(address, "@") {
		if n := sign(spelledAt, "@([{<", []byte(address[i:])); n > 0 {
			return address[:i] + "@" + address[i+n:]
		}
	}
	return address
}

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
	n := sign(spelledAt, "@([{<sa", s.b[i:min(len(s.b), i+16)])
	if n < 0 {
		return -1
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
			n := sign(spelledDot, ".([{<dpk", s.b[min(i, len(s.b)):min(len(s.b), i+14)])
			if n < 0 {
				return -1
			}
			i += n
		}
	}
	return i
}

// sign gives the length of an at sign or full stop at the beginning of b, or -1. What begins with none of first, a blank
// apart, is no other spelling of it.
func sign(spelt *regexp.Regexp, first string, b []byte) int {
	if len(b) == 0 {
		return -1
	}
	if b[0] == first[0] && len(b) > 1 && !blank(b[1]) {
		return 1
	}
	begins := b[0]
	if blank(begins) && len(b) > 1 {
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
		if a, e := s.street(i, sub.streets[r.index]); e > 0 {
			f.put(a, e, r.subject, Street, Certain, "street")
		}
	case Handle, CustomerNo:
		w, kind, rule := "", CustomerNo, "customer number"
		if r.kind == Handle {
			w, kind, rule = sub.handles[r.index], Handle, "handle"
		} else {
			w = sub.customers[r.index]
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
		// the name of a picture may be a handle
		if file := r.kind == Handle && before == '/' && e < len(s.b) && s.b[e] == '.'; !file &&
			(e < len(s.b) && (wordByte(s.b[e]) || strings.IndexByte("-_@", s.b[e]) >= 0) || e+1 < len(s.b) && (s.b[e] == '.' && wordByte(s.b[e+1]) || s.b[e] == ',' && digit(s.b[e+1]))) {
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
