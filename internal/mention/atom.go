package mention

import (
	"sort"
	"strings"
)

// atom is one name of a subject in the text: tokens i to j (exclusive), normal bytes a to b without an ending.
type atom struct {
	subject    int
	i, j, a, b int
	part       *part
	seq        int // in which order they were found
	genitive   bool
	compound   bool
	inflected  bool
}

func (f *finder) text(i int) string { return f.whole()[f.toks[i].s:f.toks[i].e] }

// whole is the stream as a string, whose words need no room of their own.
func (f *finder) whole() string {
	if f.str == "" {
		f.str = string(f.s.b)
	}
	return f.str
}

// gap is what stands between token i-1 and token i; at the edges a paragraph break.
func (f *finder) gap(i int) string {
	if i <= 0 || i >= len(f.toks) {
		return "\v"
	}
	return f.whole()[f.toks[i-1].e:min(f.toks[i].s, f.toks[i-1].e+8)]
}

func (f *finder) atom(pos int, r ref) {
	p := &f.m.subjects[r.subject].parts[r.index]
	i := sort.Search(len(f.toks), func(k int) bool { return f.toks[k].s >= pos })
	if i == len(f.toks) || f.toks[i].s != pos || i+len(p.words) > len(f.toks) || f.inAddress(pos) {
		return
	}
	for k, w := range p.words[:len(p.words)-1] {
		if f.text(i+k) != w || !joiner(f.gap(i+k+1)) {
			return
		}
	}
	last := i + len(p.words) - 1
	w, t := p.words[len(p.words)-1], f.toks[last]
	if t.e-t.s > len(w)+24 || !strings.HasPrefix(f.text(last), w) {
		return
	}
	at := atom{subject: r.subject, i: i, j: last + 1, a: pos, b: t.s + len(w), part: p}
	rest := f.text(last)[len(w):]
	switch {
	case p.ends != "":
		if rest == "" || !strings.Contains(p.ends, " "+rest+" ") || !f.inflected(r.subject, p, f.text(last)) {
			return
		}
		if !t.cap && f.toks[0].cap || in("place", w) && (rest == "ssa" || rest == "sta") {
			return // a word, or a town
		}
		at.b, at.inflected = t.e, true
	case rest == "":
		if g := f.gap(last + 1); strings.HasPrefix(g, "'") {
			at.genitive = true
			if last+1 < len(f.toks) && f.text(last+1) == "s" && g == "'" {
				at.j++
			}
		}
	case rest == "s" && strings.IndexByte("sxz", w[len(w)-1]) < 0:
		at.genitive = true
	case !p.given && len(w) > 2 && f.compounds(last, w, rest, p.word):
		at.compound = true
	default:
		return
	}
	at.seq = len(f.atoms)
	f.atoms = append(f.atoms, at)
}

// compounds says whether rest makes a compound of a surname: a matter of a customer's, or any word that a surname which is
// none itself stands before.
func (f *finder) compounds(i int, name, rest string, word bool) bool {
	bare := strings.TrimPrefix(rest, "s")
	if in("compound", bare) || in("compound", rest) {
		return len(name) > 4 || f.toks[i].cap
	}
	if len(name) < 5 {
		return false
	}
	if e := f.toks[i].e; e+1 < len(f.s.b) && f.s.b[e] == '.' && wordByte(f.s.b[e+1]) {
		return false // the name of a host
	}
	return !word && len(bare) > 3 && !commonWords().has(name+rest) && !surnameLike(name+rest) && !givenName(name+rest) && !in("thingright", bare) && commonWord(bare)
}

func joiner(g string) bool {
	switch g {
	case " ", "-", "\n", "'", "''", "- ", "-\n", " -", " '", "' ", ". ":
		return true
	}
	return false
}
