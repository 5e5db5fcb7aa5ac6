package records

import (
	"encoding/binary"
	"math/bits"
	"strings"
)

// grams finds thousands of words in a text in one pass. Of each word it knows a few neighbouring bytes, the rarest it has,
// and looks with stride for what may be one of them; only there it compares. An automaton of the same words would take
// two kilobytes a letter, and miss the processor's cache at each.
type grams struct {
	size   int // bytes looked at
	stride int // each word is known at so many neighbouring places
	may    []uint64
	shift  int
	at     map[uint32][]anchor
}

// anchor is where in a word its gram stands.
type anchor struct {
	word   int
	offset int
}

// newGrams takes words of size + stride - 1 bytes at least.
func newGrams(words []string, ids []int, size, stride int) *grams {
	if len(ids) == 0 {
		return nil
	}
	g := &grams{size: size, stride: stride, at: map[uint32][]anchor{}}
	g.shift = 32 - max(15, min(22, bits.Len(uint(len(ids)*stride*32))))
	g.may = make([]uint64, max(1, 1<<(32-g.shift)/64))
	shared := map[string]int{}
	for _, id := range ids {
		for i := range len(words[id]) - size - stride + 2 {
			shared[words[id][i:i+size+stride-1]]++
		}
	}
	for _, id := range ids {
		first := g.rarest(words[id], shared)
		for k := range stride {
			key := g.key([]byte(words[id][first+k:]))
			g.at[key] = append(g.at[key], anchor{id, first + k})
			h := g.hash(key)
			g.may[h>>6] |= 1 << (h & 63)
		}
	}
	return g
}

// rarest is where the least usual window of a word begins: few other words have it, and its letters are rare. The domain of
// an address stands in every other address.
func (g *grams) rarest(word string, shared map[string]int) int {
	window := g.size + g.stride - 1
	end := len(word) - window
	if at := strings.LastIndexByte(word, '@'); at >= window {
		end = at - window
	}
	best := 0
	score := func(i int) int {
		sum := 0
		for k := i; k < i+window; k++ {
			sum += rarity(word[k])
		}
		return sum - 4*bits.Len(uint(shared[word[i:i+window]]))
	}
	for i := 1; i <= end; i++ {
		if score(i) > score(best) {
			best = i
		}
	}
	return best
}

// rarity goes from 0 for a blank to 13 for the letters that texts in Swedish and English have least of.
func rarity(c byte) int {
	if i := strings.IndexByte(" eatnrsiodlgmkvhfpubcyjwxzq", c); i >= 0 {
		return i / 2
	}
	return 10
}

func (g *grams) key(b []byte) uint32 {
	if g.size == 4 {
		return binary.LittleEndian.Uint32(b)
	}
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
}

func (g *grams) hash(key uint32) uint32 { return key * 0x9e3779b1 >> g.shift }

// walk calls fn with each place where a word may be: where the word would begin.
func (g *grams) walk(text []byte, fn func(word, from int)) {
	if g == nil {
		return
	}
	if g.size == 4 {
		g.walkFour(text, fn)
		return
	}
	for i := 0; i+g.size <= len(text); i += g.stride {
		key := g.key(text[i:])
		if h := g.hash(key); g.may[h>>6]&(1<<(h&63)) != 0 {
			g.hit(key, i, fn)
		}
	}
}

// walkFour is the same with what the loop needs at hand: it runs over all that the database holds.
func (g *grams) walkFour(text []byte, fn func(word, from int)) {
	may, shift, stride := g.may, g.shift, g.stride
	for i := 0; i+4 <= len(text); i += stride {
		key := binary.LittleEndian.Uint32(text[i:])
		h := key * 0x9e3779b1 >> shift
		if may[h>>6]&(1<<(h&63)) != 0 {
			g.hit(key, i, fn)
		}
	}
}

func (g *grams) hit(key uint32, i int, fn func(word, from int)) {
	for _, a := range g.at[key] {
		if i >= a.offset {
			fn(a.word, i-a.offset)
		}
	}
}
