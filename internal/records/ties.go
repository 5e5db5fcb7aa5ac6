package records

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"insyn/internal/datamap"
)

// Tie is another live card that could be the person of the card With, and what the two share: kinds of identifier, never
// their values.
type Tie struct {
	Ref, With Ref
	Kinds     []string
}

// tieKinds are what ties two cards, the surest first. A phone number ties only together with the name: households and
// firms share phones.
var tieKinds = []string{"personnummer", "customer_no", "email", "handle", "phone"}

// Ties are the other live cards of this source that share an identifier with the cards of keys.
func (s *Source) Ties(ctx context.Context, keys []string) ([]Tie, error) {
	people := make([]Ref, 0, len(keys))
	for _, k := range keys {
		people = append(people, Ref{Source: s.Name, Key: k})
	}
	return FindTies(ctx, []*Source{s}, people)
}

// FindTies looks in all sources for other live cards that share an identifier with one of the people. Cards that were
// merged into one are that one.
func FindTies(ctx context.Context, sources []*Source, people []Ref) ([]Tie, error) {
	own := map[Ref]bool{}
	all := make([]marks, len(people))
	wanted := marks{}
	for _, s := range sources {
		for i, p := range people {
			if p.Source != s.Name {
				continue
			}
			cards, err := s.SamePerson(ctx, []string{p.Key})
			if err != nil {
				return nil, err
			}
			for _, k := range cards {
				own[Ref{Source: s.Name, Key: k}] = true
			}
			found, err := s.marks(ctx, cards)
			if err != nil {
				return nil, err
			}
			all[i] = marks{}
			for _, m := range found {
				all[i].add(m)
			}
			wanted.add(all[i])
		}
	}
	var out []Tie
	for _, s := range sources {
		live, theirs, err := s.candidates(ctx, wanted)
		if err != nil {
			return nil, err
		}
		for _, k := range live {
			ref := Ref{Source: s.Name, Key: k}
			if own[ref] {
				continue
			}
			if t, tied := tieOf(ref, theirs[k], people, all); tied {
				out = append(out, t)
			}
		}
	}
	return out, nil
}

// tieOf is what a card shares with the first of the people whom it shares something with, and with the others.
func tieOf(ref Ref, theirs marks, people []Ref, all []marks) (Tie, bool) {
	t := Tie{Ref: ref}
	for _, kind := range tieKinds {
		for i, ours := range all {
			if !ours.share(theirs, kind) {
				continue
			}
			if t.With == (Ref{}) {
				t.With = people[i]
			}
			t.Kinds = append(t.Kinds, kind)
			break
		}
	}
	return t, len(t.Kinds) > 0
}

// SamePerson are all cards of the persons of keys: those that one of them was merged into, and those that were merged
// into these.
func (s *Source) SamePerson(ctx context.Context, keys []string) ([]string, error) {
	out := slices.Clone(keys)
	if merged := s.plan.Source.Subject.MergedInto; merged != "" {
		subject := s.plan.Subject()
		for from := keys; len(from) > 0; {
			next, err := collect[string](ctx, s.pool, fmt.Sprintf(`select distinct t.%s::text from %s as t where %s and t.%[1]s is not null order by 1`,
				quote(merged), quoteTable(subject.Name), keyIn("t", subject.Key, typesOf(subject, subject.Key), "$1")), from)
			if err != nil {
				return nil, fmt.Errorf("find what cards of %s were merged into: %w", s.Name, safe(err))
			}
			from = slices.DeleteFunc(next, func(k string) bool { return slices.Contains(out, k) })
			out = append(out, from...)
		}
	}
	out, err := s.withMerged(ctx, s.pool, out)
	if err != nil {
		return nil, fmt.Errorf("find the cards of a person in %s: %w", s.Name, safe(err))
	}
	return out, nil
}

// SharedOutside counts the live cards of other persons that have an address.
func (s *Source) SharedOutside(ctx context.Context, address string, keys []string) (int, error) {
	own, err := s.SamePerson(ctx, keys)
	if err != nil {
		return 0, err
	}
	holders, err := s.holders(ctx, s.pool, "email", strings.ToLower(strings.TrimSpace(address)))
	if err != nil {
		return 0, fmt.Errorf("count who shares an address in %s: %w", s.Name, safe(err))
	}
	return len(slices.DeleteFunc(holders, func(k string) bool { return slices.Contains(own, k) })), nil
}

// candidates are the live cards that may hold one of the values, and the identifiers of each and of the cards merged into
// it. The database finds them in any spelling; the callers compare exactly.
func (s *Source) candidates(ctx context.Context, m marks) (live []string, theirs map[string]marks, err error) {
	w := pathSQL{s.plan}
	var found []string
	for _, t := range s.plan.Tables {
		for _, e := range t.Columns {
			for _, q := range tieQuestions(e.Name, e.Value, m) {
				for _, p := range t.Paths {
					if !p.Owns() {
						continue
					}
					j := w.join(t, p, nil, q.where)
					keys, err := collect[string](ctx, s.pool, `select distinct `+j.person+` from `+j.from+` where `+j.person+` is not null`, q.values)
					if err != nil {
						return nil, nil, fmt.Errorf("find who shares a %s in %s: %w", q.kind, t.Name, safe(err))
					}
					found = append(found, keys...)
				}
			}
		}
	}
	slices.Sort(found)
	if found = slices.Compact(found); len(found) == 0 {
		return nil, nil, nil
	}
	cards, err := s.SamePerson(ctx, found)
	if err != nil {
		return nil, nil, err
	}
	if live, err = s.onlyLive(ctx, s.pool, cards); err != nil {
		return nil, nil, fmt.Errorf("find the live cards of %s: %w", s.Name, safe(err))
	}
	theirs, err = s.marks(ctx, cards)
	return live, theirs, err
}

// tieQuestion asks a column for values.
type tieQuestion struct {
	kind, where string // on alias x, with $1
	values      []string
}

func tieQuestions(name string, c *datamap.Column, m marks) []tieQuestion {
	var out []tieQuestion
	ask := func(role, when, text string) {
		if !slices.Contains(tieKinds, role) || len(m[role]) == 0 {
			return
		}
		q := tieQuestion{kind: role, where: "lower(" + text + ") = any ($1)"}
		for v := range m[role] {
			q.values = append(q.values, v)
		}
		switch role {
		case "personnummer":
			q.where = "right(" + digitsSQL(text) + ", 10) = any ($1) or lower(" + text + ") = any ($1)"
		case "phone":
			q.where = digitsSQL(text) + " like any ($1)"
		case "handle":
			q.where = "lower(rtrim(" + text + ", '/')) like any ($1)"
		}
		if role == "phone" || role == "handle" {
			for i, v := range q.values {
				q.values[i] = strings.TrimSuffix(contains(v), "%")
			}
		}
		q.where = "(" + and(when, q.where) + ")"
		out = append(out, q)
	}
	col := "x." + quote(name)
	for _, is := range c.RoleRules() {
		ask(is.Role, is.When, col+"::text")
	}
	for _, r := range c.JSON {
		if path, ok := strings.CutPrefix(r.Name, "$."); ok && r.Value.Role != "" && path != "*" {
			ask(r.Value.Role, "", "("+col+"::jsonb #>> "+textArray(strings.Split(path, "."))+")")
		}
	}
	return out
}

// textArray is a text array in SQL.
func textArray(parts []string) string {
	quoted := make([]string, 0, len(parts))
	for _, p := range parts {
		quoted = append(quoted, "'"+strings.ReplaceAll(p, "'", "''")+"'")
	}
	return "array[" + strings.Join(quoted, ", ") + "]"
}
