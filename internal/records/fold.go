package records

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// What people spell in several ways meets in one form, so that Åsa and Asa, Lindqvist and Lindkvist, Carl and Karl,
// Møller and Möller find each other. The same table folds the question in Go and the rows in SQL.
const (
	foldFrom = "àáâãäåèéêëìíîïòóôõöøùúûüýÿñçðšž-.,'’"
	foldTo   = "aaaaaaeeeeiiiioooooouuuuyyncdsz "
)

var foldPairs = [][2]string{
	{"æ", "a"},
	{"ß", "s"},
	{"þ", "t"},
	{"ae", "a"},
	{"oe", "o"},
	{"ph", "f"},
	{"th", "t"},
	{"ch", "k"},
	{"ck", "k"},
	{"qu", "kv"},
	{"x", "ks"},
	{"c", "k"},
	{"q", "k"},
	{"w", "v"},
	{"z", "s"},
	{"aa", "a"},
	{"bb", "b"},
	{"dd", "d"},
	{"ee", "e"},
	{"ff", "f"},
	{"gg", "g"},
	{"kk", "k"},
	{"ll", "l"},
	{"mm", "m"},
	{"nn", "n"},
	{"pp", "p"},
	{"rr", "r"},
	{"ss", "s"},
	{"tt", "t"},
}

// foldText is the folded form of a text.
func foldText(s string) string {
	s = strings.ToLower(norm.NFC.String(s))
	to := []rune(foldTo)
	var b strings.Builder
	for _, r := range s {
		i := strings.IndexRune(foldFrom, r)
		if i < 0 {
			b.WriteRune(r)
			continue
		}
		// Beyond the end of foldTo a letter is dropped, as translate does.
		if n := len([]rune(foldFrom[:i])); n < len(to) {
			b.WriteRune(to[n])
		}
	}
	s = b.String()
	for _, p := range foldPairs {
		s = strings.ReplaceAll(s, p[0], p[1])
	}
	return s
}

// foldSQL is the folded form of an SQL text expression.
func foldSQL(expr string) string {
	out := "translate(lower(" + expr + "), '" + strings.ReplaceAll(foldFrom, "'", "''") + "', '" + foldTo + "')"
	for _, p := range foldPairs {
		out = "replace(" + out + ", '" + p[0] + "', '" + p[1] + "')"
	}
	return out
}

var wildcards = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// contains makes a like pattern that holds where the text contains part, whatever wildcards are in it.
func contains(part string) string {
	return "%" + wildcards.Replace(part) + "%"
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) && r < 128 {
			return r
		}
		return -1
	}, s)
}

// digitsSQL drops what people put between digits.
func digitsSQL(expr string) string { return "translate(" + expr + `, ' -()./+' || chr(160), '')` }
