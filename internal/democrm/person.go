package democrm

import (
	"fmt"
	"strings"
	"time"
)

// person is one card with its addresses and numbers.
type person struct {
	id                               int64
	given, surname, former, nickname string
	title, lang, country             string
	street, postcode, city           string
	org                              int64 // 0: a private person
	customerNo, personnummer         string
	birth                            time.Time
	tags                             []string
	handle                           string
	protected                        bool
	source, registerID               string
	newsletter, processing           consent
	replacedBy                       int64
	quiet                            bool // has no rows but the card
	mails                            []mail
	phones                           []phoneRow
	created                          time.Time
}

type mail struct {
	address, kind    string
	bounced, changed time.Time
}

type phoneRow struct {
	number     phone
	text, kind string
}

type consent struct {
	state            string
	at               time.Time
	how, wording, by string
}

func (p person) full() string { return p.given + " " + p.surname }

func (p person) mail() string {
	if len(p.mails) == 0 {
		return ""
	}
	return p.mails[0].address
}

func (p person) isCase() bool { return p.id <= CompanyName }

func customerNo(id int64) string { return fmt.Sprintf("K%06d", 100000+id) }

// person makes the card with this id: always the same one for a seed.
func (g *generator) person(id int64) person {
	d := g.dice(streamPerson, id)
	if id <= CompanyName {
		// What a case leaves to chance must not depend on the seed.
		d = (&generator{}).dice(streamPerson, id)
	}
	if original, is := g.duplicateOf(id); is {
		return g.duplicate(d, id, g.person(original))
	}
	p := person{id: id, lang: g.language(id)}
	c := cultures[p.lang]
	p.given, p.surname = pick(d, c.given), pick(d, c.surnames)
	if d.percent(3) {
		p.surname += "-" + pick(d, c.surnames)
	}
	if d.percent(5) {
		p.former = pick(d, c.surnames)
	}
	p.country, p.title = c.country, pick(d, c.titles)
	p.street = fmt.Sprintf("%s %d", pick(d, c.streets), 1+d.IntN(90))
	p.postcode, p.city = splitTown(pick(d, c.towns))
	p.org = g.workplace(d, id)
	p.source = pick(d, []string{"mässa", "webbformulär", "rekommendation", "samtal", "import"})
	p.created = d.daysBefore(g.size.AsOf, 400, 2400)
	p.newsletter, p.processing = consent{state: "unknown"}, consent{state: "unknown"}
	if p.isCase() {
		g.casePerson(&p)
		return p
	}
	if d.percent(70) {
		p.customerNo = customerNo(id)
	}
	if d.percent(25) {
		p.personnummer, p.birth = inventedPersonnummer(id)
	}
	if d.percent(20) {
		p.tags = []string{pick(d, []string{"nyckelkund", "mässa 2025", "nyhetsbrev", "vip", "återförsäljare", "pausad"})}
	}
	if d.percent(15) {
		p.handle = fmt.Sprintf("%s%s%d", slug(p.given), slug(p.surname)[:2], id)
	}
	p.protected = d.IntN(1000) < 2
	if id%6 == 0 {
		p.registerID = crmRegisterID(id)
	}
	g.contacts(d, &p)
	p.newsletter = g.newsletterConsent(d, p)
	p.processing = g.processingConsent(d, p)
	return p
}

// duplicateOf says whether this card is a second card of the person before it: two in a hundred are.
func (g *generator) duplicateOf(id int64) (int64, bool) {
	if id <= MinPersons || id%10 != 5 || mix(g.size.Seed^uint64(id/10))%5 != 0 {
		return 0, false
	}
	return id - 1, true
}

func (g *generator) duplicate(d dice, id int64, of person) person {
	p := of
	p.id, p.customerNo, p.personnummer, p.birth, p.registerID, p.tags = id, "", "", time.Time{}, "", nil
	p.created, p.source = d.daysBefore(g.size.AsOf, 30, 400), "import"
	p.newsletter, p.processing = consent{state: "unknown"}, consent{state: "unknown"}
	if d.percent(50) {
		p.given = strings.Split(p.given, "-")[0]
		p.surname = strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "qv", "kv").Replace(p.surname)
	}
	if d.percent(50) {
		p.replacedBy, p.quiet = of.id, true
	}
	return p
}

// contacts gives addresses and numbers: mostly one of each, sometimes none, shared, of a role, broken or bounced.
func (g *generator) contacts(d dice, p *person) {
	org := g.organisation(p.org)
	changed := p.created.Add(time.Duration(d.IntN(300)) * 24 * time.Hour)
	private := fmt.Sprintf("%s.%s%d@%s", slug(p.given), slug(p.surname), p.id, pick(d, []string{"inkorg.example", "postlada.example", "brevhus.example"}))
	switch n := d.IntN(100); {
	case n < 6:
	case n < 8 && p.org != 0:
		p.mails = []mail{{address: "info@" + org.domain, kind: "work", changed: changed}}
	case n < 9:
		p.mails = []mail{{address: strings.Replace(private, "@", " at ", 1), kind: "other", changed: changed}}
	case n < 10 && p.id%10 != 1:
		if before := g.person(p.id - 1).mail(); before != "" {
			p.mails = []mail{{address: before, kind: "other", changed: changed}}
		}
	case p.org == 0:
		p.mails = []mail{{address: private, kind: "private", changed: changed}}
	default:
		p.mails = []mail{{address: slug(p.given) + "." + slug(p.surname) + "@" + org.domain, kind: "work", changed: changed}}
		if d.percent(15) {
			p.mails = append(p.mails, mail{address: private, kind: "private", changed: changed})
		}
	}
	if len(p.mails) > 0 && d.percent(2) {
		p.mails[0].bounced = d.daysBefore(g.size.AsOf, 5, 200)
	}
	if len(p.mails) > 0 && d.percent(2) {
		p.mails[0].changed = d.daysBefore(g.size.AsOf, 1, 28)
	}
	if d.percent(90) {
		number := inventedPhone(p.country, p.id*2)
		p.phones = append(p.phones, phoneRow{number, number.typed(d), "mobile"})
	}
	if d.percent(15) {
		number := inventedPhone(p.country, p.id*2+1)
		p.phones = append(p.phones, phoneRow{number, number.typed(d), "work"})
	}
	if p.org != 0 && org.kind == "company" && d.percent(3) {
		number := switchboard(p.org)
		p.phones = append(p.phones, phoneRow{number, number.international(), "switchboard"})
	}
}

func splitTown(town string) (postcode, city string) {
	fields := strings.Fields(town)
	n := 1
	// Swedish postcodes are written in two groups.
	if len(fields[0]) == 3 {
		n = 2
	}
	return strings.Join(fields[:n], " "), strings.Join(fields[n:], " ")
}
