package mention

import (
	"slices"
	"strings"
)

// judge decides whether a group is the subject, somebody else or a thing, and reports it.
func (f *finder) judge(g *named) {
	full := g.given && g.surname
	if f.hyphened(g) || f.company(g, full) || f.thingBeside(g) {
		return
	}
	if full {
		conf := g.conf
		if g.rule != "name" {
			conf = min(conf, f.sure(conf))
		} else {
			g.rule = "full name"
			if f.sameFull(g) {
				conf = Likely
			}
			if g.word && !f.toks[g.i].cap && g.i > 0 && f.toks[g.i-1].e-f.toks[g.i-1].s > 0 && !f.c.Linked {
				conf = Unsure
			}
		}
		f.sureOf = f.sureOf || conf == Certain
		f.put(g.a, g.b, g.subject, Name, conf, g.rule)
		return
	}
	if f.article(g) || g.word && !f.wordName(g) || f.smallWord(g) || f.thing(g) || f.somebodyElse(g) {
		return
	}
	conf, rule := f.sure(Certain), "surname alone"
	if g.surname && f.gap(g.i) == " " && f.toks[g.i-1].cap && f.unknownOpening(g.i-1) {
		conf, rule = Unsure, "surname after an unknown word"
	}
	if g.given {
		rule = "given name alone"
		if f.otherGiven(f.text(g.i)) {
			conf = f.sure(Likely)
		}
	}
	f.put(g.a, g.b, g.subject, Name, conf, rule)
}

func (f *finder) sameFull(g *named) bool {
	given, surname := false, false
	for _, o := range f.others() {
		given, surname = false, false
		for i := g.i; i < g.j; i++ {
			given, surname = given || o.given[f.text(i)], surname || o.surname[strings.TrimSuffix(f.text(i), "s")] || o.surname[f.text(i)]
		}
		if given && surname {
			return true
		}
	}
	return false
}

// hyphened: a name joined by a hyphen to another name is another name.
func (f *finder) hyphened(g *named) bool {
	if f.gap(g.i) == "-" {
		t := f.toks[g.i-1]
		if w := f.text(g.i - 1); t.cap && !t.caps || in("given", w) || f.otherGiven(w) || f.otherSurname(w) || f.toks[g.i].caps && t.caps {
			return true
		}
	}
	if f.gap(g.j) == "-" && g.j < len(f.toks) && !g.last.compound {
		t, w := f.toks[g.j], f.text(g.j)
		if hasDigit(w) || in("compound", w) {
			return false
		}
		if in("thinghyphen", w) {
			return true
		}
		if f.language() == "de" && len(w) > 3 && !f.isGiven(w) && !surnameLike(w) && !surnameKnown(w) {
			return false // a compound of nouns
		}
		return t.cap || in("given", w) || surnameLike(w) || f.otherSurname(w)
	}
	return false
}

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
		if f.toks[i].cap && (companyWord(w) || i == g.j && f.owned(g, i)) {
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
		if in("company", w) || !f.isGiven(w) && (!g.given || commonWords().has(w)) {
			return true
		}
	}
	return (f.gap(g.i) == " & ") && g.surname && !g.given && f.toks[g.i-1].cap && !f.isGiven(f.text(g.i-1)) &&
		f.gap(g.j) == " " && g.j < len(f.toks) && f.toks[g.j].cap && companyWord(f.text(g.j))
}

func (f *finder) isGiven(w string) bool {
	return givenName(w) || in("wordgiven", w) || f.otherGiven(w)
}

