package records

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// passFence raises the fence to the run's epoch and holds its row until the transaction ends. A run whose epoch is
// lower than the fence's is a zombie: somebody has given its work to another.
func passFence(ctx context.Context, q querier, e Erasure) error {
	var epoch int
	err := q.QueryRow(ctx, `
		insert into insyn_ledger.fence as f (request_id, subject, epoch)
		values ($1, $2, $3)
		on conflict (request_id, subject) do update
		   set epoch = greatest(f.epoch, excluded.epoch)
		returning epoch`, e.RequestID, e.Subject, e.Epoch).Scan(&epoch)
	if err != nil {
		return fmt.Errorf("pass the fence: %w", err)
	}
	if epoch > e.Epoch {
		return ErrFenced
	}
	return nil
}

func raiseFence(ctx context.Context, q querier, requestID int64, subject []byte, epoch int) error {
	_, err := q.Exec(ctx, `
		insert into insyn_ledger.fence as f (request_id, subject, epoch)
		values ($1, $2, $3)
		on conflict (request_id, subject) do update
		   set epoch = excluded.epoch
		 where f.epoch < excluded.epoch`, requestID, subject, epoch)
	if err != nil {
		return fmt.Errorf("raise the fence: %w", err)
	}
	return nil
}

// Fence raises the fence of an erasure: afterwards a run with a lower epoch cannot commit. It waits for a run that is
// just committing; whether that one has, LedgerRow tells.
func (s *Source) Fence(ctx context.Context, requestID int64, subject []byte, epoch int) error {
	return raiseFence(ctx, s.pool, requestID, subject, epoch)
}

// LedgerRow reads the commit point of an erasure; false where it has not happened.
func (s *Source) LedgerRow(ctx context.Context, requestID int64, subject []byte) (*Outcome, bool, error) {
	return readLedger(ctx, s.pool, requestID, subject)
}

func readLedger(ctx context.Context, q querier, requestID int64, subject []byte) (*Outcome, bool, error) {
	out := &Outcome{AlreadyDone: true}
	var counts, kept []byte
	err := q.QueryRow(ctx, `
		select counts,
		       kept,
		       at,
		       state = 'running'
		  from insyn_ledger.erasure
		 where request_id = $1
		   and subject = $2`, requestID, subject).Scan(&counts, &kept, &out.At, &out.Running)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read the ledger: %w", err)
	}
	if err := errors.Join(json.Unmarshal(counts, &out.Counts), json.Unmarshal(kept, &out.Kept)); err != nil {
		return nil, false, fmt.Errorf("read the ledger: %w", err)
	}
	return out, true, nil
}

// commitPoint writes the ledger row, the fenced rows and the suppressions; with them the erasure stands or falls.
func (r *run) commitPoint(ctx context.Context) (*Outcome, error) {
	write := func() error { return r.insertLedger(ctx, "done", 0) }
	if r.resumed {
		write = func() error { return r.closeLedger(ctx) }
	}
	if err := write(); err != nil {
		return nil, err
	}
	out := &Outcome{Counts: r.counts, Kept: r.kept, At: r.at, Identifiers: merged(r.words.alone)}
	for i := range r.e.Suppress {
		r.e.Suppress[i].Origin = "erasure"
	}
	return out, suppress(ctx, r.tx, r.e.Suppress)
}

// insertLedger writes the erasure's row and fences what a law keeps.
func (r *run) insertLedger(ctx context.Context, state string, planned int64) error {
	counts, kept, err := r.booked()
	if err != nil {
		return err
	}
	keyHMACs, hmacs := r.e.hashes(r.s, r.keys, r.words)
	err = r.tx.QueryRow(ctx, `
		insert into insyn_ledger.erasure (request_id, subject, epoch, map_version, map_hash, plan_hash, counts, kept, key_hmacs, hmacs, state, planned)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		returning at`, r.e.RequestID, r.e.Subject, r.e.Epoch, r.s.m.Version(), r.s.m.Hash(), r.plan.Hash(), counts, kept, keyHMACs, hmacs, state, planned).Scan(&r.at)
	if err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	return r.fenceRows(ctx)
}

