package mention

import (
	"strings"
)

// somebodyElse reads the words beside a single name.
func (f *finder) somebodyElse(g *named) bool {
	return f.elseAfter(g) || g.i > 0 && f.elseBefore(g) || f.elseInRecord(g)
}

// elseAfter reads the word after a single name.
func (f *finder) elseAfter(g *named) bool {
	if g.j == len(f.toks) || g.last.compound {
		return false
	}
	t, w, gap := f.toks[g.j], f.text(g.j), f.gap(g.j)
	if cell(gap) {
		return f.elseBeside(g, g.j)
	}
	if gap == "_" && g.given {
		gap = " "
	}
	small := !f.toks[g.i].cap
	if gap == ", " {
		return f.turned(g, t, w)
	}
	if gap == "." && g.given && !g.surname && small && !t.cap {
		return (surnameLike(w) || surnameKnown(w) || f.otherSurname(w)) && !f.subjectSurname(g.subject, w) // simon.ekman
	}
	if gap == "\n" && g.given {
		return f.otherSurname(w) || t.cap && surnameLike(w) && !in("other", w)
	}
	if gap != " " {
		return false
	}
	if g.last.genitive {
		return g.given && t.cap && f.otherSurname(w)
	}
	if g.surname && !g.given {
		if len(w) == 1 && t.cap && w != "i" && f.closed(g.j+1) {
			return !f.firstLetter(g.subject, w)
		}
		if t.cap && !small && f.isGiven(f.text(g.i)) && !g.last.inflected && !f.heading(g.j) && !f.subjectGiven(g.subject, w) {
			return true // "Frank Olsén", who has for a given name what is the subject's surname
		}
		return (t.cap || small) && (f.otherGiven(w) || givenName(w) && !in("word", w) && !f.subjectGiven(g.subject, w))
	}
	switch {
	case f.otherSurname(w), f.otherSurname(strings.TrimSuffix(w, "s")), t.cap && f.streetOf(g.j):
		return true
	case particle(w) && g.j+1 < len(f.toks) && f.toks[g.j+1].cap && !in("other", f.text(g.j+1)) && w != "de" && w != "den":
		return true
	case len(w) == 1 && t.cap && (f.gap(g.j+1) == "'" || f.gap(g.j+1) == "-") && g.j+1 < len(f.toks) && f.toks[g.j+1].cap:
		return true // O'Dowling
	case t.cap && !f.heading(g.j) && !(t.caps && len(w) > 1 && len(w) <= 4 && !f.toks[g.i].caps):
		return !(f.toks[g.i].caps && t.caps) || !f.plain(g.j)
	case small && !f.plain(g.j):
		before := f.gap(g.i)
		return surnameLike(w) || surnameKnown(w) || before == "=" || before == "/"
	}
	return false
}

// turned: a comma after a single name turns the order of somebody else's, as in "Sjölund, Per".
func (f *finder) turned(g *named, t token, w string) bool {
	next := f.gap(g.j + 1)
	switch {
	case g.surname && !g.given && t.cap && len(w) == 1:
		return !f.firstLetter(g.subject, w)
	case g.surname && !g.given && t.cap && f.isGiven(w) && !f.before(g):
		return !strings.HasPrefix(next, ", ")
	case g.given && !g.surname && t.cap && f.isGiven(w) && strings.HasPrefix(f.gap(g.i), ";"):
		return strings.HasPrefix(next, ";") || strings.HasPrefix(next, ".") || next == "\v" || next == "\n"
	}
	return false
}

// closed: nothing of a name follows at i, but a cell, a line or a small letter.
func (f *finder) closed(i int) bool {
	gap := f.gap(i)
	return cell(gap) || gap == "\n" || gap == "\v" || gap == " [" || gap == " " && i < len(f.toks) && !f.toks[i].cap
}

func (f *finder) firstLetter(n int, w string) bool {
	return strings.Contains(f.m.subjects[n].firsts, w)
}

// cell says whether a gap parts the cells of a table.
func cell(gap string) bool {
	if strings.Contains(gap, `","`) {
		return true
	}
	gap = strings.Trim(gap, " \n\"")
	return gap == ";" || gap == "|"
}

// elseBeside: the other half of the name stands in the neighbouring cell, and is not the subject's.
func (f *finder) elseBeside(g *named, i int) bool {
	w := f.text(i)
	if !f.toks[i].cap && f.toks[g.i].cap || hasDigit(w) {
		return false
	}
	if g.given && !g.surname {
		return !f.subjectSurname(g.subject, w) && (f.otherSurname(w) || surnameLike(w) || surnameKnown(w) && !f.isGiven(w))
	}
	return g.surname && !g.given && !f.subjectGiven(g.subject, w) && f.isGiven(w)
}

