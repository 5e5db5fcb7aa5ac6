package records

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"insyn/internal/datamap"
)

// ErrDrift: the database, or its map, is not the one that was accepted. Nothing is erased; the problems of a DriftError
// say what has changed.
var ErrDrift = errors.New("the database has changed since its map was accepted")

// DriftError is ErrDrift with the places, tables and columns and never a value.
type DriftError struct {
	Source   string
	Problems datamap.Problems
}

func (e *DriftError) Error() string {
	text := fmt.Sprintf("source %s: %v", e.Source, ErrDrift)
	for _, p := range e.Problems {
		text += "\n  " + p.Place + ": " + p.Text + "; " + p.Mend
	}
	return text + "\n  " + datamap.AcceptCommand + " accepts what has been looked at"
}

// Is says that it is ErrDrift.
func (e *DriftError) Is(target error) bool { return target == ErrDrift }

// Drift says what keeps a source from being the accepted one: its map was never accepted, the map is another one, or the
// live schema differs. Nothing is compared where the fingerprint is the accepted one.
func Drift(ctx context.Context, q datamap.Querier, m *datamap.Map, source string) (datamap.Problems, error) {
	s, ok := m.Source(source)
	if !ok {
		return nil, fmt.Errorf("the map has no source %s", source)
	}
	// In a savepoint, since a missing table would end the caller's transaction.
	tx, err := q.Begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for drift of %s: %w", source, err)
	}
	defer func() { _ = tx.Rollback(ctx) }()
	a, err := ReadAccepted(ctx, tx, source)
	switch {
	case errors.Is(err, ErrNoLedger):
		return datamap.Problems{{Severity: datamap.StopsErase, Place: source, Text: "the source has no ledger", Mend: "run insyn migrate --source"}}, nil
	case err != nil:
		return nil, err
	case a == nil:
		return datamap.Problems{{Severity: datamap.StopsErase, Place: source, Text: "nobody has accepted its map", Mend: "run " + datamap.AcceptCommand}}, nil
	}
	var out datamap.Problems
	if !bytes.Equal(a.MapHash, m.Hash()) {
		out = append(out, datamap.Problem{
			Severity: datamap.StopsErase, Place: source,
			Text: fmt.Sprintf("the file of the map is not the one that %s accepted on %s (version %d; this one says version %d)", a.By, a.At.UTC().Format(time.DateOnly), a.MapVersion, m.Version()),
			Mend: "look at what has changed in it, then accept it",
		})
	}
	live, err := datamap.Fingerprint(ctx, tx)
	if err != nil {
		return nil, err
	}
	if live == a.Fingerprint {
		return out, nil
	}
	accepted, err := readShape(ctx, tx, source)
	if err != nil {
		return nil, err
	}
	shape, _, err := datamap.ReadShape(ctx, tx)
	if err != nil {
		return nil, err
	}
	return append(out, datamap.Drift(s, accepted, shape)...), nil
}

// Drifted looks whether the source is still the accepted one, and remembers what it found. q is what the caller works with:
// inside a run, its transaction. While the catalog has the stamp of the last look and nobody has accepted since, it says
// again what it said then.
func (s *Source) Drifted(ctx context.Context, q datamap.Querier) (datamap.Problems, error) {
	// The stamp comes first: what changes while the look goes on is another stamp the next time. Where it cannot be taken,
	// the look tells why.
	stamp, err := s.stamp(ctx, q)
	if last := s.drift.last(); err == nil && last != nil && last.stamp == stamp {
		s.drift.keep(seenDrift{last.problems, stamp, time.Now()})
		return last.problems, nil
	}
	problems, err := Drift(ctx, q, s.m, s.Name)
	if err != nil {
		return nil, err
	}
	s.drift.keep(seenDrift{problems, stamp, time.Now()})
	return problems, nil
}

// stamp is that of the catalog and of the newest acceptance.
func (s *Source) stamp(ctx context.Context, q datamap.Querier) (stamp string, err error) {
	tx, err := q.Begin(ctx)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, tx.Rollback(ctx)) }()
	var accepted string
	err = tx.QueryRow(ctx, `
		select coalesce((select id || ' ' || xmin::text
		                   from insyn_ledger.accepted
		                  where source = $1
		                  order by id desc
		                  limit 1), '')`, s.Name).Scan(&accepted)
	if err != nil {
		return "", fmt.Errorf("read what was accepted of %s: %w", s.Name, safe(err))
	}
	stamp, err = datamap.Stamp(ctx, tx)
	return stamp + " " + accepted, err
}

// Look is Drifted on the source's own pool.
func (s *Source) Look(ctx context.Context) (datamap.Problems, error) { return s.Drifted(ctx, s.pool) }

// Undrifted refuses with a DriftError where the source is not the accepted one. Each rehearsal and erasure begins with it.
func (s *Source) Undrifted(ctx context.Context, q datamap.Querier) error {
	problems, err := s.Drifted(ctx, q)
	if err != nil {
		return err
	}
	if stop := problems.Of(datamap.Stops, datamap.StopsErase); len(stop) > 0 {
		return &DriftError{Source: s.Name, Problems: stop}
	}
	return nil
}

// LastDrift is what the last look found, and when that was.
func (s *Source) LastDrift() (datamap.Problems, time.Time) {
	if last := s.drift.last(); last != nil {
		return last.problems, last.at
	}
	return nil, time.Time{}
}

// driftMemory is shared by the copies of a Source; a nil one remembers nothing.
type driftMemory struct{ seen atomic.Pointer[seenDrift] }

type seenDrift struct {
	problems datamap.Problems
	stamp    string // "" where it could not be taken
	at       time.Time
}

func (d *driftMemory) keep(s seenDrift) {
	if d != nil {
		d.seen.Store(&s)
	}
}

func (d *driftMemory) last() *seenDrift {
	if d == nil {
		return nil
	}
	return d.seen.Load()
}

// Ready is Undrifted on the source's own pool.
func (s *Source) Ready(ctx context.Context) error { return s.Undrifted(ctx, s.pool) }

// Rights says what the roles of the processes may not do and the map needs.
func (s *Source) Rights(ctx context.Context) (datamap.Problems, error) {
	c, err := datamap.ReadCatalog(ctx, s.pool)
	if err != nil {
		return nil, err
	}
	return Rights(ctx, s.pool, s.plan.Source, c)
}
