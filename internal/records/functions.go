package records

import (
	_ "embed"
	"fmt"
	"strings"

	"insyn/internal/datamap"
)

//go:embed functions.sql
var functionsTemplate string

// functionsSQL writes the functions that the CRM and its mailer ask, with the map's names in them.
// Where the map knows no column for a box, as in a help desk, the answer rests on the suppression list and the restrictions.
func functionsSQL(m *datamap.Map, s *datamap.Source) string {
	subject := s.SubjectTable()
	box := func(role string) string {
		if col := subject.ByRole(role); col != nil {
			return "x." + quote(col.Name)
		}
		return "'yes' /* no column of the map has the role " + role + " */"
	}
	// The keys are declared by the columns' own types, so the text is the same whatever they are.
	// They are filled in the body: what fails in a declaration is no exception of its own block.
	var declare, assign, match, parts []string
	for i, k := range s.Subject.Key {
		value := "person"
		if len(s.Subject.Key) > 1 {
			value = keyPart("person", i)
		}
		declare = append(declare, fmt.Sprintf("    k%d %s.%s%%type;", i, quoteTable(subject.Name), quote(k)))
		assign = append(assign, fmt.Sprintf("    k%d := %s;", i, value))
		match = append(match, fmt.Sprintf("x.%s = k%d", quote(k), i))
		parts = append(parts, fmt.Sprintf("k%d::text", i))
	}
	live := "true"
	if m := s.Subject.MergedInto; m != "" {
		live = "x." + quote(m) + " is null"
	}
	contacts, holders := contactQueries(s, "email")
	phones, _ := contactQueries(s, "phone")
	return strings.NewReplacer(
		"{{declare}}", strings.Join(declare, "\n"),
		"{{assign}}", strings.Join(assign, "\n"),
		"{{match}}", strings.Join(match, " and "),
		"{{live}}", live,
		"{{subject}}", quoteTable(subject.Name),
		"{{key}}", keyJoined(parts),
		"{{newsletter}}", box("consent.newsletter"),
		"{{processing}}", box("consent.processing"),
		"{{contacts}}", contacts,
		"{{phones}}", phones,
		"{{holders}}", holders,
		"{{country_code}}", countryCode(m.ControllerCountry),
	).Replace(functionsTemplate)
}

// contactQueries are the statements that give a person's values of a role (email, phone), and an address's persons.
func contactQueries(s *datamap.Source, role string) (contacts, holders string) {
	plan := &datamap.Plan{Source: s}
	for _, e := range s.Tables {
		plan.Tables = append(plan.Tables, &datamap.PlannedTable{Table: e.Value, Key: e.Value.Key})
	}
	w := pathSQL{plan}
	subject := plan.Subject()
	live := ""
	if m := s.Subject.MergedInto; m != "" {
		live = "x." + quote(m) + " is null"
	}
	var c, h strings.Builder
	for _, t := range plan.Tables {
		col := t.ByRole(role)
		if col == nil {
			continue
		}
		for _, p := range t.Paths {
			if !p.Owns() {
				continue
			}
			j := w.join(t, p, []string{col.Name}, "")
			var mine, same []string
			for i, part := range j.parts {
				mine = append(mine, fmt.Sprintf("%s = k%d", part, i))
				same = append(same, part+" = x."+quote(subject.Key[i]))
			}
			fmt.Fprintf(&c, "    return query select t.%s::text from %s where %s and t.%s is not null;\n", quote(col.Name), j.from,
				strings.Join(mine, " and "), quote(col.Name))
			j = w.join(t, p, nil, "lower(btrim(x."+quote(col.Name)+"::text)) = lower(btrim(holders.address))")
			fmt.Fprintf(&h, "    return query select %s from %s join %s as x on %s where %s;\n", keyText("x", subject.Key), j.from,
				quoteTable(subject.Name), strings.Join(same, " and "), and(live))
		}
	}
	return c.String(), h.String()
}
