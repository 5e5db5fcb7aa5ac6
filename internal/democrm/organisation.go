package democrm

import (
	"fmt"
	"strconv"
	"time"
)

// Ten persons share four organisations, so that who works where can be told from the id alone.
const (
	groupPersons = 10
	groupOrgs    = 4
)

// organisation is a company, or the firm of the person whose id is trader.
type organisation struct {
	id                             int64
	kind, name, number, vat        string
	street, postcode, city         string
	country, domain, phone, domail string
	industry                       string
	trader                         int64
	created                        time.Time
}

// industry and the words that companies of it are named with.
type trade struct{ name, word string }

var trades = map[string][]trade{
	"SE": {
		{"tillverkning", "Plåt"},
		{"tillverkning", "Mekaniska"},
		{"bygg", "Bygg"},
		{"bygg", "Fönster"},
		{"transport", "Åkeri"},
		{"it", "Data"},
		{"konsult", "Redovisning"},
		{"handel", "Möbler"},
		{"livsmedel", "Bageri"},
		{"energi", "El & Värme"},
	},
	"DK": {{"produktion", "Maskiner"}, {"byggeri", "Byg"}, {"transport", "Spedition"}, {"handel", "Møbler"}, {"it", "Data"}},
	"NO": {{"industri", "Mekaniske"}, {"bygg", "Bygg"}, {"transport", "Transport"}, {"handel", "Møbler"}, {"it", "Data"}},
	"FI": {{"teollisuus", "Metalli"}, {"rakennus", "Rakennus"}, {"kuljetus", "Kuljetus"}, {"kauppa", "Kaluste"}, {"it", "Data"}},
}

var placeWords = map[string][]string{
	"SE": words("Norrviks Granåsens Kvarnbo Sjöhults Ekbackens Lillåns Västerskogs Holmsunds Bergshamra Tornedals Stenviks Hagalunds Älvnäs Fagerdals Kallkärrs Rönninge"),
	"DK": words("Bøgelunds Skovbakkens Nordhavns Åbrinkens Fjordens Lindegårds Egeskovs Klintens"),
	"NO": words("Fjordheim Granli Nordvik Solbakken Elvebakk Furulund Bjørkli Storvik"),
	"FI": words("Koivulan Järvenrannan Kallion Mäntymäen Lahden Niemen Pihlajan Virtarannan"),
}

var companyForms = map[string]string{"SE": "AB", "DK": "ApS", "NO": "AS", "FI": "Oy"}

// language that this person and the nine in the same group speak at work.
func (g *generator) language(id int64) string {
	if id <= CompanyName {
		return "sv"
	}
	return g.dice(streamOrganisation, -(id-1)/groupPersons-1).language()
}

// workplace of a person who is not a case: 0 for the private ones.
func (g *generator) workplace(d dice, id int64) int64 {
	group := (id - 1) / groupPersons
	last := (group + 1) * groupOrgs
	trader := g.organisation(last).trader
	switch {
	case trader == id:
		return last
	case d.percent(8):
		return 0
	case trader != 0:
		return last - 1 - int64(d.IntN(groupOrgs-1))
	}
	return last - int64(d.IntN(groupOrgs))
}

// organisation makes the organisation with this id; the zero organisation for 0.
func (g *generator) organisation(id int64) organisation {
	if id == 0 {
		return organisation{}
	}
	o := organisation{id: id, kind: "company", country: "SE", created: g.size.AsOf.Add(-2500 * 24 * time.Hour)}
	d := g.dice(streamOrganisation, id)
	if id <= int64(len(caseOrganisations)) {
		return g.caseOrganisation(o)
	}
	group := (id - 1) / groupOrgs
	c := cultures[g.language(group*groupPersons+1)]
	o.country = c.country
	o.street = fmt.Sprintf("%s %d", pick(d, c.streets), 1+d.IntN(90))
	o.postcode, o.city = splitTown(pick(d, c.towns))
	t := pick(d, trades[o.country])
	o.industry = t.name
	o.name = pick(d, placeWords[o.country]) + " " + t.word
	o.domain = slug(o.name) + "-" + strconv.FormatInt(id, 36) + ".example"
	o.number, o.phone, o.domail = inventedOrgNumber(id), switchboard(id).international(), "info@"+o.domain
	last := (group + 1) * groupPersons
	if id%groupOrgs == 0 && o.country == "SE" && d.percent(30) && last <= int64(g.size.Persons) {
		o.kind, o.trader = "sole_trader", last
		// The firm of a sole trader is reached through the person.
		o.number, _ = inventedPersonnummer(last)
		o.phone, o.domail = inventedPhone(o.country, last*2).international(), ""
	} else {
		o.name += " " + companyForms[o.country]
	}
	o.vat = vatNumber(o)
	return o
}

func (g *generator) caseOrganisation(o organisation) organisation {
	fixed := caseOrganisations[o.id-1]
	fixed.id, fixed.created, fixed.industry = o.id, o.created, "tillverkning"
	if fixed.country == "" {
		fixed.country = "SE"
	}
	if fixed.trader == 0 {
		fixed.kind = "company"
		fixed.number, fixed.phone, fixed.domail = inventedOrgNumber(o.id), switchboard(o.id).international(), "info@"+fixed.domain
	} else {
		fixed.number, _ = inventedPersonnummer(fixed.trader)
		fixed.phone, fixed.domail = fictionMobile(14).international(), "gunvor@tallmos.example"
	}
	fixed.vat = vatNumber(fixed)
	return fixed
}

func vatNumber(o organisation) string {
	if o.country != "SE" {
		return ""
	}
	digits := ""
	for _, c := range o.number[max(0, len(o.number)-11):] {
		if c != '-' {
			digits += string(c)
		}
	}
	return "SE" + digits + "01"
}
