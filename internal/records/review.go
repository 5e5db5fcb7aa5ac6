package records

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/dossier"
	"insyn/internal/mention"
)

// Place is a mention that the matcher is not certain enough of: somebody who knows the company decides whether it goes.
type Place struct {
	MentionHit
	// Hash is where the place is and what the text says there: a text that changes is asked about anew.
	Hash   []byte
	Rule   string // of the matcher, or SharedRule
	Linked bool   // the row is the person's own
}

// SharedRule is why a name is not certain that the matcher would be sure of: another living person has it too.
const SharedRule = "shared name"

// Common is a table in which a part of the person's name stands so often that not every place of it is asked about.
type Common struct {
	Table string
	Label dossier.Label
}

const (
	// placeLimit bounds the places that somebody is asked about; the rest is counted.
	placeLimit = 5000
	// commonPlaces and commonRows bound the search for a surname alone in the rows of others, in each table: after so many
	// places, or rows read, only what names the person with more than the surname is searched for.
	commonPlaces = 500
	commonRows   = 2 * chunk
)

// placeHash is the hash of one place, keyed where the order has a key, since a short text could be guessed.
func (r *run) placeHash(in cell, text string, s mention.Span) []byte {
	parts := []string{r.s.Name, in.t.Name, in.c.Name, in.key, text, strconv.Itoa(s.Start), strconv.Itoa(s.End)}
	if r.e.Hash != nil && r.e.Hash.Keys != nil {
		return r.e.Hash.Keys.HMAC("mention", parts...)
	}
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	return h.Sum(nil)
}

// accepted says whether somebody has decided that a place is the person. A rehearsal lists the places.
func (r *run) accepted(in cell, text string, s mention.Span, linked bool) bool {
	h := r.placeHash(in, text, s)
	accept, decided := r.e.Decisions[string(h)]
	if r.places[string(h)] {
		return accept
	}
	if len(r.places) == placeLimit {
		r.morePlaces++
		return accept
	}
	r.places[string(h)] = true
	if !decided {
		r.undecided++
	}
	if r.e.Approved == nil {
		r.review = append(r.review, Place{MentionHit: hitOf(in, text, s), Hash: h, Rule: s.Rule, Linked: linked})
	}
	return accept
}

// withShared adds what names the person in a text of others, and another living person as well.
func (r *run) withShared(text string, mc mention.Context, spans []mention.Span) []mention.Span {
	if r.words.wide == nil {
		return spans
	}
	for _, s := range r.words.wide.Find(text, mc) {
		if s.Kind != mention.Name || slices.ContainsFunc(spans, func(x mention.Span) bool { return x.Start < s.End && s.Start < x.End }) {
			continue
		}
		s.Confidence, s.Rule = mention.Unsure, SharedRule
		spans = append(spans, s)
	}
	slices.SortFunc(spans, func(x, y mention.Span) int { return x.Start - y.Start })
	return spans
}

// asksNames says whether rows of others are searched for a surname alone: in a rehearsal, which lists the places, and where
// one has been accepted.
func (r *run) asksNames() bool {
	if r.e.Approved == nil {
		return true
	}
	for _, accept := range r.e.Decisions {
		if accept {
			return true
		}
	}
	return false
}

// weighNames counts, as far as the search for a surname alone would go, where an index answers; what is more common is not
// searched for. Without an index the search finds out as it reads.
func (r *run) weighNames(ctx context.Context, searches []*search) error {
	if len(r.words.asked.named) == 0 {
		return nil
	}
	return r.pipeline(ctx, func(b *pgx.Batch) {
		b.Queue(`select set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true)`)
		for _, x := range searches {
			if !x.names || !x.indexed {
				continue
			}
			sql := fmt.Sprintf(`select count(*) from (select from %s as x where %s limit %d) as y`, tableSQL(x.t), r.words.asked.byName(x.t, x.columns), commonRows+1)
			b.Queue(sql, r.words.asked.named).QueryRow(func(row pgx.Row) error {
				var n int
				if err := row.Scan(&n); err != nil {
					return fmt.Errorf("count the surname in %s: %w", x.t.Name, err)
				}
				if n > commonRows {
					r.tooCommon(x)
				}
				return nil
			})
		}
	})
}

// byName holds, on alias x, for rows with a surname in one of the columns; $1 are the surnames.
func (n needles) byName(t *datamap.PlannedTable, columns []*datamap.Column) string {
	arms := make([]string, len(columns))
	for i, c := range columns {
		arms[i] = searchText("x."+quote(c.Name), t.Types[c.Name]) + " ilike any ($1::text[])"
	}
	return strings.Join(arms, " or ")
}

// tooCommon ends the search for a surname alone in one table.
func (r *run) tooCommon(x *search) {
	x.names = false
	if !slices.ContainsFunc(r.common, func(c Common) bool { return c.Table == x.t.Name }) {
		r.common = append(r.common, Common{x.t.Name, x.t.Label})
	}
}

// searchOthers replaces what is certain or accepted in the rows that a search found, a chunk at a time.
func (r *run) searchOthers(ctx context.Context, x *search) error {
	before := len(r.places)
	for len(x.rows) > 0 {
		x.read += len(x.rows)
		if err := r.mentionRows(ctx, x.t, x.columns, x.rows); err != nil {
			return err
		}
		if len(x.rows) < chunk {
			return nil
		}
		if x.names && (len(r.places)-before > commonPlaces || x.read >= commonRows) {
			r.tooCommon(x)
		}
		if err := r.askNext(ctx, x); err != nil {
			return err
		}
	}
	return nil
}
