package democrm

import "strings"

// scene is what a text may name.
type scene struct {
	lang         string // of the text
	p            person
	company      string
	other        person // somebody else
	me           string // the coworker's given name
	product      string
	mail, number string // of p, empty where there is none
}

var products = lines("FlexPump 300\nServicepaket Plus\nVentil V40\nKompressor K2\nStödavtal Bas\nFilter F12\nNordport Portal")

// write replaces {words} in a template.
func (s scene) write(template string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		word, after, _ := strings.Cut(rest, "}")
		out.WriteString(s.value(word))
		template = after
	}
}

func (s scene) value(word string) string {
	switch word {
	case "given":
		return s.p.given
	case "gen":
		return genitive(s.lang, s.p.given)
	case "full":
		return s.p.full()
	case "fullgen":
		return genitive(s.lang, s.p.full())
	case "surname":
		return s.p.surname
	case "mail":
		return s.mail
	case "phone":
		return s.number
	case "other":
		return s.other.given
	case "otherfull":
		return s.other.full()
	case "othermail":
		return s.other.mail()
	case "org":
		return s.company
	case "me":
		return s.me
	case "product":
		return s.product
	}
	panic("democrm: a template has the unknown word " + word)
}

// fits says whether everything that the template names exists.
func (s scene) fits(template string) bool {
	return (s.mail != "" || !strings.Contains(template, "{mail}")) &&
		(s.number != "" || !strings.Contains(template, "{phone}")) &&
		(s.company != "" || !strings.Contains(template, "{org}")) &&
		(s.other.id != 0 || !strings.Contains(template, "{other"))
}

// choose picks a template that fits; every list has one that fits anybody.
func (s scene) choose(d dice, templates []entry) entry {
	start := d.IntN(len(templates))
	for i := range templates {
		t := templates[(start+i)%len(templates)]
		if s.fits(t.subject) && s.fits(t.body) {
			return t
		}
	}
	panic("democrm: no template fits everybody in " + s.lang)
}

// scene of a text about p, written by a coworker in p's language or in Swedish or English.
func (g *generator) scene(d dice, p person, me string) scene {
	s := scene{lang: p.lang, p: p, me: me, product: pick(d, products), mail: p.mail(), company: g.organisation(p.org).name}
	switch {
	case p.lang == "sv" && d.percent(10), p.lang != "sv" && p.lang != "en" && d.percent(30):
		s.lang = "en"
	case p.lang != "sv" && d.percent(20):
		s.lang = "sv"
	}
	if len(p.phones) > 0 {
		s.number = p.phones[0].number.typed(d)
	}
	return s
}
