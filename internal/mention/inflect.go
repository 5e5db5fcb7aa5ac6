package mention

import "strings"

// Names in languages that change the word itself: a stem, and the endings that it takes. Both are normalised.

// stem is the beginning of a name's inflected forms in a language.
type stem struct {
	text, ends, lang string
}

// The endings of Finnish cases, with and without a possessive or -kin, after a stem in its weak and in its strong grade;
// and those of Polish, Czech and Slovak.
const (
	finnishWeak   = " n lle lla lta ssa sta ksi tta t nkin llekin "
	finnishStrong = " a aa an na ta en in on un yn ja jen een iin lle lla lta n ssa sta tta ksi "
	finnishNen    = " sen selle sella selta sessa sesta seen sta sena seksi set senkin "
	slavicNoun    = " a owi ovi em iem ie u e om ow "
	slavicAdj     = " ego emu im ym ych mu ho m "
	slavicA       = " y i ie e o u ou ii ze ami "
)

// stems gives the stems of one word of a name in normal form.
func stems(w string, given bool) []stem {
	if len(w) < 3 || strings.ContainsAny(w, " -'") || strings.Contains(w, lost) {
		return nil
	}
	return append(finnishStems(w), slavicStems(w, given)...)
}

func vowel(c byte) bool { return strings.IndexByte("aeiouy", c) >= 0 }

func finnishStems(w string) []stem {
	last, cut := w[len(w)-1], w[:len(w)-1]
	add := func(weak, strong string) []stem {
		out := []stem{{strong, finnishStrong, "fi"}}
		if weak != strong {
			out = append(out, stem{weak, finnishWeak, "fi"})
		}
		return out
	}
	switch {
	case strings.HasSuffix(w, "nen") && len(w) > 5:
		return []stem{{w[:len(w)-3], finnishNen, "fi"}}
	case last == 'e': // Laine, Laineen
		return append(add(w+"e", w+"e"), stem{w, finnishStrong, "fi"})
	case last == 'i': // Matti, Matin; Mäki, Mäen
		out := add(weakGrade(cut)+"i", w)
		if e := weakGrade(cut) + "e"; len(e) > 2 {
			out = append(out, stem{e, finnishWeak, "fi"})
		}
		return append(out, stem{cut + "e", finnishStrong, "fi"})
	case vowel(last):
		return add(weakGrade(cut)+string(last), w)
	case len(w) > 3: // a foreign name: Erik, Erikin
		return []stem{{w + "i", finnishStrong, "fi"}}
	}
	return nil
}

// weakGrade gives what the consonants at the end of a stem become in a closed syllable.
func weakGrade(s string) string {
	for _, g := range [...][2]string{
		{"kk", "k"},
		{"pp", "p"},
		{"tt", "t"},
		{"nk", "ng"},
		{"nt", "nn"},
		{"mp", "mm"},
		{"lt", "ll"},
		{"rt", "rr"},
		{"ht", "hd"},
		{"lk", "l"},
		{"rk", "r"},
		{"sk", "sk"},
		{"st", "st"},
		{"k", ""},
		{"t", "d"},
		{"p", "v"},
	} {
		if strings.HasSuffix(s, g[0]) {
			return strings.TrimSuffix(s, g[0]) + g[1]
		}
	}
	return s
}

func slavicStems(w string, given bool) []stem {
	last, cut := w[len(w)-1], w[:len(w)-1]
	sl := func(text, ends string) stem { return stem{text, ends, "sl"} }
	switch {
	case !given && (strings.HasSuffix(w, "ski") || strings.HasSuffix(w, "cki") || strings.HasSuffix(w, "sky") || strings.HasSuffix(w, "cky")):
		return []stem{sl(w, slavicAdj), sl(cut, slavicAdj+"eho emu ")}
	case !given && (strings.HasSuffix(w, "ska") || strings.HasSuffix(w, "cka")):
		return []stem{sl(cut, " iej a ej ou e ")}
	case !given && strings.HasSuffix(w, "ova"):
		return []stem{sl(cut, " e ou a ")}
	case strings.HasSuffix(w, "ia"):
		return []stem{sl(cut, " i e o a "), sl(w[:len(w)-2], " i e ")}
	case last == 'a':
		out := []stem{sl(cut, slavicA)}
		if soft := softened(cut); soft != cut {
			out = append(out, sl(soft, " e ie "))
		}
		return out
	case last == 'e' && given:
		return []stem{sl(cut, " i ii e ")}
	case vowel(last):
		return nil
	}
	out := []stem{sl(w, slavicNoun)}
	if soft := softened(w); soft != w {
		out = append(out, sl(soft, " e ie u "))
	}
	// Marek, Marka; Paweł, Pawła
	if n := len(w); n > 4 && w[n-2] == 'e' && strings.IndexByte("klc", last) >= 0 && !vowel(w[n-3]) {
		out = append(out, sl(w[:n-2]+string(last), slavicNoun))
	}
	return out
}

// softened gives the consonant before an ending with e.
func softened(s string) string {
	for _, g := range [...][2]string{{"k", "c"}, {"g", "dz"}, {"r", "rz"}, {"t", "ci"}, {"d", "dzi"}, {"ch", "sz"}} {
		if strings.HasSuffix(s, g[0]) {
			return strings.TrimSuffix(s, g[0]) + g[1]
		}
	}
	return s
}

// inflected says whether a word that is a stem with one of its endings is the name: in a text of that language, or where
// the name itself is of it and the word is no other name or word.
func (f *finder) inflected(n int, p *part, w string) bool {
	if f.language() == p.lang {
		return true
	}
	s := &f.m.subjects[n]
	return s.homes[p.lang] && len(w) > 3 && !givenName(w) && !surnameKnown(w) && !commonWords().has(w)
}

// homes are the languages that the names of a person point to.
func homes(p Person) map[string]bool {
	out := map[string]bool{}
	for _, n := range append(append(append([]string{}, p.Surname...), p.FormerSurnames...), p.Given...) {
		raw, w := strings.ToLower(n), Normalise(n)
		if strings.HasSuffix(w, "nen") && len(w) > 5 || strings.HasSuffix(raw, "lä") || strings.HasSuffix(raw, "mäki") || len(w) > 4 && (strings.HasSuffix(w, "la") || strings.HasSuffix(w, "nti") || strings.HasSuffix(w, "kki")) || in("finnish", w) {
			out["fi"] = true
		}
		if strings.ContainsAny(raw, "łńśżźćęąřěčůňďť") || strings.HasSuffix(w, "ski") || strings.HasSuffix(w, "ska") || strings.HasSuffix(w, "cki") || strings.HasSuffix(w, "cka") || strings.HasSuffix(w, "ova") || strings.HasSuffix(w, "wicz") || strings.HasSuffix(w, "czyk") || in("slavic", w) {
			out["sl"] = true
		}
	}
	return out
}
