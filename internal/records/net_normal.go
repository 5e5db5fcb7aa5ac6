package records

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"insyn/internal/mention"
)

// Eight bytes are looked at as one number; these are a byte of it, eight times.
const (
	eachTop   = 0x8080808080808080
	eachLow   = 0x7f7f7f7f7f7f7f7f
	eachBlank = 0x2020202020202020
	eachOne   = 0x0101010101010101
)

// normal appends the normal form of a text, as mention.Normalise gives it, at the speed that a database is read with:
// plain letters eight at a time, the others from a table. Bytes that are no UTF-8 are taken for Windows-1252, since a
// database or a file that does not say its charset holds that. It also says whether the text has a sign that an encoded
// letter begins with, or one beside it in ASCII.
func normal(dst, src []byte) ([]byte, bool) {
	begun := len(dst)
	marks, mistaken := uint64(0), false
	var table []string
	blank := uint64(0x80) // the last sign written is a blank; blanks at the start are dropped
	for i := 0; i < len(src); {
		if cap(dst)-len(dst) < 8 {
			dst = slices.Grow(dst, len(src)-i+8)
		}
		x := uint64(0)
		if i+8 <= len(src) {
			x = binary.LittleEndian.Uint64(src[i:])
		} else {
			last := [8]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
			copy(last[:], src[i:])
			x = binary.LittleEndian.Uint64(last[:])
		}
		// A top bit is set in isBlank at each blank, and in stop at what is no plain letter: a byte of another alphabet, a
		// control sign, a blank after a blank. (In control the bits above the first one may be wrong; only the first counts.)
		y := x ^ eachBlank
		isBlank := ^(((y & eachLow) + eachLow) | y) & eachTop
		control := (x - eachBlank) &^ x & eachTop
		marks |= anyZero(x&(0xfc*eachOne)^'$'*eachOne) | anyZero(x&(0xfe*eachOne)^'<'*eachOne) | anyZero(x^'\\'*eachOne)
		stop := x&eachTop | control | isBlank&(isBlank<<8|blank)
		n := bits.TrailingZeros64(stop) / 8
		dst = dst[:len(dst)+8]
		binary.LittleEndian.PutUint64(dst[len(dst)-8:], lower(x))
		dst = dst[:len(dst)-8+n]
		i += n
		if n > 0 {
			blank = isBlank >> (8*n - 8) & 0x80
		}
		if n == 8 || i == len(src) {
			continue
		}
		var s string
		c := src[i]
		switch {
		case c == ' ' || '\t' <= c && c <= '\r':
			s, i = " ", i+1
		case c < utf8.RuneSelf:
			s, i = asciiText[c:c+1], i+1
		default:
			r, size := utf8.DecodeRune(src[i:])
			if r == utf8.RuneError && size == 1 {
				r = charmap.Windows1252.DecodeByte(c)
			}
			if table == nil {
				table = foldedTable()
			}
			if i += size; int(r) < len(table) {
				s = table[r]
			} else {
				s = foldedRune(r)
			}
			mistaken = mistaken || r == 'Â' || r == 'Ã'
		}
		if s != "" && s[0] == ' ' && blank != 0 {
			s = s[1:]
		}
		if s != "" {
			dst = append(dst, s...)
			blank = 0
			if s[len(s)-1] == ' ' {
				blank = 0x80
			}
		}
	}
	if blank != 0 && len(dst) > begun {
		dst = dst[:len(dst)-1]
	}
	return dst, marks != 0 || mistaken
}

// anyZero is 0 unless one of the eight bytes is.
func anyZero(x uint64) uint64 { return (x - eachOne) &^ x & eachTop }

// lower sets bit 0x20 of the bytes that are A to Z.
func lower(x uint64) uint64 {
	low := x & eachLow
	fromA := low + 0x3f3f3f3f3f3f3f3f
	aboveZ := low + 0x2525252525252525
	return x | (fromA&^aboveZ&^x&eachTop)>>2
}

var asciiText = func() string {
	b := make([]byte, utf8.RuneSelf)
	for i := range b {
		b[i] = byte(i)
	}
	return string(b)
}()

// foldedTable has the normal form of the runes of the first plane, two letters each at most apart from ligatures.
var foldedTable = sync.OnceValue(func() []string {
	t := make([]string, 0x10000)
	for r := range rune(0x10000) {
		if utf8.ValidRune(r) {
			t[r] = foldedRune(r)
		}
	}
	return t
})

// foldedRune is the normal form of one rune in the midst of others: at an end it would lose a blank.
func foldedRune(r rune) string {
	s := mention.Normalise("x" + string(r) + "x")
	return s[1 : len(s)-1]
}
