package mention

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// group of atoms that name one subject together.
type named struct {
	subject        int
	i, j, a, b     int
	given, surname bool
	word           bool // nothing but common words
	last           atom
	rule           string
	conf           Confidence
}

// names judges the atoms of every subject.
func (f *finder) names() {
	var contact []int
	for _, h := range f.found {
		if h.kind != Name && h.conf == Certain {
			contact = append(contact, h.subject)
		}
	}
	slices.Sort(contact)
	slices.SortFunc(f.atoms, func(x, y atom) int {
		return cmp.Or(cmp.Compare(x.subject, y.subject), cmp.Compare(x.i, y.i), cmp.Compare(y.j, x.j), cmp.Compare(x.seq, y.seq))
	})
	for atoms := f.atoms; len(atoms) > 0 || len(contact) > 0; {
		n := math.MaxInt
		if len(atoms) > 0 {
			n = atoms[0].subject
		}
		if len(contact) > 0 && contact[0] <= n {
			n = contact[0]
			for len(contact) > 0 && contact[0] == n {
				contact = contact[1:]
			}
			f.misspelt(n)
			// A text that names the subject for sure likely means them with a part of the name too.
			f.sureOf = true
		}
		k := 0
		for k < len(atoms) && atoms[k].subject == n {
			k++
		}
		if k > 0 {
			f.named(n, atoms[:k])
			atoms = atoms[k:]
		}
		f.sureOf = false
	}
}

// named judges the atoms of one subject, which stand in the order of the text.
func (f *finder) named(n int, atoms []atom) {
	var short map[string]bool
	groups := f.groups[:0]
	for k := 0; k < len(atoms); {
		g := f.start(n, atoms[k])
		for k++; k < len(atoms); k++ {
			at := atoms[k]
			if at.i < g.j {
				// the same word may be given name and surname
				g.given, g.surname = g.given || at.i == g.i && at.part.given, g.surname || at.i == g.i && (at.part.both || !at.part.given)
				continue
			}
			if !f.chains(&g, at) {
				break
			}
			g.join(at)
		}
		f.widen(n, &g)
		f.initialsBefore(n, &g)
		if g.given && g.surname {
			if ini := f.introduced(n, g); ini != "" {
				if short == nil {
					short = map[string]bool{}
				}
				short[ini] = true
			}
		}
		groups = append(groups, g)
	}
	for _, whole := range []bool{true, false} { // a whole name first: it makes sure of its parts
		for k := range groups {
			if g := &groups[k]; (g.given && g.surname) == whole {
				f.judge(g)
			}
		}
	}
	f.groups = groups
	f.initials(n, short)
}

func (f *finder) start(n int, at atom) named {
	return named{subject: n, i: at.i, j: at.j, a: at.a, b: at.b, given: at.part.given, surname: at.part.both || !at.part.given, word: at.part.word, last: at, rule: "name", conf: Certain}
}

func (g *named) join(at atom) {
	g.j, g.b, g.last = at.j, at.b, at
	g.given, g.surname = g.given || at.part.given, g.surname || !at.part.given
	g.word = g.word && at.part.word
}

// chains says whether an atom continues the group: beside it, after a comma, in quotes, or after a middle name.
func (f *finder) chains(g *named, at atom) bool {
	if g.last.genitive || g.last.compound {
		return false
	}
	gap := f.gap(at.i)
	if at.i == g.j {
		if g.word && g.last.part.words[0] == at.part.words[0] || !f.toks[at.i].cap && f.toks[g.i].cap && at.part.word {
			return false // "Will will sign"
		}
		if g.word && g.surname && !g.given && gap == " " && (!f.toks[g.i].cap || f.opens(g.i) && in("take", f.text(g.i))) {
			return false // "ring Nilla"
		}
		if cell(gap) {
			return g.given != g.surname && at.part.given == g.surname && !f.turnedList(g.i, at.j)
		}
		switch gap {
		case " (":
			return g.given || !f.firstNamed(g.i)
		case " ", "\n", ` "`, `" `, ") ", " '", "' ":
			return true
		case ", ":
			return g.surname && !g.given && at.part.given && !f.firstNamed(g.i)
		case "-":
			// "Sjölund-Ek", or the end of an address such as /anna-sjolund
			return g.surname == !at.part.given || g.given && !at.part.given && !f.toks[g.i].cap && f.gap(g.i) == "/"
		case "_": // file names and titles of pages
			return true
		}
		return false
	}
	if at.i == g.j+1 && g.given && !g.surname && !at.part.given && f.gap(g.j) == " " && (gap == " " || gap == ". ") {
		w := f.text(g.j)
		if !f.toks[g.j].cap {
			return w == f.m.subjects[g.subject].particleLetter // "Henrik v. Rosen"
		}
		return len(w) == 1 || givenName(w) && !f.otherNamed(w, at.part.words[len(at.part.words)-1])
	}
	return false
}

