package records

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
)

// Entry is the commit point of an erasure as a receipt points at it. Hash is SHA-256 over the row without what dies later:
// it stays the same when the keyed hashes have been forgotten.
type Entry struct {
	MapVersion int
	MapHash    string
	PlanHash   string
	Hash       string
	Seq        int64
	Stages     json.RawMessage // [{number, at, rows}]; [] where one transaction was enough
}

// LedgerEntry reads the commit point of an erasure; dsar.ErrNotFound where there is none.
func (s *Source) LedgerEntry(ctx context.Context, requestID int64, subject []byte) (*Entry, error) {
	var e Entry
	var row string
	err := s.pool.QueryRow(ctx, `
		select map_version,
		       encode(map_hash, 'hex'),
		       encode(plan_hash, 'hex'),
		       jsonb_build_object(
		           'request_id', request_id,
		           'subject', encode(subject, 'hex'),
		           'epoch', epoch,
		           'map_version', map_version,
		           'map_hash', encode(map_hash, 'hex'),
		           'plan_hash', encode(plan_hash, 'hex'),
		           'counts', counts,
		           'kept', kept,
		           'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text,
		       seq,
		       stages
		  from insyn_ledger.erasure
		 where request_id = $1
		   and subject = $2`, requestID, subject).Scan(&e.MapVersion, &e.MapHash, &e.PlanHash, &row, &e.Seq, &e.Stages)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, dsar.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read the ledger of %s: %w", s.Name, safe(err))
	}
	sum := sha256.Sum256([]byte(row))
	e.Hash = hex.EncodeToString(sum[:])
	return &e, nil
}

// Searched counts the tables and columns that a rescan goes through.
func (s *Source) Searched(ctx context.Context) (tables, columns int, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		list, err := s.scanTables(ctx, tx)
		for _, t := range list {
			tables++
			columns += len(t.columns)
		}
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("list what is searched in %s: %w", s.Name, safe(err))
	}
	return tables, columns, nil
}
