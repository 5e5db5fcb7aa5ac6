package records

import (
	"strings"

	ahocorasick "github.com/BobuSumisu/aho-corasick"

	"insyn/internal/mention"
)

// net finds identifiers in any text: in its normal form, and in its digits without what people put between them.
type net struct {
	words   *ahocorasick.Trie
	numbers *ahocorasick.Trie // nil where no identifier is a number
}

func newNet(people []mention.Person) *net {
	patterns := patternsOf(people)
	if len(patterns) == 0 {
		return nil
	}
	n := &net{words: ahocorasick.NewTrieBuilder().AddStrings(patterns).Build()}
	var numbers []string
	for _, p := range patterns {
		if len(p) >= 7 && digits(p) == p {
			numbers = append(numbers, p)
		}
	}
	if len(numbers) > 0 {
		n.numbers = ahocorasick.NewTrieBuilder().AddStrings(numbers).Build()
	}
	return n
}

// in says whether the text holds an identifier.
func (n *net) in(text string) bool {
	// A json text escapes some letters.
	if strings.Contains(text, `\u`) {
		text = unescape(text)
	}
	normal := mention.Normalise(text)
	if whole(n.words, normal) {
		return true
	}
	if n.numbers == nil || !strings.ContainsAny(normal, "0123456789") {
		return false
	}
	bare := closeUp(normal)
	return bare != normal && whole(n.numbers, bare)
}

// whole says whether a pattern stands in the text by itself and not inside a longer word or number.
func whole(t *ahocorasick.Trie, text string) bool {
	found := false
	t.Walk([]byte(text), func(end, length, _ int64) bool {
		from, to := int(end-length+1), int(end+1)
		// The end of an address in a longer word ("…example.com" in "….example.com") is still the address.
		if hyphenated(text, from, to) {
			return true
		}
		if (from == 0 || !sameWord(text[from-1], text[from])) && (to == len(text) || !sameWord(text[to-1], text[to])) {
			found = true
			return false
		}
		return true
	})
	return found
}

// hyphenated says that a hyphen makes the pattern the end of another name ("Anna-Karin Wallin" is not Karin Wallin), or a sign
// the end of another address.
func hyphenated(text string, from, to int) bool {
	if from < 2 || !isLetter(text[from]) || !isLetter(text[from-2]) && !isDigit(text[from-2]) {
		return false
	}
	if strings.Contains(text[from:to], "@") {
		return strings.IndexByte("-._+", text[from-1]) >= 0
	}
	return text[from-1] == '-' && isLetter(text[from-2])
}

func sameWord(a, b byte) bool {
	return isDigit(a) && isDigit(b) || isLetter(a) && isLetter(b)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || c >= 0x80 }

// closeUp drops blanks and signs that stand between digits.
func closeUp(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(" -()./", s[i]) >= 0 && b.Len() > 0 {
			j := i
			for j < len(s) && j-i < 3 && strings.IndexByte(" -()./", s[j]) >= 0 {
				j++
			}
			if isDigit(b.String()[b.Len()-1]) && j < len(s) && isDigit(s[j]) {
				i = j - 1
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// unescape reads \u00e5 of json texts.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+5 < len(s) && s[i+1] == 'u' {
			if r, ok := hex4(s[i+2 : i+6]); ok {
				b.WriteRune(r)
				i += 5
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func hex4(s string) (rune, bool) {
	var r rune
	for _, c := range []byte(strings.ToLower(s)) {
		switch {
		case isDigit(c):
			r = r<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
