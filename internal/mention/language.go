package mention

// language is the one that a text is written in, as far as its small words tell: "sv", "en", "de", "fi", or "sl" for
// Polish, Czech and their like; "" where they do not tell.
func (f *finder) language() string {
	if !f.read {
		f.read, f.lang = true, f.languageOf(0, len(f.toks))
	}
	return f.lang
}

// manyTokens are enough to know a language by.
const manyTokens = 400

func (f *finder) languageOf(i, j int) string {
	var votes [5]int
	for ; i < min(j, manyTokens); i++ {
		w := f.s.b[f.toks[i].s:f.toks[i].e]
		if len(w) > 12 {
			continue
		}
		for k, l := range languages {
			if words()["words_"+l][string(w)] {
				votes[k]++
			}
		}
	}
	best, most := "", 0
	for k, n := range votes {
		if n > most {
			best, most = languages[k], n
		}
	}
	return best
}

var languages = [...]string{"sv", "en", "de", "fi", "sl"}
