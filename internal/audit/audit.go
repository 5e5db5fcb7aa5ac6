// Package audit writes who did what, when: ids of ours and counts, never a name, an address or a key of the CRM.
package audit

import (
	"context"
	"fmt"
	"time"

	"insyn/internal/postgres"
)

// Detail holds ids of ours and counts by name.
type Detail map[string]int64

// Entry is one line. Actor is an account; 0 with Subject false is the system, with Subject true the person on the share page.
type Entry struct {
	Actor     int64
	Subject   bool
	Action    string // "request.created", "state.waiting.approval", "person.opened" …
	RequestID int64  // 0: none
	Detail    Detail
}

// Row is a written entry.
type Row struct {
	ID int64
	At time.Time
	Entry
}

// Write adds one line in the caller's transaction.
func Write(ctx context.Context, q postgres.Querier, e Entry) error {
	kind := "system"
	var actor, request *int64
	switch {
	case e.Actor != 0:
		kind, actor = "account", &e.Actor
	case e.Subject:
		kind = "subject"
	}
	if e.RequestID != 0 {
		request = &e.RequestID
	}
	if e.Detail == nil {
		e.Detail = Detail{}
	}
	_, err := q.Exec(ctx, `
		insert into insyn.audit (actor, actor_kind, action, request_id, detail)
		values ($1, $2, $3, $4, $5)`, actor, kind, e.Action, request, e.Detail)
	if err != nil {
		return fmt.Errorf("write audit: %w", err)
	}
	return nil
}

// Filter picks lines; zero values do not filter.
type Filter struct {
	RequestID int64
	Actor     int64
	Action    string // prefix
	From, To  time.Time
	Before    int64 // id, for paging backwards
	Limit     int
}

// List gives lines newest first, 100 unless the filter says otherwise.
func List(ctx context.Context, q postgres.Querier, f Filter) ([]Row, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	rows, err := q.Query(ctx, `
		select id,
		       at,
		       coalesce(actor, 0),
		       actor_kind = 'subject',
		       action,
		       coalesce(request_id, 0),
		       detail
		  from insyn.audit
		 where ($1 = 0 or request_id = $1)
		   and ($2 = 0 or actor = $2)
		   and ($3 = '' or starts_with(action, $3))
		   and ($4::timestamptz is null or at >= $4)
		   and ($5::timestamptz is null or at < $5)
		   and ($6 = 0 or id < $6)
		 order by id desc
		 limit $7`, f.RequestID, f.Actor, f.Action, null(f.From), null(f.To), f.Before, f.Limit)
	if err != nil {
		return nil, fmt.Errorf("list audit: %w", err)
	}
	defer rows.Close()
	var out []Row
	for rows.Next() {
		var r Row
		if err := rows.Scan(&r.ID, &r.At, &r.Actor, &r.Subject, &r.Action, &r.RequestID, &r.Detail); err != nil {
			return nil, fmt.Errorf("read audit: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func null(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
