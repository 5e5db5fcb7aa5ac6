//go:build schemas

package schemas

import "strings"

// identifier is a text that points at a person.
type identifier struct {
	kind, text string
	// shared is a value that is somebody else's too and may stay where it is theirs.
	shared bool
}

// identifiers lists what must not be found after an erasure. A given name alone is many people's and is not among them.
func (c *cast) identifiers(p *person) []identifier {
	var out []identifier
	add := func(kind string, texts ...string) {
		for _, s := range texts {
			if strings.TrimSpace(s) == "" {
				continue
			}
			out = append(out, identifier{kind: kind, text: s, shared: c.others(p, s)})
			if bare := plain(s); bare != s {
				out = append(out, identifier{kind: kind, text: bare, shared: c.others(p, s)})
			}
		}
	}
	add("name", p.given+" "+p.surname, p.surname+", "+p.given, p.surname+" "+p.given, p.given+"_"+p.surname, p.surname)
	add("former name", p.former)
	add("nickname", p.nickname)
	add("login", p.login)
	add("e-mail", p.mail, p.private)
	add("phone", p.phone, p.mobile)
	add("address", p.street)
	add("number", p.customerNo)
	return out
}

// others says whether a value is also another person's.
func (c *cast) others(p *person, value string) bool {
	for _, o := range c.all {
		if o != p && (o.phone == value || o.street == value) {
			return true
		}
	}
	return false
}

// within says who is named in a text by something that is theirs alone.
func (c *cast) within(text string) []*person {
	var out []*person
	for _, f := range c.oracle().value(text, finding{}) {
		if !f.identifier.shared {
			out = append(out, f.person)
		}
	}
	return out
}
