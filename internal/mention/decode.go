package mention

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// decoder reads the runes of a text through the encodings that stored texts still carry: HTML entities,
// quoted-printable, JSON and percent escapes.
type decoder struct {
	src    string
	quoted bool // quoted-printable is recognisable
	json   bool
	inner  [][2]int
}

var quotedSign = regexp.MustCompile(`=[89A-F][0-9A-F]|=20\r?\n`)

func newDecoder(src string) *decoder {
	return &decoder{
		src: src, quoted: strings.IndexByte(src, '=') >= 0 && quotedSign.MatchString(src),
		json: strings.Contains(src, `":`) || strings.Contains(src, `\"`),
	}
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
			if strings.HasPrefix(s, "=\n") {
				return -1, 2
			}
			if strings.HasPrefix(s, "=\r\n") {
				return -1, 3
			}
			if r, n := escaped(s, '='); n > 0 {
				return r, n
			}
		}
	case '%':
		if r, n := escaped(s, '%'); n > 3 || r == ' ' || r == '@' {
			return r, n
		}
	case '\\':
		if len(s) >= 6 && s[1] == 'u' {
			if v, err := strconv.ParseUint(s[2:6], 16, 32); err == nil && utf8.ValidRune(rune(v)) {
				return rune(v), 6
			}
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
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		return 0x1a, 1
	}
	return r, n
}

// escaped reads one character written as hexadecimal bytes, in UTF-8 or, in quoted-printable, in Latin-1.
func escaped(s string, mark byte) (rune, int) {
	var raw [utf8.UTFMax]byte
	n := 0
	for n < utf8.UTFMax && len(s) >= 3*n+3 && s[3*n] == mark {
		v, err := strconv.ParseUint(s[3*n+1:3*n+3], 16, 8)
		if err != nil {
			break
		}
		raw[n] = byte(v)
		n++
		if utf8.FullRune(raw[:n]) {
			break
		}
	}
	if n == 0 {
		return 0, 0
	}
	if r, k := utf8.DecodeRune(raw[:n]); r != utf8.RuneError && k == n {
		return r, 3 * n
	}
	if mark == '=' && raw[0] >= 0xA0 && unicode.IsLetter(rune(raw[0])) {
		return rune(raw[0]), 3
	}
	return 0, 0
}

const (
	inlineTag = iota
	lineTag
	blockTag
)

var tagPattern = regexp.MustCompile(`^</?(?i:(b|i|u|em|strong|span|font|a|small|mark|s|sub|sup|code|img|wbr)|(br)|(p|div|td|th|tr|table|tbody|thead|li|ul|ol|h[1-6]|body|html|head|blockquote|pre|hr|section))(\s[^<>]*)?/?>`)

// tag gives the length of a known tag at i and how it parts the text; attributes are put aside to be read on their own.
func (d *decoder) tag(i int) (int, int) {
	m := tagPattern.FindStringSubmatchIndex(d.src[i:min(len(d.src), i+2000)])
	if m == nil {
		return 0, 0
	}
	if m[8] >= 0 && strings.IndexByte(d.src[i+m[8]:i+m[9]], '=') >= 0 {
		d.inner = append(d.inner, [2]int{i + m[8], i + m[9]})
	}
	switch {
	case m[2] >= 0:
		return m[1], inlineTag
	case m[4] >= 0:
		return m[1], lineTag
	}
	return m[1], blockTag
}
