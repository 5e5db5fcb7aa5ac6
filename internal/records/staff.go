package records

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/mention"
)

// queueStaff reads, as a part of a batch, the company's own people whose names are covered; none where the map lets them
// stay.
func (s *Source) queueStaff(b *pgx.Batch, out *[]mention.Person) {
	st := s.plan.Source.Staff
	if st == nil || st.Disclose {
		return
	}
	sql := fmt.Sprintf(`select coalesce(x.%s, ''), coalesce(x.%s, '') from %s as x`, quote(st.Name), quote(st.Email), quoteTable(st.Table))
	b.Queue(sql).Query(func(rows pgx.Rows) error {
		var name, email string
		_, err := pgx.ForEachRow(rows, []any{&name, &email}, func() error {
			*out = append(*out, staffPerson(name, email))
			return nil
		})
		if err != nil {
			return fmt.Errorf("read the staff: %w", err)
		}
		return nil
	})
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

// queueNearby finds, as a part of a batch, the keys of the persons that the map's near paths lead to, without those of keys.
func (s *Source) queueNearby(b *pgx.Batch, keys []string) map[string]bool {
	subject := s.plan.Subject()
	w := pathSQL{s.plan}
	found := map[string]bool{}
	for _, p := range subject.Near {
		sql := fmt.Sprintf(`select %s from %s as x where %s order by 1 limit %d`, keyText("x", subject.Key), tableSQL(subject), w.linked(subject, p), nearLimit)
		b.Queue(sql, keys).Query(func(rows pgx.Rows) error {
			var person string
			_, err := pgx.ForEachRow(rows, []any{&person}, func() error {
				if !slices.Contains(keys, person) {
					found[person] = true
				}
				return nil
			})
			if err != nil {
				return fmt.Errorf("find who is near: %w", err)
			}
			return nil
		})
	}
	return found
}
