package mention

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// part is one name of a person as the words it is written with.
type part struct {
	words []string
	given bool   // given name, nickname or called name; else a surname
	both  bool   // given name and surname in one word
	word  bool   // also a common word
	ends  string // a stem with the endings that it takes, each between blanks; the whole word goes
	lang  string // of such forms
}

// subject is a person made ready for matching.
type subject struct {
	parts   []part
	given   []string // single words, for initials and misspellings
	surname []string
	// how they sound, in their order
	givenSounds, surnameSounds []string

	emails         []string
	handles        []string
	customers      []string // the customer number as people write it
	streets        []street
	numbers        map[string]Kind // joined digits
	personal       string          // the digits of the personal number
	homes          map[string]bool // languages that their names point to
	firsts         string          // the first letters of their given names
	initials       []string        // the same of several given names, in one
	particleLetter string          // the first letter of the particle before their surname
	p              Person
}

// ref says what a seed may be the beginning of.
type ref struct {
	subject int
	kind    Kind
	index   int // into parts, emails, handles or streets
}

// Matcher finds its subjects in texts. It is safe for concurrent use.
type Matcher struct {
	subjects []subject
	refs     map[string][]ref // by seed
	lengths  [256]uint8       // by the first byte of a seed: bit n for a seed of n bytes
	pairs    [64]uint64       // by the first two bytes of a seed, hashed: whether there is one
	numbers  map[string][]ref
	longest  int
	counts   bool                 // some subject has a number
	spelled  map[string][2]string // given name and surname by how an address spells them
	owner    map[string]int
	sieve    *sieve
}

// seedLen bounds the seeds: only beginnings are looked up, and the rest is compared at the hit.
const seedLen = 5

// New makes a matcher; Span.Subject is an index into subjects.
func New(subjects ...Person) *Matcher {
	m := &Matcher{refs: map[string][]ref{}, numbers: map[string][]ref{}, spelled: map[string][2]string{}, owner: map[string]int{}}
	for i, p := range subjects {
		s := compile(p)
		for k, q := range s.parts {
			m.seed(q.words[0], ref{i, Name, k})
		}
		for k, e := range s.emails {
			// an obfuscated address has something else for its first full stop or its at sign
			m.seed(e[:strings.IndexAny(e, "@.")], ref{i, Email, k})
		}
		for k, h := range s.handles {
			m.seed(h, ref{i, Handle, k})
		}
		for k, a := range s.streets {
			m.seed(a.name, ref{i, Street, k})
		}
		for k, c := range s.customers {
			m.seed(c, ref{i, CustomerNo, k})
		}
		m.counts = m.counts || len(s.numbers) > 0 || len(s.personal) >= 10
		for d, kind := range s.numbers {
			m.numbers[d] = append(m.numbers[d], ref{i, kind, 0})
			m.longest = max(m.longest, len(d))
		}
		for _, g := range s.given {
			for _, l := range s.surname {
				for _, w := range []string{g + l, l + g} {
					if _, taken := m.owner[w]; !taken && len(g) > 1 && len(l) > 1 {
						m.owner[w], m.spelled[w] = i, [2]string{g, l}
					}
				}
			}
		}
		m.subjects = append(m.subjects, s)
	}
	for seed := range m.refs {
		if seed != "" {
			m.lengths[seed[0]] |= 1 << len(seed)
			if len(seed) > 1 {
				h := pair(seed[0], seed[1])
				m.pairs[h>>6] |= 1 << (h & 63)
			}
		}
	}
	m.sieve = newSieve(m)
	return m
}

func pair(a, b byte) uint { return (uint(a)*97 + uint(b)) & 4095 }

func (m *Matcher) seed(s string, r ref) {
	s = s[:min(len(s), seedLen)]
	for _, have := range m.refs[s] {
		if have == r {
			return
		}
	}
	m.refs[s] = append(m.refs[s], r)
}

