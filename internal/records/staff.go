package records

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/mention"
)

// staff reads the company's own people whose names are covered; none where the map lets them stay.
func (s *Source) staff(ctx context.Context, q querier) ([]mention.Person, error) {
	st := s.plan.Source.Staff
	if st == nil || st.Disclose {
		return nil, nil
	}
	rows, err := q.Query(ctx, fmt.Sprintf(`select coalesce(x.%s, ''), coalesce(x.%s, '') from %s as x`,
		quote(st.Name), quote(st.Email), quoteTable(st.Table)))
	if err != nil {
		return nil, fmt.Errorf("read the staff: %w", err)
	}
	var out []mention.Person
	var name, email string
	_, err = pgx.ForEachRow(rows, []any{&name, &email}, func() error {
		out = append(out, staffPerson(name, email))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the staff: %w", err)
	}
	return out, nil
}

// staffPerson is a coworker as the matcher needs them: the last word of the name is the surname.
func staffPerson(name, email string) mention.Person {
	p := mention.Person{}
	if words := strings.Fields(name); len(words) > 1 {
		p.Given, p.Surname = words[:len(words)-1], words[len(words)-1:]
		p.Called = words[0]
	}
	if email != "" {
		p.Emails = []string{email}
	}
	return p
}

// nearLimit bounds the colleagues that are looked for; a company with more of them is no circle of acquaintances.
const nearLimit = 1000

// nearby are the persons that the map's near paths lead to, without those of keys.
func (s *Source) nearby(ctx context.Context, q querier, keys []string) ([]mention.Person, error) {
	subject := s.plan.Subject()
	w := pathSQL{s.plan}
	found := map[string]bool{}
	for _, p := range subject.Near {
		near, err := collect[string](ctx, q, fmt.Sprintf(`select %s from %s as x where %s order by 1 limit %d`,
			keyText("x", subject.Key), tableSQL(subject), w.linked(subject, p), nearLimit), keys)
		if err != nil {
			return nil, fmt.Errorf("find who is near: %w", err)
		}
		for _, k := range near {
			found[k] = true
		}
	}
	for _, k := range keys {
		delete(found, k)
	}
	all := make([]string, 0, len(found))
	for k := range found {
		all = append(all, k)
	}
	cards, err := s.cards(ctx, q, all)
	if err != nil {
		return nil, err
	}
	out := make([]mention.Person, 0, len(cards))
	for _, c := range cards {
		out = append(out, c.mention())
	}
	return out, nil
}