// owned: a genitive before a trade in a capital letter, as in Ståls Smide.
func (f *finder) owned(g *named, i int) bool {
	w := f.text(i)
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

// unknownOpening: the first word of a sentence is no word that the lists know, so it may be a rare given name.
func (f *finder) unknownOpening(i int) bool {
	w := f.text(i)
	if l := f.language(); l != "" && l != "sv" && l != "en" {
		return false // of which there is no dictionary here
	}
	return !f.toks[i].caps && !f.plain(i) && !in("given", w) && len(w) > 2
}

// plain: the word at i is no name, as far as the lists and its shape tell.
func (f *finder) plain(i int) bool {
	w := f.text(i)
	return in("other", w) || in("greet", w) || in("take", w) || in("verb", w) || in("months", w) || hasDigit(w) || len(w) > 12 && !surnameLike(w) || commonWord(w)
}

// streetOf: the word at i is a name in the genitive before the name of a street.
func (f *finder) streetOf(i int) bool {
	return strings.HasSuffix(f.text(i), "s") && i+1 < len(f.toks) && f.gap(i+1) == " " && in("street", f.text(i+1))
}

// heading: a word with a capital letter that stands beside a name as a title, a role or a day does, and not as another name.
// A short word of the dictionary may be a surname: Frost, Stark, Ek.
func (f *finder) heading(i int) bool {
	w := f.text(i)
	if in("other", w) || in("months", w) || hasDigit(w) {
		return true
	}
	if surnameLike(w) || f.otherSurname(w) || !commonWord(w) {
		return len(w) > 12 && !surnameLike(w)
	}
	if in("verb", w) || len(w) >= 8 {
		return true
	}
	if len(w) < 7 {
		return false
	}
	for _, e := range headingEnds {
		if strings.HasSuffix(w, e) {
			return true
		}
	}
	for _, e := range formEnds {
		if stem, found := strings.CutSuffix(w, e); found && (commonWords().has(stem) || commonWords().has(stem+"a") || commonWords().has(stem+"e")) {
			return true
		}
	}
	return false
}

// The ends of words that are no surnames, and those of forms of a shorter word.
var (
	headingEnds = []string{"ing", "tion", "ande", "ende", "chef", "ist"}
	formEnds    = []string{"en", "et", "n", "t", "ar", "er", "or", "na", "de", "te"}
)

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

// thing: a hotel, a lamp, a storm, a church or a town of that name.
func (f *finder) thing(g *named) bool {
	if gap := f.gap(g.i); g.i > 0 && (gap == " " || gap == ` "`) {
		w := f.text(g.i - 1)
		if in("thing", w) || w == "t" && f.gap(g.i-1) == ":" || w == "s" && f.gap(g.i-1) == "/" {
			return true
		}
		if gap == " " && f.town(g) && in("place", f.text(g.i)) && in("towards", w) && !f.toks[g.i-1].cap || gap == " " && w == "the" && g.j < len(f.toks) && f.gap(g.j) == " " && f.toks[g.j].cap && !f.toks[g.j].caps {
			return true
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

// The ends of compounds for things that are given names.
var thingEnds = []string{"plattformen", "portalen", "systemet", "appen", "hotellet", "baten", "fartyget", "skeppet", "stormen", "modellen", "rummet", "salen", "boken", "romanen", "filmen", "programmet", "roboten", "servern", "kyrkan", "stolen", "lampan", "soffan", "fatoljen", "bordet", "mattan", "restaurangen", "krogen", "kafeet", "teatern", "stiftelsen", "fonden", "priset", "stipendiet", "loppet", "kvarteret", "hunden", "katten", "hasten", "plattform"}

// town: a surname that is the name of a town too, without an ending.
func (f *finder) town(g *named) bool {
	return g.surname && !g.given && !g.last.genitive && f.gap(g.j) != "-" && (g.word || in("place", f.text(g.i)))
}

// opens says whether token i begins a sentence, a line or a quotation.
func (f *finder) opens(i int) bool {
	g := f.gap(i)
	return i == 0 || strings.ContainsAny(g, ".!?:;\n\v\"(/>•*") || g == " - "
}

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
	case gap == " " && g.surname && len(w) == 1 && t.cap && w != "i", gap == ". " && g.surname && len(w) == 1 && t.cap:
		return true
	case gap == " " && particle(w) && g.surname && w != "av" && w != "den" && w != "de":
		return f.gap(g.i-1) == " " && g.i > 1 && (f.toks[g.i-2].cap || t.cap || !f.toks[g.i].cap)
	case gap == " " && g.surname && (f.otherGiven(w) || givenName(w) && (t.cap || small && !in("word", w)) || t.cap && !t.caps && in("wordgiven", w)):
		return true
	case gap == " " && g.surname && t.cap && !t.caps && !f.opens(g.i-1) && !f.titled(g.i-1):
		return true
	case gap == " " && g.given && t.cap && (f.otherSurname(w) || surnameLike(w)) && !in("other", w):
		return !f.precededByName(g.i - 1)
	case gap == " " && g.given && t.cap && in("given", w):
		return true
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
	return i > 0 && f.gap(i) == " " && (f.toks[i-1].cap && !in("other", f.text(i-1))) || f.gap(i) == ". "
}

// wordName decides for a name that is a common word too.
func (f *finder) wordName(g *named) bool {
	t, w := f.toks[g.i], f.text(g.i)
	next, gap := "", f.gap(g.j)
	nextCap := false
	if g.j < len(f.toks) {
		next, nextCap = f.text(g.j), f.toks[g.j].cap
	}
	prev, left := "", f.gap(g.i)
	if g.i > 0 {
		prev = f.text(g.i - 1)
	}
	speaks := gap == " " && (f.verbAt(g.j) || and(next) && g.j+1 < len(f.toks) && f.toks[g.j+1].cap && !in("place", f.text(g.j+1)))
	switch {
	case !t.cap:
		return left == " " && in("take", prev) && (gap != " " || !in("thingright", next)) && f.calls(prev) || f.opens(g.i) && gap == " " && (next == "har" || next == "here")
	case in("months", w) && (hasDigit(prev) && left != "\v" || hasDigit(next) && gap == " "):
		return false
	case t.caps && !g.last.genitive && gap != ":" && (gap == " " && !f.capsAt(g.j) || gap == "-" && !f.capsAt(g.j)) && !speaks && !(left == " " && in("take", prev)):
		return false
	case gap == " " && hasDigit(next) && len(next) <= 2 && !speaks:
		return false
	case f.opens(g.i):
		if gap == ", " && !nextCap && (in("word", next) || hasDigit(next)) {
			return false // a list of woods
		}
		return speaks || g.last.genitive && (len(w) > len(g.last.part.words[0]) || g.j > g.i+1 || strings.HasPrefix(gap, "'")) || g.j >= len(f.toks) || strings.ContainsAny(gap[:1], ":;|,!-)\v\n") && len(gap) > 0 || strings.HasPrefix(gap, "\n") || gap == " " && nextCap && g.given
	case left == " " && g.i > 0 && f.toks[g.i-1].cap && !f.opens(g.i-1) && !in("other", prev) && !f.titled(g.i-1):
		return false
	}
	return true
}

// The ending of a form, and that of the infinitive, which tells a verb from a noun in the plural.
// article: "en ravn", "der Schäfer": a word of that spelling, and no name.
func (f *finder) article(g *named) bool {
	if g.i == 0 || f.gap(g.i) != " " || g.given && g.surname {
		return false
	}
	w := f.text(g.i - 1)
	return !f.toks[g.i].cap && in("article", w) || g.surname && f.language() == "de" && in("germanarticle", w) && f.gap(g.j) != "-"
}

// smallWord: a given name in small letters that is a word too, in a text that has capitals, and nothing beside it that
// speaks of a person.
func (f *finder) smallWord(g *named) bool {
	if g.word || !g.given || f.toks[g.i].cap || !commonWords().has(f.text(g.i)) || !slices.ContainsFunc(f.toks, func(t token) bool { return t.cap }) {
		return false
	}
	return !f.verbAt(g.j) && !(f.gap(g.i) == " " && in("take", f.text(g.i-1)))
}

var verbEnds = [...][2]string{{"ar", "a"}, {"er", "a"}, {"ade", "a"}, {"dde", ""}, {"rde", "ra"}, {"nde", "na"}, {"gde", "ga"}, {"vde", "va"}, {"tte", "ta"}, {"pte", "pa"}, {"kte", "ka"}, {"ste", "sa"}, {"nte", "na"}, {"lte", "la"}}

// verbAt says whether the word at i says what somebody does, by the list or by its ending.
func (f *finder) verbAt(i int) bool {
	if i >= len(f.toks) || f.toks[i].cap && !f.toks[i].caps {
		return false
	}
	w := f.text(i)
	if in("verb", w) {
		return true
	}
	if strings.HasSuffix(w, "ed") && len(w) > 4 && commonWord(w) || len(w) > 3 && strings.HasSuffix(w, "t") && f.language() == "de" && !commonWord(w) {
		return true
	}
	if len(w) < 5 || !commonWord(w) {
		return false
	}
	for _, e := range verbEnds {
		if stem, found := strings.CutSuffix(w, e[0]); found && commonWords().has(stem+e[1]) {
			return true
		}
	}
	return false
}

func (f *finder) capsAt(i int) bool { return i < len(f.toks) && f.toks[i].caps }

// calls: words after which a small letter still means a person, prepositions apart.
func (f *finder) calls(w string) bool {
	return len(w) > 2 && !in("greet", w) && w != "till" && w != "hos" && w != "från" && w != "fran" && w != "med" && w != "with"
}
