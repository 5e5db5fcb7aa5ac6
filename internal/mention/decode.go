package mention

import (
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// decoder reads the runes of a text through the encodings that stored texts still carry: HTML entities,
// quoted-printable, JSON and percent escapes, and UTF-8 that was read as Latin-1. Encoded words are read in encoded.go.
type decoder struct {
	src     string
	quoted  bool // quoted-printable is recognisable
	json    bool
	spoiled bool // UTF-8 was once read as Latin-1 or Windows-1252
	inner   [][2]int
}

// Each sign is one that a text hardly has by itself: two bytes of one letter, a byte inside a word, a break inside a word.
var (
	quotedSign = regexp.MustCompile(`^.?(=[C-F][0-9A-F](=\r?\n)?=[89AB][0-9A-F]|=[C-F][0-9A-F]\pL|=20\r?\n|=20=\r?\n)|^(\pL=[C-F][0-9A-F]|[\pL\d.,;]=\r?\n[\pL\d.=])`)
	spoilSign  = regexp.MustCompile(`^([ÃÂ][\x{80}-\x{BF}‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|[ÄÅ][\x{80}-\x{BF}‚ƒ„†‡ˆ‰Š‹ŒŽ‘˜™š›œžŸ])`)
)

func newDecoder(src string) *decoder {
	return &decoder{src: src, quoted: isQuoted(src), json: strings.Contains(src, `":`) || strings.Contains(src, `\"`), spoiled: isSpoiled(src)}
}

// isQuoted says whether a text is in quoted-printable. Most equals signs are dismissed at a look.
func isQuoted(src string) bool {
	for i := 0; ; i++ {
		k := strings.IndexByte(src[i:], '=')
		if k < 0 || i+k+1 >= len(src) {
			return false
		}
		if i += k; strings.IndexByte("2CDEF\r\n", src[i+1]) < 0 {
			continue
		}
		_, before := utf8.DecodeLastRuneInString(src[:i])
		if quotedSign.MatchString(src[i-before : min(len(src), i+14)]) {
			return true
		}
	}
}

// isSpoiled says whether UTF-8 in a text was once read as Latin-1 or Windows-1252.
func isSpoiled(src string) bool {
	for i := 0; i+3 < len(src); i++ {
		k := strings.IndexByte(src[i:], 0xC3)
		if k < 0 || i+k+3 >= len(src) {
			return false
		}
		if i += k; src[i+1] >= 0x82 && src[i+1] <= 0x85 && src[i+2] >= 0xC2 && spoilSign.MatchString(src[i:min(len(src), i+6)]) {
			return true
		}
	}
	return false
}

// rune gives the next character and its stored length; -1 where the bytes carry none.
func (d *decoder) rune(i, end int) (rune, int) {
	s := d.src[i:end]
	switch s[0] {
	case '&':
		if j := strings.IndexByte(s[:min(len(s), 12)], ';'); j > 1 {
			if u := html.UnescapeString(s[:j+1]); u != s[:j+1] {
				if r, n := utf8.DecodeRuneInString(u); n == len(u) && r != utf8.RuneError {
					return r, j + 1
				}
			}
		}
	case '=':
		if d.quoted {
			if n := softBreak(s); n > 0 {
				return -1, n
			}
			if r, n := escaped(s, '='); n > 0 && r >= ' ' {
				return r, n
			}
		}
	case '%':
		// a letter of ASCII is not written so; what looks like one is a share and a word
		if r, n := escaped(s, '%'); n > 0 && (r >= 0xA0 || r >= ' ' && !asciiWord(r)) {
			return r, n
		}
	case '\\':
		if r, n := jsonEscape(s); n > 0 {
			return r, n
		}
		if d.json && len(s) >= 2 {
			switch s[1] {
			case 'n', 'r':
				return '\n', 2
			case 't':
				return ' ', 2
			}
		}
	}
	if d.spoiled {
		if r, n, spoiled := unspoil(s, 2); spoiled {
			return r, n
		}
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		if c := rune(s[0]); c >= 0xC0 { // Latin-1 in a text that is no UTF-8
			return c, 1
		}
		return utf8.RuneError, 1
	}
	return r, n
}

func asciiWord(r rune) bool { return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// softBreak is the length of a line break that quoted-printable put in, or 0.
func softBreak(s string) int {
	switch {
	case strings.HasPrefix(s, "=\n"):
		return 2
	case strings.HasPrefix(s, "=\r\n"):
		return 3
	}
	return 0
}

// jsonEscape reads \u and its four digits, two of them where it takes two.
func jsonEscape(s string) (rune, int) {
	unit := func(s string) (rune, bool) {
		if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
			return 0, false
		}
		v, err := strconv.ParseUint(s[2:6], 16, 16)
		return rune(v), err == nil
	}
	r, ok := unit(s)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(r) {
		if low, ok := unit(s[6:]); ok {
			if both := utf16.DecodeRune(r, low); both != unicode.ReplacementChar {
				return both, 12
			}
		}
		return 0, 0
	}
	return r, 6
}

// escaped reads one character written as hexadecimal bytes, in UTF-8 or in Latin-1. Quoted-printable may break the line
// between them.
func escaped(s string, mark byte) (rune, int) {
	var raw [utf8.UTFMax]byte
	n, at, first := 0, 0, 0
	for n < utf8.UTFMax {
		next := at
		if mark == '=' && n > 0 {
			next += softBreak(s[at:])
		}
		if len(s) < next+3 || s[next] != mark {
			break
		}
		v, err := strconv.ParseUint(s[next+1:next+3], 16, 8)
		if err != nil {
			break
		}
		raw[n] = byte(v)
		n, at = n+1, next+3
		if n == 1 {
			first = at
		}
		if utf8.FullRune(raw[:n]) {
			break
		}
	}
	if n == 0 {
		return 0, 0
	}
	if r, k := utf8.DecodeRune(raw[:n]); r != utf8.RuneError && k == n {
		return r, at
	}
	if raw[0] >= 0xA0 && unicode.IsLetter(rune(raw[0])) {
		return rune(raw[0]), first
	}
	return 0, 0
}

// The characters of the bytes 0x80 to 0x9F in Windows-1252; a blank is none.
var windowsHigh = []rune("€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ")

// windows gives the byte of Windows-1252 that a rune stands for, or 0; where it has none, that of Latin-1.
func windows(r rune) byte {
	if r >= 0x80 && r <= 0xFF {
		return byte(r)
	}
	if i := slices.Index(windowsHigh, r); i >= 0 && r != ' ' {
		return 0x80 + byte(i)
	}
	return 0
}

// unspoil reads a character whose UTF-8 bytes were read as Windows-1252, as many times over as levels says, and whether
// they were.
func unspoil(s string, levels int) (r rune, n int, spoiled bool) {
	if levels == 0 {
		r, n = utf8.DecodeRuneInString(s)
		return r, n, false
	}
	r, n, spoiled = unspoil(s, levels-1)
	raw := [utf8.UTFMax]byte{windows(r)}
	need := 0
	switch {
	case raw[0] >= 0xC2 && raw[0] <= 0xDF:
		need = 2
	case raw[0] >= 0xE0 && raw[0] <= 0xEF:
		need = 3
	}
	at := n
	for k := 1; k < need; k++ {
		next, size, _ := unspoil(s[at:], levels-1)
		if raw[k] = windows(next); raw[k] < 0x80 || raw[k] > 0xBF {
			return r, n, spoiled
		}
		at += size
	}
	if out, size := utf8.DecodeRune(raw[:need]); need > 0 && size == need {
		return out, at, true
	}
	return r, n, spoiled
}

const (
	inlineTag = iota
	lineTag
	cellTag
	blockTag
)

var tagPattern = regexp.MustCompile(`^</?(?i:(b|i|u|em|strong|span|font|a|small|mark|s|sub|sup|code|img|wbr)|(br)|(td|th)|(p|div|tr|table|tbody|thead|li|ul|ol|h[1-6]|body|html|head|blockquote|pre|hr|section))(\s[^<>]*)?/?>`)

// tag gives the length of a known tag at i and how it parts the text; attributes are put aside to be read on their own.
func (d *decoder) tag(i int) (int, int) {
	if i+2 >= len(d.src) || d.src[i+1] != '/' && classes[d.src[i+1]] != letterByte {
		return 0, 0
	}
	m := tagPattern.FindStringSubmatchIndex(d.src[i:min(len(d.src), i+2000)])
	if m == nil {
		return 0, 0
	}
	if m[10] >= 0 && strings.IndexByte(d.src[i+m[10]:i+m[11]], '=') >= 0 {
		d.inner = append(d.inner, [2]int{i + m[10], i + m[11]})
	}
	switch {
	case m[2] >= 0:
		return m[1], inlineTag
	case m[4] >= 0:
		return m[1], lineTag
	case m[6] >= 0:
		return m[1], cellTag
	}
	return m[1], blockTag
}
