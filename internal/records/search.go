package records

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"insyn/internal/datamap"
)

// Hit is one line of a search.
type Hit struct {
	Ref                                                      Ref
	Name, Organisation, Email, Phone, CustomerNo, RegisterID string
	Newsletter, Processing                                   string // states
	Protected                                                bool
	Why                                                      string // the role that matched
}

// Search finds live persons by name (spelling folded), address, number or organisation. Each word of a name must match.
// A merged card leads to the card that replaced it.
func (s *Source) Search(ctx context.Context, text string, limit int) ([]Hit, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\x00", ""))
	if len([]rune(text)) < 2 || limit < 1 {
		return nil, nil
	}
	var keys []string
	why := map[string]string{}
	for _, q := range s.questions(text) {
		found, err := s.ask(ctx, q, limit)
		if err != nil {
			return nil, fmt.Errorf("search %s by %s: %w", s.Name, q.why, safe(err))
		}
		for _, k := range found {
			if why[k] == "" {
				why[k] = q.why
				keys = append(keys, k)
			}
		}
		if len(keys) >= limit {
			break
		}
	}
	return s.hits(ctx, keys, why, limit)
}

// question is one way to read what was typed.
type question struct {
	why     string
	table   *datamap.PlannedTable
	where   string // on alias x, with $1
	arg     any
	context bool // the organisation of a contact person counts too
}

func (s *Source) questions(text string) []question {
	var out []question
	number := digits(text)
	// What is mostly digits is a number and no name; with a letter, as in K100001, it is no phone number either.
	isNumber := len(number) >= 4 && len(number)*2 >= len([]rune(text)) && !strings.ContainsFunc(text, unicode.IsLetter)
	lower := strings.ToLower(text)
	var tokens []string
	for _, t := range strings.Fields(foldText(text)) {
		tokens = append(tokens, contains(t))
	}
	subject := s.plan.Subject()
	for _, t := range s.plan.Tables {
		for _, e := range t.Columns {
			c := e.Value
			if !c.Search {
				continue
			}
			col := "x." + quote(c.Name)
			switch c.Role {
			case "email":
				if strings.ContainsAny(text, "@.") || !isNumber && !strings.Contains(text, " ") {
					out = append(out, question{why: "email", table: t, where: "lower(" + col + ") like $1", arg: contains(lower)})
				}
			case "phone":
				if isNumber {
					// Without its leading zeros and country a number is found however it was written.
					out = append(out, question{why: "phone", table: t, where: digitsSQL(col) + " like $1", arg: contains(national(number))})
				}
			case "personnummer":
				if isNumber {
					out = append(out, question{why: "personnummer", table: t, where: digitsSQL(col) + " like $1", arg: contains(number)})
				}
			case "customer_no", "register_id":
				out = append(out, question{why: c.Role, table: t, where: "lower(" + col + ") = $1", arg: lower})
			case "organisation":
				if !isNumber && len(tokens) > 0 {
					out = append(out, question{why: "organisation", table: t, where: foldSQL(col) + " like all ($1)", arg: tokens, context: true})
				}
			}
		}
	}
	if names := nameColumns(subject); len(names) > 0 && !isNumber && len(tokens) > 0 {
		// Names come first: it is what people type.
		out = append([]question{{why: "name", table: subject, where: foldSQL("concat_ws(' ', "+strings.Join(names, ", ")+")") + " like all ($1)", arg: tokens}}, out...)
	}
	return out
}

func nameColumns(t *datamap.PlannedTable) []string {
	var out []string
	for _, e := range t.Columns {
		if e.Value.Search && slices.Contains([]string{"name", "given", "surname", "former_surname", "nickname"}, e.Value.Role) {
			out = append(out, "x."+quote(e.Name))
		}
	}
	return out
}

// national drops the country code of +46 and 0046 and the zero before the area.
func national(number string) string {
	number = strings.TrimPrefix(number, "00")
	if len(number) > 9 {
		number = strings.TrimPrefix(number, "46")
	}
	return strings.TrimLeft(number, "0")
}

