package mention

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
)

// encoded is an encoded word of a mail's header (RFC 2047) as the runes it stands for, each with the stored bytes that
// hold it. In base64 these are all of its bytes, since a part of them cannot be replaced.
type encoded struct {
	size  int // of the word, and of the blanks between it and another
	runes []placed
}

type placed struct {
	r        rune
	from, to int
}

var (
	wordPattern = regexp.MustCompile(`^=\?([A-Za-z0-9_-]{2,30})\?([BbQq])\?([^?\s]{1,1000})\?=`)
	nextWord    = regexp.MustCompile(`^[ \t]*(\r?\n[ \t]+)?=\?[A-Za-z0-9_-]{2,30}\?[BbQq]\?`)
)

func encodedWord(s string) (encoded, bool) {
	if len(s) < 8 || s[1] != '?' {
		return encoded{}, false
	}
	m := wordPattern.FindStringSubmatchIndex(s[:min(len(s), 1100)])
	if m == nil {
		return encoded{}, false
	}
	charset, payload := s[m[2]:m[3]], s[m[6]:m[7]]
	w := encoded{size: m[1]}
	raw, at := []byte(nil), []placed(nil)
	if s[m[4]] == 'B' || s[m[4]] == 'b' {
		text := strings.TrimRight(payload, "=")
		bytes, err := base64.RawStdEncoding.DecodeString(text)
		if err != nil {
			return encoded{}, false
		}
		raw = bytes
		for range raw {
			at = append(at, placed{from: m[6], to: m[6] + len(text)})
		}
	} else {
		for i := 0; i < len(payload); {
			c, n := payload[i], 1
			if c == '_' {
				c = ' '
			} else if c == '=' && len(payload) >= i+3 {
				if v, ok := hexByte(payload[i+1 : i+3]); ok {
					c, n = v, 3
				}
			}
			raw, at = append(raw, c), append(at, placed{from: m[6] + i, to: m[6] + i + n})
			i += n
		}
	}
	if w.runes = place(charset, raw, at); w.runes == nil {
		return encoded{}, false
	}
	// blanks between two such words are none
	if gap := nextWord.FindString(s[w.size:min(len(s), w.size+120)]); gap != "" {
		w.size += strings.Index(gap, "=?")
	}
	return w, true
}

func hexByte(s string) (byte, bool) {
	var out byte
	for i := range 2 {
		v := strings.IndexByte("0123456789ABCDEF0123456789abcdef", s[i])
		if v < 0 {
			return 0, false
		}
		out = out<<4 | byte(v&15)
	}
	return out, true
}

// place decodes raw and gives each rune the places of its bytes; nil where the character set is not known.
func place(charset string, raw []byte, at []placed) []placed {
	var out []placed
	if strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8") {
		for i := 0; i < len(raw); {
			r, n := utf8.DecodeRune(raw[i:])
			out = append(out, placed{r, at[i].from, at[i+n-1].to})
			i += n
		}
		return out
	}
	enc, err := htmlindex.Get(charset)
	if err != nil {
		return nil
	}
	decode := enc.NewDecoder()
	for i, c := range raw { // one byte a letter, as in every character set that names are written in here
		s, err := decode.Bytes([]byte{c})
		if err != nil {
			return nil
		}
		r, _ := utf8.DecodeRune(s)
		out = append(out, placed{r, at[i].from, at[i].to})
	}
	return out
}

// word adds an encoded word that stands at stored byte i.
func (s *stream) word(w encoded, i int) {
	for _, p := range w.runes {
		f, up := folded(p.r)
		for k := 0; k < len(f); k++ {
			s.add(f[k], i+p.from, i+p.to, up)
		}
	}
}

func inQuery(c byte) bool { return c == '%' || c >= utf8.RuneSelf || asciiWord(rune(c)) }

// reach bounds how far a plus sign is looked around from.
const reach = 120

// blankInQuery says whether the plus sign at i stands for a blank: in the value of a query, not in a mail address.
func blankInQuery(src string, i int) bool {
	if i == 0 || i+1 == len(src) || !inQuery(src[i-1]) || !inQuery(src[i+1]) {
		return false
	}
	value := false
	for k := i - 1; k >= 0 && i-k < reach && src[k] > ' ' && !value; k-- {
		if src[k] == '@' || src[k] == '&' || src[k] == '?' {
			return false
		}
		value = src[k] == '=' && k > 0 && asciiWord(rune(src[k-1]))
	}
	for k := i + 1; k < len(src) && k-i < reach && src[k] > ' ' && src[k] != '&'; k++ {
		if src[k] == '@' || strings.HasPrefix(src[k:], "%40") {
			return false
		}
	}
	return value
}
