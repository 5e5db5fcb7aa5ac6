package records

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
)

// sharedValue is one identifier and the other live persons who have it. firm: it is an organisation's own too, which is
// no person and stays.
type sharedValue struct {
	role, value string
	holders     []string
	firm        bool
}

// sharers finds the identifiers of a card that other live cards, or firms, have too, in one statement. The whole name
// counts as one identifier.
func (s *Source) sharers(ctx context.Context, q querier, c *card) ([]sharedValue, error) {
	wanted := map[string][]string{}
	for _, e := range c.emails {
		wanted["email"] = append(wanted["email"], strings.ToLower(e.Address))
	}
	for _, role := range []string{"phone", "personnummer", "address.street"} {
		for _, v := range c.roles[role] {
			wanted[role] = append(wanted[role], strings.ToLower(v))
		}
	}
	// Who was called Maria Forsberg once must not take the Maria Forsberg of today with her.
	for _, surname := range append([]string{c.first("surname"), c.first("name")}, c.roles["former_surname"]...) {
		if surname != "" {
			wanted["name"] = append(wanted["name"], strings.ToLower(surname))
		}
	}
	sql, args := s.sharersSQL(wanted, c)
	if sql == "" {
		return nil, nil
	}
	found, err := s.readSharers(ctx, q, sql, args, c.key)
	if err != nil {
		return nil, fmt.Errorf("find who shares an identifier: %w", err)
	}
	var out []sharedValue
	add := func(role, as, value string) {
		x, ok := found[role+" "+strings.ToLower(value)]
		if ok && !slices.ContainsFunc(out, func(o sharedValue) bool { return o.role == as && o.value == value }) {
			out = append(out, sharedValue{role: as, value: value, holders: x.holders, firm: x.firm})
		}
	}
	for _, e := range c.emails {
		add("email", "email", e.Address)
	}
	for _, role := range []string{"phone", "personnummer", "address.street"} {
		for _, v := range c.roles[role] {
			add(role, role, v)
		}
	}
	add("name", "name", c.first("surname"))
	add("name", "name", c.first("name"))
	for _, v := range c.roles["former_surname"] {
		add("name", "former_surname", v)
	}
	return out, nil
}

// sharersSQL gives role, value in lower case, person ("" of a firm) and whether it is one that is only around persons,
// such as an employer.
func (s *Source) sharersSQL(wanted map[string][]string, c *card) (string, []any) {
	w := pathSQL{s.plan}
	args := []any{[]string{c.key}}
	place := map[string]string{}
	for _, role := range []string{"email", "phone", "personnummer", "address.street", "name"} {
		if len(wanted[role]) > 0 {
			args = append(args, wanted[role])
			place[role] = fmt.Sprintf("$%d::text[]", len(args))
		}
	}
	var parts []string
	for _, t := range s.plan.Tables {
		for _, e := range t.Columns {
			for _, is := range e.Value.RoleRules() {
				if place[is.Role] == "" {
					continue
				}
				has := and(is.When, fmt.Sprintf("lower(x.%s::text) = any (%s)", quote(e.Name), place[is.Role]))
				around := false
				var theirs []string
				for _, p := range t.Paths {
					if !p.Owns() {
						around = around || p.As == datamap.AsContext
						continue
					}
					j := w.join(t, p, []string{e.Name}, has)
					parts = append(parts, fmt.Sprintf("select '%s', lower(t.%s::text), %s, false from %s", is.Role, quote(e.Name), j.person, j.from))
					theirs = append(theirs, "("+w.linked(t, p)+") is not true")
				}
				if around {
					parts = append(parts, fmt.Sprintf("select '%s', lower(x.%s::text), '', true from %s as x where %s", is.Role, quote(e.Name), tableSQL(t), and(append(theirs, has)...)))
				}
			}
		}
	}
	subject := s.plan.Subject()
	if given, surname := subject.ByRole("given"), subject.ByRole("surname"); given != nil && surname != nil && c.first("given") != "" && place["name"] != "" {
		args = append(args, c.first("given"))
		parts = append(parts, fmt.Sprintf("select 'name', lower(t.%s::text), %s, false from %s as t where lower(t.%s::text) = any (%s) and lower(t.%s::text) = lower($%d::text)",
			quote(surname.Name), keyText("t", subject.Key), tableSQL(subject), quote(surname.Name), place["name"], quote(given.Name), len(args)))
	}
	if len(parts) == 0 {
		return "", nil
	}
	sql := strings.Join(parts, " union ")
	for i := range args {
		if !strings.Contains(sql, fmt.Sprintf("$%d::", i+1)) {
			sql = fmt.Sprintf("select * from (%s) as u where $%d::text[] is not null", sql, i+1)
		}
	}
	return sql, args
}

func (s *Source) readSharers(ctx context.Context, q querier, sql string, args []any, own string) (map[string]sharedValue, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	type hit struct {
		role, value, person string
		firm                bool
	}
	var hits []hit
	var people []string
	var role, value string
	var person *string
	var firm bool
	_, err = pgx.ForEachRow(rows, []any{&role, &value, &person, &firm}, func() error {
		if person == nil || *person == own {
			return nil
		}
		hits = append(hits, hit{role, value, *person, firm})
		if !firm {
			people = append(people, *person)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	live, err := s.onlyLive(ctx, q, people)
	if err != nil {
		return nil, err
	}
	out := map[string]sharedValue{}
	for _, h := range hits {
		at := h.role + " " + h.value
		x := out[at]
		switch {
		case h.firm:
			x.firm = true
		case slices.Contains(live, h.person) && !slices.Contains(x.holders, h.person):
			x.holders = append(x.holders, h.person)
		default:
			continue
		}
		out[at] = x
	}
	return out, nil
}
