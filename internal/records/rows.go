package records

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/mention"
)

// others reads which persons, apart from those in keys, the rows of a table belong to. own counts a path that makes the
// row theirs; through a context path a person is only known to be near, which matters for masking and matching.
func (s *Source) others(ctx context.Context, q querier, t *datamap.PlannedTable, rows, keys []string) (own, near map[string][]string, err error) {
	own, near = map[string][]string{}, map[string][]string{}
	if len(rows) == 0 || !t.Shareable && t.Erase == datamap.CutLink {
		return own, near, nil
	}
	mine := map[string]bool{}
	for _, k := range keys {
		mine[k] = true
	}
	w := pathSQL{s.plan}
	for _, p := range t.Paths {
		j := w.join(t, p, nil, keyIn("x", t.Key, typesOf(t, t.Key), "$1"))
		// A path over a null reference leads to nobody.
		r, err := q.Query(ctx, fmt.Sprintf(`select distinct %s, %s from %s where %s is not null`, j.row, j.person, j.from, j.person), rows)
		if err != nil {
			return nil, nil, fmt.Errorf("find whose the rows of %s are: %w", t.Name, err)
		}
		var row, person string
		_, err = pgx.ForEachRow(r, []any{&row, &person}, func() error {
			if mine[person] {
				return nil
			}
			near[row] = append(near[row], person)
			if p.As != datamap.AsContext {
				own[row] = append(own[row], person)
			}
			return nil
		})
		if err != nil {
			return nil, nil, fmt.Errorf("find whose the rows of %s are: %w", t.Name, err)
		}
	}
	return own, near, nil
}

// crew remembers persons that were read as others of a row; the same ones come again and again.
type crew struct {
	s     *Source
	q     querier
	known map[string]mention.Person
	card  map[string]*card
}

func (s *Source) crew(q querier) *crew {
	return &crew{s: s, q: q, known: map[string]mention.Person{}, card: map[string]*card{}}
}

// load reads the persons of a whole batch of rows at once.
func (c *crew) load(ctx context.Context, rows map[string][]string) error {
	var missing []string
	seen := map[string]bool{}
	for _, keys := range rows {
		for _, k := range keys {
			if _, ok := c.known[k]; !ok && !seen[k] {
				seen[k] = true
				missing = append(missing, k)
			}
		}
	}
	cards, err := c.s.cards(ctx, c.q, missing)
	if err != nil {
		return err
	}
	for _, k := range missing {
		c.known[k] = mention.Person{}
		if found := cards[k]; found != nil {
			c.known[k] = found.mention()
			c.card[k] = found
		}
	}
	return nil
}

// of are the persons of one row.
func (c *crew) of(keys []string) []mention.Person {
	out := make([]mention.Person, 0, len(keys))
	for _, k := range keys {
		out = append(out, c.known[k])
	}
	return out
}

// eachText calls fn with each text in a value of type text, text[] or json, and gives the value with what fn returned.
// Object keys stay as they are.
func eachText(value any, fn func(string) string) any {
	switch v := value.(type) {
	case string:
		return fn(v)
	case []any:
		for i := range v {
			v[i] = eachText(v[i], fn)
		}
	case map[string]any:
		for k := range v {
			v[k] = eachText(v[k], fn)
		}
	}
	return value
}

// mapJSON runs fn over the texts of a json document; changed is false where nothing was replaced. Numbers keep all
// their digits.
func mapJSON(doc []byte, fn func(string) string) (out []byte, changed bool, err error) {
	dec := json.NewDecoder(strings.NewReader(string(doc)))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, false, fmt.Errorf("decode a json value: %w", err)
	}
	v = eachText(v, func(s string) string {
		r := fn(s)
		changed = changed || r != s
		return r
	})
	if !changed {
		return doc, false, nil
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, false, fmt.Errorf("encode a json value: %w", err)
	}
	return []byte(strings.TrimRight(b.String(), "\n")), true, nil
}
