package records

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/ledger"
)

// Match is what a restored database knows of a person whom it had erased.
type Match struct {
	Entry ledger.Entry
	Keys  []string // the person's cards
	Doubt []Doubt  // cards that somebody has to look at
}

// Doubt is a card that may be the person's, and why that is not sure.
type Doubt struct{ Key, Why string }

// Why a card is not simply erased again.
const (
	// OtherPerson: the card has the person's key and nothing else of theirs: the key was given to somebody new.
	OtherPerson = "other_person"
	// SeveralPersons: more than one person has the identifiers of the erased one.
	SeveralPersons = "several_persons"
	// NumberOnly: only the customer number is the same, which is given to the next customer after a restore.
	NumberOnly = "number_only"
)

// Search finds the persons of lost erasures again.
type Search struct {
	Hash *Hasher
	Lost []ledger.Entry
	// Decided are cards that a person has looked at: true is the erased person, false is somebody else.
	Decided map[string]bool
	// Progress is told how many cards have been looked at; nil is nobody.
	Progress func(cards int)
}

// Find looks first by the hashes of keys, over all keys of the subject table, then, for those whose key is gone or is
// somebody else's now, by the hashes of identifiers, over all cards.
func (s *Source) Find(ctx context.Context, q Search) ([]Match, error) {
	f := &finding{s: s, Search: q, matches: make([]Match, len(q.Lost)), byKey: map[string][]int{}, byHash: map[string][]int{}}
	for i, e := range q.Lost {
		f.matches[i].Entry = e
		for _, h := range e.KeyHMACs {
			f.byKey[string(h)] = append(f.byKey[string(h)], i)
		}
		if len(e.KeyHMACs) == 0 { // a row from before keys were hashed: its subject is the hash of the first card's
			f.byKey[string(e.Subject)] = append(f.byKey[string(e.Subject)], i)
		}
	}
	if err := f.keys(ctx); err != nil {
		return nil, fmt.Errorf("search %s for erased persons: %w", s.Name, safe(err))
	}
	for i, m := range f.matches {
		if len(m.Keys) > 0 {
			continue
		}
		for _, h := range m.Entry.HMACs {
			f.byHash[string(h)] = append(f.byHash[string(h)], i)
		}
	}
	if len(f.byHash) > 0 {
		if err := f.identifiers(ctx); err != nil {
			return nil, fmt.Errorf("search %s for erased persons: %w", s.Name, safe(err))
		}
	}
	return f.matches, nil
}

// finding is one search.
type finding struct {
	s *Source
	Search
	matches []Match
	byKey   map[string][]int // hash of a key -> erasures
	byHash  map[string][]int // hash of an identifier -> erasures
}

// cardBatch is how many cards are read at once.
const cardBatch = 2000

// eachKey streams the keys of all cards, merged ones too, in batches.
func (f *finding) eachKey(ctx context.Context, want func(key string) bool, each func(tx pgx.Tx, keys []string) error) error {
	tx, err := f.s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	subject := f.s.plan.Subject()
	// Two statements on one connection: the keys come through a cursor.
	_, err = tx.Exec(ctx, fmt.Sprintf(`declare cards no scroll cursor for select %s from %s as x`, keyText("x", subject.Key), quoteTable(subject.Name)))
	if err != nil {
		return err
	}
	var batch []string
	for seen := 0; ; {
		keys, err := collect[string](ctx, tx, `fetch 20000 from cards`)
		if err != nil {
			return err
		}
		for _, k := range keys {
			if !want(k) {
				continue
			}
			if batch = append(batch, k); len(batch) == cardBatch {
				if err := each(tx, batch); err != nil {
					return err
				}
				batch = batch[:0]
			}
		}
		if seen += len(keys); f.Progress != nil {
			f.Progress(seen)
		}
		if len(keys) == 0 {
			break
		}
	}
	if len(batch) == 0 {
		return nil
	}
	return each(tx, batch)
}

// keys finds cards whose key an erased person had. A card counts as theirs when it holds something that was theirs.
func (f *finding) keys(ctx context.Context) error {
	hit := func(key string) []int { return f.byKey[string(f.Hash.key(f.s.Name, key))] }
	return f.eachKey(ctx, func(k string) bool { return len(hit(k)) > 0 }, func(tx pgx.Tx, keys []string) error {
		cards, err := f.s.cards(ctx, tx, keys)
		if err != nil {
			return err
		}
		for _, k := range keys {
			list := hit(k)
			// Two requests of one person name the same card, and the second has found nothing to hash any more.
			theirs := f.theirs(cards[k], k, list)
			if decided, ok := f.Decided[k]; ok {
				if !decided {
					continue
				}
				theirs = true
			}
			for _, i := range list {
				if m := &f.matches[i]; theirs {
					m.Keys = append(m.Keys, k)
				} else {
					m.Doubt = append(m.Doubt, Doubt{Key: k, Why: OtherPerson})
				}
			}
		}
		return nil
	})
}

