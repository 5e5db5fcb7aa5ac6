package mention

import (
	"cmp"
	"slices"
)

// finder is one run over one text.
type finder struct {
	m       *Matcher
	s       *stream
	c       Context
	toks    []token
	atoms   map[int][]atom // by subject
	found   []hit
	blocked []group // e-mail and web addresses, in which no name is read
	others  []other
	named   bool // the text names the subject whose names are judged, for sure
}

// hit is a span of the normal form.
type hit struct {
	a, b    int
	subject int
	kind    Kind
	conf    Confidence
	rule    string
}

func (f *finder) put(a, b, subject int, kind Kind, conf Confidence, rule string) {
	f.found = append(f.found, hit{a, b, subject, kind, conf, rule})
}

// Find gives the mentions in text, sorted and without overlap. A text takes time in proportion to its length.
func (m *Matcher) Find(text string, c Context) []Span {
	if len(m.subjects) == 0 || text == "" {
		return nil
	}
	f := &finder{m: m, s: newStream(text), c: c, atoms: map[int][]atom{}}
	for _, p := range c.Others {
		f.others = append(f.others, newOther(p))
	}
	f.toks = f.s.tokens()
	f.numbers()
	f.addresses()
	f.scan()
	f.names()
	return f.spans()
}

// scan runs the automaton and checks what its hits begin.
func (f *finder) scan() {
	b := f.s.b
	f.m.trie.Walk(b, func(end, n, _ int64) bool {
		i := int(end - n + 1)
		if i > 0 && wordByte(b[i-1]) {
			return true
		}
		for _, r := range f.m.refs[string(b[i:end+1])] {
			if r.kind == Name {
				f.atom(i, r)
			} else {
				f.exact(i, r)
			}
		}
		return true
	})
}

// spans resolves overlaps, the surer and then the longer span first, and maps the rest to stored bytes.
func (f *finder) spans() []Span {
	slices.SortFunc(f.found, func(x, y hit) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(y.b, x.b), cmp.Compare(y.conf, x.conf), cmp.Compare(x.subject, y.subject))
	})
	var kept []hit
	for _, h := range f.found {
		if n := len(kept); n > 0 && kept[n-1].b > h.a {
			if last := &kept[n-1]; h.conf > last.conf && h.b-h.a >= last.b-last.a || h.conf > last.conf && last.conf == Unsure {
				*last = h
			}
			continue
		}
		kept = append(kept, h)
	}
	var out []Span
	for _, h := range kept {
		for _, p := range f.s.spans(h.a, h.b) {
			out = append(out, Span{p[0], p[1], h.subject, h.kind, h.conf, h.rule})
		}
	}
	slices.SortFunc(out, func(x, y Span) int { return cmp.Compare(x.Start, y.Start) })
	clean := out[:0]
	for _, s := range out {
		if n := len(clean); s.Start < s.End && (n == 0 || clean[n-1].End <= s.Start) {
			clean = append(clean, s)
		}
	}
	return clean
}
