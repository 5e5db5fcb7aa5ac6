package mention

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// sifting is the sieving of one text.
type sifting struct {
	*sieve
	m    *Matcher
	src  string
	d    *decoder
	word [64]byte // of the word at hand, folded
	n    int
	// the last six digits of the number at hand, how many it has, and where it ended
	tail   [6]byte
	digits int
	ended  int
}

// mayName says whether a text may name a subject.
func (m *Matcher) mayName(src string) bool {
	if m.sieve.open {
		return true
	}
	f := sifting{sieve: m.sieve, m: m, src: src}
	return isSpoiled(src) || f.run()
}

func (f *sifting) run() bool {
	src := f.src
	for i := 0; i < len(src); {
		switch classes[src[i]] {
		case otherByte, hyphenByte:
			i++
		case letterByte, latinByte:
			a := i
			var first [seedLen]byte
			n := 0
			for ; n < seedLen; n++ {
				c, size := letter(src, i)
				if size == 0 {
					break
				}
				first[n] = c
				i += size
			}
			for i < len(src) {
				if classes[src[i]] == letterByte {
					i++
				} else if _, size := letter(src, i); size > 0 {
					i += size
				} else {
					break
				}
			}
			if n > 0 && (i == len(src) || classes[src[i]] == otherByte || classes[src[i]] == atByte) {
				f.digits = 0
				if f.dismisses(&first, n) {
					continue
				}
			}
			hit := false
			if i, hit = f.hard(a); hit {
				return true
			}
		case digitByte:
			a := i
			for i++; i < len(src) && classes[src[i]] == digitByte; i++ {
			}
			if f.number(a, i) {
				return true
			}
			if !f.figures && (i == len(src) || classes[src[i]] == otherByte || classes[src[i]] == atByte) {
				continue
			}
			hit := false
			if i, hit = f.hard(a); hit {
				return true
			}
		case atByte:
			if f.spelled(i) {
				return true
			}
			i++
		default: // a sign or a tag
			hit := false
			if i, hit = f.hard(i); hit {
				return true
			}
		}
	}
	return false
}

// letter gives the folded letter at i, and its bytes; 0 where none stands plainly there.
func letter(src string, i int) (byte, int) {
	if i == len(src) {
		return 0, 0
	}
	switch c := src[i]; classes[c] {
	case letterByte:
		return c | 0x20, 1
	case latinByte:
		if i+1 < len(src) && latin[src[i+1]] != 0 {
			return latin[src[i+1]], 2
		}
	}
	return 0, 0
}

// latin are the folded letters of U+00C0 to U+00FF by their second byte; 0 where it is none, or two.
var latin = func() (out [256]byte) {
	for r := rune(0xC0); r <= 0xFF; r++ {
		if f, _ := folded(r); len(f) == 1 && wordByte(f[0]) {
			out[0x80+r-0xC0] = f[0]
		}
	}
	return out
}()

// dismisses says of a word by its first letters that it is nobody's.
func (f *sifting) dismisses(first *[seedLen]byte, n int) bool {
	if n < 3 {
		h := uint(first[0])<<8 | uint(first[1])
		return f.tiny[h>>6]&(1<<(h&63)) == 0
	}
	return !f.prefixed(first, n)
}

// prefixed says whether something may begin with the first letters of a word.
func (f *sifting) prefixed(first *[seedLen]byte, n int) bool {
	all := hashes(first)
	for _, h := range all[:n-2] {
		if f.prefixes[h>>6]&(1<<(h&63)) != 0 {
			return true
		}
	}
	return false
}

// hard reads a word from a on in which signs stand, through its encodings, and judges it. It gives where it went on to, which is
// behind a.
func (f *sifting) hard(a int) (next int, hit bool) {
	if f.d == nil {
		f.d = newDecoder(f.src)
	}
	src, i := f.src, a
	f.n = 0
	for i < len(src) {
		c := src[i]
		switch classes[c] {
		case letterByte:
			f.push(c | 0x20)
			i++
			continue
		case digitByte:
			if k := classes[src[max(i, a+1)-1]]; i > a && k != letterByte && k != digitByte {
				return i, f.n > 0 // digits that go on behind an encoding, or begin there
			}
			f.push(c)
			i++
			continue
		case tagByte:
			n, kind := f.d.tag(i)
			f.d.inner = f.d.inner[:0]
			switch {
			case n == 0 || kind != inlineTag:
				return max(i, a+1), f.judge(i)
			case f.n > 0 && attributed(src[i:i+n]) || f.n == 0 && i > a:
				return i, true // a word torn by more than a bare tag is read by the stream alone
			case f.n == 0: // what stands in the tag is read as well
				return i + 1, false
			}
			i += n
			continue
		case hyphenByte:
			to := broken(src, i)
			if to < 0 || f.n == 0 || f.word[min(f.n, len(f.word))-1] <= '9' {
				return max(i, a+1), f.judge(i)
			}
			if classes[src[to]] != letterByte {
				return i, true // a small letter goes on with the word, a capital begins one
			}
			i = to
			continue
		case signByte, latinByte:
			if c == '=' && i+1 < len(src) && src[i+1] == '?' {
				if _, ok := encodedWord(src[i:]); ok {
					return i, true
				}
			}
			r, n := f.d.rune(i, len(src))
			if r < 0 {
				i += n
				continue
			}
			folded, _ := folded(r)
			word := true
			for k := range len(folded) {
				word = word && wordByte(folded[k])
			}
			if word {
				for k := range len(folded) {
					f.push(folded[k])
				}
				if strings.ContainsAny(folded, "0123456789") {
					return i, true // digits in an encoding
				}
				i += n
				continue
			}
			if len(folded) > 1 || folded == "-" || folded == "@" || folded == "<" {
				return i, true // half a word, or a sign of its own
			}
			return max(i+n, a+1), f.judge(i)
		}
		break
	}
	return max(i, a+1), f.judge(i)
}

