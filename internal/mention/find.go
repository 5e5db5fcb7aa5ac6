package mention

import (
	"cmp"
	"slices"
	"sync"
)

// finder is one run over one text.
type finder struct {
	m       *Matcher
	s       *stream
	str     string // of s
	c       Context
	toks    []token
	atoms   []atom
	groups  []named // room to work in
	found   []hit
	blocked []address // in which no name is read
	sureOf  bool      // the text names the subject whose names are judged, for sure
	read    bool      // lang is known
	lang    string
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
	if !m.mayName(text) {
		return nil
	}
	t, _ := room.Get().(*Text)
	t.Read(text)
	defer func() {
		if len(text) < 1<<18 { // what a large text needed is not kept
			room.Put(t)
		}
	}()
	return m.In(t, c)
}

// room are texts to be read into.
var room = sync.Pool{New: func() any { return &Text{} }}

// In is Find for a text that several matchers read.
func (m *Matcher) In(t *Text, c Context) []Span {
	if len(m.subjects) == 0 || len(t.s.b) == 0 {
		return nil
	}
	f := &finder{m: m, s: &t.s, c: c, toks: t.toks, blocked: t.addresses, found: t.hits[:0], atoms: t.atoms[:0]}
	defer func() { t.hits, t.atoms = f.found[:0], f.atoms[:0] }()
	f.numbers(t.groups)
	f.addresses()
	f.scan()
	if len(f.found) == 0 && len(f.atoms) == 0 {
		return nil
	}
	f.names()
	return f.spans()
}

// others are the other people on the row, made ready when they are first asked for: most texts name nobody.
func (f *finder) others() []other {
	if f.c.beside == nil && len(f.c.Others) > 0 {
		f.c = f.c.Ready()
	}
	return f.c.beside
}

// scan looks at each beginning of a word for the seeds, and checks what they begin.
func (f *finder) scan() {
	b := f.s.b
	for i := range b {
		lengths := f.m.lengths[b[i]]
		if lengths == 0 || i > 0 && wordByte(b[i-1]) {
			continue
		}
		most := seedLen
		if i+1 < len(b) {
			if h := pair(b[i], b[i+1]); f.m.pairs[h>>6]&(1<<(h&63)) == 0 {
				most = 1
			}
		}
		for n := 1; n <= most && i+n <= len(b); n++ {
			if lengths&(1<<n) == 0 {
				continue
			}
			for _, r := range f.m.refs[string(b[i:i+n])] {
				if r.kind == Name {
					f.atom(i, r)
				} else {
					f.exact(i, r)
				}
			}
		}
	}
}

// spans resolves overlaps, the surer and then the longer span first, and maps the rest to stored bytes.
func (f *finder) spans() []Span {
	slices.SortFunc(f.found, func(x, y hit) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(y.b, x.b), cmp.Compare(y.conf, x.conf), cmp.Compare(x.subject, y.subject))
	})
	kept := f.found[:0]
	for _, h := range f.found {
		if n := len(kept); n > 0 && kept[n-1].b > h.a {
			if last := &kept[n-1]; h.conf > last.conf && h.b-h.a >= last.b-last.a || h.conf > last.conf && last.conf == Unsure {
				*last = h
			}
			continue
		}
		kept = append(kept, h)
	}
	if len(kept) == 0 {
		return nil
	}
	out := make([]Span, 0, len(kept))
	for _, h := range kept {
		f.s.spans(h.a, h.b, func(start, end int) {
			out = append(out, Span{start, end, h.subject, h.kind, h.conf, h.rule})
		})
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
