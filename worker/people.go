package worker

import (
	"context"
	"errors"
	"slices"
	"time"

	"insyn/internal/dsar"
	"insyn/internal/mail"
	"insyn/internal/records"
	"insyn/internal/refdata"
	"insyn/internal/request"
)

// people are a request's subjects, looked up: one person, perhaps with several cards in several sources.
type people struct {
	keys     map[string][]string // by source
	cards    []records.Person
	register []refdata.Person
	now      time.Time
}

func (w *Worker) people(ctx context.Context, r *request.Request) (*people, error) {
	p := &people{keys: map[string][]string{}}
	if err := w.Pool.QueryRow(ctx, `select now()`).Scan(&p.now); err != nil {
		return nil, err
	}
	for _, u := range r.Subjects {
		if u.Key == "" {
			return nil, dsar.GiveUp("erased")
		}
		if u.Source == request.RegisterSource {
			if err := w.registered(ctx, p, u.Key); err != nil {
				return nil, err
			}
			continue
		}
		src, err := w.source(u.Source)
		if err != nil {
			return nil, dsar.GiveUp("no_source")
		}
		card, err := src.Person(ctx, u.Key)
		if errors.Is(err, dsar.ErrNotFound) {
			return nil, dsar.GiveUp("person_not_found")
		}
		if err != nil {
			return nil, err
		}
		p.keys[u.Source] = append(p.keys[u.Source], u.Key)
		p.cards = append(p.cards, card)
		if card.RegisterID != "" {
			if err := w.registered(ctx, p, card.RegisterID); err != nil {
				return nil, err
			}
		}
	}
	return p, w.countOutside(ctx, p)
}

// countOutside counts who else reads the addresses: the person's other cards in the request are not somebody else.
func (w *Worker) countOutside(ctx context.Context, p *people) error {
	for _, card := range p.cards {
		src, err := w.source(card.Ref.Source)
		if err != nil {
			return dsar.GiveUp("no_source")
		}
		for i, e := range card.Emails {
			if e.SharedBy == 0 || len(p.keys[card.Ref.Source]) < 2 {
				continue
			}
			if card.Emails[i].SharedBy, err = src.SharedOutside(ctx, e.Address, p.keys[card.Ref.Source]); err != nil {
				return err
			}
		}
	}
	return nil
}

// registered adds what the reference register shows under an id. Only ids on file are looked up: a search by name would
// tell the register who asks, and find namesakes.
func (w *Worker) registered(ctx context.Context, p *people, id string) error {
	if w.Register == nil || slices.ContainsFunc(p.register, func(e refdata.Person) bool { return e.RegisterID == id }) {
		return nil
	}
	e, err := w.Register.Get(ctx, id)
	if errors.Is(err, dsar.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	p.register = append(p.register, e)
	return nil
}

// changedRecently is how new an address may not be for a code to it to prove anything.
const changedRecently = 30 * 24 * time.Hour

// address is the one on file to which the link goes; else why not, and what the request then waits for. Level B proves
// only control of the mailbox: it is refused where that says little about who reads.
func (p *people) address(level string) (to string, wait dsar.Wait, why string) {
	var all []records.Email
	for _, c := range p.cards {
		all = append(all, c.Emails...)
	}
	if len(all) == 0 {
		return "", dsar.ForDelivery, "no_address"
	}
	best := all[0]
	for _, e := range all {
		if e.Primary && !best.Primary {
			best = e
		}
	}
	to, err := mail.ValidAddress(best.Address)
	switch {
	case err != nil || best.Invalid:
		return "", dsar.ForDelivery, "invalid_address"
	case level == "C":
		return to, "", ""
	case best.Bounced:
		return "", dsar.ForIdentity, "address_bounced"
	case best.SharedBy > 0:
		return "", dsar.ForIdentity, "address_shared"
	case best.Role || mail.IsRole(to):
		return "", dsar.ForIdentity, "address_role"
	case !best.Changed.IsZero() && p.now.Sub(best.Changed) < changedRecently:
		return "", dsar.ForIdentity, "address_new"
	}
	return to, "", ""
}
