package mention

import (
	"strings"
	"unicode/utf8"
)

// sieve says of most texts at a glance that they name nobody. It reads the stored bytes once and folds them as a stream does,
// without writing one down, and looks at each word and each number whether one of the subjects' may begin there. It may take
// a text that names nobody for one that does, never the other way round: a test holds it to that.
type sieve struct {
	tiny     [1 << 10]uint64  // by both bytes of a word of one or two: whether something begins with it
	prefixes [1 << 12]uint64  // by the first three, four and five bytes of a longer word, hashed
	exact    map[string]bool  // words that something begins with, and that go no further themselves
	mailbox  map[string]bool  // of these, beginnings of addresses: their at sign may be a word, and touch them
	begun    map[string][]ref // names and streets by their first five bytes, or all of a shorter one
	numbers  [1 << 12]uint64  // by the last six digits, hashed
	tails    map[[6]byte]bool // the last six digits of a number
	squeezed map[int]bool     // lengths of given name and surname in one word
	figures  bool             // something begins with a digit
	open     bool             // something begins with no letter and no digit: every text is read
}

const (
	otherByte = iota
	letterByte
	latinByte // the first of a letter of Latin-1
	digitByte
	signByte // may be part of a word in some encoding
	tagByte
	hyphenByte
	atByte
)

var classes = func() (out [256]byte) {
	for c := range out {
		switch {
		case c == 0xC3:
			out[c] = latinByte
		case c >= utf8.RuneSelf, strings.IndexByte("&=%\\", byte(c)) >= 0:
			out[c] = signByte
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			out[c] = letterByte
		case '0' <= c && c <= '9':
			out[c] = digitByte
		case c == '<':
			out[c] = tagByte
		case c == '-':
			out[c] = hyphenByte
		case c == '@':
			out[c] = atByte
		}
	}
	return out
}()

// lead is the part of a seed's text up to the first byte that ends a word.
func lead(s string) string {
	for i := range len(s) {
		if !wordByte(s[i]) {
			return s[:i]
		}
	}
	return s
}

func newSieve(m *Matcher) *sieve {
	v := &sieve{exact: map[string]bool{}, mailbox: map[string]bool{}, begun: map[string][]ref{}, tails: map[[6]byte]bool{}, squeezed: map[int]bool{}}
	for i := range m.subjects {
		s := &m.subjects[i]
		for k, p := range s.parts {
			if len(p.words) > 1 {
				v.word(p.words[0])
				continue
			}
			v.begin(p.words[0], ref{i, Name, k})
			if len(p.words[0]) < 3 {
				for _, e := range strings.Fields(p.ends) {
					v.bits(p.words[0] + e)
				}
			}
		}
		for _, e := range s.emails {
			v.word(lead(e))
			v.mailbox[lead(e)] = true
			for _, at := range []string{"at", "snabel"} {
				v.bits(lead(e) + at)
			}
		}
		for _, h := range s.handles {
			v.word(lead(h))
		}
		for _, c := range s.customers {
			v.word(lead(c))
		}
		for k, a := range s.streets {
			v.begin(lead(a.name), ref{i, Street, k})
		}
		if d := s.personal; len(d) >= 10 { // its last four may be covered
			v.number(d[:len(d)-4])
		}
	}
	for d := range m.numbers {
		v.number(d)
	}
	for w := range m.owner {
		v.squeezed[len(w)] = true
		v.bits(w)
	}
	return v
}

// word takes a word that stands alone.
func (v *sieve) word(w string) {
	v.exact[w] = true
	v.bits(w)
}

// begin takes a word that an ending or a number may touch.
func (v *sieve) begin(w string, r ref) {
	key := w[:min(len(w), seedLen)]
	v.begun[key] = append(v.begun[key], r)
	v.bits(w)
	if len(w) < 3 { // too short to be looked up by its beginning
		v.bits(w + "s")
		for d := range 10 {
			v.bits(w + string(rune('0'+d)))
		}
	}
}

// bits lets the beginning of a word through.
func (v *sieve) bits(w string) {
	if w == "" {
		v.open = true
		return
	}
	v.figures = v.figures || digit(w[0])
	var first [seedLen]byte
	n := copy(first[:], w)
	if n < 3 {
		h := uint(first[0])<<8 | uint(first[1])
		v.tiny[h>>6] |= 1 << (h & 63)
		return
	}
	h := hashes(&first)[n-3]
	v.prefixes[h>>6] |= 1 << (h & 63)
}

func (v *sieve) number(d string) {
	if len(d) < 6 {
		v.open = true
		return
	}
	var tail [6]byte
	copy(tail[:], d[len(d)-6:])
	v.tails[tail] = true
	h := hashTail(&tail)
	v.numbers[h>>6] |= 1 << (h & 63)
}

// hashes are those of the first three, four and five bytes.
func hashes(first *[seedLen]byte) [3]uint32 {
	three := uint32(first[0])<<16 | uint32(first[1])<<8 | uint32(first[2])
	h := three * 0x9E3779B1
	four := (h ^ uint32(first[3])) * 0x85EBCA6B
	five := (four ^ uint32(first[4])) * 0xC2B2AE35
	return [3]uint32{h >> 14, four >> 14, five >> 14}
}

func hashTail(t *[6]byte) uint32 {
	var n uint32
	for _, c := range t {
		n = n*10 + uint32(c-'0')
	}
	return n * 0x9E3779B1 >> 14
}
