package mention

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// stream is a text in normal form with a map back to the stored bytes. Blanks collapse to ' ', a line break (with the
// marks of a quoted mail after it) to '\n', a paragraph break to '\v', which no name reaches across.
type stream struct {
	b        []byte
	from, to []int32 // the stored bytes of each normal byte
	upper    []bool
	tags     [][2]int // inline tags dropped from the stream, in the stored text
}

// Text is a text made ready once for any number of matchers. It may be used again for the next text; it is not safe for
// concurrent use.
type Text struct {
	s         stream
	toks      []token
	groups    []group
	addresses []address
	hits      []hit  // room for a matcher to work in
	atoms     []atom // likewise
}

// Read makes a text ready.
func Read(text string) *Text {
	t := &Text{}
	t.Read(text)
	return t
}

// Read puts another text in the place of the one before. The spans found in that one stay valid.
func (t *Text) Read(text string) {
	t.s.read(text)
	t.toks = t.s.tokens(t.toks[:0])
	t.groups = t.s.groups(t.groups[:0])
	t.addresses = t.s.addresses(t.addresses[:0])
}

func (s *stream) read(src string) {
	n := len(src)
	s.tags = s.tags[:0]
	s.b, s.from, s.to, s.upper = slices.Grow(s.b[:0], n), slices.Grow(s.from[:0], n), slices.Grow(s.to[:0], n), slices.Grow(s.upper[:0], n)
	d := newDecoder(src)
	s.part(d, 0, n, true)
	// what stands inside a tag is read apart, so that a tag does not tear a name and its attributes are seen as well
	for _, t := range d.inner {
		s.add('\v', t[0], t[0], false)
		s.part(d, t[0], t[1], false)
	}
}

// part reads the stored bytes from i to end.
func (s *stream) part(d *decoder, i, end int, tags bool) {
	src := d.src
	for i < end {
		c := src[i]
		if c == '+' && blankInQuery(src, i) {
			c = ' '
		}
		if c < utf8.RuneSelf && c != '<' && c != '&' && c != '=' && c != '\\' && c != '%' {
			up := 'A' <= c && c <= 'Z'
			if up {
				c += 'a' - 'A'
			}
			if c > ' ' && c != '>' && c != '|' {
				s.put(c, i, i+1, up)
			} else {
				s.add(c, i, i+1, up)
			}
			i++
			continue
		}
		if tags && c == '<' {
			if n, kind := d.tag(i); n > 0 {
				switch kind {
				case inlineTag:
					s.tags = append(s.tags, [2]int{i, i + n})
				case lineTag:
					s.add('\n', i, i+n, false)
				case cellTag: // as in a list with semicolons
					if s.tags = append(s.tags, [2]int{i, i + n}); src[i+1] != '/' {
						s.add(';', i, i+n, false)
					}
				default:
					s.add('\v', i, i+n, false)
				}
				i += n
				continue
			}
		}
		if c == '=' {
			if w, ok := encodedWord(src[i:end]); ok {
				s.word(w, i)
				i += w.size
				continue
			}
		}
		r, n := d.rune(i, end)
		if r >= 0 {
			f, up := folded(r)
			if f == "" && unicode.Is(unicode.Mn, r) && len(s.to) > 0 && int(s.to[len(s.to)-1]) == i {
				s.to[len(s.to)-1] = int32(i + n)
			}
			for k := 0; k < len(f); k++ {
				s.add(f[k], i, i+n, up)
			}
		}
		i += n
	}
}

func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\v' }

func (s *stream) add(c byte, from, to int, up bool) {
	switch c {
	case '\t', '\r':
		c = ' '
	case '\f':
		c = '\n'
	case '\v':
	}
	last := len(s.b) - 1
	if last >= 0 && blank(s.b[last]) {
		l := s.b[last]
		switch {
		case c == ' ' || (c == '>' || c == '|') && l != ' ':
			s.to[last] = int32(to)
			return
		case c == '\n' && l != ' ', c == '\v':
			s.b[last], s.to[last] = '\v', int32(to)
			return
		case c == '\n':
			s.b[last], s.to[last] = '\n', int32(to)
			return
		}
	}
	s.put(c, from, to, up)
}

func (s *stream) put(c byte, from, to int, up bool) {
	// a word that was parted at the end of a line
	if n := len(s.b); n > 2 && s.b[n-1] == '\n' && s.b[n-2] == '-' && !up && 'a' <= c && c <= 'z' && wordByte(s.b[n-3]) && !digit(s.b[n-3]) {
		s.b, s.from, s.to, s.upper = s.b[:n-2], s.from[:n-2], s.to[:n-2], s.upper[:n-2]
	}
	s.b = append(s.b, c)
	s.from = append(s.from, int32(from))
	s.to = append(s.to, int32(to))
	s.upper = append(s.upper, up)
}

// spans maps normal bytes [a, b) to the stored text, cut where a tag lies inside, so that markup stays whole.
func (s *stream) spans(a, b int, fn func(start, end int)) {
	if a >= b {
		return
	}
	lo, hi := int(s.from[a]), int(s.to[a])
	for i := a + 1; i < b; i++ {
		if blank(s.b[i]) {
			continue // it goes with what stands after it
		}
		if s.torn(hi, int(s.from[i])) || s.b[i-1] == '\v' {
			fn(lo, hi)
			lo = int(s.from[i])
		}
		hi = max(hi, int(s.to[i]))
	}
	fn(lo, hi)
}

func (s *stream) torn(a, b int) bool {
	if a >= b || len(s.tags) == 0 {
		return false
	}
	lo, hi := 0, len(s.tags)
	for lo < hi {
		if m := (lo + hi) / 2; s.tags[m][0] < a {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo < len(s.tags) && s.tags[lo][0] < b
}

// token is a run of letters and digits in a stream.
type token struct {
	s, e      int
	cap, caps bool
}

func (s *stream) tokens(out []token) []token {
	for i := 0; i < len(s.b); {
		if !wordByte(s.b[i]) {
			i++
			continue
		}
		t := token{s: i, cap: s.upper[i], caps: true}
		for ; i < len(s.b) && wordByte(s.b[i]); i++ {
			t.caps = t.caps && (s.upper[i] || s.b[i] < 'a')
		}
		t.e = i
		t.caps = t.caps && t.e-t.s > 1
		out = append(out, t)
	}
	return out
}

func wordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c >= utf8.RuneSelf
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }
