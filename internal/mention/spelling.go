package mention

import "strings"

// near says whether w is a misspelling of name: one letter, two letters swapped, or a usual variant. Sound is that of
// name.
func near(w, name, sound string, given bool) bool {
	if len(w) < 4 || len(name) < 4 || w == name {
		return false
	}
	if soundsLike(w, sound) {
		return true
	}
	if w[0] != name[0] && (!given || len(name) < 5) || !oneOff(w, name) {
		return false
	}
	return !(given && in("given", w) || !given && in("surname", w))
}

// mayBeNear is false only where near is, for w and for w without its last letter. It looks at little.
func mayBeNear(w []byte, name, sound string, given bool) bool {
	if len(w) < 4 || len(name) < 4 {
		return false
	}
	if sound == "" || firstSound(w) == sound[0] {
		return true
	}
	return (w[0] == name[0] || given && len(name) >= 5) && len(w) >= len(name)-1 && len(w) <= len(name)+2
}

// appendSound writes how a word sounds: letters that are spelt for one another alike, double letters as one.
func appendSound(b []byte, w string) []byte {
	put := func(c byte) {
		if len(b) == 0 || b[len(b)-1] != c {
			b = append(b, c)
		}
	}
	for i := 0; i < len(w); i++ {
		next := byte(0)
		if i+1 < len(w) {
			next = w[i+1]
		}
		switch c := w[i]; {
		case c == 'p' && next == 'h':
			put('f')
			i++
		case c == 'v', c == 'w':
			put('f')
		case c == 't' && next == 'h':
			put('t')
			i++
		case c == 'c' && (next == 'k' || next == 'h'):
			put('k')
			i++
		case c == 's' && next == 'j': // Sjevtjenko, Shevchenko
			put('s')
			i++
		case c == 't' && next == 'j':
			put('k')
			i++
		case c == 'e' && next == 'i': // Leila, Layla
			put('a')
			put('i')
			i++
		case next == 'h' && strings.IndexByte("skgdb", c) >= 0: // Lakshmi, Laxmi
			put(c)
			i++
		case c == 'd' && next == 't':
			put('t')
			i++
		case c == 'e' && next == 'e', c == 'i' && next == 'e' && i+2 == len(w), c == 'y' && len(w) > 3: // Shireen, Shirin
			put('i')
			if c != 'y' {
				i++
			}
		case c == 'o' && (next == 'o' || next == 'u'):
			put('u')
			i++
		case c == 'j' && i > 0 && vowel(w[i-1]): // Kajsa, Kaisa
			put('i')
		case c == 'q' && next == 'u':
			put('k')
			put('f')
			i++
		case c == 'c', c == 'q':
			put('k')
		case c == 'z':
			put('s')
		case c == 'x':
			put('k')
			put('s')
		default:
			put(c)
		}
	}
	if n := len(b); n > 0 && b[n-1] == 'h' {
		b = b[:n-1]
	}
	return b
}

func firstSound(w []byte) byte {
	switch c := w[0]; {
	case c == 'v', c == 'w', c == 'p' && len(w) > 1 && w[1] == 'h':
		return 'f'
	case c == 'c', c == 'q', c == 'x':
		return 'k'
	case c == 'z':
		return 's'
	case c == 'y', c == 'e' && len(w) > 1 && w[1] == 'e':
		return 'i'
	case c == 'e' && len(w) > 1 && w[1] == 'i':
		return 'a'
	case c == 't' && len(w) > 1 && w[1] == 'j':
		return 'k'
	case c == 'o' && len(w) > 1 && (w[1] == 'o' || w[1] == 'u'):
		return 'u'
	default:
		return c
	}
}

func sounds(w string) string { return string(appendSound(nil, w)) }

func soundsLike(w, sound string) bool {
	var room [48]byte
	return string(appendSound(room[:0], w)) == sound
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
