package records

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/dossier"
)

// Description is the map's part of a dossier's Meta for one person.
type Description struct {
	Searched   dossier.Label
	Purposes   map[string]dossier.Purpose
	Recipients map[string]dossier.Recipient
	Retention  map[string]dossier.Retention
	Categories map[string]dossier.Label
	Nothing    bool // no card has one of the keys
	Portable   bool // some column is covered by Art. 20
}

// Describe gives what the map says to the persons of keys: purposes with their basis, recipients, retention.
func (s *Source) Describe(ctx context.Context, keys []string) (Description, error) {
	b := &pgx.Batch{} // which is one transaction
	b.Queue(`select set_config('plan_cache_mode', 'force_generic_plan', true)`)
	read := s.queueCards(b, keys)
	if err := s.pool.SendBatch(ctx, b).Close(); err != nil {
		return Description{}, err
	}
	cards := read.settled()
	all := together(cards, keys)
	d := Description{
		Searched: s.Label(), Nothing: len(cards) == 0, Purposes: map[string]dossier.Purpose{}, Recipients: map[string]dossier.Recipient{},
		Retention: map[string]dossier.Retention{}, Categories: map[string]dossier.Label{},
	}
	for _, e := range s.m.Purposes {
		if s.holds(e.Name, all) || s.serves(e.Name) {
			d.Purposes[e.Name] = e.Value.For(all.soleTrader)
		}
	}
	for _, e := range s.m.Recipients {
		r := e.Value
		d.Recipients[e.Name] = dossier.Recipient{Name: r.Name, Role: r.Role, Country: r.Country, Why: r.Why, Safeguard: r.Safeguard}
	}
	for _, e := range s.m.Retention {
		r := e.Value
		d.Retention[e.Name] = dossier.Retention{Text: dossier.Label{"sv": r.SV, "en": r.EN}, Law: r.Law}
	}
	for _, e := range s.m.Categories {
		d.Categories[e.Name] = e.Value.Label()
	}
	for _, t := range s.plan.Tables {
		for _, col := range told(t) {
			d.Portable = d.Portable || s.portable(col, all)
		}
	}
	d.Portable = d.Portable && !d.Nothing
	return d, nil
}

// serves says whether some column is there for the purpose in the first place. Then its rows are told with it, also after
// the yes that it rested on was taken back.
func (s *Source) serves(purpose string) bool {
	for _, t := range s.plan.Tables {
		if slices.ContainsFunc(told(t), func(c *datamap.Column) bool { return c.Purpose == purpose }) {
			return true
		}
	}
	return false
}

// together is one card out of several of the same person.
func together(cards map[string]*card, keys []string) *card {
	out := &card{roles: map[string][]string{}}
	for _, k := range keys {
		c := cards[k]
		if c == nil {
			continue
		}
		if out.key == "" {
			out.key = k
		}
		out.soleTrader = out.soleTrader || c.soleTrader
		for role, values := range c.roles {
			for _, v := range values {
				out.add(role, v)
			}
		}
		out.emails = append(out.emails, c.emails...)
		out.phones = append(out.phones, c.phones...)
	}
	return out
}

// reaching are the conditions, on alias x with the persons in $1, of the paths that a table has: all of them, or
// without those that are only context.
func (s *Source) reaching(t *datamap.PlannedTable, context bool) []string {
	w := pathSQL{s.plan}
	var out []string
	for _, p := range t.Paths {
		if p.Owns() || context && p.As == datamap.AsContext {
			out = append(out, w.linked(t, p))
		}
	}
	return out
}
