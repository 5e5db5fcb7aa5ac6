package request

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
)

// Today is what somebody has to do now, and how it has gone.
type Today struct {
	Approve     []Request // erasures waiting for an administrator
	Review      []Request // copies and proposals waiting for a look
	Ties        []Request // whose another card is has to be decided
	Identity    []Request // waiting for the person
	New         []Request // received, and nothing done yet
	Failed      []Request
	Undelivered []Request // an answer that did not arrive, or was never opened
	Held        []Request // a legal hold keeps them from going on
	DueSoon     []Request // within 14 days, overdue first
	Received    []Week
	InTime      []Month
	OpenByAge   []Age
}

// Week counts the requests received in the week that begins on Start.
type Week struct {
	Start time.Time
	Count int
}

// Month counts the answers of a month, and those in time.
type Month struct {
	Start  time.Time
	Closed int
	InTime int
}

// Age counts open requests by days since receipt: at least From, less than To (0: no end).
type Age struct {
	From, To int
	Count    int
}

// Today gathers the page of that name.
func (s *Store) Today(ctx context.Context) (Today, error) {
	var t Today
	open := true
	for _, q := range []struct {
		to *[]Request
		f  Filter
	}{
		{&t.Approve, Filter{WaitingFor: dsar.ForApproval}},
		{&t.Review, Filter{WaitingFor: dsar.ForReview}},
		{&t.New, Filter{State: dsar.Received}},
		{&t.Failed, Filter{State: dsar.Failed}},
		{&t.Undelivered, Filter{WaitingFor: dsar.ForDelivery}},
		{&t.Identity, Filter{WaitingFor: dsar.ForIdentity}},
		{&t.Held, Filter{WaitingFor: dsar.ForHold}},
		{&t.DueSoon, Filter{Open: &open, DueWithin: 14}},
	} {
		list, err := s.List(ctx, q.f)
		if err != nil {
			return t, err
		}
		*q.to = list
	}
	for _, r := range t.Identity {
		if r.AwaitsDecision() {
			t.Ties = append(t.Ties, r)
		}
	}
	t.Identity = slices.DeleteFunc(t.Identity, func(r Request) bool { return r.AwaitsDecision() })
	var err error
	if t.Received, err = collect[Week](ctx, s, `
		select w, (select count(*) from insyn.request where received_at >= w and received_at < w + interval '7 days')::integer
		  from generate_series(date_trunc('week', now()) - interval '11 weeks', date_trunc('week', now()), interval '7 days') as w`); err != nil {
		return t, err
	}
	if t.InTime, err = collect[Month](ctx, s, `
		select m,
		       count(r.id)::integer,
		       count(r.id) filter (where r.answered_at::date <= r.due_strict)::integer
		  from generate_series(date_trunc('month', now()) - interval '5 months', date_trunc('month', now()), interval '1 month') as m
		  left join insyn.request r on r.asked and r.answered_at >= m and r.answered_at < m + interval '1 month'
		 group by m
		 order by m`); err != nil {
		return t, err
	}
	// A day of receipt is the controller's: just after midnight it is tomorrow for the database.
	t.OpenByAge, err = collect[Age](ctx, s, `
		select lo, hi, (select count(*)
		                  from insyn.request
		                 where closed_at is null
		                   and greatest(current_date - received_on, 0) >= lo
		                   and (hi = 0 or current_date - received_on < hi))::integer
		  from (values (0, 7), (7, 14), (14, 30), (30, 60), (60, 0)) as b (lo, hi)`)
	return t, err
}

func collect[T any](ctx context.Context, s *Store, sql string) ([]T, error) {
	rows, err := s.Pool.Query(ctx, sql)
	if err != nil {
		return nil, fmt.Errorf("count requests: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[T])
}
