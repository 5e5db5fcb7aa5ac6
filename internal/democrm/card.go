package democrm

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// coworkerNames are the users of the CRM, ids from 1.
var coworkerNames = lines(`
Hanna Frid
Mattias Ståhl
Petra Vallgren
Oscar Nymark
Leila Haddad
Fredrik Törn
Saga Bohman
Emil Rask`)

func coworker(d dice) (id int64, given string) {
	n := d.IntN(len(coworkerNames))
	return int64(n + 1), strings.Fields(coworkerNames[n])[0]
}

func insertCoworkers(ctx context.Context, tx pgx.Tx) error {
	for i, name := range coworkerNames {
		email := strings.ReplaceAll(slug(name), "-", ".") + "@bolaget.example"
		_, err := tx.Exec(ctx, `
			insert into crm.coworker (id, name, email, department)
			values ($1, $2, $3, $4)`, i+1, name, email, []string{"Försäljning", "Support", "Ekonomi"}[i%3])
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *generator) organisationRow(b *block, o organisation) {
	d := g.dice(streamOrganisation, o.id)
	owner, _ := coworker(d)
	note := ""
	if o.id == MentionInOrganisation {
		note = uniqueInOrganisation(g.person(Unique))
	} else if d.percent(15) {
		note = pick(d, []string{"Betalar alltid i tid.", "Ring växeln före tio.", "Faktura till ekonomiavdelningen.", "Vill ha besök två gånger om året."})
	}
	b.add(tableOrganisation, o.id, o.kind, o.name, o.number, null(o.vat), o.street, o.postcode, o.city, o.country,
		null(o.phone), null(o.domail), "https://www."+o.domain, null(o.industry), note, owner, o.created, o.created)
}

// cardRows is the person with addresses and numbers.
func (g *generator) cardRows(b *block, p person) {
	d := g.dice(streamPerson, -p.id)
	owner, _ := coworker(d)
	tags := p.tags
	if tags == nil {
		tags = []string{}
	}
	n, c := p.newsletter, p.processing
	b.add(tablePerson, p.id, null(p.customerNo), p.given, p.surname, null(p.former), null(p.nickname), null(p.title), nullID(p.org),
		null(p.street), null(p.postcode), null(p.city), p.country, null(p.personnummer), nullTime(p.birth), tags, g.custom(d, p), owner,
		p.lang, p.protected, null(p.source), null(p.registerID),
		n.state, nullTime(n.at), null(n.how), null(n.wording), null(n.by),
		c.state, nullTime(c.at), null(c.how), null(c.wording), null(c.by),
		nullID(p.replacedBy), p.created, p.created, int64(1))
	g.ids[tablePerson] = p.id
	for i, m := range p.mails {
		b.add(tableEmail, g.next(tableEmail), p.id, m.address, m.kind, i == 0, nullTime(m.bounced), m.changed)
	}
	for i, n := range p.phones {
		b.add(tablePhone, g.next(tablePhone), p.id, n.text, n.kind, i == 0, p.created)
	}
}

// custom is the jsonb that each company fills as it likes.
func (g *generator) custom(d dice, p person) string {
	fields := map[string]any{}
	if p.handle != "" {
		fields["linkedin"] = "https://social.example/in/" + p.handle
	}
	if d.percent(10) {
		fields["shoe_size"] = 36 + d.IntN(11)
	}
	if d.percent(6) {
		fields["diet"] = pick(d, []string{"vegetarian", "glutenfri", "laktosfri"})
	}
	if d.percent(6) {
		fields["assistant"] = map[string]any{"name": pick(d, coworkerNames), "days": []string{"mån", "tor"}}
	}
	if p.id == Unique {
		fields["shoe_size"], fields["diet"] = 39, "vegetarian"
		fields["note"] = p.given + " vill bli kallad " + p.nickname
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		// Strings, numbers and lists of them cannot fail.
		panic(err)
	}
	return string(raw)
}

func nullTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
