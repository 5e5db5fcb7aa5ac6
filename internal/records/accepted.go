package records

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"insyn/internal/datamap"
)

// Accepted is what the map of a source was held against when somebody last accepted it.
type Accepted struct {
	MapVersion  int
	MapHash     []byte
	Fingerprint string
	By          string
	At          time.Time
}

// ErrNoLedger: the source has no place for what is accepted; insyn migrate --source makes it.
var ErrNoLedger = errors.New("the source has no schema insyn_ledger: run insyn migrate --source")

// ReadAccepted reads the newest acceptance of a source; nil where nobody has accepted its map.
func ReadAccepted(ctx context.Context, q datamap.Querier, source string) (*Accepted, error) {
	a := &Accepted{}
	err := q.QueryRow(ctx, `
		select map_version,
		       map_hash,
		       fingerprint,
		       by,
		       at
		  from insyn_ledger.accepted
		 where source = $1
		 order by id desc
		 limit 1`, source).Scan(&a.MapVersion, &a.MapHash, &a.Fingerprint, &a.By, &a.At)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, nil
	case isMissing(err):
		return nil, ErrNoLedger
	case err != nil:
		return nil, fmt.Errorf("read what was accepted of %s: %w", source, safe(err))
	}
	return a, nil
}

// isMissing: the table, or its schema, is not there.
func isMissing(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && (pe.Code == "42P01" || pe.Code == "3F000")
}

func readShape(ctx context.Context, q datamap.Querier, source string) (datamap.Shape, error) {
	var doc []byte
	err := q.QueryRow(ctx, `
		select shape
		  from insyn_ledger.accepted
		 where source = $1
		 order by id desc
		 limit 1`, source).Scan(&doc)
	if err != nil {
		return nil, fmt.Errorf("read what was accepted of %s: %w", source, safe(err))
	}
	var out datamap.Shape
	if err := json.Unmarshal(doc, &out); err != nil {
		return nil, fmt.Errorf("read what was accepted of %s: %w", source, err)
	}
	return out, nil
}

// Accept stores the live shape and the map as looked at and found right by somebody. It is the caller's to have checked
// that nothing stops; q needs the rights of the owner of schema insyn_ledger.
func Accept(ctx context.Context, q datamap.Querier, m *datamap.Map, source, by string) error {
	tx, err := q.Begin(ctx)
	if err != nil {
		return fmt.Errorf("accept %s: %w", source, err)
	}
	defer func() { _ = tx.Rollback(ctx) }()
	shape, fingerprint, err := datamap.ReadShape(ctx, tx)
	if err != nil {
		return fmt.Errorf("accept %s: %w", source, err)
	}
	_, err = tx.Exec(ctx, `
		insert into insyn_ledger.accepted (source, map_version, map_hash, fingerprint, shape, by)
		values ($1, $2, $3, $4, $5, $6)`, source, m.Version(), m.Hash(), fingerprint, shape, by)
	switch {
	case isMissing(err):
		return ErrNoLedger
	case err != nil:
		return fmt.Errorf("accept %s: %w", source, safe(err))
	}
	return tx.Commit(ctx)
}
