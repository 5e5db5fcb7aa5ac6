package records

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"insyn/internal/mention"
)

// net finds the identifiers of many subjects in any text: words in the text's normal form, and numbers in any grouping.
// Nothing of it is shared with the search that an erasure makes, which it is the proof of.
type net struct {
	words   []string // in normal form
	owners  [][]int  // of a word or a number: whose it is
	grams   []*grams // of the long words, the shorter, the shortest
	numbers numbers
	least   int // bytes of the shortest word
}

// newNet makes a net of the identifiers of each subject; nil where there are none at all.
func newNet(subjects [][]mention.Person) *net {
	n := &net{}
	ids := map[string]int{}
	for who, people := range subjects {
		for _, p := range patternsOf(people) {
			id, ok := ids[p]
			if !ok {
				id = len(n.words)
				ids[p] = id
				n.words, n.owners = append(n.words, p), append(n.owners, nil)
				if len(p) >= 7 && digits(p) == p {
					n.numbers.add(p, id)
				}
			}
			n.owners[id] = append(n.owners[id], who)
		}
	}
	if len(n.words) == 0 {
		return nil
	}
	var long, middle, short []int
	n.least = len(n.words[0])
	for id, w := range n.words {
		n.least = min(n.least, len(w))
		switch {
		case n.countable(w, n.owners[id]):
		case len(w) >= 7:
			long = append(long, id)
		case len(w) >= 5:
			middle = append(middle, id)
		default:
			short = append(short, id)
		}
	}
	n.grams = []*grams{newGrams(n.words, long, 6, 2), newGrams(n.words, middle, 4, 2), newGrams(n.words, short, 3, 1)}
	return n
}

// countable says that wherever this word stands, a number of the same subjects stands too.
func (n *net) countable(word string, owners []int) bool {
	if strings.Trim(word, "0123456789 -()./+") != "" {
		return false
	}
	found := false
	n.numbers.walk([]byte(word), func(id int) {
		found = found || n.words[id] == digits(word) && !slices.ContainsFunc(owners, func(o int) bool { return !slices.Contains(n.owners[id], o) })
	})
	return found
}

// patternsOf are the identifiers in normal form, each once.
func patternsOf(people []mention.Person) []string {
	var out []string
	for _, p := range people {
		out = append(out, mention.Patterns(p)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// seeker looks for the net's identifiers; one goroutine uses it at a time.
type seeker struct {
	*net
	text, plain, next []byte
	seen              []int // of each subject: the value that it was found in last
	value             int
	found             []int
}

func (n *net) seeker(subjects int) *seeker { return &seeker{net: n, seen: make([]int, subjects)} }

// begin starts a value: what was found before is forgotten.
func (s *seeker) begin() {
	s.value++
	s.found = s.found[:0]
}

// brief says that a value is too short to hold anything: a code, most often. A letter beyond ASCII may be two in the normal form.
func (n *net) brief(value []byte) bool {
	return len(value) < n.least && !slices.ContainsFunc(value, func(c byte) bool { return c >= utf8.RuneSelf })
}

// look adds to found the subjects that a text names, each once: as it stands, and where it may be encoded, decoded.
func (s *seeker) look(raw []byte) {
	if !s.read(raw) {
		return
	}
	// What was encoded three times names nobody any more.
	for range 2 {
		if !encoded(raw) || len(s.found) == len(s.seen) {
			return
		}
		s.plain, s.next = decode(s.next[:0], raw), s.plain
		if len(s.plain) == len(raw) { // each form is longer than the letter
			return
		}
		raw = s.plain
		if !s.read(raw) {
			return
		}
	}
}

// read looks at a text as it stands, and says whether it may hold encoded letters.
func (s *seeker) read(raw []byte) bool {
	var marks bool
	s.text, marks = normal(s.text[:0], raw)
	s.text = append(s.text, make([]byte, slack)...)
	text := s.text[:len(s.text)-slack]
	word := func(id, from int) {
		w := s.words[id]
		to := from + len(w)
		if to <= len(text) && string(text[from:to]) == w && whole(text, from, to) {
			s.hit(id)
		}
	}
	for _, g := range s.grams {
		g.walk(text, word)
	}
	s.numbers.walk(text, s.hit)
	return marks
}

func (s *seeker) hit(id int) {
	for _, who := range s.owners[id] {
		if s.seen[who] != s.value {
			s.seen[who] = s.value
			s.found = append(s.found, who)
		}
	}
}

// whole says whether what stands there stands by itself and not inside a longer word or number.
func whole(text []byte, from, to int) bool {
	if !bytes.ContainsAny(text[from:to], " @") && isLetter(text[from]) { // a login: with a number after it, it is another's
		return (from == 0 || !isLetter(text[from-1]) && !isDigit(text[from-1])) && (to == len(text) || !isLetter(text[to]) && !isDigit(text[to])) && !hyphenated(text, from, to)
	}
	return !hyphenated(text, from, to) &&
		(from == 0 || !sameWord(text[from-1], text[from])) && (to == len(text) || !sameWord(text[to-1], text[to]))
}

// hyphenated says that a hyphen makes the pattern the end of another name ("Anna-Karin Wallin" is not Karin Wallin), or a sign
// the end of another address.
func hyphenated(text []byte, from, to int) bool {
	if from < 2 || !isLetter(text[from]) || !isLetter(text[from-2]) && !isDigit(text[from-2]) {
		return false
	}
	if bytes.IndexByte(text[from:to], '@') >= 0 {
		return strings.IndexByte("-._+", text[from-1]) >= 0
	}
	return text[from-1] == '-' && isLetter(text[from-2])
}

func sameWord(a, b byte) bool {
	return isDigit(a) && isDigit(b) || isLetter(a) && isLetter(b)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || c >= 0x80 }
