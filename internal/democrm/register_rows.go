package democrm

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// crmRegisterID is the entry of a CRM person in the register, where there is one.
func crmRegisterID(id int64) string { return fmt.Sprintf("R2%08d", id) }

var (
	registerOrganisationColumns = words("id org_number name street postcode city country")
	registerPersonColumns       = words("register_id given_name surname street postcode city country birth_year organisation_id role")
)

// fillRegister: every third person of the CRM, half as many again whom the CRM does not know, and the cases. Sole traders'
// firms are left out, their numbers are personnummer.
func (g *generator) fillRegister(ctx context.Context, tx pgx.Tx) error {
	organisations := int64((g.size.Persons-1)/groupPersons*groupOrgs + groupOrgs)
	id := int64(0)
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"register", "organisation"}, registerOrganisationColumns, pgx.CopyFromFunc(func() ([]any, error) {
		for id < organisations {
			id++
			if o := g.organisation(id); o.kind == "company" {
				return []any{o.id, o.number, o.name, o.street, o.postcode, o.city, o.country}, nil
			}
		}
		return nil, nil
	}))
	if err != nil {
		return fmt.Errorf("fill register.organisation: %w", err)
	}

	cases := g.registerCases()
	known, strangers := CompanyName, int64(0)
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"register", "person"}, registerPersonColumns, pgx.CopyFromFunc(func() ([]any, error) {
		if len(cases) > 0 {
			row := cases[0]
			cases = cases[1:]
			return row, nil
		}
		for known < int64(g.size.Persons) {
			known++
			if p := g.person(known); known%3 == 0 && !p.protected {
				return g.registerRow(crmRegisterID(known), p, p.title), nil
			}
		}
		if strangers < int64(g.size.Persons)/2 {
			strangers++
			return g.registerStranger(strangers), nil
		}
		return nil, nil
	}))
	if err != nil {
		return fmt.Errorf("fill register.person: %w", err)
	}
	return setSequences(ctx, tx, "register")
}

func (g *generator) registerCases() [][]any {
	folke := person{given: "Folke", surname: "Ryttare", street: "Kvarngatan 60", postcode: "722 11", city: "Västerås", country: "SE", org: 11}
	dagny := person{given: "Dagny", surname: "Sköld", street: "Parkvägen 5", postcode: "831 30", city: "Östersund", country: "SE", org: 1}
	folke.birth = time.Date(1961, 1, 1, 0, 0, 0, 0, time.UTC)
	dagny.birth = time.Date(1979, 1, 1, 0, 0, 0, 0, time.UTC)
	return [][]any{
		g.registerRow(RegisterOnly, folke, "Styrelseledamot"),
		g.registerRow(RegisterColleague, dagny, "Ekonomichef"),
		g.registerRow(RegisterLinkedID, g.person(RegisterLinked), "Styrelseledamot"),
		g.registerRow(UniqueRegisterID, g.person(Unique), "Inköpschef"),
	}
}

func (g *generator) registerRow(registerID string, p person, role string) []any {
	org := g.organisation(p.org)
	if org.kind == "sole_trader" {
		org.id = 0
	}
	if org.id == 0 {
		role = ""
	}
	var year any
	if !p.birth.IsZero() {
		year = p.birth.Year()
	}
	return []any{registerID, p.given, p.surname, null(p.street), null(p.postcode), null(p.city), p.country, year, nullID(org.id), null(role)}
}

func (g *generator) registerStranger(n int64) []any {
	d := g.dice(streamRegister, n)
	c := cultures[d.language()]
	p := person{given: pick(d, c.given), surname: pick(d, c.surnames), country: c.country}
	p.street = fmt.Sprintf("%s %d", pick(d, c.streets), 1+d.IntN(90))
	p.postcode, p.city = splitTown(pick(d, c.towns))
	p.birth = time.Date(1945+d.IntN(60), 1, 1, 0, 0, 0, 0, time.UTC)
	if d.percent(60) {
		p.org = int64(len(caseOrganisations)) + 1 + d.Int64N(int64(g.size.Persons)/groupPersons*groupOrgs-int64(len(caseOrganisations)))
	}
	return g.registerRow(fmt.Sprintf("R3%08d", n), p, pick(d, c.titles))
}
