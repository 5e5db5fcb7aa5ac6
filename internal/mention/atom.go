package mention

import (
	"sort"
	"strings"
)

// atom is one name of a subject in the text: tokens i to j (exclusive), normal bytes a to b without an ending.
type atom struct {
	subject    int
	i, j, a, b int
	part       part
	genitive   bool
	compound   bool
}

func (f *finder) text(i int) string { return string(f.s.b[f.toks[i].s:f.toks[i].e]) }

// gap is what stands between token i-1 and token i; at the edges a paragraph break.
func (f *finder) gap(i int) string {
	if i <= 0 || i >= len(f.toks) {
		return "\v"
	}
	return string(f.s.b[f.toks[i-1].e:min(f.toks[i].s, f.toks[i-1].e+8)])
}

func (f *finder) atom(pos int, r ref) {
	p := f.m.subjects[r.subject].parts[r.index]
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
	case rest == "":
		if g := f.gap(last + 1); strings.HasPrefix(g, "'") {
			at.genitive = true
			if last+1 < len(f.toks) && f.text(last+1) == "s" && g == "'" {
				at.j++
			}
		}
	case rest == "s" && strings.IndexByte("sxz", w[len(w)-1]) < 0 && !p.whole:
		at.genitive = true
	case f.m.subjects[r.subject].inflects && len(w) > 3 && strings.Contains(" n a an in lle lta lla ssa sta sti an en ista iin owi iem em ie ego emu ka kiem kowi u y om ", " "+rest+" "):
		at.genitive = true
	case !p.given && len(w) > 4 && in("compound", strings.TrimPrefix(rest, "s")), !p.given && len(w) > 4 && in("compound", rest):
		at.compound = true
	default:
		return
	}
	f.atoms = append(f.atoms, at)
}

func joiner(g string) bool {
	switch g {
	case " ", "-", "\n", "'", "- ", "-\n", " -", " '", "' ", ". ":
		return true
	}
	return false
}