// turnedList: "Hjort, Lena; Öberg, Lena", where the names around a semicolon are of two people.
func (f *finder) turnedList(i, j int) bool {
	return f.gap(i) == ", " && f.toks[i-1].cap || f.gap(j) == ", " && j < len(f.toks) && f.toks[j].cap
}

// widen takes in a misspelt or abbreviated half beside the group.
func (f *finder) widen(n int, g *named) {
	s := &f.m.subjects[n]
	if g.given == g.surname || g.last.compound {
		return
	}
	left, right := f.gap(g.i), f.gap(g.j)
	if !g.last.genitive && g.j < len(f.toks) && (right == " " || right == "\n" || g.surname && right == ", ") {
		w, t := f.text(g.j), f.toks[g.j]
		names := s.surname
		if g.surname {
			names = s.given
		}
		dotted := t.e < len(f.s.b) && f.s.b[t.e] == '.'
		another := right == ", " && f.gap(g.j+1) == ". " && g.j+1 < len(f.toks) && f.toks[g.j+1].cap // ", G. Palmér"
		switch {
		case len(w) == 1 && t.cap && !another && f.begins(s, names, g.surname, w) && !strings.HasPrefix(f.gap(g.j+1), "'") && (f.gap(g.j+1) != "-" || g.surname) && (dotted || g.given || right == ", " || f.closed(g.j+1)):
			g.take(g.j, t, g.surname)
			// further initials after it
			for g.surname && g.j < len(f.toks) && f.initialAfter(g.j) {
				g.j, g.b = g.j+1, f.toks[g.j].e
			}
			if dotted {
				g.b++
			}
			return
		case f.nearAny(g.j, s, g.surname) && (t.cap || !f.toks[g.i].cap) && !f.otherGiven(w) && !f.otherSurname(w):
			g.take(g.j, t, g.surname)
			g.rule, g.conf = "misspelt name", Likely
			return
		}
	}
	if !g.surname || g.i == 0 || f.strangeInitials(s, g.i) || f.lettered(g.i-1) {
		return
	}
	if (left == ". " || left == " ") && s.particleLetter != "" && f.text(g.i-1) == s.particleLetter {
		g.i, g.a = g.i-1, f.toks[g.i-1].s // "H. v. Rosen"
		if left = f.gap(g.i); g.i == 0 {
			return
		}
	}
	t, w := f.toks[g.i-1], f.text(g.i-1)
	if left == " " && t.caps && len(w) > 1 && slices.Contains(s.initials, w) {
		g.i, g.a, g.given, g.rule = g.i-1, t.s, true, "initial and surname" // "LE Nygren"
		return
	}
	if (left == " " || left == ". " || left == ".") && len(w) == 1 && (t.cap || left == ". " || left == "." && !f.toks[g.i].cap) && (firstOf(s.given, w) || strings.Contains(s.firsts, w) && g.i > 1 && (f.gap(g.i-1) == "-" || f.gap(g.i-1) == ".")) {
		g.i, g.a, g.given, g.rule = g.i-1, t.s, true, "initial and surname"
		// further initials before it
		for g.i > 0 && (f.gap(g.i) == "." || f.gap(g.i) == ". " || f.gap(g.i) == "-" || f.gap(g.i) == " " && f.text(g.i-1) != "i") && f.toks[g.i-1].e-f.toks[g.i-1].s == 1 && f.toks[g.i-1].cap {
			g.i--
			g.a = f.toks[g.i].s
		}
	} else if (left == " " || left == "\n") && f.nearAny(g.i-1, s, true) && !f.otherNamed(w, f.text(g.i)) {
		g.i, g.a, g.given, g.rule, g.conf = g.i-1, t.s, true, "misspelt name", Likely
	}
}

// lettered: "skiss B. Ling vill", where the letter at i ends a sentence.
func (f *finder) lettered(i int) bool {
	return i > 0 && f.gap(i+1) == ". " && f.gap(i) == " " && in("lettered", f.text(i-1))
}

// strangeInitials: "K-G" before the token at i, of which one is nobody's of the subject.
func (f *finder) strangeInitials(s *subject, i int) bool {
	return i > 1 && f.gap(i-1) == "-" && f.toks[i-2].e-f.toks[i-2].s == 1 && f.toks[i-1].e-f.toks[i-1].s == 1 && !strings.Contains(s.firsts, f.text(i-2))
}

