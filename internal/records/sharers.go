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

// sharers finds the identifiers of a card that other live cards have too. The whole name counts as one identifier.
func (s *Source) sharers(ctx context.Context, q querier, c *card) ([]sharedValue, error) {
	var out []sharedValue
	ask := func(role, value string) error {
		keys, err := s.holders(ctx, q, role, strings.ToLower(value))
		if err != nil {
			return err
		}
		keys = slices.DeleteFunc(keys, func(k string) bool { return k == c.key })
		firm, err := s.firmHas(ctx, q, c, role, value)
		if err != nil {
			return err
		}
		if len(keys) > 0 || firm {
			out = append(out, sharedValue{role, value, keys, firm})
		}
		return nil
	}
	for _, e := range c.emails {
		if err := ask("email", e.Address); err != nil {
			return nil, err
		}
	}
	for _, role := range []string{"phone", "personnummer", "address.street"} {
		for _, v := range c.roles[role] {
			if err := ask(role, v); err != nil {
				return nil, err
			}
		}
	}
	// Who was called Maria Forsberg once must not take the Maria Forsberg of today with her.
	names := append([]string{c.first("surname")}, c.roles["former_surname"]...)
	for i, surname := range names {
		keys, err := s.namesakes(ctx, q, c, surname)
		if err != nil {
			return nil, err
		}
		role := "former_surname"
		if i == 0 {
			role = "name"
		}
		if len(keys) > 0 {
			out = append(out, sharedValue{role: role, value: surname, holders: keys})
		}
	}
	return out, nil
}

// namesakes are other live persons with the same given name and this surname.
func (s *Source) namesakes(ctx context.Context, q querier, c *card, called string) ([]string, error) {
	subject := s.plan.Subject()
	given, surname := subject.ByRole("given"), subject.ByRole("surname")
	if given == nil || surname == nil || c.first("given") == "" || called == "" {
		return nil, nil
	}
	rows, err := q.Query(ctx, fmt.Sprintf(`
		select %s
		  from %s as t
		 where lower(t.%s) = lower($1)
		   and lower(t.%s) = lower($2)
		   and %s
		 order by %s`, keyText("t", subject.Key), tableSQL(subject), quote(surname.Name), quote(given.Name), s.live("t"), list("t", subject.Key)),
		called, c.first("given"))
	if err != nil {
		return nil, fmt.Errorf("find namesakes: %w", err)
	}
	keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("find namesakes: %w", err)
	}
	return slices.DeleteFunc(keys, func(k string) bool { return k == c.key }), nil
}

// firmHas says whether a row that is only around persons, such as their employer, has the value itself.
func (s *Source) firmHas(ctx context.Context, q querier, c *card, role, value string) (bool, error) {
	w := pathSQL{s.plan}
	for _, t := range s.plan.Tables {
		col := t.ByRole(role)
		if col == nil || !slices.ContainsFunc(t.Paths, func(p datamap.Path) bool { return p.As == datamap.AsContext }) {
			continue
		}
		conds := []string{"lower(x." + quote(col.Name) + "::text) = lower($2)"}
		for _, p := range t.Paths {
			if p.As != datamap.AsContext {
				conds = append(conds, "not coalesce("+and(w.linked(t, p))+", false)")
			}
		}
		var has bool
		err := q.QueryRow(ctx, fmt.Sprintf(`select exists (select 1 from %s as x where %s)`, tableSQL(t), strings.Join(conds, " and ")),
			[]string{c.key}, value).Scan(&has)
		if err != nil {
			return false, fmt.Errorf("find what %s shares: %w", t.Name, err)
		}
		if has {
			return true, nil
		}
	}
	return false, nil
}
