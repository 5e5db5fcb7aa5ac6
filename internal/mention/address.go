package mention

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
	"strings"
)

// address is an e-mail address in a stream, and where its local part ends; -1 where it is no address but a name that somebody goes by.
type address struct{ s, at, e int }

// addresses finds the e-mail addresses and host names of a text: names inside them are not read as names.
func (s *stream) addresses(out []address) []address {
	b := s.b
	for i := 0; i < len(b); i++ {
		k := bytes.IndexByte(b[i:], '@')
		if k < 0 {
			break
		}
		i += k
		a, e := i, i+1
		for a > 0 && i-a < 64 && (wordByte(b[a-1]) || strings.IndexByte("._%+-", b[a-1]) >= 0) {
			a--
		}
		for e < len(b) && e-i < 255 && (wordByte(b[e]) || b[e] == '-' || b[e] == '.' && e+1 < len(b) && wordByte(b[e+1])) {
			e++
		}
		if a == i || bytes.IndexByte(b[i:e], '.') < 0 {
			continue
		}
		out = append(out, address{a, i, e})
		i = e - 1
	}
	return s.spelledOut(out)
}

// spelledOut adds the addresses whose at sign is written in brackets, and names after an at sign that are nobody's
// address: what people call themselves. The list stays in order.
func (s *stream) spelledOut(out []address) []address {
	b, n := s.b, len(out)
	for i := 0; i < len(b); i++ {
		k := bytes.IndexAny(b[i:], "@([{")
		if k < 0 {
			break
		}
		i += k
		a, e, at, handle := i, i+1, -1, b[i] == '@'
		if !handle {
			size := sign(spelledAt, "@([{<", b[i:min(len(b), i+16)])
			if i > 1 && b[i-1] == ' ' {
				a--
			}
			if size < 0 || a == 0 || !wordByte(b[a-1]) {
				continue
			}
			e, at = i+size, a
		} else if i > 0 && (wordByte(b[i-1]) || strings.IndexByte("._%+-", b[i-1]) >= 0) {
			continue
		}
		for a > 0 && i-a < 64 && !handle && (wordByte(b[a-1]) || strings.IndexByte("._%+-", b[a-1]) >= 0) {
			a--
		}
		for e < len(b) && e-i < 64 && (wordByte(b[e]) || strings.IndexByte("_-", b[e]) >= 0 || b[e] == '.' && e+1 < len(b) && wordByte(b[e+1])) {
			e++
		}
		if !handle || bytes.ContainsAny(b[i:e], "_0123456789") { // "@Anna" is a name
			out = append(out, address{a, at, e})
		}
	}
	if len(out) > n {
		slices.SortFunc(out, func(x, y address) int { return cmp.Compare(x.s, y.s) })
	}
	return out
}

// addresses judges the addresses that are nobody's on record: one that spells a subject's given name and surname is theirs.
func (f *finder) addresses() {
	if len(f.m.owner) == 0 {
		return
	}
	for _, a := range f.blocked {
		if a.at >= 0 {
			f.spelled(a.s, a.at, a.e)
		}
	}
}

func (f *finder) spelled(a, at, e int) {
	local := f.s.b[a:at]
	if k := bytes.IndexByte(local, '+'); k > 0 {
		local = local[:k]
	}
	squeezed := make([]byte, 0, 64)
	for _, c := range local {
		if c != '.' && c != '_' && c != '-' {
			squeezed = append(squeezed, c)
		}
	}
	squeezed = unnumbered(squeezed)
	n, ok := f.m.owner[string(squeezed)]
	if !ok {
		return
	}
	full := string(f.s.b[a:e])
	for _, o := range f.c.Others {
		for _, m := range o.Emails {
			if Normalise(m) == full {
				return
			}
		}
	}
	if name := f.m.spelled[string(squeezed)]; !f.otherNamed(name[0], name[1]) {
		f.put(a, e, n, Email, Likely, "address spells the name")
	}
}

// unnumbered drops the year or number that tells an address from another of the same name.
func unnumbered(local []byte) []byte {
	n := len(local)
	for n > 0 && len(local)-n < 4 && digit(local[n-1]) {
		n--
	}
	return local[:n]
}

// inAddress says whether a normal offset lies in an e-mail address, or in a host name written out.
func (f *finder) inAddress(i int) bool {
	k := sort.Search(len(f.blocked), func(k int) bool { return f.blocked[k].e > i })
	return k < len(f.blocked) && f.blocked[k].s <= i
}

// other is somebody else on the row.
type other struct {
	given   map[string]bool
	surname map[string]bool
}

func newOthers(people []Person) []other {
	out := make([]other, 0, len(people))
	for _, p := range people {
		out = append(out, newOther(p))
	}
	return out
}

func newOther(p Person) other {
	o := other{map[string]bool{}, map[string]bool{}}
	for _, g := range append(append(append([]string{}, p.Given...), p.Called), p.Nicknames...) {
		for _, w := range strings.FieldsFunc(Normalise(g), func(r rune) bool { return r == ' ' || r == '-' }) {
			o.given[w] = true
		}
	}
	for _, n := range append(append([]string{}, p.Surname...), p.FormerSurnames...) {
		for _, w := range strings.FieldsFunc(Normalise(n), func(r rune) bool { return r == ' ' || r == '-' }) {
			o.surname[w] = true
		}
		o.surname[strings.ReplaceAll(Normalise(n), "-", "")] = true
	}
	return o
}

func (f *finder) otherNamed(given, surname string) bool {
	for _, o := range f.others() {
		if o.given[given] && o.surname[surname] {
			return true
		}
	}
	return false
}

func (f *finder) otherGiven(w string) bool {
	for _, o := range f.others() {
		if o.given[w] {
			return true
		}
	}
	return false
}

func (f *finder) otherSurname(w string) bool {
	for _, o := range f.others() {
		if o.surname[w] {
			return true
		}
	}
	return false
}
