package records

import (
	"context"
	"encoding/json"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
)

// card is what the map's roles say of one person: the values of each role, in the order of the map.
type card struct {
	key        string
	mergedInto string
	roles      map[string][]string
	emails     []Email
	phones     []string
	soleTrader bool
}

func (c *card) first(role string) string {
	if v := c.roles[role]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (c *card) name() string {
	if name := strings.TrimSpace(c.first("given") + " " + c.first("surname")); name != "" {
		return name
	}
	return c.first("name")
}

// roleColumns are the columns of a table that have a role, and the json columns with a path that has one.
func roleColumns(t *datamap.PlannedTable) []string {
	var out []string
	for _, e := range t.Columns {
		for _, r := range e.Value.Roles {
			out = append(out, e.Name+roleMark+r.Name)
		}
		has := e.Value.Role != "" && !strings.HasPrefix(e.Value.Role, "log.")
		for _, r := range e.Value.JSON {
			has = has || r.Value.Role != ""
		}
		if has {
			out = append(out, e.Name)
		}
	}
	return out
}

// roleMark parts a column from one of its several roles in the name that a query gives the column in that role.
const roleMark = "\u00b7"

// roleOf is the column and the role of such a name.
func roleOf(t *datamap.PlannedTable, name string) (*datamap.Column, datamap.RoleRule) {
	if c := t.Column(name); c != nil {
		return c, datamap.RoleRule{Role: c.Role, When: c.RoleWhen}
	}
	column, role, _ := strings.Cut(name, roleMark)
	c := t.Column(column)
	if c == nil {
		return nil, datamap.RoleRule{}
	}
	when, _ := c.Roles.Get(role)
	return c, datamap.RoleRule{Role: role, When: when}
}

// cards reads the roles of many persons at once, in one way to the server and back.
func (s *Source) cards(ctx context.Context, q batcher, keys []string) (map[string]*card, error) {
	b := &pgx.Batch{}
	read := s.queueCards(b, keys)
	if b.Len() > 0 {
		if err := q.SendBatch(ctx, b).Close(); err != nil {
			return nil, fmt.Errorf("read persons: %w", err)
		}
	}
	return read.settled(), nil
}

// batcher sends several statements in one go: a pool, or a transaction.
type batcher interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// readCards are cards on their way.
type readCards struct {
	s     *Source
	byKey map[string]*card
}

// queueCards adds to the batch what cards asks, a statement for each table with roles and path, and gives the cards that
// are there when the batch has been read.
func (s *Source) queueCards(b *pgx.Batch, keys []string) *readCards {
	out := &readCards{s: s, byKey: make(map[string]*card, len(keys))}
	if len(keys) == 0 {
		return out
	}
	w := pathSQL{s.plan}
	for _, t := range s.plan.Tables {
		columns := roleColumns(t)
		if merged := s.plan.Source.Subject.MergedInto; t == s.plan.Subject() && merged != "" {
			columns = append(columns, merged)
		}
		if len(columns) == 0 {
			continue
		}
		for _, p := range t.Paths {
			if p.As == datamap.AsBy || p.As == datamap.AsContext && t.ByRole("organisation") == nil {
				continue
			}
			j := w.join(t, p, columns, "")
			sql := fmt.Sprintf(`select %s, array[%s]::text[] from %s where %s order by %s`,
				j.person, castText("t", columns), j.from, j.personIn("$1"), list("t", t.Key))
			b.Queue(sql, keys).Query(func(rows pgx.Rows) error {
				if err := out.read(t, p, columns, rows); err != nil {
					return fmt.Errorf("read persons through %s: %w", t.Name, err)
				}
				return nil
			})
		}
	}
	return out
}

func castText(alias string, columns []string) string {
	out := make([]string, 0, len(columns))
	for _, c := range columns {
		out = append(out, alias+"."+quote(c)+"::text")
	}
	return strings.Join(out, ", ")
}

func (r *readCards) read(t *datamap.PlannedTable, p datamap.Path, columns []string, rows pgx.Rows) error {
	var person string
	var row []*string
	_, err := pgx.ForEachRow(rows, []any{&person, &row}, func() error {
		c := r.byKey[person]
		if c == nil {
			// A key that does not exist in the subject table makes no card.
			if t != r.s.plan.Subject() {
				return nil
			}
			c = &card{key: person, roles: map[string][]string{}}
			for _, form := range r.s.plan.Source.Subject.Written {
				if !strings.Contains(form, "{handle}") {
					c.add("handle", strings.ReplaceAll(form, "{id}", person))
				}
			}
			r.byKey[person] = c
		}
		if p.As == datamap.AsSubject && len(p.Hops) > 0 {
			c.soleTrader = true
		}
		c.take(r.s, t, p, columns, row)
		return nil
	})
	return err
}

// settled gives the cards after the batch has been read.
func (r *readCards) settled() map[string]*card {
	for _, c := range r.byKey {
		for _, form := range r.s.plan.Source.Subject.Written {
			for _, handle := range slices.Clone(c.roles["handle"]) {
				if strings.Contains(form, "{handle}") {
					c.add("handle", strings.ReplaceAll(form, "{handle}", handle))
				}
			}
		}
		c.settle()
	}
	return r.byKey
}

// take adds one row's values. Through a context path only the organisation's name is the person's.
func (c *card) take(s *Source, t *datamap.PlannedTable, p datamap.Path, columns []string, row []*string) {
	email := Email{}
	var addresses []string
	for i, name := range columns {
		if row[i] == nil {
			continue
		}
		value := *row[i]
		if t == s.plan.Subject() && name == s.plan.Source.Subject.MergedInto {
			c.mergedInto = value
		}
		col, is := roleOf(t, name)
		for _, r := range col.JSON {
			if r.Value.Role != "" {
				c.add(r.Value.Role, jsonText(value, r.Name))
			}
		}
		if p.As == datamap.AsContext && is.Role != "organisation" {
			continue
		}
		switch is.Role {
		case "":
		case "email":
			addresses = append(addresses, addressesIn(value)...)
		case "email.primary":
			email.Primary = value == "true"
		case "email.bounced":
			email.Bounced = value != "false"
		case "email.changed":
			email.Changed = parseTime(value)
		case "phone.primary":
			if value == "true" && len(c.roles["phone"]) > 0 {
				c.roles["phone"] = toFront(c.roles["phone"])
			}
		default:
			c.add(is.Role, value)
		}
	}
	for _, address := range addresses {
		email.Address = address
		c.emails = append(c.emails, email)
	}
}

// addressesIn are the addresses of a value: what an address column holds, right or wrong, or those within a longer text
// ("Private: a@b.example, c@d.example").
func addressesIn(value string) []string {
	value = strings.TrimSpace(value)
	if value == "" {
		return nil
	}
	if found := addressIn.FindAllString(value, -1); strings.ContainsAny(value, " \t\n\r,;<") && len(found) > 0 {
		return found
	}
	if strings.Contains(value, "\n") { // a text without any
		return nil
	}
	return []string{value}
}

var addressIn = regexp.MustCompile(`[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+`)

func (c *card) add(role, value string) {
	value = strings.TrimSpace(value)
	if value != "" && !slices.Contains(c.roles[role], value) {
		c.roles[role] = append(c.roles[role], value)
	}
}

// settle puts the primary address first and judges each address.
func (c *card) settle() {
	slices.SortStableFunc(c.emails, func(a, b Email) int {
		if a.Primary == b.Primary {
			return 0
		}
		if a.Primary {
			return -1
		}
		return 1
	})
	for i := range c.emails {
		e := &c.emails[i]
		_, err := mail.ParseAddress(e.Address)
		e.Invalid = err != nil || strings.ContainsAny(e.Address, "<>\" ")
		e.Role = roleMailbox(e.Address)
	}
	c.phones = c.roles["phone"]
}

// roleMailbox says that an address is a function's, which several people read.
func roleMailbox(address string) bool {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	return slices.Contains([]string{
		"info", "kontakt", "contact", "office", "kontor", "mail", "post", "hej", "hello", "order", "orders",
		"faktura", "invoice", "ekonomi", "finance", "support", "kundtjanst", "kundservice", "service", "sales", "salj", "reception",
		"admin", "inkop", "firma", "noreply", "no-reply", "webmaster", "postmaster",
	}, local)
}

// toFront moves the last value first.
func toFront(v []string) []string {
	last := len(v) - 1
	return append([]string{v[last]}, v[:last]...)
}

// jsonText reads "$.a.b" of a json text as text; a link gives its last part, since that is the handle in it.
func jsonText(doc, path string) string {
	var v any
	if json.Unmarshal([]byte(doc), &v) != nil {
		return ""
	}
	for _, part := range strings.Split(strings.TrimPrefix(path, "$."), ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = m[part]
	}
	text, _ := v.(string)
	if strings.Contains(text, "://") {
		text = text[strings.LastIndexByte(strings.TrimRight(text, "/"), '/')+1:]
	}
	return strings.TrimRight(text, "/")
}

// parseTime reads a time or date as PostgreSQL writes it under time zone UTC.
func parseTime(s string) time.Time {
	for _, layout := range []string{"2006-01-02 15:04:05.999999-07", "2006-01-02 15:04:05.999999-07:00", "2006-01-02 15:04:05.999999", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
