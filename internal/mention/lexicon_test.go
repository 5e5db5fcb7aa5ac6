package mention

import (
	"bufio"
	"strings"
	"testing"
)

func TestLexicons(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]lexicon{"common": commonWords(), "given": lexicon(givenFile), "surname": lexicon(surnameFile)} {
		if !strings.HasSuffix(string(l), "\n") {
			t.Errorf("%s does not end in a line", name)
		}
		last, n := "", 0
		for lines := bufio.NewScanner(strings.NewReader(string(l))); lines.Scan(); n++ {
			w := lines.Text()
			if w <= last || Normalise(w) != w {
				t.Errorf("%s: %q after %q: not sorted, or not normalised", name, w, last)
			}
			if n%97 == 0 && (!l.has(w) || l.has(w+"zq") || l.has(w[:len(w)-1]+"'")) {
				t.Errorf("%s: %q is not found, or a neighbour is", name, w)
			}
			last = w
		}
		if n < 10_000 || !l.has(last) || l.has("") {
			t.Errorf("%s holds %d words", name, n)
		}
	}
}