// closeLedger ends an erasure in stages: its counts are added to theirs, its journal has done its work.
func (r *run) closeLedger(ctx context.Context) error {
	var before, listed []byte
	err := r.tx.QueryRow(ctx, `
		select counts,
		       kept
		  from insyn_ledger.erasure
		 where request_id = $1
		   and subject = $2
		   for update`, r.e.RequestID, r.e.Subject).Scan(&before, &listed)
	if err != nil {
		return fmt.Errorf("read the counts of the stages: %w", err)
	}
	staged := map[string]int{}
	if err := json.Unmarshal(before, &staged); err != nil {
		return fmt.Errorf("read the counts of the stages: %w", err)
	}
	// What is kept was listed before the stages cut the ties to it.
	r.kept = nil
	if err := json.Unmarshal(listed, &r.kept); err != nil {
		return fmt.Errorf("read what the stages keep: %w", err)
	}
	for what, n := range staged {
		r.counts[what] += n
	}
	counts, kept, err := r.booked()
	if err != nil {
		return err
	}
	err = r.tx.QueryRow(ctx, `
		update insyn_ledger.erasure
		   set state = 'done',
		       seq = default, -- the file outside the database takes rows in the order in which they were done
		       epoch = $3,
		       counts = $4,
		       kept = $5,
		       at = now()
		 where request_id = $1
		   and subject = $2
		returning at`, r.e.RequestID, r.e.Subject, r.e.Epoch, counts, kept).Scan(&r.at)
	if err != nil {
		return fmt.Errorf("close the ledger: %w", err)
	}
	if err := r.fenceRows(ctx); err != nil {
		return err
	}
	_, err = r.tx.Exec(ctx, `delete from insyn_ledger.journal where request_id = $1 and subject = $2`, r.e.RequestID, r.e.Subject)
	if err != nil {
		return fmt.Errorf("end the journal: %w", err)
	}
	if _, err := r.tx.Exec(ctx, `delete from insyn_ledger.restricted where request_id = $1`, r.e.RequestID); err != nil {
		return fmt.Errorf("lift the restriction: %w", err)
	}
	return nil
}

func (r *run) booked() (counts, kept []byte, err error) {
	if r.kept == nil {
		r.kept = []Kept{}
	}
	if counts, err = json.Marshal(r.counts); err != nil {
		return nil, nil, err
	}
	kept, err = json.Marshal(r.kept)
	return counts, kept, err
}

func (r *run) fenceRows(ctx context.Context) error {
	if len(r.fenced) == 0 {
		return nil
	}
	var tables, keys, rules, untils []string
	var columns []*string
	for _, f := range r.fenced {
		tables, keys = append(tables, f.table), append(keys, f.key)
		rules, untils = append(rules, f.rule), append(untils, f.until.String())
		var list *string
		if f.columns != nil {
			text := strings.Join(f.columns, ",")
			list = &text
		}
		columns = append(columns, list)
	}
	_, err := r.tx.Exec(ctx, `
		insert into insyn_ledger.kept (request_id, table_name, row_key, rule, until, columns)
		select $1, v.table_name, v.row_key, v.rule, v.until, string_to_array(v.columns, ',')
		  from unnest($2::text[], $3::text[], $4::text[], $5::text[]::date[], $6::text[]) as v (table_name, row_key, rule, until, columns)
		on conflict (table_name, row_key) do nothing`, r.e.RequestID, tables, keys, rules, untils, columns)
	if err != nil {
		return fmt.Errorf("fence what is kept: %w", err)
	}
	return nil
}

// ForgetHashes empties the keyed hashes of erasures older than days: what they were kept for, a backup that could bring the
// person back, has died. It tells how many rows lost them.
func (s *Source) ForgetHashes(ctx context.Context, days int) (int64, error) {
	tag, err := s.pool.Exec(ctx, `
		update insyn_ledger.erasure
		   set hmacs = '{}',
		       key_hmacs = '{}'
		 where at < now() - make_interval(days => $1)
		   and (hmacs <> '{}' or key_hmacs <> '{}')`, days)
	if err != nil {
		return 0, fmt.Errorf("forget hashes in %s: %w", s.Name, safe(err))
	}
	return tag.RowsAffected(), nil
}
