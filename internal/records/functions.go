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
func functionsSQL(s *datamap.Source) (string, error) {
	subject := s.SubjectTable()
	newsletter, processing := subject.ByRole("consent.newsletter"), subject.ByRole("consent.processing")
	if newsletter == nil || processing == nil {
		return "", fmt.Errorf("the map needs columns with the roles consent.newsletter and consent.processing in %s", subject.Name)
	}
	// The keys are declared by the columns' own types, so the text is the same whatever they are.
	// They are filled in the body: what fails in a declaration is no exception of its own block.
	var declare, assign, match []string
	for i, k := range s.Subject.Key {
		value := "person"
		if len(s.Subject.Key) > 1 {
			value = fmt.Sprintf("split_part(person, ',', %d)", i+1)
		}
		declare = append(declare, fmt.Sprintf("    k%d %s.%s%%type;", i, quoteTable(subject.Name), quote(k)))
		assign = append(assign, fmt.Sprintf("    k%d := %s;", i, value))
		match = append(match, fmt.Sprintf("x.%s = k%d", quote(k), i))
	}
	live := "true"
	if m := s.Subject.MergedInto; m != "" {
		live = "x." + quote(m) + " is null"
	}
	contacts, holders := contactQueries(s)
	return strings.NewReplacer(
		"{{declare}}", strings.Join(declare, "\n"),
		"{{assign}}", strings.Join(assign, "\n"),
		"{{match}}", strings.Join(match, " and "),
		"{{live}}", live,
		"{{subject}}", quoteTable(subject.Name),
		"{{newsletter}}", "x."+quote(newsletter.Name),
		"{{processing}}", "x."+quote(processing.Name),
		"{{contacts}}", contacts,
		"{{holders}}", holders,
	).Replace(functionsTemplate), nil
}

// contactQueries are the statements that give a person's addresses, and an address's persons.
func contactQueries(s *datamap.Source) (contacts, holders string) {
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
		col := t.ByRole("email")
		if col == nil {
			continue
		}
		for _, p := range t.Paths {
			if p.As == datamap.AsContext {
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
