package mention

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed data/words.txt
var wordFile string

// words are the lists that the name rules ask, each a set of normalised words. Read once, never changed.
var words = sync.OnceValue(func() map[string]map[string]bool {
	out := map[string]map[string]bool{}
	section := ""
	for line := range strings.Lines(wordFile) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			section = strings.Trim(line, "[]")
			out[section] = map[string]bool{}
		default:
			for _, w := range strings.Fields(line) {
				out[section][Normalise(w)] = true
			}
		}
	}
	return out
})

// in says whether a normalised word is on a list.
func in(list, word string) bool { return words()[list][word] }

var surnameEnds = []string{"sson", "sen", "berg", "gren", "lund", "strom", "qvist", "kvist", "quist", "stedt", "stedt", "holm", "man", "ander", "din", "lin", "blad", "ling", "mark", "feldt", "skold", "hjelm", "nen", "ski", "ska", "son", "stroem", "vall", "wall", "dahl", "sjo", "gard", "rud", "vik"}

// surnameLike guesses from the list and the ending; given names are none.
func surnameLike(w string) bool {
	if in("surname", w) {
		return true
	}
	return !in("given", w) && !in("other", w) && surnameEnding(w)
}

// surnameEnding says whether a word ends as Nordic surnames do.
func surnameEnding(w string) bool {
	if len(w) < 5 || len(w) > 7 && strings.HasSuffix(w, "aminen") { // Finnish: what one does
		return false
	}
	for _, e := range surnameEnds {
		if strings.HasSuffix(w, e) {
			return true
		}
	}
	return false
}
