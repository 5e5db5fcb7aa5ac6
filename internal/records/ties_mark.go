package records

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"insyn/internal/datamap"
)

// marks are the identifiers of a person by kind, each in its normal form; "name" holds what a phone number needs beside it.
type marks map[string]map[string]bool

func (m marks) put(kind, value string) {
	if value == "" {
		return
	}
	if m[kind] == nil {
		m[kind] = map[string]bool{}
	}
	m[kind][value] = true
}

func (m marks) add(other marks) {
	for kind, values := range other {
		for v := range values {
			m.put(kind, v)
		}
	}
}

func (m marks) share(other marks, kind string) bool {
	for v := range m[kind] {
		if other[kind][v] {
			return kind != "phone" || m.share(other, "name")
		}
	}
	return false
}

// marks reads the identifiers of cards, by the live card that each belongs to.
func (s *Source) marks(ctx context.Context, keys []string) (map[string]marks, error) {
	cards, err := s.cards(ctx, s.pool, keys)
	if err != nil {
		return nil, fmt.Errorf("read identifiers in %s: %w", s.Name, safe(err))
	}
	none := s.emptied()
	out := map[string]marks{}
	for _, c := range cards {
		root := rootOf(cards, c)
		if out[root] == nil {
			out[root] = marks{}
		}
		put := func(kind string, values ...string) {
			for _, v := range values {
				if !slices.Contains(none, v) {
					out[root].put(kind, TieValue(kind, v))
				}
			}
		}
		for _, e := range c.emails {
			put("email", e.Address)
		}
		for _, kind := range tieKinds {
			put(kind, c.roles[kind]...)
		}
		put("name", c.name())
		put("name", c.roles["surname"]...)
		put("name", c.roles["former_surname"]...)
	}
	return out, nil
}

// rootOf follows a card to the one that it was merged into in the end; a ring ends anywhere.
func rootOf(cards map[string]*card, c *card) string {
	for hops := 0; c.mergedInto != "" && cards[c.mergedInto] != nil && hops < 10; hops++ {
		c = cards[c.mergedInto]
	}
	return c.key
}

// emptied are the constants that erasures leave: they say nothing of anybody.
func (s *Source) emptied() []string {
	var out []string
	for _, t := range s.plan.Tables {
		for _, e := range t.Columns {
			if e.Value.Erase.Action == datamap.Constant {
				out = append(out, e.Value.Erase.Values()...)
			}
		}
	}
	return out
}

// TieValue is the form in which two values of a kind are compared; "" for one that says too little.
func TieValue(kind, value string) string {
	value = strings.TrimSpace(value)
	switch kind {
	case "personnummer":
		if d := digits(value); len(d) >= 10 {
			return d[len(d)-10:]
		}
	case "phone":
		if n := national(digits(value)); len(n) >= 6 {
			return n
		}
		return ""
	case "handle":
		value = strings.TrimRight(value, "/")
		if strings.Contains(value, "://") {
			value = value[strings.LastIndexByte(value, '/')+1:]
		}
		value = strings.TrimLeft(value, "@")
	case "name":
		return strings.Join(strings.Fields(foldText(value)), " ")
	}
	return strings.ToLower(value)
}
