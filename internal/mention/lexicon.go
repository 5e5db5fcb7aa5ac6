package mention

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"strings"
	"sync"
)

//go:embed data/common.txt.gz
var commonFile []byte

//go:embed data/given.txt
var givenFile string

//go:embed data/surname.txt
var surnameFile string

// lexicon is a list of normalised words, sorted, each on a line.
type lexicon string

// has says whether a word is on the list.
func (l lexicon) has(w string) bool {
	lo, hi := 0, len(l)
	for lo < hi {
		// the line around the middle
		a := (lo + hi) / 2
		if i := strings.LastIndexByte(string(l[lo:a]), '\n'); i >= 0 {
			a = lo + i + 1
		} else {
			a = lo
		}
		e := a + strings.IndexByte(string(l[a:]), '\n')
		switch strings.Compare(string(l[a:e]), w) {
		case 0:
			return true
		case -1:
			lo = e + 1
		default:
			hi = a
		}
	}
	return false
}

// The lists are read when a rule first asks. data/README.md says where they come from.
var commonWords = sync.OnceValue(func() lexicon {
	z, err := gzip.NewReader(bytes.NewReader(commonFile))
	if err != nil {
		panic(err) // it is part of the program
	}
	b, err := io.ReadAll(z)
	if err != nil {
		panic(err)
	}
	return lexicon(b)
})

// commonWord says whether a normalised word is one of Swedish or English that is no name, as it stands in a dictionary in
// small letters.
func commonWord(w string) bool {
	return len(w) > 1 && !in("given", w) && !in("surname", w) && commonWords().has(w)
}

// givenName says whether a normalised word is known as a given name.
func givenName(w string) bool { return in("given", w) || lexicon(givenFile).has(w) }

// surnameKnown says whether a normalised word is known as a surname.
func surnameKnown(w string) bool { return in("surname", w) || lexicon(surnameFile).has(w) }
