package records

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/mention"
	"insyn/internal/postgres"
)

// Elsewhere are the mentions of a person in rows that no path ties to them: another's card, a company's note, a deal. Each place
// is a passage in which other people are covered; whether the person gets it, somebody decides.
type Elsewhere struct {
	Places []Place
	More   int // beyond those, for which nobody is asked
	Common []Common
}

// Elsewhere searches the told texts of a source for the persons of keys, who are one person, in one snapshot. Hash keys the
// hashes of the places.
func (s *Source) Elsewhere(ctx context.Context, keys []string, hash *Hasher) (*Elsewhere, error) {
	var out *Elsewhere
	err := postgres.InTxOpts(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
		keys, err := s.withMerged(ctx, tx, keys)
		if err != nil {
			return err
		}
		e := &elsewhere{run: &run{s: s, tx: tx, plan: s.plan, keys: keys, crew: s.crew(tx), places: map[string]bool{}, reads: true, e: Erasure{Hash: hash}}}
		if e.run.words, err = s.wordsOf(ctx, tx, keys); err != nil {
			return err
		}
		if err := e.search(ctx); err != nil {
			return err
		}
		out = &Elsewhere{Places: e.found, More: e.run.morePlaces, Common: e.run.common}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("search %s for mentions: %w", s.Name, safe(err))
	}
	return out, nil
}

// elsewhere is one such search. It uses the search of an erasure, and changes nothing.
type elsewhere struct {
	run   *run
	m     *masker
	room  mention.Text
	found []Place
}

func (e *elsewhere) search(ctx context.Context) error {
	r := e.run
	var staff []mention.Person
	b := &pgx.Batch{}
	if r.s.queueStaff(b, &staff); b.Len() > 0 {
		if err := r.tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
	}
	e.m = newMasker(r.crew, r.words.self, nil, staff)
	var searches []*search
	for _, t := range r.s.inMapOrder() {
		if columns := passages(t); len(columns) > 0 && !r.words.asked.empty() {
			searches = append(searches, &search{t: t, columns: columns, indexed: allIndexed(t, columns), names: true})
		}
	}
	if len(searches) == 0 {
		return nil
	}
	if err := r.askFirst(ctx, searches); err != nil {
		return err
	}
	for _, x := range searches {
		before := len(r.places)
		for len(x.rows) > 0 {
			x.read += len(x.rows)
			if err := e.rows(ctx, x); err != nil {
				return err
			}
			if len(x.rows) < chunk {
				break
			}
			if x.names && (len(r.places)-before > commonPlaces || x.read >= commonRows) {
				r.tooCommon(x)
			}
			if err := r.askNext(ctx, x); err != nil {
				return err
			}
		}
	}
	return nil
}

// passages are the searched columns of a table of which a person may be told: plain texts.
func passages(t *datamap.PlannedTable) []*datamap.Column {
	if t.Disclose == "no" || t.LogOf != "" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.Searched()), func(c *datamap.Column) bool { return !c.Disclosed() || !isText(t.Types[c.Name]) })
}

func (e *elsewhere) rows(ctx context.Context, x *search) error {
	r := e.run
	keys := make([]string, len(x.rows))
	for i, row := range x.rows {
		keys[i] = row.key
	}
	near, err := r.s.near(ctx, r.tx, x.t, keys, r.keys)
	if err != nil {
		return err
	}
	if err := r.crew.load(ctx, near); err != nil {
		return err
	}
	for _, row := range x.rows {
		mc := mention.Context{Others: r.crew.of(near[row.key])}
		for i, c := range x.columns {
			if text := row.texts[i]; text != nil {
				in := cell{t: x.t, c: c, key: row.key, text: text}
				spans := withTyped(*text, r.words.besides(near[row.key]).Find(*text, mc), r.words.typed)
				e.tell(in, *text, r.withShared(*text, mc, spans), near[row.key])
			}
		}
	}
	return nil
}

// tell notes the passages around the mentions of one text. Those that stand close together are one.
func (e *elsewhere) tell(in cell, text string, spans []mention.Span, near []string) {
	if len(spans) == 0 {
		return
	}
	covered := e.m.covered(text, e.m.circle(near), &e.room)
	shown := 0
	for _, s := range spans {
		if s.Start < shown {
			continue
		}
		if len(e.run.places) == placeLimit {
			e.run.morePlaces++
			continue
		}
		h := e.run.placeHash(in, text, s)
		e.run.places[string(h)] = true
		from := s.Start - len(tail(text[:s.Start], around))
		shown = s.End + len(head(text[s.End:], around))
		e.found = append(e.found, Place{
			MentionHit: MentionHit{
				Table: in.t.Name, Column: in.c.Name, Key: in.key, Confidence: s.Confidence,
				Before: hidden(text, covered, from, s.Start), Match: hidden(text, covered, s.Start, s.End), After: hidden(text, covered, s.End, shown),
			},
			Hash: h, Rule: s.Rule,
		})
	}
}

// hidden is a part of a text with blocks over what is covered of it.
func hidden(text string, covered []mention.Span, from, to int) string {
	var b strings.Builder
	at := from
	for _, s := range covered {
		if s.End <= at || s.Start >= to {
			continue
		}
		if s.Start > at {
			b.WriteString(text[at:s.Start])
		}
		b.WriteString(mention.Mask("x", []mention.Span{{Start: 0, End: 1}}))
		at = min(s.End, to)
	}
	if at < to {
		b.WriteString(text[at:to])
	}
	return strings.ToValidUTF8(b.String(), string(utf8.RuneError))
}