// initialsBefore takes in the initials before a given name, as in "S. E. Torbjörn".
func (f *finder) initialsBefore(n int, g *named) {
	for g.given && g.i > 0 && f.gap(g.i) == ". " && f.toks[g.i-1].cap && f.toks[g.i-1].e-f.toks[g.i-1].s == 1 && strings.Contains(f.m.subjects[n].firsts, f.text(g.i-1)) {
		g.i--
		g.a = f.toks[g.i].s
	}
}

func (g *named) take(i int, t token, given bool) {
	g.j, g.b = i+1, t.e
	g.given, g.surname = g.given || given, g.surname || !given
	g.last.genitive, g.rule = false, "name and initial"
}

// begins says whether a letter is the first of the half of a name that is wanted.
func (f *finder) begins(s *subject, names []string, given bool, w string) bool {
	return firstOf(names, w) || given && strings.Contains(s.firsts, w)
}

// initialAfter: one more initial at i, after another.
func (f *finder) initialAfter(i int) bool {
	t, gap := f.toks[i], f.gap(i)
	return t.cap && t.e-t.s == 1 && (gap == "." || gap == ". " || gap == "-" || gap == " ") && t.e < len(f.s.b) && f.s.b[t.e] == '.'
}

func firstOf(names []string, w string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, w) })
}

// nearAny says whether token i is a misspelling of one of the subject's given names, or else surnames.
func (f *finder) nearAny(i int, s *subject, given bool) bool {
	names, heard := s.surname, s.surnameSounds
	if given {
		names, heard = s.given, s.givenSounds
	}
	w := f.s.b[f.toks[i].s:f.toks[i].e]
	for k, n := range names {
		if !mayBeNear(w, n, heard[k], given) {
			continue
		}
		if w := string(w); near(w, n, heard[k], given) || len(n) > 3 && strings.HasSuffix(w, "s") && near(strings.TrimSuffix(w, "s"), n, heard[k], given) {
			return true
		}
	}
	return false
}

// introduced reads "Thomas Nilsson (TN)" and "T.N. (Thomas Nilsson)".
func (f *finder) introduced(n int, g named) string {
	if g.j < len(f.toks) && (f.gap(g.j) == " (" && f.gap(g.j + 1)[0] == ')' || f.gap(g.j) == " [" && f.gap(g.j + 1)[0] == ']' || f.gap(g.j) == " = ") && f.areInitials(n, g.j, g.j+1) {
		return f.text(g.j)
	}
	if f.gap(g.i) == " (" && g.i > 0 && f.gap(g.j)[0] == ')' && f.areInitials(n, g.i-1, g.i) {
		return f.text(g.i - 1)
	}
	if f.gap(g.i) == ". (" && g.i > 1 && f.gap(g.i-1) == "." && f.areInitials(n, g.i-2, g.i) {
		f.put(f.toks[g.i-2].s, f.toks[g.i-1].e, n, Name, f.sure(Likely), "introduced initials")
	}
	return ""
}

// areInitials says whether tokens i to j are those of a given name and a surname of the subject.
func (f *finder) areInitials(n, i, j int) bool {
	w := ""
	for k := i; k < j; k++ {
		if t := f.toks[k]; !t.cap || j-i > 1 && t.e-t.s > 1 {
			return false
		}
		w += f.text(k)
	}
	s := &f.m.subjects[n]
	return (j-i > 1 || f.toks[i].caps) && len(w) >= 2 && len(w) <= 4 && (firstOf(s.given, w[:1]) || strings.Contains(s.firsts, w[:1])) && firstOf(s.surname, w[len(w)-1:])
}

// initials finds the introduced initials wherever they stand alone, not as a company form after a name.
func (f *finder) initials(n int, short map[string]bool) {
	if len(short) == 0 {
		return
	}
	for i, t := range f.toks {
		if t.caps && short[f.text(i)] && !(f.gap(i) == " " && f.toks[i-1].cap && in("company", f.text(i))) {
			f.put(t.s, t.e, n, Name, f.sure(Likely), "introduced initials")
		}
	}
}

// misspelt looks for both names misspelt, which counts beside a contact detail of the subject only.
func (f *finder) misspelt(n int) {
	s := &f.m.subjects[n]
	for i := 0; i+1 < len(f.toks); i++ {
		if f.gap(i+1) == " " && f.nearAny(i, s, true) && f.nearAny(i+1, s, false) && !f.otherSurname(f.text(i+1)) && !f.inAddress(f.toks[i].s) {
			f.put(f.toks[i].s, f.toks[i+1].e, n, Name, f.sure(Likely), "misspelt name beside a contact detail")
		}
	}
}

// sure lowers what rests on the link between row and subject: in a text that is not theirs a part of a name is never
// certain, and likely where the text names them for sure.
func (f *finder) sure(c Confidence) Confidence {
	switch {
	case f.c.Linked:
		return c
	case f.sureOf:
		return min(c, Likely)
	}
	return Unsure
}
