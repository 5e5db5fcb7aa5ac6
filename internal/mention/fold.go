package mention

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters without a decomposition in Unicode
var plain = map[rune]string{'ø': "o", 'æ': "ae", 'œ': "oe", 'ß': "ss", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i"}

// known are the runes of European names, folded once.
var known = sync.OnceValue(func() *[0x250]foldedRune {
	out := &[0x250]foldedRune{}
	for r := range rune(len(out)) {
		out[r] = foldedRune{fold(r), unicode.IsUpper(r)}
	}
	return out
})

type foldedRune struct {
	text  string
	upper bool
}

// folded is fold, and whether the rune is a capital.
func folded(r rune) (text string, upper bool) {
	if k := known(); r >= 0 && int(r) < len(k) {
		return k[r].text, k[r].upper
	}
	return fold(r), unicode.IsUpper(r)
}

// lost stands for a letter that an import could not read. It counts as part of a word.
const lost = "\xff"

// fold gives the compared form of one rune: lower case, without diacritics; "" for what is invisible.
func fold(r rune) string {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return string(r)
	}
	switch {
	case r == utf8.RuneError:
		return lost
	case invisible(r):
		return ""
	case r == 0x85 || r == 0x2028 || r == 0x2029:
		return "\n"
	case unicode.IsSpace(r):
		return " "
	case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xFE63, r == 0xFF0D:
		return "-"
	case strings.ContainsRune("’‘ʼ´′ʹ", r):
		return "'"
	case strings.ContainsRune("“”„«»", r):
		return `"`
	}
	r = unicode.ToLower(r)
	if s, ok := plain[r]; ok {
		return s
	}
	var b strings.Builder
	for _, d := range norm.NFKD.String(string(r)) {
		if unicode.Is(unicode.Mn, d) {
			continue
		}
		d = unicode.ToLower(d)
		if s, ok := plain[d]; ok {
			b.WriteString(s)
		} else {
			b.WriteRune(d)
		}
	}
	return b.String()
}

func invisible(r rune) bool {
	switch {
	case r == 0xAD, r == 0x34F, r == 0x61C, r == 0x180E, r == 0xFEFF:
		return true
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F, r >= 0xFE00 && r <= 0xFE0F:
		return true
	}
	return unicode.Is(unicode.Mn, r)
}

// Normalise gives the form in which texts are compared: case and diacritics folded, invisible characters dropped,
// blanks collapsed, any dash a hyphen.
func Normalise(s string) string {
	var b strings.Builder
	for _, r := range s {
		f, _ := folded(r)
		b.WriteString(f)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
