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
// the new text is right; a small one is kinder. Where the texts part, the nearest place is looked for where three words agree again.
func differences(before, after string) []edit {
	var out []edit
	for i, j := 0, 0; ; {
		n := common(before[i:], after[j:])
		i, j = i+n, j+n
		if i == len(before) && j == len(after) {
			return out
		}
		a, b := words(before[i:], far+3), words(after[j:], far+3)
		x, y, found := meet(a, b)
		from, to := length(a[:x]), length(b[:y])
		if !found {
			from, to = len(before)-i, len(after)-j
			for from > 0 && to > 0 && before[i+from-1] == after[j+to-1] {
				from, to = from-1, to-1
			}
			for from < len(before)-i && !utf8.RuneStart(before[i+from]) {
				from, to = from+1, to+1
			}
		}
		out = append(out, edit{i, i + from, after[j : j+to]})
		i, j = i+from, j+to
	}
}

// common start in bytes, up to the beginning of the word that differs.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	if n == len(a) && n == len(b) {
		return n
	}
	for n > 0 && (n < len(a) && !utf8.RuneStart(a[n]) || n < len(b) && !utf8.RuneStart(b[n])) {
		n--
	}
	end := strings.LastIndexFunc(a[:n], func(r rune) bool { return !inWord(r) })
	if end < 0 {
		return 0
	}
	_, size := utf8.DecodeRuneInString(a[end:n])
	return end + size
}

// far is how many words are looked ahead, old and new together; a redaction is shorter.
const far = 160

func meet(a, b []string) (x, y int, found bool) {
	for d := 1; d <= far; d++ {
		for x := max(0, d-len(b)); x <= d && x <= len(a); x++ {
			if agree(a[x:], b[d-x:]) {
				return x, d - x, true
			}
		}
	}
	return 0, 0, false
}

// agree where three words do, or all up to the end.
func agree(a, b []string) bool {
	if len(a) < 3 || len(b) < 3 {
		return slices.Equal(a, b)
	}
	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2]
}

// words, and everything between them character by character; the first of them.
func words(s string, most int) []string {
	var out []string
	for len(s) > 0 && len(out) < most {
		n := strings.IndexFunc(s, func(r rune) bool { return !inWord(r) })
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

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

func length(words []string) (n int) {
	for _, w := range words {
		n += len(w)
	}
	return n
}
