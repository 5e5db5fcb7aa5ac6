package mention

import (
	"sort"
	"strings"
)

// addresses finds the e-mail addresses and host names of a text: names inside them are not read as names, and an
// unlisted address that spells a subject's given name and surname is theirs.
func (f *finder) addresses() {
	b := f.s.b
	for i := 0; i < len(b); i++ {
		if b[i] != '@' {
			continue
		}
		a, e := i, i+1
		for a > 0 && i-a < 64 && (wordByte(b[a-1]) || strings.IndexByte("._%+-", b[a-1]) >= 0) {
			a--
		}
		for e < len(b) && e-i < 255 && (wordByte(b[e]) || b[e] == '-' || b[e] == '.' && e+1 < len(b) && wordByte(b[e+1])) {
			e++
		}
		if a == i || strings.IndexByte(string(b[i:e]), '.') < 0 {
			continue
		}
		f.blocked = append(f.blocked, group{a, e})
		f.spelled(a, i, e)
		i = e - 1
	}
}

func (f *finder) spelled(a, at, e int) {
	local := string(f.s.b[a:at])
	if k := strings.IndexByte(local, '+'); k > 0 {
		local = local[:k]
	}
	full := string(f.s.b[a:e])
	for _, o := range f.c.Others {
		for _, m := range o.Emails {
			if Normalise(m) == full {
				return
			}
		}
	}
	squeezed := strings.NewReplacer(".", "", "_", "", "-", "").Replace(local)
	if n, ok := f.m.owner[squeezed]; ok && !f.otherNamed(f.m.spelled[squeezed][0], f.m.spelled[squeezed][1]) {
		f.put(a, e, n, Email, Likely, "address spells the name")
	}
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
	for _, o := range f.others {
		if o.given[given] && o.surname[surname] {
			return true
		}
	}
	return false
}

func (f *finder) otherGiven(w string) bool {
	for _, o := range f.others {
		if o.given[w] {
			return true
		}
	}
	return false
}

func (f *finder) otherSurname(w string) bool {
	for _, o := range f.others {
		if o.surname[w] {
			return true
		}
	}
	return false
}