func compile(p Person) subject {
	s := subject{p: p, numbers: map[string]Kind{}}
	s.homes = homes(p)
	for _, given := range append([]string{strings.Join(p.Given, " ")}, p.Given...) {
		if ini := initialsOf(given); len(ini) > 1 {
			s.initials = append(s.initials, ini)
		}
	}
	for _, g := range append(append(append([]string{}, p.Given...), p.Called), p.Nicknames...) {
		s.name(g, true)
	}
	for _, n := range append(append([]string{}, p.Surname...), p.FormerSurnames...) {
		s.name(n, false)
		if f := strings.FieldsFunc(Normalise(n), func(r rune) bool { return r == '-' || r == ' ' }); len(f) > 1 {
			if particle(f[0]) {
				s.particleLetter = f[0][:1]
			}
			for _, half := range f {
				if len(half) > 1 && !particle(half) {
					s.name(half, false)
				}
			}
		}
	}
	for _, g := range s.given {
		for _, l := range s.surname {
			if len(g) > 2 && len(l) > 3 {
				s.add(part{words: []string{g + l}, given: true, both: true})
				s.add(part{words: []string{l + g}, given: true, both: true})
			}
		}
	}
	for _, e := range p.Emails {
		if e = plainAt(Normalise(e)); strings.IndexByte(e, '@') > 0 && e[0] != '.' {
			s.emails = append(s.emails, e)
		}
	}
	for _, h := range p.Handles {
		if h = strings.TrimPrefix(Normalise(h), "@"); len(h) > 2 {
			s.handles = append(s.handles, h)
		}
	}
	s.customers = customerForms(Normalise(p.CustomerNo))
	for _, a := range p.Addresses {
		s.streets = append(s.streets, streets(a.Street)...)
	}
	for _, n := range p.Phones {
		for _, d := range phoneForms(n) {
			s.numbers[d] = Phone
		}
	}
	for _, d := range personForms(p.Personnummer) {
		s.numbers[d] = Personnummer
	}
	s.personal = digits(p.Personnummer)
	for _, n := range s.given {
		s.givenSounds = append(s.givenSounds, sounds(n))
	}
	for _, n := range s.surname {
		s.surnameSounds = append(s.surnameSounds, sounds(n))
	}
	return s
}

var customerParts = regexp.MustCompile(`^([a-z]{1,5})[- ./]?(\d{3,})$`)

// customerForms are the ways to write a customer number: letters and digits with a hyphen, a blank or nothing between them.
func customerForms(c string) []string {
	if len(c) < 3 {
		return nil
	}
	out := []string{c}
	if m := customerParts.FindStringSubmatch(c); m != nil {
		for _, between := range []string{"", "-", " "} {
			if form := m[1] + between + m[2]; form != c {
				out = append(out, form)
			}
		}
	}
	return out
}

func particle(w string) bool {
	return strings.Contains(" von van af av de la le di da du der den al el el- bin ben ", " "+w+" ")
}

// name adds the written forms of one name: with folded and with two-letter vowels, with and without its separators.
func (s *subject) name(n string, given bool) {
	for _, st := range stems(Normalise(n), given) {
		s.add(part{words: []string{st.text}, given: given, ends: st.ends, lang: st.lang})
	}
	for _, form := range []string{Normalise(n), Normalise(twoLetters.Replace(n)), doubled(n), unread(n)} {
		f := strings.FieldsFunc(form, func(r rune) bool { return !wordByte(byte(min(r, 255))) })
		if len(f) == 0 || len(strings.Join(f, "")) < 2 {
			continue
		}
		word := wordToo(Normalise(n), given)
		s.add(part{words: f, given: given, word: word})
		if len(f) > 1 {
			s.add(part{words: []string{strings.Join(f, "")}, given: given})
		}
		if given {
			for _, w := range f {
				if w[0] < utf8.RuneSelf && strings.IndexByte(s.firsts, w[0]) < 0 {
					s.firsts += w[:1]
				}
			}
			s.given = append(s.given, strings.Join(f, ""))
		} else {
			s.surname = append(s.surname, strings.Join(f, ""))
		}
	}
}

var twoLetters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "å", "aa", "ø", "oe", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "Å", "Aa", "Ø", "Oe")

// doubled undoes the two-letter form of a record kept without diacritics: Mueller is also found as Müller.
func doubled(n string) string {
	if f := Normalise(n); len(f) > 3 {
		return strings.NewReplacer("ue", "u", "oe", "o").Replace(f)
	}
	return ""
}

// unread is a name of whose letters an import lost those outside ASCII; "" where it has none.
func unread(n string) string {
	out := strings.Map(func(r rune) rune {
		if r >= utf8.RuneSelf && unicode.IsLetter(r) {
			return utf8.RuneError
		}
		return r
	}, norm.NFC.String(n))
	if out == n {
		return ""
	}
	return Normalise(out)
}

// wordToo says whether a name is a common word too. A given name is one only where it is listed so: dictionaries hold forms
// that nobody writes.
func wordToo(n string, given bool) bool {
	if given && (len(n) > 4 || givenName(n)) {
		return in("word", n)
	}
	return in("word", n) || !surnameEnding(n) && !in("given", n) && !lexicon(surnameFile).has(n) && commonWords().has(n)
}

// initialsOf gives the first letters of the words of a name, in one.
func initialsOf(name string) (out string) {
	for _, w := range strings.FieldsFunc(Normalise(name), func(r rune) bool { return r == '-' || r == ' ' }) {
		out += w[:1]
	}
	return out
}

func (s *subject) add(p part) {
	for _, have := range s.parts {
		if have.given == p.given && have.ends == p.ends && strings.Join(have.words, " ") == strings.Join(p.words, " ") {
			return
		}
	}
	s.parts = append(s.parts, p)
}
