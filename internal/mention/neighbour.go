package mention

import "strings"

// judge decides whether a group is the subject, somebody else or a thing, and reports it.
func (f *finder) judge(g *named) {
	full := g.given && g.surname
	if f.hyphened(g) || f.company(g, full) {
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
	if g.word && !f.wordName(g) || f.thing(g) || f.somebodyElse(g) {
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
		return t.cap || in("given", w) || surnameLike(w) || f.otherSurname(w)
	}
	return false
}

// company: the name is part of a company's.
func (f *finder) company(g *named, full bool) bool {
	if g.i > 0 && f.gap(g.i) == " " && in("companyleft", f.text(g.i-1)) && (f.toks[g.i-1].cap || in("thing", f.text(g.i-1))) && !full {
		return f.text(g.i-1) != "ab" || !f.short(g.i-1)
	}
	gap := f.gap(g.j)
	if (gap == " & " || gap == " + ") && g.j < len(f.toks) && f.toks[g.j].cap && (in("company", f.text(g.j)) || !g.given && !in("given", f.text(g.j)) && !f.otherGiven(f.text(g.j))) {
		return true
	}
	for i := g.j; i < len(f.toks) && i < g.j+5; i++ {
		gap, w := f.gap(i), f.text(i)
		if gap != " " && gap != " & " {
			return false
		}
		if f.toks[i].cap && companyWord(w) {
			return !(len(w) == 2 && f.toks[g.i].caps && !f.toks[i].caps)
		}
		if full && i > g.j || !f.toks[i].cap && (i == g.j || w != "i" && w != "och" && w != "and") {
			return false
		}
	}
	return false
}

// short: "AB" that closes a company's name before it, not one that opens this.
func (f *finder) short(i int) bool {
	return i > 0 && f.gap(i) == " " && f.toks[i-1].cap && !f.opens(i-1)
}

var openingEnds = []string{"de", "te", "at", "et", "en", "ar", "are", "na", "ing", "tjanst", "chef", "ist", "ent", "ant", "ator", "or", "man", "ed", "t"}

// unknownOpening: the first word of a sentence is neither a known word nor shaped like a verb, noun or trade, so it may be
// a rare given name.
func (f *finder) unknownOpening(i int) bool {
	w := f.text(i)
	if f.toks[i].caps || in("other", w) || in("greet", w) || in("take", w) || in("verb", w) || hasDigit(w) || len(w) < 3 {
		return false
	}
	for _, e := range openingEnds {
		if strings.HasSuffix(w, e) {
			return false
		}
	}
	return true
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

// thing: a hotel, a lamp, a storm or a church of that name.
func (f *finder) thing(g *named) bool {
	if gap := f.gap(g.i); g.i > 0 && (gap == " " || gap == ` "`) {
		w := f.text(g.i - 1)
		if in("thing", w) || w == "t" && f.gap(g.i-1) == ":" || w == "s" && f.gap(g.i-1) == "/" {
			return true
		}
	}
	return g.j < len(f.toks) && f.gap(g.j) == " " && in("thingright", f.text(g.j))
}

// opens says whether token i begins a sentence, a line or a quotation.
func (f *finder) opens(i int) bool {
	g := f.gap(i)
	return i == 0 || strings.ContainsAny(g, ".!?:;\n\v\"(/>•*") || g == " - "
}

// somebodyElse reads the words beside a single name.
func (f *finder) somebodyElse(g *named) bool {
	left, right := f.gap(g.i), f.gap(g.j)
	lower := !f.toks[g.i].cap
	if g.j < len(f.toks) && !g.last.compound {
		t, w := f.toks[g.j], f.text(g.j)
		plainWord := in("other", w) || hasDigit(w)
		switch {
		case right == " " && g.last.genitive:
			return g.given && t.cap && f.otherSurname(w)
		case right == " " && (f.otherSurname(w) || f.otherSurname(strings.TrimSuffix(w, "s"))) && g.given:
			return true
		case right == " " && g.given && particle(w) && g.j+1 < len(f.toks) && f.toks[g.j+1].cap && !in("other", f.text(g.j+1)) && w != "de" && w != "den":
			return true
		case right == " " && g.given && t.cap && !plainWord && !(t.caps && len(w) > 1 && len(w) <= 4 && !f.toks[g.i].caps):
			return !(f.toks[g.i].caps && t.caps) || in("given", w) || surnameLike(w)
		case right == " " && g.given && lower && !plainWord:
			return surnameLike(w)
		case right == " " && g.surname && (t.cap || lower) && (f.otherGiven(w) || in("given", w) && !in("word", w) && !f.subjectGiven(g.subject, w)):
			return true
		case right == ", " && g.surname && t.cap && (f.otherGiven(w) && !f.before(g) || in("given", w) && !f.before(g)):
			n := f.gap(g.j + 1)
			return !strings.HasPrefix(n, ", ")
		case right == ", " && g.surname && t.cap && len(w) == 1:
			return true
		}
	}
	if g.i == 0 {
		return false
	}
	t, w := f.toks[g.i-1], f.text(g.i-1)
	switch {
	case left == " " && g.surname && len(w) == 1 && t.cap && w != "i", left == ". " && g.surname && len(w) == 1 && t.cap:
		return true
	case left == " " && particle(w) && g.surname && w != "av" && w != "den" && w != "de":
		return true
	case left == " " && g.surname && (f.otherGiven(w) || in("given", w) && (t.cap || lower && !in("word", w))):
		return true
	case left == " " && g.surname && t.cap && !t.caps && !f.opens(g.i-1) && !in("other", w) && !in("greet", w) && !hasDigit(w):
		return true
	case left == " " && g.given && t.cap && (f.otherSurname(w) || surnameLike(w)) && !in("other", w):
		return !f.precededByName(g.i - 1)
	case left == " " && g.given && t.cap && in("given", w):
		return true
	case left == ", " && g.given && t.cap && (f.otherSurname(w) || surnameLike(w) || in("word", w) && !f.opens(g.i-1)):
		return !f.precededByName(g.i - 1)
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
	speaks := gap == " " && (in("verb", next) || (next == "och" || next == "and") && g.j+1 < len(f.toks) && f.toks[g.j+1].cap)
	switch {
	case !t.cap:
		return left == " " && in("take", prev) && (gap != " " || !in("thingright", next)) && f.calls(prev)
	case t.caps && !g.last.genitive && gap != ":" && (gap == " " && !f.capsAt(g.j) || gap == "-" && !f.capsAt(g.j)) && !speaks:
		return false
	case gap == " " && hasDigit(next) && len(next) <= 2 && !speaks:
		return false
	case f.opens(g.i):
		return speaks || g.last.genitive && len(w) > len(g.last.part.words[0]) || g.j >= len(f.toks) || strings.ContainsAny(gap[:1], ":,!-)\v\n") && len(gap) > 0 || strings.HasPrefix(gap, "\n") || gap == " " && nextCap && g.given
	case left == " " && g.i > 0 && f.toks[g.i-1].cap && !f.opens(g.i-1) && !in("other", prev):
		return false
	}
	return true
}

func (f *finder) capsAt(i int) bool { return i < len(f.toks) && f.toks[i].caps }

// calls: words after which a small letter still means a person, prepositions apart.
func (f *finder) calls(w string) bool {
	return len(w) > 2 && !in("greet", w) && w != "till" && w != "hos" && w != "från" && w != "fran" && w != "med" && w != "with"
}
