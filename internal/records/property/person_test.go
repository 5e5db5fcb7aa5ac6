package property

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// person is a row of the table of persons. All that is theirs carries their token, a surname that nobody else has, so
// that a search for it finds what was left.
type person struct {
	key                []string // its parts
	token, given       string
	email, phone, code string
	root               int  // the person whose duplicate the card is; itself where it is none
	group              bool // a row that is no person
}

func (p *person) full() string { return p.given + " " + p.token }

// text is the key as a reference in a text writes it.
func (p *person) text() string { return strings.Join(p.key, ",") }

// Made up, and unlike each other: a matcher that allows for misspellings must not take one for another.
var tokens = []string{
	"Brandvikson", "Tolstrupius", "Murezzanelli", "Okonjimade", "Zwierzykow", "Fjallbohm", "Quintelaire", "Hesselgard",
}

// Few, so that persons who share nothing else are called the same.
var givens = []string{"Astrid", "Henrik", "Carola"}

// The keys of which one is the beginning of another.
var ints = []string{"4821", "48213", "48", "482", "7733", "77", "91827", "918"}

// Where the addresses are.
const (
	inPerson = "on the person's row"
	inTable  = "in a table"
	linked   = "in a table, tied by another"
)

const (
	intKey       = "integer"
	uuidKey      = "uuid"
	textKey      = "text"
	compositeKey = "composite"
)

// nobody is the placeholder that references are cut to, where they may not be null.
const nobody = 9

func (w *world) drawPersons() {
	w.keyKind = rapid.SampledFrom([]string{intKey, textKey, uuidKey, compositeKey}).Draw(w.t, "key")
	n := rapid.IntRange(2, 5).Draw(w.t, "persons")
	for i := range n {
		p := &person{token: tokens[i], given: rapid.SampledFrom(givens).Draw(w.t, "given"), root: i}
		switch w.keyKind {
		case intKey:
			p.key = []string{ints[i]}
		case textKey:
			p.key = []string{"k" + ints[i]}
		case uuidKey:
			p.key = []string{fmt.Sprintf("0f%06d-1234-4abc-8def-%012d", 100+i, 7770000+i)}
		case compositeKey: // two firms number their own people
			p.key = []string{fmt.Sprint(1 + i%2), ints[i/2]}
		}
		low := strings.ToLower(p.token)
		p.email = strings.ToLower(p.given) + "." + low + "@post.example"
		p.phone = fmt.Sprintf("070-555 %d%d %d7", i+1, i+1, i)
		p.code = "C-" + low + "-1"
		w.people = append(w.people, p)
	}
	w.subject = rapid.IntRange(0, n-1).Draw(w.t, "subject")
	w.merges = w.keyKind != compositeKey && rapid.Bool().Draw(w.t, "merges")
	if w.merges {
		for i, p := range w.people {
			if i != w.subject && w.people[w.subject].root == w.subject && rapid.IntRange(0, 3).Draw(w.t, "duplicate") == 3 {
				p.root = w.subject
			}
		}
	}
	w.mail = rapid.SampledFrom([]string{inPerson, inTable, linked}).Draw(w.t, "mail")
	w.groups = rapid.Bool().Draw(w.t, "groups")
	if w.groups && n > 2 {
		last := n - 1
		if last != w.subject && w.people[last].root == last {
			w.people[last].group = true
		}
	}
}

// erased says whether a card is the subject's.
func (w *world) erased(i int) bool { return w.people[i].root == w.subject }

// cards are the subject's.
func (w *world) cards() []*person {
	var out []*person
	for i, p := range w.people {
		if w.erased(i) {
			out = append(out, p)
		}
	}
	return out
}

// persons are the owners who are one: neither groups nor, twice, the same human.
func (w *world) persons(owners []int) []int {
	var out []int
	seen := map[int]bool{}
	for _, i := range owners {
		root := w.people[i].root
		if !w.people[i].group && !seen[root] {
			seen[root] = true
			out = append(out, root)
		}
	}
	return out
}
