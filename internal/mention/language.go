package mention

// language is the one that a text is written in, as far as its small words tell: "sv", "en", "de", "fi", or "sl" for
// Polish, Czech and their like; "" where they do not tell.
func (f *finder) language() string {
	if !f.read {
		f.read = true
		f.lang, _ = f.votes()
	}
	return f.lang
}

// manyTokens are enough to know a language by.
const manyTokens = 400

// votes gives the language with most of its small words at the beginning of the text, and how many they are.
func (f *finder) votes() (best string, most int) {
	var votes [len(languages)]int
	for i := range min(len(f.toks), manyTokens) {
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
	for k, n := range votes {
		if n > most {
			best, most = languages[k], n
		}
	}
	return best, most
}

var languages = [...]string{"sv", "en", "de", "fi", "sl"}
