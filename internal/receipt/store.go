package receipt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/postgres"
)

// Store keeps the signed bytes with their request. A request has one receipt: what was signed first stays.
func Store(ctx context.Context, q postgres.Querier, requestID int64, signed []byte, at time.Time) error {
	_, err := q.Exec(ctx, `
		insert into insyn.receipt (request_id, body, signed_at)
		values ($1, $2, $3)
		on conflict (request_id) do nothing`, requestID, string(signed), at)
	if err != nil {
		return fmt.Errorf("store the receipt of request %d: %w", requestID, err)
	}
	return nil
}

// Load gives the signed bytes of a request's receipt; dsar.ErrNotFound where none has been signed.
func Load(ctx context.Context, q postgres.Querier, requestID int64) ([]byte, error) {
	var body string
	err := q.QueryRow(ctx, `
		select body
		  from insyn.receipt
		 where request_id = $1`, requestID).Scan(&body)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, dsar.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("load the receipt of request %d: %w", requestID, err)
	}
	return []byte(body), nil
}
