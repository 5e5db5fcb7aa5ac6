package file

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// edit of a text: what stands from..to (in bytes) becomes text.
type edit struct {
	from, to int
	text     string
}

// inOrder also drops what was asked for twice.
func inOrder(edits []edit) []edit {
	slices.SortFunc(edits, func(a, b edit) int {
		return cmp.Or(a.from-b.from, a.to-b.to, strings.Compare(a.text, b.text))
	})
	return slices.Compact(edits)
}

// splice makes edits that are in order and do not overlap.
func splice(s string, edits []edit) string {
	var out strings.Builder
	at := 0
	for _, e := range edits {
		out.WriteString(s[at:e.from])
		out.WriteString(e.text)
		at = e.to
	}
	out.WriteString(s[at:])
	return out.String()
}

// differences between a text and what it shall be, as edits of the old one, so that what did not change keeps its formatting. Any answer that gives
// the new text is right; a small one is kinder. Words are followed one by one, and after a difference the nearest place is looked for where three agree again.
func differences(before, after string) []edit {
	a, b := words(before), words(after)
	var out []edit
	i, j, at := 0, 0, 0
	for i < len(a) || j < len(b) {
		if i < len(a) && j < len(b) && a[i] == b[j] {
			at += len(a[i])
			i, j = i+1, j+1
			continue
		}
		x, y := meet(a, b, i, j)
		e := edit{from: at, to: at + length(a[i:x]), text: strings.Join(b[j:y], "")}
		out = append(out, e)
		i, j, at = x, y, e.to
	}
	return out
}

// far is how many words are looked ahead, old and new together; a redaction is shorter.
const far = 160

func meet(a, b []string, i, j int) (int, int) {
	for d := 1; d <= far; d++ {
		for x := max(0, d-len(b)+j); x <= d && i+x <= len(a); x++ {
			if agree(a[i+x:], b[j+d-x:]) {
				return i + x, j + d - x
			}
		}
	}
	// Everything up to the common end.
	x, y := len(a), len(b)
	for x > i && y > j && a[x-1] == b[y-1] {
		x, y = x-1, y-1
	}
	return x, y
}

func agree(a, b []string) bool {
	if len(a) < 3 || len(b) < 3 {
		return slices.Equal(a, b)
	}
	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2]
}

// words, and everything between them character by character.
func words(s string) []string {
	var out []string
	for len(s) > 0 {
		n := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
		if n < 0 {
			n = len(s)
		}
		if n == 0 {
			_, n = utf8.DecodeRuneInString(s)
		}
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

func length(words []string) (n int) {
	for _, w := range words {
		n += len(w)
	}
	return n
}
