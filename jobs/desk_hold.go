package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// NewHold is a legal hold to be: on whom, why, and when somebody looks whether it is still needed.
type NewHold struct {
	Source, Key, Name string
	Ground, Reason    string
	ReviewOn          dsar.Date
}

// ErrTooLate: the erasure has been carried out, so nothing can be held any more.
var ErrTooLate = errors.New("the person is erased already")

// PlaceHold keeps a person from being erased. Erasures that are on their way stop before it is said to be placed: each is
// fenced off in its source, so that a run that has begun cannot commit any more.
func (d *Desk) PlaceHold(ctx context.Context, actor int64, h NewHold) (id int64, err error) {
	err = d.step(ctx, func(tx pgx.Tx, set settings.Settings) error {
		today, err := d.today(ctx, tx, set)
		if err != nil {
			return err
		}
		if err := h.validate(today); err != nil {
			return err
		}
		id, err = d.AddHold(ctx, tx, request.Hold{
			Source: h.Source, Key: h.Key, Name: h.Name, Ground: h.Ground, Reason: h.Reason, PlacedBy: actor, ReviewOn: h.ReviewOn,
		})
		if err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: "hold.placed", Detail: audit.Detail{"hold": id}}); err != nil {
			return err
		}
		return d.eachErasure(ctx, tx, h.Source, h.Key, func(r *request.Request) error { return d.stopForHold(ctx, tx, r, actor, id) })
	})
	return id, err
}

func (h NewHold) validate(today dsar.Date) error {
	var errs []error
	if !slices.Contains(request.HoldGrounds, h.Ground) {
		errs = append(errs, &dsar.Invalid{Field: "hold_ground", Problem: "choice"})
	}
	if h.Reason == "" {
		errs = append(errs, &dsar.Invalid{Field: "hold_reason", Problem: "required"})
	}
	switch {
	case h.ReviewOn.IsZero():
		errs = append(errs, &dsar.Invalid{Field: "review_on", Problem: "date"})
	case !h.ReviewOn.After(today):
		errs = append(errs, &dsar.Invalid{Field: "review_on", Problem: "past"})
	}
	return errors.Join(errs...)
}

// ReleaseHold ends a hold and says why. What waited for it goes on: an approved erasure runs, another is rehearsed again.
func (d *Desk) ReleaseHold(ctx context.Context, id, actor int64, reason string) error {
	if reason == "" {
		return &dsar.Invalid{Field: "release_reason", Problem: "required"}
	}
	return d.step(ctx, func(tx pgx.Tx, _ settings.Settings) error {
		h, err := d.GetHold(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := d.EndHold(ctx, tx, id, actor, reason); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: "hold.released", Detail: audit.Detail{"hold": id}}); err != nil {
			return err
		}
		return d.eachErasure(ctx, tx, h.Source, h.Key, func(r *request.Request) error { return d.goOnAfterHold(ctx, tx, r, actor, id) })
	})
}

// eachErasure does something with each open erasure of the person, in any of their cards.
func (d *Desk) eachErasure(ctx context.Context, tx pgx.Tx, source, key string, fn func(r *request.Request) error) error {
	if key == "" {
		return nil // erased since
	}
	cards := []string{key}
	for _, src := range d.Sources {
		if src.Name != source {
			continue
		}
		var err error
		if cards, err = src.SamePerson(ctx, cards); err != nil {
			return err
		}
	}
	hashes := make([][]byte, 0, len(cards))
	for _, k := range cards {
		hashes = append(hashes, d.Keys.Subject(source, k))
	}
	ids, err := d.OpenErasures(ctx, tx, hashes)
	if err != nil {
		return err
	}
	for _, id := range ids {
		r, err := d.Lock(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := fn(r); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) stopForHold(ctx context.Context, tx pgx.Tx, r *request.Request, actor, hold int64) error {
	if r.Closed() || r.ErasedAt != nil || r.RefusalGround != "" {
		return nil
	}
	if _, err := Cancel(ctx, tx, r.ID, Rehearsal, Erasure); err != nil {
		return err
	}
	if err := d.halt(ctx, tx, r); errors.Is(err, dsar.ErrConflict) {
		return fmt.Errorf("hold the person of request %d: %w", r.ID, errors.Join(dsar.ErrConflict, ErrTooLate))
	} else if err != nil {
		return err
	}
	if r.WaitingFor == dsar.ForIdentity || r.WaitingFor == dsar.ForClarification { // it meets the hold when it goes on
		return nil
	}
	return request.Move(ctx, tx, request.Step{ID: r.ID, To: dsar.Waiting, For: dsar.ForHold, Actor: actor, Detail: audit.Detail{"hold": hold}})
}

func (d *Desk) goOnAfterHold(ctx context.Context, tx pgx.Tx, r *request.Request, actor, hold int64) error {
	if r.WaitingFor != dsar.ForHold || r.Held { // another hold is on it still
		return nil
	}
	err := audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: "hold.resumed", RequestID: r.ID, Detail: audit.Detail{"hold": hold}})
	if err != nil {
		return err
	}
	if r.ApprovedBy != 0 {
		return d.work(ctx, tx, r.ID, actor, Erasure)
	}
	return d.work(ctx, tx, r.ID, actor, Rehearsal)
}
