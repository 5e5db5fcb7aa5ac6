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
	size   int // bytes looked at, up to eight
	stride int // each word is known at so many neighbouring places
	mask   uint64
	may    []uint64 // a bit for each gram's hash
	shift  int
	table  []bucket // a gram is at its hash or in the next free place
}

type bucket struct {
	key     uint64
	anchors []anchor // none: free
}

// anchor is where in a word its gram stands. The word's own beginning lies here too: most comparisons end with it.
type anchor struct {
	word, offset int
	head, mask   uint64
}

// slack is how many bytes must follow a text that is walked.
const slack = 8

// newGrams takes words of size + stride - 1 bytes at least.
func newGrams(words []string, ids []int, size, stride int) *grams {
	if len(ids) == 0 {
		return nil
	}
	g := &grams{size: size, stride: stride, mask: 1<<(8*size) - 1, table: make([]bucket, 1<<bits.Len(uint(2*stride*len(ids))))}
	width := max(12, min(22, bits.Len(uint(len(ids)*stride*32))))
	g.shift, g.may = 64-width, make([]uint64, 1<<width/64)
	shared := map[string]int{}
	for _, id := range ids {
		for i := range len(words[id]) - size + 1 {
			shared[words[id][i:i+size]]++
		}
	}
	for _, id := range ids {
		first := g.rarest(words[id], shared)
		head := min(slack, len(words[id]))
		for k := range stride {
			key := number(words[id][first+k : first+k+size])
			b := g.bucket(key)
			b.key, b.anchors = key, append(b.anchors, anchor{id, first + k, number(words[id][:head]), ^uint64(0) >> (64 - 8*head)})
			h := key * spread >> g.shift
			g.may[h>>6] |= 1 << (h & 63)
		}
	}
	return g
}

// bucket is where a gram is, or would be.
func (g *grams) bucket(key uint64) *bucket {
	for i := key * spread >> 32; ; i++ {
		if b := &g.table[i&uint64(len(g.table)-1)]; b.key == key || len(b.anchors) == 0 {
			return b
		}
	}
}

// number reads up to eight bytes as one.
func number(s string) uint64 {
	var b [slack]byte
	copy(b[:], s)
	return binary.LittleEndian.Uint64(b[:])
}

// spread makes the upper bits of a product depend on each byte.
const spread = 0x9e3779b97f4a7c15

// rarest is where the least usual window of a word begins: few other words have it, and its letters are rare. The domain of
// an address stands in every other address.
func (g *grams) rarest(word string, shared map[string]int) int {
	window := g.size + g.stride - 1
	end := len(word) - window
	if at := strings.LastIndexByte(word, '@'); at >= window {
		end = at - window
	}
	best, most := 0, 0
	for i := range end + 1 {
		score, others := 0, 0
		for k := i; k < i+window; k++ {
			score += rarity(word[k])
		}
		for k := range g.stride {
			others += shared[word[i+k:i+k+g.size]]
		}
		if score -= 8 * bits.Len(uint(others)); i == 0 || score > most {
			best, most = i, score
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

// walk calls fn with each place where a word may be: where it would begin. It may read slack bytes after the text.
func (g *grams) walk(text []byte, fn func(word, from int)) {
	if g == nil {
		return
	}
	may, mask, shift, stride := g.may, g.mask, g.shift, g.stride
	padded := text[:len(text)+slack]
	for i := 0; i+g.size <= len(text); i += stride {
		key := binary.LittleEndian.Uint64(padded[i:]) & mask
		h := key * spread >> (shift & 63)
		if may[h>>6]&(1<<(h&63)) == 0 {
			continue
		}
		for _, a := range g.bucket(key).anchors {
			if from := i - a.offset; from >= 0 && binary.LittleEndian.Uint64(padded[from:])&a.mask == a.head {
				fn(a.word, from)
			}
		}
	}
}
