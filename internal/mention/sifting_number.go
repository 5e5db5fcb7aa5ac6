package mention

import "strings"

// number takes the digits between a and e to those before them, where these are near, and says whether they may end a number.
func (f *sifting) number(a, e int) bool {
	if !f.m.counts {
		return false
	}
	if f.digits > 0 && !near4(f.src[f.ended:a]) {
		f.digits = 0
	}
	for i := a; i < e; i++ {
		copy(f.tail[:], f.tail[1:])
		f.tail[5] = f.src[i]
	}
	f.digits += e - a
	f.ended = e
	if f.digits < 6 {
		return false
	}
	h := hashTail(&f.tail)
	return f.numbers[h>>6]&(1<<(h&63)) != 0 && f.tails[f.tail]
}

// near4 says whether what stands between two groups of digits may be part of a number; blanks count once.
func near4(gap string) bool {
	n, blank := 0, false
	for i := range len(gap) {
		switch c := gap[i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || blank && (c == '>' || c == '|'):
			if !blank {
				n++
			}
			blank = true
		case strings.IndexByte("-./()+", c) >= 0:
			n++
			blank = false
		default:
			return classes[c] == signByte || classes[c] == latinByte || classes[c] == tagByte // which may be a blank
		}
	}
	return n <= 4
}
