package records

import (
	"context"
	"errors"
	"fmt"
	"math"

	"insyn/internal/datamap"
	"insyn/internal/postgres"

	"github.com/jackc/pgx/v5"
)

// rehearseStages rehearses an erasure that is too large for one transaction: tables with many rows are counted, and their
// first rows stand for the rest; all others are done, and rolled back.
func (s *Source) rehearseStages(ctx context.Context, e Erasure) (*Rehearsal, error) {
	var out *Rehearsal
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		r, err := s.begin(ctx, tx, e)
		if err != nil {
			return err
		}
		r.e.RowCap = math.MaxInt32 // the rows of small tables, and those of others that name the person, are done at the end
		if err := r.allSampled(ctx); err != nil && !errors.Is(err, ErrRefused) {
			return err
		}
		out = r.rehearsal()
		out.Stages = (r.total + stageRows - 1) / stageRows
		return errRehearsed
	})
	if !errors.Is(err, errRehearsed) {
		return nil, err
	}
	return out, nil
}

func (r *run) allSampled(ctx context.Context) error {
	if err := r.weigh(ctx); err != nil {
		return err
	}
	if len(r.refusals) > 0 {
		return ErrRefused
	}
	for _, t := range r.plan.Tables {
		if t.Keep != nil {
			if err := r.keep(ctx, t); err != nil {
				return err
			}
		}
	}
	if err := r.rememberLogged(ctx); err != nil {
		return err
	}
	var small, logs []*datamap.PlannedTable
	listed := map[string]int{}
	for _, t := range r.plan.Tables {
		many := false
		if r.staged(t) {
			n, err := r.sample(ctx, t)
			if err != nil {
				return err
			}
			listed[t.Name], many = n, n > chunk
		}
		switch {
		case many:
		case t.LogOf != "":
			logs = append(logs, t)
		default:
			small = append(small, t)
		}
	}
	for _, tables := range [][]*datamap.PlannedTable{small, logs} {
		if err := r.tables(ctx, tables); err != nil {
			return err
		}
	}
	// The journal lists rows that turn out to need no change too, and is held against what was approved.
	counted := r.byTable()
	for _, t := range small {
		r.count(t, Anonymised, max(listed[t.Name]-counted[t.Name], 0))
	}
	return nil
}

// sample counts the person's rows of a table and, where they are more than a chunk, books them by the first ones.
func (r *run) sample(ctx context.Context, t *datamap.PlannedTable) (int, error) {
	w := newWork(t)
	sql, args := r.rowsSQL(w, false)
	if sql == "" {
		return 0, nil
	}
	var n int
	err := r.tx.QueryRow(ctx, "select count(*) from ("+sql+") as x", args...).Scan(&n)
	if err != nil || n <= chunk {
		return n, err
	}
	sql, args = r.rowsSQL(w, true)
	err = r.pipeline(ctx, func(b *pgx.Batch) { b.Queue(sql+limited(chunk), args...).Query(w.collect) })
	if err != nil {
		return 0, err
	}
	if err := r.pipeline(ctx, func(b *pgx.Batch) { r.owners(b, w, w.rows) }); err != nil {
		return 0, err
	}
	r.share(w)
	removed, alone := 0, 0
	for _, row := range w.rows {
		if w.removes(row) {
			removed++
			continue
		}
		if w.alone(row) {
			alone++
		}
		if _, _, err := r.redactRow(ctx, w, row, w.rows); err != nil {
			return 0, fmt.Errorf("read the rows of %s: %w", t.Name, err)
		}
	}
	action := Deleted
	if t.Erase == datamap.CutLink {
		action = CutOff
	}
	gone, kept := n*removed/len(w.rows), n*alone/len(w.rows)
	r.count(t, action, gone)
	r.count(t, Anonymised, kept)
	r.count(t, Redacted, n-gone-kept)
	return n, nil
}
