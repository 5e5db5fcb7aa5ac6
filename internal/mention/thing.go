package mention

import (
	"slices"
	"strings"
)

// company: the name is part of a company's.
func (f *finder) company(g *named, full bool) bool {
	if g.i > 0 && f.gap(g.i) == " " && in("companyleft", f.text(g.i-1)) && (f.toks[g.i-1].cap || in("thing", f.text(g.i-1))) && !full {
		return f.text(g.i-1) != "ab" || !f.short(g.i-1)
	}
	if f.andCompany(g) {
		return true
	}
	for i := g.j; i < len(f.toks) && i < g.j+5; i++ {
		gap, w := f.gap(i), f.text(i)
		if gap != " " && gap != " & " && !(i > g.j && gap == ".") || f.toks[i].caps && f.toks[g.i].caps && (f.verbAt(i) || in("other", w)) {
			return false
		}
		if f.toks[i].cap && !f.noCompany(i) && (companyWord(w) || i == g.j && f.owned(g, i)) {
			return !(len(w) == 2 && f.toks[g.i].caps && !f.toks[i].caps)
		}
		if i > g.j && len(w) == 1 && f.initialsOfCompany(i) {
			return true
		}
		if full && i > g.j || !f.toks[i].cap && !(and(w) && i+1 < len(f.toks) && f.toks[i+1].cap && companyWord(f.text(i+1))) {
			return false
		}
	}
	return false
}

// noCompany: "Heikes Auto", "El Khoury".
func (f *finder) noCompany(i int) bool {
	w := f.text(i)
	if w == "el" {
		return i+1 < len(f.toks) && f.toks[i+1].cap && (f.gap(i+1) == " " || f.gap(i+1) == "-")
	}
	return in("germannoun", w) && (f.language() == "de" || !companyWord(w))
}

func and(w string) bool {
	switch w {
	case "i", "och", "and", "og", "und", "ja", "et", "y", "e", "en":
		return true
	}
	return false
}

// andCompany: Klang & Co, Rose & Thistle, Frank & Lang Advokater; not Anna & Per.
func (f *finder) andCompany(g *named) bool {
	if gap := f.gap(g.j); (gap == " & " || gap == " + ") && g.j < len(f.toks) && f.toks[g.j].cap {
		w := f.text(g.j)
		if in("greet", w) {
			return false // "Herr Schäfer & Frau Krämer"
		}
		if in("company", w) || !f.isGiven(w) && (!g.given || commonWords().has(w)) {
			return true
		}
	}
	return (f.gap(g.i) == " & ") && g.surname && !g.given && f.toks[g.i-1].cap && !f.isGiven(f.text(g.i-1)) &&
		f.gap(g.j) == " " && g.j < len(f.toks) && f.toks[g.j].cap && companyWord(f.text(g.j))
}

// owned: a genitive before a trade in a capital letter, as in Ståls Smide.
func (f *finder) owned(g *named, i int) bool {
	w := f.text(i)
	if w == "har" && g.last.genitive && !f.toks[i].caps {
		return f.gap(i) == " " // Helenas Hår, written as the verb but for its capital
	}
	return g.last.genitive && !f.toks[i].caps && f.gap(i) == " " && len(w) > 3 && !in("other", w) && !in("months", w) && !hasDigit(w) &&
		!f.isGiven(w) && !surnameLike(w) && !surnameKnown(w) && !f.otherSurname(w) && f.language() != "de"
}

// initialsOfCompany: S.L., s.r.o., S.A.
func (f *finder) initialsOfCompany(i int) bool {
	form := f.text(i)
	for k := i + 1; k < len(f.toks) && k < i+3 && f.gap(k) == "." && f.toks[k].e-f.toks[k].s == 1; k++ {
		form += f.text(k)
	}
	switch form {
	case "sl", "sa", "sro", "srl", "bv", "nv", "spa":
		return true
	}
	return false
}