func (f *finding) theirs(c *card, key string, list []int) bool {
	if c == nil {
		return false
	}
	hashes := f.hashes(c, key)
	for _, i := range list {
		for _, h := range f.matches[i].Entry.HMACs {
			if slices.ContainsFunc(hashes, func(x []byte) bool { return bytes.Equal(x, h) }) {
				return true
			}
		}
	}
	return len(hashes) == 0 // an empty card, as an earlier erasure leaves it
}

// hashes are those that prove who a card is: a customer number does not.
func (f *finding) hashes(c *card, key string) [][]byte {
	p := c.mention()
	strong, _ := f.Hash.identifiers(f.s, p)
	for _, e := range p.Emails {
		strong = append(strong, f.Hash.olderEmail(e))
	}
	if !f.s.anonymous(c) {
		if x := f.Hash.card(f.s, key, c.name()); x != nil {
			strong = append(strong, x)
		}
	}
	return strong
}

// identifiers finds cards by what is on them. Where that is not one person alone, somebody has to look.
func (f *finding) identifiers(ctx context.Context) error {
	strong, weak := map[int][]string{}, map[int][]string{}
	root := map[string]string{}
	candidates, err := f.candidates(ctx)
	if err != nil {
		return err
	}
	for keys := range slices.Chunk(candidates, cardBatch) {
		cards, err := f.s.cards(ctx, f.s.pool, keys)
		if err != nil {
			return err
		}
		for _, k := range keys {
			c := cards[k]
			if c == nil {
				continue
			}
			if decided, ok := f.Decided[k]; ok && !decided {
				continue
			}
			if root[k] = k; c.mergedInto != "" {
				root[k] = c.mergedInto
			}
			p := c.mention()
			_, numbers := f.Hash.identifiers(f.s, p)
			f.book(strong, f.hashes(c, k), k)
			f.book(weak, numbers, k)
		}
	}
	for i := range f.matches {
		f.weigh(&f.matches[i], strong[i], weak[i], root)
	}
	return nil
}

func (f *finding) book(to map[int][]string, hashes [][]byte, key string) {
	for _, h := range hashes {
		for _, i := range f.byHash[string(h)] {
			if !slices.Contains(to[i], key) {
				to[i] = append(to[i], key)
			}
		}
	}
}

func (f *finding) weigh(m *Match, strong, weak []string, root map[string]string) {
	persons := map[string]bool{}
	var decided []string
	for _, k := range strong {
		persons[root[k]] = true
		if f.Decided[k] {
			decided = append(decided, k)
		}
	}
	switch {
	case len(decided) > 0:
		m.Keys = append(m.Keys, decided...)
	case len(persons) == 1:
		m.Keys = append(m.Keys, strong...)
	default:
		for _, k := range strong {
			m.Doubt = append(m.Doubt, Doubt{Key: k, Why: SeveralPersons})
		}
	}
	for _, k := range weak {
		if !slices.Contains(strong, k) && !slices.ContainsFunc(m.Doubt, func(d Doubt) bool { return d.Key == k }) {
			if f.Decided[k] {
				m.Keys = append(m.Keys, k)
				continue
			}
			m.Doubt = append(m.Doubt, Doubt{Key: k, Why: NumberOnly})
		}
	}
}

// Again is the order to erase a match: that of the approved one, with what its ledger row held. FenceEpoch may have been
// raised since.
func (s *Source) Again(ctx context.Context, m Match, h *Hasher) (Erasure, error) {
	e := Erasure{
		RequestID: m.Entry.Request, Subject: m.Entry.Subject, Epoch: m.Entry.Epoch, Keys: m.Keys,
		Hash: h, KeyHMACs: m.Entry.KeyHMACs, HMACs: m.Entry.HMACs,
	}
	if len(e.Keys) == 0 {
		return e, fmt.Errorf("erase in %s again: %w", s.Name, dsar.ErrNotFound)
	}
	err := s.pool.QueryRow(ctx, `
		select greatest($3, (select max(epoch) from insyn_ledger.fence where request_id = $1 and subject = $2))`,
		e.RequestID, e.Subject, e.Epoch).Scan(&e.Epoch)
	if err != nil {
		return e, fmt.Errorf("read the fence of %s: %w", s.Name, safe(err))
	}
	return e, nil
}
