//go:build schemas

package schemas

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// person is an invented user of the system under test. Surnames, logins, numbers and addresses are each one person's, but for
// those that a test shares on purpose.
type person struct {
	given, surname, former, nickname, login string
	mail, private                           string // at work and at home
	phone, mobile                           string // as people write them: 08-123 45 67, +46 70-123 45 67
	street, postcode, city                  string
	customerNo                              string
	staff                                   bool
	id                                      int // in the table of users
}

func (p *person) name() string { return p.given + " " + p.surname }

// mailbox is the person as a From header names them.
func (p *person) mailbox() string { return p.name() + " <" + p.mail + ">" }

// cast is everybody in a system.
type cast struct {
	all []*person
	// ordinary has own tickets and little else. sharer writes with others, is named in their texts and shares a household.
	// scattered is in every corner: custom fields, old values, attachments, sessions, rights.
	ordinary, sharer, scattered *person
	spouse                      *person // same street and land line as sharer

	finder *oracle
}

// newCast invents n persons, the same for the same seed. Among them are some who are nearly a subject, to catch a match that is too wide.
func newCast(n int, seed uint64) *cast {
	c := &cast{
		ordinary: &person{
			given: "Torun", surname: "Hagelberg", nickname: "Totte", login: "thagelberg", mail: "torun.hagelberg@kvarnbolaget.example", private: "totte77@hemma.example",
			phone: "08-505 17 326", mobile: "+46 70-174 05 81", street: "Klockarvägen 14 B", postcode: "123 56", city: "Farsta", customerNo: "K-48213",
		},
		sharer: &person{
			given: "Östen", surname: "Blåklint", nickname: "Ösa", login: "oblaklint", mail: "osten.blaklint@sjostaden.example", private: "blaklint.osten@hemma.example",
			phone: "031-390 61 52", mobile: "+46 73-910 66 28", street: "Mossgatan 8", postcode: "413 21", city: "Göteborg", customerNo: "K-51907",
		},
		scattered: &person{
			given: "Ingegärd", surname: "Månestråle", former: "Dunkerlind", nickname: "Inga-Lill", login: "imanestrale", mail: "ingegard.manestrale@fjallporten.example",
			private: "inga-lill@stugbyn.example", phone: "0680-690 13 57", mobile: "+46 76-196 54 20", street: "Fjällbäcksvägen 103", postcode: "846 95", city: "Bruksvallarna", customerNo: "K-60031",
		},
		spouse: &person{
			given: "Lovisa", surname: "Enkvist", nickname: "Lova", login: "lenkvist", mail: "lovisa.enkvist@sjostaden.example", private: "lova.e@hemma.example",
			phone: "031-390 61 52", mobile: "+46 72-845 19 03", street: "Mossgatan 8", postcode: "413 21", city: "Göteborg", customerNo: "K-51908",
		},
	}
	nearly := []*person{
		{given: "Torun", surname: "Hagelbergson", nickname: "Tottis", login: "thagelberg2", mail: "torun.hagelbergson@kvarnbolaget.example"},
		{given: "Östen", surname: "Blåklintsson", nickname: "Ösan", login: "oblaklintsson", mail: "osten.blaklintsson@sjostaden.example"},
		{given: "Ingegärd", surname: "Månestrand", nickname: "Ingan", login: "imanestrand", mail: "ingegard.manestrand@fjallporten.example"},
	}
	c.all = append([]*person{c.ordinary, c.sharer, c.scattered, c.spouse}, nearly...)
	r := rand.New(rand.NewPCG(seed, 11))
	given := strings.Fields("Alva Birger Cajsa Davor Edit Folke Gerd Hilding Iris Jarl Karin Ludvig Majken Nils Olga Petrus Ragna Sixten Tyra Ulf Vera Yngve Åke Ärla Örjan")
	heads := strings.Fields("Ask Berg Dal Ek Fors Gran Hav Is Järn Kvist")
	tails := strings.Fields("hammar lykta mark nyckel spira trast vinge åker")
	for i := len(c.all); i < n; i++ {
		g, s := given[r.IntN(len(given))], heads[i%len(heads)]+tails[(i/len(heads))%len(tails)]
		c.all = append(c.all, &person{
			given: g, surname: s, nickname: fmt.Sprintf("%s%s", strings.ToLower(s[:1]), strings.ToLower(plain(g)))[:min(6, 1+len(plain(g)))] + fmt.Sprint(i),
			login: strings.ToLower(plain(s)) + fmt.Sprint(i), mail: strings.ToLower(plain(g)+"."+plain(s)) + "@firma" + fmt.Sprint(i%7) + ".example",
		})
	}
	for i, p := range c.all {
		p.staff = i >= n-n/6
		if p.phone == "" {
			p.private = p.login + "@hemma.example"
			p.phone = fmt.Sprintf("0%d-%03d %02d %02d", 11+i%7, 200+i, 10+r.IntN(80), 10+r.IntN(80))
			p.mobile = fmt.Sprintf("+46 79-%03d %02d %02d", 300+i, 10+r.IntN(80), 10+r.IntN(80))
			p.street, p.postcode, p.city = fmt.Sprintf("Provgränd %d", 100+i), fmt.Sprintf("%d %02d", 200+i, 10+i%80), "Provstad"
			p.customerNo = fmt.Sprintf("K-%d", 70000+i*13)
		}
	}
	return c
}

// oracle finds everybody of the cast in a text.
func (c *cast) oracle() *oracle {
	if c.finder == nil {
		c.finder = newOracle(c)
	}
	return c.finder
}

func (c *cast) subjects() []*person { return []*person{c.ordinary, c.sharer, c.scattered} }

// plain writes a name without its marks, as file names, logins and addresses do.
func plain(s string) string {
	return strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "Å", "A", "Ä", "A", "Ö", "O", "é", "e").Replace(s)
}
