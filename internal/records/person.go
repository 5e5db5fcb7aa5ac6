package records

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/mention"
)

// Person is one card of the source in the words of the map's roles.
type Person struct {
	Ref                                  Ref
	Mention                              mention.Person
	Name, Organisation, Language         string
	Emails                               []Email
	Phones                               []string
	CustomerNo, Personnummer, RegisterID string
	Protected, SoleTrader                bool
	MergedInto                           string
	Newsletter, Processing               Consent
	// Touched: somebody has worked with the card, so it is no mere copy from the reference register.
	Touched bool
}

// Email is one address of a person. SharedBy counts the other live cards with it. Changed is zero where nobody knows.
type Email struct {
	Address                         string
	Primary, Bounced, Role, Invalid bool
	SharedBy                        int
	Changed                         time.Time
}

// Consent is the state of one box: unknown, yes, no, withdrawn, objected or restricted, and its proof.
type Consent struct {
	State            string
	At               time.Time
	How, Wording, By string
}

// Person reads one card. A key that nobody has is dsar.ErrNotFound.
func (s *Source) Person(ctx context.Context, key string) (Person, error) {
	if !s.validKey(key) {
		return Person{}, fmt.Errorf("read a person of %s: %w", s.Name, dsar.ErrNotFound)
	}
	cards, err := s.cards(ctx, s.pool, []string{key})
	if err != nil {
		return Person{}, err
	}
	c := cards[key]
	if c == nil {
		return Person{}, fmt.Errorf("read a person of %s: %w", s.Name, dsar.ErrNotFound)
	}
	if err := s.countSharers(ctx, s.pool, c); err != nil {
		return Person{}, err
	}
	return s.person(c), nil
}

// validKey keeps a key that cannot be cast to the key's type from becoming an error of the database.
func (s *Source) validKey(key string) bool {
	subject := s.plan.Subject()
	parts := strings.Split(key, ",")
	if len(parts) != len(subject.Key) {
		return false
	}
	for i, k := range subject.Key {
		switch subject.Types[k].Base {
		case "int2", "int4", "int8":
			if len(parts[i]) > 18 || parts[i] == "" || strings.Trim(parts[i], "0123456789") != "" {
				return false
			}
		}
	}
	return key != ""
}

func (s *Source) person(c *card) Person {
	p := Person{
		Ref: Ref{Source: s.Name, Key: c.key}, Mention: c.mention(), Name: c.name(), Organisation: c.first("organisation"),
		Language: c.first("language"), Emails: c.emails, Phones: c.phones, CustomerNo: c.first("customer_no"),
		Personnummer: c.first("personnummer"), RegisterID: c.first("register_id"), Protected: c.first("protected") == "true",
		SoleTrader: c.soleTrader, MergedInto: c.mergedInto,
		Newsletter: c.consent("newsletter"), Processing: c.consent("processing"),
	}
	p.Touched = p.RegisterID == "" || p.Newsletter.State != "unknown" || p.Processing.State != "unknown"
	return p
}

func (c *card) consent(box string) Consent {
	role := "consent." + box
	out := Consent{
		State: c.first(role), At: parseTime(c.first(role + ".at")), How: c.first(role + ".how"),
		Wording: c.first(role + ".wording"), By: c.first(role + ".by"),
	}
	if out.State == "" {
		out.State = "unknown"
	}
	return out
}

// mention is the person as the matcher needs them.
func (c *card) mention() mention.Person {
	m := mention.Person{
		Surname: c.roles["surname"], FormerSurnames: c.roles["former_surname"], Nicknames: c.roles["nickname"],
		Phones: c.roles["phone"], Personnummer: c.first("personnummer"), CustomerNo: c.first("customer_no"), Handles: c.roles["handle"],
	}
	for _, g := range c.roles["given"] {
		m.Given = append(m.Given, strings.Fields(g)...)
	}
	// A whole name in one column: its last word is the surname, or what stands before a comma.
	for _, whole := range c.roles["name"] {
		surname, given, turned := strings.Cut(whole, ",")
		words := strings.Fields(whole)
		switch {
		case turned:
			m.Given, m.Surname = append(m.Given, strings.Fields(given)...), append(m.Surname, strings.TrimSpace(surname))
		case len(words) > 1:
			m.Given, m.Surname = append(m.Given, words[:len(words)-1]...), append(m.Surname, words[len(words)-1])
		default:
			m.Surname = append(m.Surname, words...)
		}
	}
	if len(m.Given) > 0 {
		m.Called = m.Given[0]
	}
	for _, e := range c.emails {
		m.Emails = append(m.Emails, e.Address)
	}
	street, postcode, city := c.roles["address.street"], c.roles["address.postcode"], c.roles["address.city"]
	for i := range street {
		a := mention.Address{Street: street[i]}
		if i < len(postcode) {
			a.Postcode = postcode[i]
		}
		if i < len(city) {
			a.City = city[i]
		}
		m.Addresses = append(m.Addresses, a)
	}
	return m
}

