package mention

import "strings"

// near says whether w is a misspelling of name: one letter, two letters swapped, or a usual variant.
func near(w, name string, given bool) bool {
	if len(w) < 4 || len(name) < 4 || w == name {
		return false
	}
	if lead(w[0]) == lead(name[0]) && sounds(w) == sounds(name) {
		return true
	}
	if given && in("given", w) || !given && in("surname", w) {
		return false
	}
	if w[0] != name[0] && (!given || len(name) < 5) {
		return false
	}
	return oneOff(w, name)
}

// lead is the first sound of a word that begins with c, roughly: words that sound alike have the same.
func lead(c byte) byte {
	switch c {
	case 'p', 'v', 'w':
		return 'f'
	case 'c', 'q', 'x':
		return 'k'
	case 'z':
		return 's'
	}
	return c
}

var sound = strings.NewReplacer("ph", "f", "v", "f", "w", "f", "th", "t", "ck", "k", "ch", "k", "qu", "kf", "c", "k", "q", "k", "z", "s", "x", "ks")

func sounds(w string) string {
	w = sound.Replace(w)
	var b []byte
	for i := 0; i < len(w); i++ {
		if i == 0 || w[i] != w[i-1] {
			b = append(b, w[i])
		}
	}
	return strings.TrimSuffix(string(b), "h")
}

// oneOff is an edit distance of one, a swap of neighbours counted as one.
func oneOff(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		if i == len(a) {
			return false
		}
		return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}
