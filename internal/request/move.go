package request

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/settings"
)

// Step is a change of state. From lists the states that allow it; empty allows every open one.
type Step struct {
	ID      int64
	From    []dsar.State
	To      dsar.State
	For     dsar.Wait // with To = waiting
	Actor   int64
	Subject bool // the person did it, on the share page
	Detail  audit.Detail
}

// Move changes the state and writes the audit line: dsar.ErrConflict when the state does not allow it. A step to where the
// request already is changes nothing and writes nothing.
func Move(ctx context.Context, tx pgx.Tx, s Step) error {
	from := s.From
	if len(from) == 0 {
		from = []dsar.State{dsar.Received, dsar.Waiting, dsar.Working, dsar.Failed}
	}
	var wait *dsar.Wait
	if s.For != "" {
		wait = &s.For
	}
	var same bool
	err := tx.QueryRow(ctx, `
		select state = $2 and waiting_for is not distinct from $3
		  from insyn.request
		 where id = $1
		   for update`, s.ID, s.To, wait).Scan(&same)
	if err != nil {
		return fmt.Errorf("lock request %d: %w", s.ID, err)
	}
	if same {
		return nil
	}
	tag, err := tx.Exec(ctx, `
		update insyn.request
		   set state = $2,
		       waiting_for = $3,
		       answered_at = case when $4 then coalesce(answered_at, now()) else null end,
		       closed_at = case when $5 then now() else null end,
		       version = version + 1
		 where id = $1
		   and state = any ($6)`,
		s.ID, s.To, wait, s.To.Closed() && s.To != dsar.Withdrawn, s.To.Closed(), from)
	if err != nil {
		return fmt.Errorf("move request %d to %s: %w", s.ID, s.To, err)
	}
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("move request %d to %s: %w", s.ID, s.To, dsar.ErrConflict)
	}
	action := "state." + string(s.To)
	if s.For != "" {
		action += "." + string(s.For)
	}
	return audit.Write(ctx, tx, audit.Entry{Actor: s.Actor, Subject: s.Subject, Action: action, RequestID: s.ID, Detail: s.Detail})
}

// LegalDate computes the request's dates with its pauses up to today.
func (s *Store) LegalDate(ctx context.Context, r *Request) (dsar.Due, error) {
	set, err := settings.Load(ctx, s.Pool)
	if err != nil {
		return dsar.Due{}, err
	}
	now, err := databaseNow(ctx, s.Pool)
	if err != nil {
		return dsar.Due{}, err
	}
	return dsar.LegalDate(r.Clock(dsar.DateOf(now, set.Location())))
}

// Reckon computes the dates again after a pause or an extension, and stores them.
func (s *Store) Reckon(ctx context.Context, tx pgx.Tx, set settings.Settings, id int64) error {
	r, err := s.GetIn(ctx, tx, id)
	if err != nil || !r.Asked {
		return err
	}
	now, err := databaseNow(ctx, tx)
	if err != nil {
		return err
	}
	d, err := dsar.LegalDate(r.Clock(dsar.DateOf(now, set.Location())))
	if err != nil {
		return fmt.Errorf("legal date of request %d: %w", id, err)
	}
	_, err = tx.Exec(ctx, `update insyn.request set due = $2, due_strict = $3 where id = $1`, id, d.Due, d.StrictWithoutPause)
	if err != nil {
		return fmt.Errorf("store the legal date of request %d: %w", id, err)
	}
	return nil
}