// elseBefore reads the word before a single name.
func (f *finder) elseBefore(g *named) bool {
	t, w, gap := f.toks[g.i-1], f.text(g.i-1), f.gap(g.i)
	small := !f.toks[g.i].cap
	if cell(gap) {
		return f.elseBeside(g, g.i-1)
	}
	if gap == "_" {
		gap = " "
	}
	if gap == " " && g.given && !g.surname && (in("another", w) || (w == "den" || w == "det") && g.j < len(f.toks) && f.text(g.j) == "som") {
		return true
	}
	switch {
	case gap == ". " && g.given && !g.surname && len(w) == 1 && t.cap && w != "i" && !f.firstLetter(g.subject, w) && !f.lettered(g.i-1) && (f.opens(g.i-1) || f.gap(g.i-1) == ", "):
		return true // "G. David"
	case gap == ", " && g.given && t.cap && cell(f.gap(g.i-1)) && (cell(f.gap(g.j)) || g.j == len(f.toks) || f.gap(g.j) == " - " || f.gap(g.j) == "\n"):
		return !in("other", w) // "Graham, David" in a list
	case gap == " " && g.surname && len(w) == 1 && t.cap && w != "i", gap == ". " && g.surname && len(w) == 1 && t.cap:
		return !f.lettered(g.i - 1)
	case gap == " " && particle(w) && g.surname && w != "av" && w != "den" && w != "de":
		return f.gap(g.i-1) == " " && g.i > 1 && (f.toks[g.i-2].cap || t.cap || !f.toks[g.i].cap)
	case gap == " " && g.surname && (f.otherGiven(w) || givenName(w) && (t.cap || small && !in("word", w)) || t.cap && !t.caps && in("wordgiven", w)):
		return true
	case gap == " " && g.surname && t.cap && !t.caps && !f.opens(g.i-1) && !f.titled(g.i-1):
		return true
	case gap == " " && g.given && t.cap && (f.otherSurname(w) || surnameLike(w)) && !in("other", w):
		return !f.precededByName(g.i - 1)
	case gap == " " && g.given && w == "per" && f.opens(g.i-1) && f.language() == "en":
		return false // "Per Wendy, the gate stays locked"
	case gap == " " && g.given && t.cap && in("given", w):
		return true
	case gap == " " && g.given && t.cap && cell(f.gap(g.i-1)) && cell(f.gap(g.j)):
		return !in("other", w) && !in("greet", w) // "Vogt Rainer" in a table
	case gap == ", " && g.given && t.cap && (f.otherSurname(w) || surnameLike(w) || in("word", w) && !f.opens(g.i-1)):
		return !f.precededByName(g.i - 1)
	}
	return false
}

// titled: a title, role or other plain word stands at i, before a surname.
func (f *finder) titled(i int) bool {
	w := f.text(i)
	return in("other", w) || in("greet", w) || hasDigit(w) || commonWord(w) && !in("word", w) && (len(w) > 5 || in("verb", w) || in("take", w))
}

// elseInRecord reads the names of fields, as in {"givenName": "Anna", "familyName": "Ek"}: the other half of the name
// stands in the field after or before.
func (f *finder) elseInRecord(g *named) bool {
	if g.i == 0 || !f.s.field(f.gap(g.i)) || fieldOf(f.text(g.i-1)) == "" {
		return false
	}
	half := fieldOf(f.text(g.i - 1))
	for i := max(0, g.i-5); i < min(len(f.toks)-1, g.j+5); i++ {
		if next := fieldOf(f.text(i)); i+1 == g.i || next == "" || next == half || !f.s.field(f.gap(i+1)) || !f.toks[i+1].cap {
			continue
		}
		w := f.text(i + 1)
		return g.given && !g.surname && half != "surname" && !f.subjectSurname(g.subject, w) ||
			g.surname && !g.given && half != "given" && !f.subjectGiven(g.subject, w)
	}
	return false
}

// field says whether a gap stands between a field's name and its value.
func (s *stream) field(gap string) bool {
	gap = strings.Trim(gap, ` "'`)
	return gap == ":" || gap == "=" || gap == ">" || gap == "=>"
}

// fieldOf says which half of a name a field of that name holds.
func fieldOf(w string) string {
	switch w {
	case "fornamn", "firstname", "givenname", "given", "vorname", "etunimi", "fornavn", "imie", "first":
		return "given"
	case "efternamn", "lastname", "surname", "familyname", "family", "nachname", "sukunimi", "efternavn", "etternavn", "nazwisko", "last":
		return "surname"
	}
	return ""
}

func (f *finder) subjectSurname(n int, w string) bool {
	for _, l := range f.m.subjects[n].surname {
		if l == w {
			return true
		}
	}
	return false
}

func (f *finder) subjectGiven(n int, w string) bool {
	for _, g := range f.m.subjects[n].given {
		if g == w {
			return true
		}
	}
	return false
}

// before: a given name or title stands before the group, so that a comma after it does not turn the order.
func (f *finder) before(g *named) bool {
	return g.i > 0 && f.gap(g.i) == " " && (f.toks[g.i-1].cap || in("take", f.text(g.i-1)))
}

// firstNamed: the word before token i reads as somebody's given name.
func (f *finder) firstNamed(i int) bool {
	if i == 0 || f.gap(i) != " " {
		return false
	}
	t, w := f.toks[i-1], f.text(i-1)
	return f.otherGiven(w) || t.cap && in("given", w) || t.cap && !t.caps && !f.opens(i-1) && !in("other", w) && !in("greet", w)
}

func (f *finder) precededByName(i int) bool {
	return i > 0 && f.gap(i) == " " && f.toks[i-1].cap && (!in("other", f.text(i-1)) || f.isGiven(f.text(i-1))) || f.gap(i) == ". "
}
