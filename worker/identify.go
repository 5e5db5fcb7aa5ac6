package worker

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/mention"
	"insyn/internal/request"
)

// known is who an erasure's people are, recorded before anything is destroyed. Objected tells whether they had said no to
// mailings: that survives as a keyed hash.
type known struct {
	mention.Person
	Objected bool `json:"objected,omitempty"`
}

// begun tells whether a source has committed the erasure already.
func (w *Worker) begun(ctx context.Context, c *Claim, r *request.Request, list []target) (bool, error) {
	for _, t := range list {
		src, err := w.source(t.source)
		if err != nil {
			return false, dsar.GiveUp("no_source")
		}
		// The fence goes up first: an older run, frozen before its commit, must not commit after this look.
		if err := src.Fence(ctx, r.ID, t.subject.HMAC, c.Epoch); err != nil {
			return false, err
		}
		_, done, err := src.LedgerRow(ctx, r.ID, t.subject.HMAC)
		if err != nil || done {
			return done, err
		}
	}
	return false, nil
}

// identify records, sealed, who the people are, before anything is destroyed. Once a source has committed, what an earlier
// run has recorded is all there is, since the source knows nobody any more.
func (w *Worker) identify(ctx context.Context, c *Claim, r *request.Request, list []target, begun bool) (ids known, err error) {
	if begun {
		return w.recorded(ctx, r)
	}
	said := false // the source says something about mailings
	for _, t := range list {
		src, err := w.source(t.source)
		if err != nil {
			return ids, dsar.GiveUp("no_source")
		}
		p, err := src.Identifiers(ctx, t.keys)
		if err != nil {
			return ids, err
		}
		ids.Person = join(ids.Person, p)
		for _, key := range t.keys {
			card, err := src.Person(ctx, key)
			if err != nil {
				return ids, err
			}
			switch card.Newsletter.State {
			case "objected", "withdrawn", "no":
				ids.Objected, said = true, true
			case "yes":
				said = true
			}
		}
	}
	ids.Objected = ids.Objected || !said && w.objected(ctx, r)
	body, err := w.Keys.SealJSON("request_subject.identifiers", ids)
	if err != nil {
		return ids, err
	}
	return ids, c.Step(ctx, func(tx pgx.Tx) error {
		for _, t := range list {
			if _, err := tx.Exec(ctx, `update insyn.request_subject set identifiers = $2 where id = $1`, t.subject.ID, body); err != nil {
				return fmt.Errorf("record identifiers of request %d: %w", r.ID, err)
			}
		}
		return audit.Write(ctx, tx, audit.Entry{Action: "erasure.identifiers_recorded", RequestID: r.ID})
	})
}

// recorded is what an earlier run has recorded.
func (w *Worker) recorded(ctx context.Context, r *request.Request) (ids known, err error) {
	var sealed []byte
	err = w.Pool.QueryRow(ctx, `
		select identifiers
		  from insyn.request_subject
		 where request_id = $1
		   and identifiers is not null
		 order by id
		 limit 1`, r.ID).Scan(&sealed)
	if err != nil {
		return ids, fmt.Errorf("read identifiers of request %d: %w", r.ID, err)
	}
	if err := w.Keys.OpenJSON("request_subject.identifiers", sealed, &ids); err != nil {
		return ids, dsar.GiveUp("sealed")
	}
	return ids, nil
}

func join(a, b mention.Person) mention.Person {
	if a.Called == "" {
		a.Called = b.Called
	}
	a.Given, a.Surname = append(a.Given, b.Given...), append(a.Surname, b.Surname...)
	a.FormerSurnames, a.Nicknames = append(a.FormerSurnames, b.FormerSurnames...), append(a.Nicknames, b.Nicknames...)
	a.Emails, a.Phones = append(a.Emails, b.Emails...), append(a.Phones, b.Phones...)
	a.Addresses, a.Handles = append(a.Addresses, b.Addresses...), append(a.Handles, b.Handles...)
	if a.Personnummer == "" {
		a.Personnummer = b.Personnummer
	}
	if a.CustomerNo == "" {
		a.CustomerNo = b.CustomerNo
	}
	return a
}

// objected tells whether the person has said no to mailings here, where no source has a word on it.
func (w *Worker) objected(ctx context.Context, r *request.Request) bool {
	for _, u := range r.Subjects {
		var yes bool
		err := w.Pool.QueryRow(ctx, `
			select state in ('objected', 'withdrawn', 'no')
			  from insyn.consent_event
			 where key_hmac = $1
			   and box = 'newsletter'
			 order by id desc
			 limit 1`, u.HMAC).Scan(&yes)
		if err == nil && yes {
			return true
		}
	}
	return false
}