// attributed says whether a tag has attributes, which may name somebody.
func attributed(tag string) bool { return strings.IndexByte(tag, '=') >= 0 }

func (f *sifting) push(c byte) {
	if f.n < len(f.word) {
		f.word[f.n] = c
		f.n++
	}
}

// broken gives where a word goes on that was parted at i at the end of a line, or -1.
func broken(src string, i int) int {
	line := false
	for i++; i < len(src); i++ {
		switch c := src[i]; {
		case c == '\n' || c == '\f':
			line = true
		case c == ' ' || c == '\t' || c == '\r' || line && (c == '>' || c == '|'):
		case line && ('A' <= c && c <= 'Z' || classes[c] == digitByte || c == '@'):
			return -1 // a word of its own
		case line && classes[c] != otherByte && classes[c] != hyphenByte:
			return i
		default:
			return -1
		}
	}
	return -1
}

// judge looks the word at hand up, which ends at e in the text.
func (f *sifting) judge(e int) bool {
	if f.n == 0 {
		return false
	}
	if f.word[0] > '9' {
		f.digits = 0
	}
	w := f.word[:f.n]
	var first [seedLen]byte
	if f.dismisses(&first, copy(first[:], w)) {
		return false
	}
	if f.exact[string(w)] || f.squeezed[len(unnumbered(w))] && f.owns(w) {
		return true
	}
	for _, at := range []string{"at", "snabel"} {
		for k := 1; k < len(w); k++ {
			if i := bytes.Index(w[k:], []byte(at)); i < 0 {
				break
			} else if k += i; f.mailbox[string(w[:k])] {
				return true
			}
		}
	}
	for k := 1; k <= min(len(w), seedLen); k++ {
		for _, r := range f.begun[string(w[:k])] {
			if f.begins(r, w, e) {
				return true
			}
		}
	}
	return false
}

// begins says whether a word may be a name, or the first of a street's.
func (f *sifting) begins(r ref, w []byte, e int) bool {
	s := &f.m.subjects[r.subject]
	if r.kind == Name {
		return mayBe(&s.parts[r.index], w)
	}
	text := s.streets[r.index].name
	first := lead(text)
	if !bytes.HasPrefix(w, []byte(first)) {
		return false
	}
	if rest := w[len(first):]; len(rest) > 0 {
		return len(first) == len(text) && digit(rest[0])
	}
	return len(first) == len(text) || f.goesOn(text[len(first):], e)
}

// mayBe says whether a word is a name, one with an ending, or a compound of it.
func mayBe(p *part, w []byte) bool {
	name := p.words[0]
	if !bytes.HasPrefix(w, []byte(name)) || len(w) > len(name)+24 {
		return false
	}
	rest := string(w[len(name):])
	switch {
	case p.ends != "":
		return rest != "" && strings.Contains(p.ends, " "+rest+" ")
	case rest == "" || rest == "s":
		return true
	case p.given || len(name) < 3:
		return false
	}
	bare := strings.TrimPrefix(rest, "s")
	return in("compound", bare) || in("compound", rest) || len(name) >= 5 && !p.word && len(bare) > 3 && commonWord(bare)
}

// goesOn says whether the text at e may go on as rest, which begins between two words.
func (f *sifting) goesOn(rest string, e int) bool {
	for rest != "" && !wordByte(rest[0]) {
		rest = rest[1:]
	}
	for i := e; i < len(f.src) && i < e+8; i++ {
		switch c := f.src[i]; classes[c] {
		case letterByte, digitByte:
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			return rest == "" || c == rest[0]
		case signByte, latinByte, tagByte:
			return true
		}
	}
	return e+8 < len(f.src)
}

// spelled says whether the address around the at sign at i may spell a subject's names.
func (f *sifting) spelled(i int) bool {
	a := i
	for a > 0 && i-a < 64 {
		c := f.src[a-1]
		if k := classes[c]; (k == signByte || k == latinByte) && c != '=' && c != '\\' {
			return c >= utf8.RuneSelf || c == '&' || c == '%'
		} else if k != letterByte && k != digitByte && strings.IndexByte("._+-", c) < 0 {
			break
		}
		a--
	}
	var room [64]byte
	n := 0
	for _, c := range []byte(f.src[a:i]) {
		switch {
		case c == '+' && n > 0:
			return f.owns(room[:n])
		case c == '.' || c == '_' || c == '-':
		default:
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			room[n] = c
			n++
		}
	}
	return f.owns(room[:n])
}

func (f *sifting) owns(squeezed []byte) bool {
	_, ok := f.m.owner[string(unnumbered(squeezed))]
	return ok
}