// ByRegisterID finds the card that refers to an entry of the reference register.
func (s *Source) ByRegisterID(ctx context.Context, registerID string) (string, error) {
	return s.byRegisterID(ctx, s.pool, registerID)
}

func (s *Source) byRegisterID(ctx context.Context, q querier, registerID string) (string, error) {
	subject := s.plan.Subject()
	col := subject.ByRole("register_id")
	if col == nil || registerID == "" {
		return "", fmt.Errorf("find by register id in %s: %w", s.Name, dsar.ErrNotFound)
	}
	var key string
	// The live card first, then the oldest.
	err := q.QueryRow(ctx, fmt.Sprintf(`select %s from %s as t where t.%s = $1 order by %s %s limit 1`,
		keyText("t", subject.Key), tableSQL(subject), quote(col.Name), s.mergedLast("t"), list("t", subject.Key)), registerID).Scan(&key)
	if err == pgx.ErrNoRows { //nolint:errorlint // pgx returns it bare
		err = dsar.ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("find by register id in %s: %w", s.Name, err)
	}
	return key, nil
}

func (s *Source) mergedLast(alias string) string {
	if m := s.plan.Source.Subject.MergedInto; m != "" {
		return alias + "." + quote(m) + " is not null, "
	}
	return ""
}

// live is a condition on the subject table: a row that nobody has merged into another.
func (s *Source) live(alias string) string {
	if m := s.plan.Source.Subject.MergedInto; m != "" {
		return alias + "." + quote(m) + " is null"
	}
	return "true"
}

// countSharers fills in how many other people's live cards have each address.
func (s *Source) countSharers(ctx context.Context, q querier, c *card) error {
	for i := range c.emails {
		keys, err := s.holders(ctx, q, "email", strings.ToLower(c.emails[i].Address))
		if err != nil {
			return err
		}
		for _, k := range keys {
			// The card that this one was merged into is the same person.
			if k != c.key && k != c.mergedInto {
				c.emails[i].SharedBy++
			}
		}
	}
	return nil
}

// holders are the live persons who have value in a column with role, compared in lower case.
func (s *Source) holders(ctx context.Context, q querier, role, value string) ([]string, error) {
	w := pathSQL{s.plan}
	var out []string
	for _, t := range s.plan.Tables {
		col := t.ByRole(role)
		if col == nil {
			continue
		}
		for _, p := range t.Paths {
			if !p.Owns() {
				continue
			}
			j := w.join(t, p, nil, "lower(x."+quote(col.Name)+") = $1")
			keys, err := collect[string](ctx, q, `select distinct `+j.person+` from `+j.from+` where `+j.person+` is not null`, value)
			if err != nil {
				return nil, fmt.Errorf("find who shares a %s in %s: %w", role, t.Name, err)
			}
			out = append(out, keys...)
		}
	}
	return s.onlyLive(ctx, q, out)
}

func (s *Source) onlyLive(ctx context.Context, q querier, keys []string) ([]string, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	subject := s.plan.Subject()
	return collect[string](ctx, q, fmt.Sprintf(`select %s from %s as t where %s and %s order by %s`, keyText("t", subject.Key),
		tableSQL(subject), keyIn("t", subject.Key, typesOf(subject, subject.Key), "$1"), s.live("t"), list("t", subject.Key)), keys)
}

func collect[T any](ctx context.Context, q querier, sql string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[T])
}
