package records

import (
	"encoding/binary"
	"math/bits"
	"strings"
)

// maxDigits is how long a number can be that fits a uint64 with a one before it (which keeps leading zeroes apart).
const maxDigits = 18

// numbers finds numbers however people group their digits: any neighbouring groups of digits that make up one.
type numbers struct {
	ids     map[uint64]int
	lengths [maxDigits + 1]bool
	longest int
}

// add books a number under an id; false where it is too long to be one.
func (n *numbers) add(digits string, id int) bool {
	if len(digits) > maxDigits {
		return false
	}
	if n.ids == nil {
		n.ids = map[uint64]int{}
	}
	n.ids[numberOf(digits)] = id
	n.lengths[len(digits)] = true
	n.longest = max(n.longest, len(digits))
	return true
}

func numberOf(digits string) uint64 {
	v := uint64(1)
	for i := range len(digits) {
		v = v*10 + uint64(digits[i]-'0')
	}
	return v
}

// group is a run of digits, and how many digits of its number.
type group struct {
	value  uint64
	digits int
}

// walk calls fn for each number that stands in a text in normal form.
func (n *numbers) walk(text []byte, fn func(id int)) {
	if n.longest == 0 {
		return
	}
	var groups [maxDigits]group // the last ones that are near each other
	near, end := 0, 0           // how many; where the last ended
	for i := nextDigit(text, 0); i < len(text); i = nextDigit(text, i) {
		if near > 0 && !gap(text[end:i]) {
			near = 0
		}
		g := group{}
		for ; i < len(text) && isDigit(text[i]); i++ {
			if g.digits++; g.digits <= maxDigits {
				g.value = g.value*10 + uint64(text[i]-'0')
			}
		}
		end = i
		if g.digits > n.longest { // longer than any number, and so is all that it is a part of
			near = 0
			continue
		}
		if near == len(groups) {
			copy(groups[:], groups[1:])
			near--
		}
		groups[near] = g
		near++
		n.join(groups[:near], fn)
	}
}

// join looks up what the last group makes with those before it.
func (n *numbers) join(groups []group, fn func(id int)) {
	value, digits, scale := uint64(0), 0, uint64(1)
	for k := len(groups) - 1; k >= 0; k-- {
		if digits += groups[k].digits; digits > n.longest {
			return
		}
		value += groups[k].value * scale
		for range groups[k].digits {
			scale *= 10
		}
		if n.lengths[digits] {
			if id, ok := n.ids[value+scale]; ok {
				fn(id)
			}
		}
	}
}

// gap says whether people put this between the digits of a number: up to three blanks and signs.
func gap(b []byte) bool {
	if len(b) > 3 {
		return false
	}
	for _, c := range b {
		if strings.IndexByte(" -()./+", c) < 0 {
			return false
		}
	}
	return true
}

// nextDigit is where the first digit from i on is, or the end.
func nextDigit(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		y := binary.LittleEndian.Uint64(b[i:]) ^ 0x3030303030303030
		if is := ^(((y & eachLow) + 0x7676767676767676) | y) & eachTop; is != 0 {
			return i + bits.TrailingZeros64(is)/8
		}
	}
	for ; i < len(b) && !isDigit(b[i]); i++ {
	}
	return i
}
