package main

import (
	"context"
	"strings"

	"insyn/internal/dsar"
	"insyn/jobs"
)

// tieStanding is another card that shares identifiers with the person of a request: what they share, and what was decided.
type tieStanding struct {
	ID       int64    `json:"id"`
	Person   string   `json:"person"` // SOURCE:KEY; only the source after an erasure
	Kinds    []string `json:"kinds"`
	Decision string   `json:"decision,omitempty"`
}

func (r *requester) ties(ctx context.Context, id int64) ([]tieStanding, error) {
	list, err := r.desk.Ties(ctx, id)
	if err != nil {
		return nil, err
	}
	out := make([]tieStanding, 0, len(list))
	for _, t := range list {
		out = append(out, tieStanding{ID: t.ID, Person: t.Source + ":" + t.Key, Kinds: t.Kinds, Decision: t.Decision})
	}
	return out, nil
}

// decide says whether another card is the same person's.
func (r *requester) decide(ctx context.Context, args []string) error {
	fs := flags("request decide")
	person, as := fs.String("person", "", ""), fs.String("as", "", "")
	same, different, again := fs.Bool("same", false, ""), fs.Bool("different", false, ""), fs.Bool("again", false, "")
	byHand := fs.Bool("code-by-hand", false, "")
	after := r.after(fs)
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	id, err := number(rest, "request")
	if err != nil {
		return err
	}
	answers := 0
	for _, x := range []bool{*same, *different, *again} {
		if x {
			answers++
		}
	}
	if answers != 1 {
		return wrongCall("give one of --same, --different and --again")
	}
	source, key, ok := strings.Cut(*person, ":")
	if !ok || source == "" || key == "" {
		return wrongCall("give --person SOURCE:KEY, the other card; `insyn request show %d` lists them", id)
	}
	who, err := actor(ctx, r.parts.pool, *as, dsar.DPO, dsar.Administrator)
	if err != nil {
		return err
	}
	if r.desk.Sources, err = r.parts.sources(ctx); err != nil {
		return err
	}
	list, err := r.desk.Ties(ctx, id)
	if err != nil {
		return explain(err)
	}
	for _, t := range list {
		if t.Source != source || t.Key != key {
			continue
		}
		if *again {
			err = r.desk.ReopenTie(ctx, id, t.ID, who.ID)
		} else {
			a := jobs.TieAnswer{Same: *same, CodeByHand: *byHand}
			if *same {
				if a.Name, err = r.nameOf(ctx, source, key); err != nil {
					return err
				}
			}
			err = r.desk.DecideTie(ctx, id, t.ID, who.ID, a)
		}
		if err != nil {
			return explain(err)
		}
		return r.finish(ctx, id, after)
	}
	return explain(dsar.ErrNotFound)
}

// nameOf reads the name on a card; the desk's sources must be open.
func (r *requester) nameOf(ctx context.Context, source, key string) (string, error) {
	p, err := personOn(ctx, r.desk, source, key)
	return p.Name, err
}