func (s *Source) ask(ctx context.Context, q question, limit int) ([]string, error) {
	w := pathSQL{s.plan}
	var out []string
	for _, p := range q.table.Paths {
		if p.As == datamap.AsBy || p.As == datamap.AsContext && !q.context {
			continue
		}
		j := w.join(q.table, p, nil, q.where)
		keys, err := collect[string](ctx, s.pool, fmt.Sprintf(`select %s from %s order by 1 limit %d`, j.person, j.from, limit), q.arg)
		if err != nil {
			return nil, err
		}
		out = append(out, keys...)
	}
	return out, nil
}

// hits reads the cards of keys, follows merged ones to the live card, and drops doubles.
func (s *Source) hits(ctx context.Context, keys []string, why map[string]string, limit int) ([]Hit, error) {
	cards, err := s.cards(ctx, s.pool, keys)
	if err != nil {
		return nil, err
	}
	var out []Hit
	seen := map[string]bool{}
	for _, k := range keys {
		c := cards[k]
		for hops := 0; c != nil && c.mergedInto != "" && hops < 10; hops++ {
			next := cards[c.mergedInto]
			if next == nil {
				more, err := s.cards(ctx, s.pool, []string{c.mergedInto})
				if err != nil {
					return nil, err
				}
				next = more[c.mergedInto]
			}
			c = next
		}
		if c == nil || seen[c.key] || len(out) >= limit {
			continue
		}
		seen[c.key] = true
		out = append(out, s.hit(c, why[k]))
	}
	return out, nil
}

func (s *Source) hit(c *card, why string) Hit {
	h := Hit{
		Ref: Ref{Source: s.Name, Key: c.key}, Name: c.name(), Organisation: c.first("organisation"), CustomerNo: c.first("customer_no"),
		RegisterID: c.first("register_id"), Newsletter: c.consent("newsletter").State, Processing: c.consent("processing").State,
		Protected: c.first("protected") == "true", Why: why,
	}
	if len(c.emails) > 0 {
		h.Email = c.emails[0].Address
	}
	if len(c.phones) > 0 {
		h.Phone = c.phones[0]
	}
	return h
}

// Duplicates are the cards that belong to the same person or could: merged ones, and live ones that share an address,
// a number or the whole name. Why is the role that ties them ("merged" for merged ones).
func (s *Source) Duplicates(ctx context.Context, key string) ([]Hit, error) {
	cards, err := s.cards(ctx, s.pool, []string{key})
	if err != nil {
		return nil, err
	}
	c := cards[key]
	if c == nil {
		return nil, nil
	}
	why := map[string]string{}
	var keys []string
	add := func(found []string, reason string) {
		for _, k := range found {
			if k != key && why[k] == "" {
				why[k] = reason
				keys = append(keys, k)
			}
		}
	}
	merged, err := s.withMerged(ctx, s.pool, []string{key})
	if err != nil {
		return nil, err
	}
	if c.mergedInto != "" {
		merged = append(merged, c.mergedInto)
	}
	add(merged, "merged")
	shared, err := s.sharers(ctx, s.pool, c)
	if err != nil {
		return nil, err
	}
	for _, x := range shared {
		// Colleagues and families share a street.
		if x.role != "address.street" {
			add(x.holders, x.role)
		}
	}
	all, err := s.cards(ctx, s.pool, keys)
	if err != nil {
		return nil, err
	}
	var out []Hit
	for _, k := range keys {
		if all[k] != nil {
			out = append(out, s.hit(all[k], why[k]))
		}
	}
	return out, nil
}

// withMerged adds the cards that were merged into the keys, and into those, and so on.
func (s *Source) withMerged(ctx context.Context, q querier, keys []string) ([]string, error) {
	merged := s.plan.Source.Subject.MergedInto
	if merged == "" {
		return keys, nil
	}
	subject := s.plan.Subject()
	out := slices.Clone(keys)
	for from := keys; len(from) > 0; {
		next, err := collect[string](ctx, q, fmt.Sprintf(`select %s from %s as t where %s order by %s`, keyText("t", subject.Key),
			tableSQL(subject), keyIn("t", []string{merged}, typesOf(subject, []string{merged}), "$1"), list("t", subject.Key)), from)
		if err != nil {
			return nil, fmt.Errorf("find merged cards: %w", err)
		}
		from = nil
		for _, k := range next {
			if !slices.Contains(out, k) {
				out = append(out, k)
				from = append(from, k)
			}
		}
	}
	return out, nil
}
