package records

import (
	"slices"
	"strings"
	"sync"

	"insyn/internal/mention"
)

// masker covers other people in texts that a person gets: those who share the row, our own staff, and anybody's
// contact details that are not the person's own.
type masker struct {
	crew    *crew
	own     *mention.Matcher
	known   *mention.Matcher // who is around the person without sharing a row, and our own staff where the map does not let their names stay
	self    mention.Context  // the person stands beside the others
	linked  mention.Context  // so, on a row that is theirs too
	emails  []string
	circles map[string]*circle
}

// circle is the people who share a row with the person. Rows of the same people have the same one.
type circle struct {
	people  []mention.Person
	ready   sync.Once
	matcher *mention.Matcher
	context mention.Context
}

// maxCircles bounds the circles that are remembered.
const maxCircles = 1000

func newMasker(c *crew, self, near, staff []mention.Person) *masker {
	var emails []string
	for _, p := range self {
		emails = append(emails, p.Emails...)
	}
	return &masker{
		emails: emails,
		crew:   c, own: mention.New(self...), known: mention.New(append(staff, near...)...),
		self: mention.Context{Others: self}.Ready(), linked: mention.Context{Linked: true, Others: self}.Ready(), circles: map[string]*circle{},
	}
}

// circle gives the people of keys, whom the crew must know.
func (m *masker) circle(keys []string) *circle {
	id := ""
	if len(keys) > 0 {
		slices.Sort(keys)
		id = strings.Join(keys, "\x00")
	}
	c := m.circles[id]
	if c == nil {
		if len(m.circles) > maxCircles {
			clear(m.circles)
		}
		c = &circle{people: m.crew.of(keys)}
		m.circles[id] = c
	}
	return c
}

// prepare makes the matcher when the first text wants it.
func (c *circle) prepare() {
	c.ready.Do(func() {
		c.matcher = mention.New(c.people...)
		c.context = mention.Context{Linked: true, Others: c.people}.Ready()
	})
}

// text covers others in a text; room is the caller's, for one text after another. A masker's texts may be covered by
// several callers at once.
func (m *masker) text(text string, c *circle, room *mention.Text) string {
	if spans := m.covered(text, c, room); len(spans) > 0 {
		return mention.Mask(text, spans)
	}
	return text
}

// covered are the places of others in a text, in order and apart.
func (m *masker) covered(text string, c *circle, room *mention.Text) []mention.Span {
	c.prepare()
	room.Read(text)
	spans := c.matcher.In(room, m.linked)
	// A part of a name alone may be anybody's where the person does not share the row.
	spans = append(spans, m.known.In(room, m.self)...)
	contacts := room.Contacts()
	if len(spans) == 0 && !slices.ContainsFunc(contacts, func(s mention.Span) bool { return !m.mine(text, s) }) {
		return nil
	}
	spans = append(spans, contacts...)
	// What is the person's own stays readable, also where somebody else has it too.
	own := m.own.In(room, c.context)
	spans = slices.DeleteFunc(spans, func(s mention.Span) bool {
		return slices.ContainsFunc(own, func(o mention.Span) bool { return s.Start < o.End && o.Start < s.End })
	})
	return disjoint(spans)
}

// mine knows the person's own address at a glance, as it usually stands. The matcher would find it too, and more.
func (m *masker) mine(text string, s mention.Span) bool {
	if s.Kind != mention.Email || s.Start > 0 && strings.IndexByte(" \n(:,;", text[s.Start-1]) < 0 {
		return false
	}
	if rest := strings.TrimPrefix(text[s.End:], "."); rest != "" && strings.IndexByte(" \n),;", rest[0]) < 0 {
		return false
	}
	return slices.ContainsFunc(m.emails, func(own string) bool { return ownAddress(own, text[s.Start:s.End]) })
}

// ownAddress compares plain addresses: for others a capital may be another letter.
func ownAddress(own, found string) bool {
	if len(own) != len(found) || own == "" {
		return false
	}
	for i := range len(own) {
		a, b := own[i], found[i]
		if 'A' <= a && a <= 'Z' {
			a += 'a' - 'A'
		}
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		if a != b || a != '@' && a != '.' && a != '-' && a != '_' && (a < '0' || a > '9') && (a < 'a' || a > 'z') {
			return false
		}
	}
	return own[0] != '.' && own[0] != '@'
}

// disjoint sorts spans and joins those that overlap.
func disjoint(spans []mention.Span) []mention.Span {
	slices.SortFunc(spans, func(a, b mention.Span) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	var out []mention.Span
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start < out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}