// thingBeside: a prize, foundation or church of that name, also of a whole one.
func (f *finder) thingBeside(g *named) bool {
	if g.j < len(f.toks) && g.last.genitive && f.gap(g.j) == " " && in("memory", f.text(g.j)) {
		return true
	}
	return g.i > 0 && f.gap(g.i) == " " && in("foundation", f.text(g.i-1))
}

// short: "AB" that closes a company's name before it, not one that opens this.
func (f *finder) short(i int) bool {
	return i > 0 && f.gap(i) == " " && f.toks[i-1].cap && !f.opens(i-1)
}

// streetOf: the word at i is a name in the genitive before the name of a street.
func (f *finder) streetOf(i int) bool {
	return strings.HasSuffix(f.text(i), "s") && i+1 < len(f.toks) && f.gap(i+1) == " " && in("street", f.text(i+1))
}

var companyEnds = []string{"eri", "bolaget", "bolag", "firma", "firman", "tjanst", "verkstad", "byra", "service", "bygg", "teknik", "handel", "foretag", "gruppen", "butik", "entreprenad"}

func companyWord(w string) bool {
	if in("company", w) {
		return true
	}
	for _, e := range companyEnds {
		if len(w) > len(e)+2 && strings.HasSuffix(w, e) {
			return true
		}
	}
	return false
}

// The ends of compounds for things that are given names.
var thingEnds = []string{"plattformen", "portalen", "systemet", "appen", "hotellet", "baten", "fartyget", "skeppet", "stormen", "modellen", "rummet", "salen", "boken", "romanen", "filmen", "programmet", "roboten", "servern", "kyrkan", "stolen", "lampan", "soffan", "fatoljen", "bordet", "mattan", "restaurangen", "krogen", "kafeet", "teatern", "stiftelsen", "fonden", "priset", "stipendiet", "loppet", "kvarteret", "hunden", "katten", "hasten", "plattform"}

// thing: a hotel, a lamp, a storm, a church or a town of that name.
func (f *finder) thing(g *named) bool {
	if gap := f.gap(g.i); g.i > 0 && (gap == " " || gap == ` "`) {
		w := f.text(g.i - 1)
		if in("thing", w) || w == "st" && f.toks[g.i-1].cap && !f.toks[g.i-1].caps || w == "t" && f.gap(g.i-1) == ":" || w == "s" && f.gap(g.i-1) == "/" {
			return true
		}
		if gap == " " && f.town(g) && in("place", f.text(g.i)) && in("towards", w) && !f.toks[g.i-1].cap || gap == " " && w == "the" && g.j < len(f.toks) && f.gap(g.j) == " " && f.toks[g.j].cap && !f.toks[g.j].caps {
			return true
		}
		if gap == " " && (w == "pa" || w == "at") && g.i > 1 && f.gap(g.i-1) == " " && in("meal", f.text(g.i-2)) {
			return true // one has lunch at a restaurant
		}
		if gap == " " && len(w) > 7 && slices.ContainsFunc(thingEnds, func(e string) bool { return strings.HasSuffix(w, e) }) {
			return true
		}
		if gap == " " && (w == "i" || w == "in" && f.language() != "sv") && !f.toks[g.i-1].cap && f.town(g) {
			return true // one lives in a town, not in a person
		}
	}
	if g.j == len(f.toks) {
		return false
	}
	w := f.text(g.j)
	if and(w) && f.town(g) && g.j+1 < len(f.toks) && f.toks[g.j+1].cap && in("place", f.text(g.j+1)) {
		return true
	}
	return f.gap(g.j) == " " && in("thingright", w) && !(len(w) == 2 && !f.toks[g.j].caps)
}

// town: a surname that is the name of a town too, without an ending.
func (f *finder) town(g *named) bool {
	return g.surname && !g.given && !g.last.genitive && f.gap(g.j) != "-" && (g.word || in("place", f.text(g.i)))
}
