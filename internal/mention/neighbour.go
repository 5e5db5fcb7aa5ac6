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
				conf, g.rule = Likely, "full name of somebody else too"
			}
			if g.word && !f.toks[g.i].cap && g.i > 0 && f.toks[g.i-1].e-f.toks[g.i-1].s > 0 && !f.c.Linked {
				conf, g.rule = Unsure, "full name as words"
			}
		}
		f.sureOf = f.sureOf || conf == Certain
		f.cells(g, conf)
		return
	}
	if f.article(g) || f.host(g) || g.word && !f.wordName(g) || f.smallWord(g) || f.thing(g) || f.somebodyElse(g) {
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

// cells reports a whole name, in as many pieces as it takes of a table, whose borders stay.
func (f *finder) cells(g *named, conf Confidence) {
	a := g.a
	for i := g.i + 1; i < g.j; i++ {
		if cell(f.gap(i)) {
			f.put(a, f.toks[i-1].e, g.subject, Name, conf, g.rule)
			a = f.toks[i].s
		}
	}
	f.put(a, g.b, g.subject, Name, conf, g.rule)
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
		return t.cap || in("given", w) || surnameLike(w) && !commonWord(w) || f.otherSurname(w)
	}
	return false
}

func (f *finder) isGiven(w string) bool {
	return givenName(w) || in("wordgiven", w) || f.otherGiven(w)
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
	return in("other", w) || in("greet", w) || in("take", w) || w == "back" && f.language() == "en" || in("verb", w) || in("months", w) || hasDigit(w) || len(w) > 12 && !surnameLike(w) || commonWord(w)
}

// heading: a word with a capital letter that stands beside a name as a title, a role or a day does, and not as another name.
// A short word of the dictionary may be a surname: Frost, Stark, Ek.
func (f *finder) heading(i int) bool {
	w := f.text(i)
	if w == "ask" && f.language() != "en" || w == "ring" && f.verbAt(i+1) {
		return false // a surname, where it is no verb
	}
	if in("other", w) || in("months", w) || hasDigit(w) {
		return true
	}
	if surnameLike(w) || surnameLike(strings.TrimSuffix(w, "s")) || f.otherSurname(w) || !commonWord(w) {
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

// opens says whether token i begins a sentence, a line or a quotation.
func (f *finder) opens(i int) bool {
	g := f.gap(i)
	return i == 0 || strings.ContainsAny(g, ".!?:;\n\v\"(/>•*") || g == " - "
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
	speaks := gap == " " && (f.verbAt(g.j) || (next == "to" || next == "att") && !nextCap && g.given && w != "hope" || and(next) && g.j+1 < len(f.toks) && f.toks[g.j+1].cap && !in("place", f.text(g.j+1)))
	switch {
	case !t.cap:
		return left == " " && in("take", prev) && (gap != " " || !in("thingright", next)) && f.calls(prev) || f.opens(g.i) && gap == " " && (next == "har" || next == "here")
	case in("months", w) && (hasDigit(prev) && left != "\v" && !speaks || hasDigit(next) && gap == " " || left == " " && f.dated(g.i-1)):
		return false
	case t.caps && !g.last.genitive && gap != ":" && (gap == " " && !f.capsAt(g.j) || gap == "-" && !f.capsAt(g.j)) && !speaks && !(left == " " && in("take", prev)):
		return false
	case gap == " " && hasDigit(next) && len(next) <= 2 && !speaks:
		return false
	case gap == " " && in("numbered", next) && g.j+1 < len(f.toks) && hasDigit(f.text(g.j+1)):
		return false // a colour, a size, a variety
	case f.opens(g.i):
		if gap == ", " && !nextCap && (in("word", next) || hasDigit(next) || commonWord(next) && !f.verbAt(g.j) && !in("take", next) && f.gap(g.j+1) == ", ") {
			return false // a list of woods, or of rooms
		}
		if gap == " " && g.given && !nextCap && in("owned", next) && strings.IndexByte("xz", w[len(w)-1]) >= 0 {
			return true // "Max bil": no other genitive is written
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

// host: a surname at the beginning of the name of a host, hagberg.example.
func (f *finder) host(g *named) bool {
	b := f.s.b
	return g.surname && !f.toks[g.i].cap && g.b+2 < len(b) && b[g.b] == '.' && wordByte(b[g.b+1]) && !digit(b[g.b+1]) && f.gap(g.i) != "."
}

// dated: the word at i speaks of a time before the name of a month.
func (f *finder) dated(i int) bool {
	w := f.text(i)
	return in("dated", w) || w == "of" && i > 0 && in("partof", f.text(i-1))
}

// smallWord: a name in small letters that is a word too, in a text that has capitals, and nothing beside it that
// speaks of a person.
func (f *finder) smallWord(g *named) bool {
	if f.language() == "de" && g.j == g.i+1 && !f.toks[g.i].cap && f.gap(g.i) == " " && f.gap(g.j) != "\v" {
		return true // where every name has a capital
	}
	if g.word || g.surname && g.j > g.i+1 || f.toks[g.i].cap || !commonWords().has(f.text(g.i)) || !slices.ContainsFunc(f.toks, func(t token) bool { return t.cap }) {
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
