package records

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
)

// checked is the last check of the map against the live schema, and the catalog's state that it was made in.
type checked struct {
	mu       sync.Mutex
	state    string
	plan     *datamap.Plan
	problems datamap.Problems
}

// current gives the plan for the schema as it is in this transaction, and locks the mapped tables against a change of it.
// Where the catalog's rows are those of the last check, its plan holds.
func (s *Source) current(ctx context.Context, tx pgx.Tx) (*datamap.Plan, error) {
	var names []string
	for _, t := range s.plan.Tables {
		names = append(names, quoteTable(t.Name))
	}
	// A run that waits for a lock of the CRM holds others up: it gives in and comes back. Its statements are the same for
	// everybody, so they are planned once a connection.
	_, err := tx.Exec(ctx, `set local lock_timeout = '5s'; set local timezone = 'UTC'; set local plan_cache_mode = force_generic_plan; lock table only `+strings.Join(names, ", only ")+` in access share mode`)
	if err != nil {
		return nil, s.why(ctx, err)
	}
	state, err := s.catalogState(ctx, tx, names)
	if err != nil {
		return nil, err
	}
	s.checked.mu.Lock()
	defer s.checked.mu.Unlock()
	if s.checked.state != state {
		plan, problems, err := datamap.Check(ctx, tx, s.m, s.Name)
		if err != nil {
			return nil, err
		}
		s.checked.plan, s.checked.problems, s.checked.state = plan, problems, state
	}
	if stop := s.checked.problems.Of(datamap.Stops, datamap.StopsErase); len(stop) > 0 {
		return nil, stop
	}
	return s.checked.plan, nil
}

// why explains a refused lock by what a check of its own finds: a table that is gone, a right that is missing.
func (s *Source) why(ctx context.Context, refused error) error {
	_, problems, err := datamap.Check(ctx, s.pool, s.m, s.Name)
	if stop := problems.Of(datamap.Stops, datamap.StopsErase); err == nil && len(stop) > 0 {
		return stop
	}
	return refused
}

// catalogState changes with every change of a mapped table, of its columns, rights, constraints, indexes, triggers and
// heirs: PostgreSQL then writes new versions of their rows in the catalog.
func (s *Source) catalogState(ctx context.Context, tx pgx.Tx, names []string) (string, error) {
	var state string
	err := tx.QueryRow(ctx, `
		with r as materialized (select n::regclass::oid as oid from unnest($1::text[]) as n),
		     v as (select 'c' || c.oid || ' ' || c.xmin as version from pg_class c where c.oid in (select oid from r)
		           union all
		           select 'a' || a.attrelid || ' ' || a.attnum || ' ' || a.xmin from pg_attribute a where a.attrelid in (select oid from r) and a.attnum > 0
		           union all
		           select 'k' || k.oid || ' ' || k.xmin from pg_constraint k where k.conrelid in (select oid from r)
		           union all
		           select 'f' || k.oid || ' ' || k.xmin from pg_constraint k where k.confrelid in (select oid from r) and k.conrelid not in (select oid from r)
		           union all
		           select 't' || t.oid || ' ' || t.xmin from pg_trigger t where t.tgrelid in (select oid from r)
		           union all
		           select 'i' || i.indexrelid || ' ' || i.xmin from pg_index i where i.indrelid in (select oid from r)
		           union all
		           select 'h' || h.inhrelid || ' ' || h.xmin from pg_inherits h where h.inhparent in (select oid from r))
		select md5(string_agg(version, ',' order by version)) from v`, names).Scan(&state)
	if err != nil {
		return "", fmt.Errorf("read the state of the catalog: %w", err)
	}
	return state, nil
}
