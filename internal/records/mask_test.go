package records

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"insyn/internal/mention"
)

// TestOwnAddressIsFoundByTheMatcherToo: what is taken for the person's own at a glance, the matcher takes for it as well.
func TestOwnAddressIsFoundByTheMatcherToo(t *testing.T) {
	t.Parallel()
	self := []mention.Person{{Given: []string{"Tyra"}, Surname: []string{"Provberg"}, Emails: []string{"tyra.provberg@post.example", "T_p-1@a.example", "x@y.example"}}}
	m := newMasker((&Source{}).crew(nil), self, nil, nil)
	part := rapid.SampledFrom([]string{
		"tyra.provberg@post.example", "TYRA.Provberg@post.example", "t_p-1@a.example", "x@y.example", "x@y.example.example", "<b>", "</b>", "@", ".", "-", "_", "+", " ",
		" ", " ", "\n", "(", ")", "<", ":", ",", ";", ". ", "x", "=20", "=C3=B6", "&ouml;", "%40", "å", "\u00ad", "\u200b", "tyra", "Provberg", "070-174 06 55", "0701740655", "\\u0040", "\\\"",
	})
	seen := 0
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(part, 1, 8).Draw(t, "parts"), "")
		room := mention.Read(text)
		own := m.own.In(room, mention.Context{Linked: true})
		for _, s := range room.Contacts() {
			if !m.mine(text, s) {
				continue
			}
			seen++
			found := false
			for _, o := range own {
				found = found || s.Start < o.End && o.Start < s.End
			}
			if !found {
				t.Fatalf("%q: [%d, %d) is taken for the person's own, the matcher found %v", text, s.Start, s.End, own)
			}
		}
	})
	if seen == 0 {
		t.Error("no address was taken for the person's own")
	}
}
