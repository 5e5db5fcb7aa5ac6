package request

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// together is how far apart the ids of requests can be that one form registered; others may come between.
const together = 30

// Together gives the requests that the same form registered, one a kind, without the request itself. Their keys begin
// alike: the form's key, a space, the kind.
func (s *Store) Together(ctx context.Context, id int64) ([]int64, error) {
	rows, err := s.Pool.Query(ctx, `
		select o.id
		  from insyn.request r
		  join insyn.request o on o.id between r.id - $2 and r.id + $2
		 where r.id = $1
		   and o.id <> r.id
		   and position(' ' in r.idempotency_key) > 0
		   and split_part(o.idempotency_key, ' ', 1) = split_part(r.idempotency_key, ' ', 1)
		 order by o.id`, id, together)
	if err != nil {
		return nil, fmt.Errorf("look for what was registered with request %d: %w", id, err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// Decision gives why a request was refused, as JSON; nil when it was not, or when that is purged.
func (s *Store) Decision(ctx context.Context, id int64) ([]byte, error) {
	var sealed []byte
	err := s.Pool.QueryRow(ctx, `select decision from insyn.request where id = $1`, id).Scan(&sealed)
	if err != nil {
		return nil, fmt.Errorf("read the decision of request %d: %w", id, err)
	}
	return s.Keys.Open("request.decision", sealed)
}
