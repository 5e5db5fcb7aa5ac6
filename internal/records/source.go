// Package records runs a plan on a source: find a person, collect, correct, anonymise, search again afterwards. It takes
// every table and column name from the data map and quotes it.
package records

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/dossier"
)

// Source is one mapped database and its pool.
type Source struct {
	Name string
	pool *pgxpool.Pool
	m    *datamap.Map
	plan *datamap.Plan

	checked checked
	drift   *driftMemory
}

// Ref names a person: the source and the key of their row in it, composite parts joined by ",".
type Ref struct{ Source, Key string }

type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// The errors of a run that callers tell apart.
var (
	// ErrFenced: a newer attempt of the same job has taken over; this run changed nothing.
	ErrFenced = errors.New("a newer attempt has taken over")
	// ErrPlanChanged: map, schema or actions are not those that were approved.
	ErrPlanChanged = errors.New("the plan is not the approved one")
	// ErrCountsGrew: more rows than the approved counts and their tolerance, or a table that was not among them.
	ErrCountsGrew = errors.New("more rows than approved")
	// ErrNotApproved: an erasure without an approved plan.
	ErrNotApproved = errors.New("no approved plan")
)

// Open checks the map against the live schema and refuses where anything is unknown or may not be read. The error is
// then a datamap.Problems.
func Open(ctx context.Context, name string, pool *pgxpool.Pool, m *datamap.Map) (*Source, error) {
	plan, problems, err := datamap.Check(ctx, pool, m, name)
	if err != nil {
		return nil, fmt.Errorf("open source %s: %w", name, err)
	}
	if stop := problems.Of(datamap.Stops); len(stop) > 0 {
		return nil, fmt.Errorf("open source %s: %w", name, stop)
	}
	s := &Source{Name: name, pool: pool, m: m, plan: plan, drift: &driftMemory{}}
	// What has changed stops no reading: it is remembered, and an erasure looks again.
	if _, err := s.Drifted(ctx, pool); err != nil {
		return nil, fmt.Errorf("open source %s: %w", name, err)
	}
	return s, nil
}

// Plan is the plan that was made when the source was opened.
func (s *Source) Plan() *datamap.Plan { return s.plan }

// Label is the source's name in each language.
func (s *Source) Label() dossier.Label { return s.plan.Source.Label }

// MapVersion is the version of the map that the source was opened with.
func (s *Source) MapVersion() int { return s.m.Version() }
