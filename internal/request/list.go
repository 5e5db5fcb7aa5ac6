package request

import (
	"context"
	"fmt"

	"insyn/internal/dsar"
)

// Filter picks requests; zero values do not filter.
type Filter struct {
	Open       *bool
	Kind       dsar.Kind
	State      dsar.State
	WaitingFor dsar.Wait
	Handler    int64
	Subject    []byte // seal.Keys.Subject of a person
	Overdue    bool
	DueWithin  int // days; includes the overdue
	Limit      int // 0: 200
	Offset     int
}

// List gives requests with their people: open before closed, then by legal date, so that the overdue come first.
func (s *Store) List(ctx context.Context, f Filter) ([]Request, error) {
	if f.Limit <= 0 {
		f.Limit = 200
	}
	var within *int
	if f.DueWithin > 0 {
		within = &f.DueWithin
	}
	rows, err := s.Pool.Query(ctx, "select"+columns+`
		  from insyn.request r
		 where ($1::boolean is null or (r.closed_at is null) = $1)
		   and ($2 = '' or r.kind = $2)
		   and ($3 = '' or r.state = $3)
		   and ($4 = '' or r.waiting_for = $4)
		   and ($5 = 0 or r.handler = $5)
		   and ($6::bytea is null or exists (select 1 from insyn.request_subject u where u.request_id = r.id and u.key_hmac = $6))
		   and (not $7 or (r.closed_at is null and r.due_strict < current_date))
		   and ($8::integer is null or (r.closed_at is null and r.due_strict <= current_date + $8))
		 order by r.closed_at is not null,
		          r.due_strict nulls last,
		          r.id desc
		 limit $9 offset $10`,
		f.Open, f.Kind, f.State, f.WaitingFor, f.Handler, f.Subject, f.Overdue, within, f.Limit, f.Offset)
	if err != nil {
		return nil, fmt.Errorf("list requests: %w", err)
	}
	defer rows.Close()
	var list []*Request
	for rows.Next() {
		r, err := s.scan(rows)
		if err != nil {
			return nil, fmt.Errorf("list requests: %w", err)
		}
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list requests: %w", err)
	}
	if err := s.fill(ctx, s.Pool, list); err != nil {
		return nil, err
	}
	out := make([]Request, len(list))
	for i, r := range list {
		out[i] = *r
	}
	return out, nil
}
