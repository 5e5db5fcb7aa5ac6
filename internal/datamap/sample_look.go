package datamap

import (
	"context"
	"hash/maphash"
	"regexp"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"insyn/internal/personnummer"
)

// What a column may look like.
const (
	likeEmail        = "e-mail addresses"
	likeOwnEmail     = "e-mail addresses of persons in the map"
	likePhone        = "phone numbers"
	likePersonnummer = "personal identity numbers"
	likeName         = "names of persons in the map"
)

var (
	emailIn = regexp.MustCompile(`[^\s@<>"',;:()\[\]{}]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`)
	phoneIn = regexp.MustCompile(`(?:\+|\b0)\d[\d ().\-/]{5,16}\d\b`)
	// Without a sign or a century, ten digits are as likely a number of something else.
	personnummerIn = regexp.MustCompile(`\b(?:(?:19|20)?\d{6}[-+]\d{4}|(?:19|20)\d{10})\b`)
	wordIn         = regexp.MustCompile(`[\pL'’-]+`)
)

// looker knows what the persons of the map are called, as hashes that live no longer than the look.
type looker struct {
	country string
	seed    maphash.Seed
	given   map[uint64]bool
	surname map[uint64]bool
	email   map[uint64]bool
}

// namesOfMap is how many of the map's own persons a sample is compared with.
const namesOfMap = 20_000

func newLooker(ctx context.Context, q Querier, m *Map, s *Source, c *Catalog) (*looker, error) {
	l := &looker{country: m.ControllerCountry, seed: maphash.MakeSeed(), given: map[uint64]bool{}, surname: map[uint64]bool{}, email: map[uint64]bool{}}
	for _, e := range s.Tables {
		live := c.Tables[e.Name]
		if live == nil {
			continue
		}
		for role, set := range map[string]map[uint64]bool{"given": l.given, "surname": l.surname, "email": l.email} {
			col := e.Value.ByRole(role)
			if col == nil || !live.Columns[col.Name].Select || role != "email" && e.Name != s.Subject.Table {
				continue
			}
			rows, err := live.sample(ctx, q, []string{col.Name}, namesOfMap)
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				if r[0] == nil || len(*r[0]) < 3 {
					continue
				}
				if role == "email" {
					set[l.hash(*r[0])] = true
					continue
				}
				for _, w := range wordIn.FindAllString(*r[0], -1) {
					if len(w) >= 3 {
						set[l.hash(w)] = true
					}
				}
			}
		}
	}
	return l, nil
}

func (l *looker) hash(s string) uint64 {
	return maphash.String(l.seed, strings.ToLower(strings.TrimSpace(s)))
}

// column tells what the values at one place of the rows look like.
func (l *looker) column(rows [][]*string, i int) []Likeness {
	values := 0
	hits := map[string]int{}
	for _, r := range rows {
		if r[i] == nil || strings.TrimSpace(*r[i]) == "" {
			continue
		}
		values++
		for _, what := range l.value(*r[i]) {
			hits[what]++
		}
	}
	if hits[likeOwnEmail] > 0 {
		delete(hits, likeEmail)
	}
	var out []Likeness
	for _, what := range []string{likeOwnEmail, likeEmail, likePersonnummer, likePhone, likeName} {
		// One text in fifty is enough, and one value of three where there are few.
		n := hits[what]
		if n >= 3 && 50*n >= values || n > 0 && 3*n >= values {
			out = append(out, Likeness{What: what, Hits: n, Values: values})
		}
	}
	return out
}

func (l *looker) value(text string) []string {
	var out []string
	if emails := emailIn.FindAllString(text, -1); len(emails) > 0 {
		out = append(out, likeEmail)
		for _, e := range emails {
			if l.email[l.hash(e)] {
				out = append(out, likeOwnEmail)
				break
			}
		}
	}
	for _, n := range personnummerIn.FindAllString(text, -1) {
		if _, err := personnummer.Parse(n); err == nil {
			out = append(out, likePersonnummer)
			break
		}
	}
	for _, n := range phoneIn.FindAllString(text, -1) {
		if p, err := phonenumbers.Parse(n, l.country); err == nil && phonenumbers.IsValidNumber(p) {
			out = append(out, likePhone)
			break
		}
	}
	if l.names(emailIn.ReplaceAllString(text, " ")) {
		out = append(out, likeName)
	}
	return out
}

// names says whether a given name and a surname stand side by side, or the text is a surname. Words of a language are
// surnames too, so a surname in a text proves nothing.
func (l *looker) names(text string) bool {
	words := wordIn.FindAllString(text, -1)
	if len(words) == 1 && len(strings.TrimSpace(text)) == len(words[0]) {
		return l.surname[l.hash(words[0])] && unicode.IsUpper([]rune(words[0])[0])
	}
	for i := 1; i < len(words); i++ {
		a, b := l.hash(words[i-1]), l.hash(words[i])
		if l.given[a] && l.surname[b] || l.surname[a] && l.given[b] {
			return true
		}
	}
	return false
}
