package scheduler

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/settings"
)

// happened counts what was done after since and up to slot.
func (n *Numbers) happened(ctx context.Context, tx pgx.Tx, since, slot time.Time, s settings.Settings) error {
	zone := s.Location().String()
	for _, q := range []struct {
		into *int64
		sql  string
	}{
		{&n.ReceivedCount, `select count(*) from insyn.request where received_at > $1 and received_at <= $2 and $3 <> ''`},
		{&n.AnsweredCount, `select count(*) from insyn.request where answered_at > $1 and answered_at <= $2 and $3 <> ''`},
		// What nobody asked for has no last day, so its answer is in time.
		{&n.InTimeCount, `
			select count(*)
			  from insyn.request
			 where answered_at > $1
			   and answered_at <= $2
			   and (due_strict is null or (answered_at at time zone $3)::date <= due_strict)`},
		{&n.ErasedCount, `select count(*) from insyn.request where erased_at > $1 and erased_at <= $2 and $3 <> ''`},
		{&n.VerifiedCount, `select count(*) from insyn.request where rescanned_at > $1 and rescanned_at <= $2 and $3 <> ''`},
		{&n.UndeliverableCount, `
			select count(*)
			  from insyn.mail m
			 where m.audience = 'subject'
			   and (m.bounced_at > $1 and m.bounced_at <= $2
			        or m.state = 'failed'
			           and exists (select 1
			                         from insyn.job j
			                        where j.mail_id = m.id
			                          and j.finished_at > $1
			                          and j.finished_at <= $2))
			   and $3 <> ''`},
		{&n.FailedCount, `select count(*) from insyn.job where state = 'failed' and finished_at > $1 and finished_at <= $2 and $3 <> ''`},
		{&n.PurgedCount, `
			select (select count(*) from insyn.link where purged_at > $1 and purged_at <= $2)
			     + (select count(*) from insyn.artefact where purged_at > $1 and purged_at <= $2)
			 where $3 <> ''`},
	} {
		if err := tx.QueryRow(ctx, q.sql, since, slot, zone).Scan(q.into); err != nil {
			return fmt.Errorf("count for the report: %w", err)
		}
	}
	return nil
}

// standing lists what is open on the day.
func (n *Numbers) standing(ctx context.Context, tx pgx.Tx, today dsar.Date) error {
	if err := tx.QueryRow(ctx, `select count(*) from insyn.request where closed_at is null`).Scan(&n.OpenCount); err != nil {
		return fmt.Errorf("count open requests: %w", err)
	}
	for _, q := range []struct {
		into  *[]int64
		where string
	}{
		{&n.Approval, `waiting_for = 'approval'`},
		{&n.Review, `waiting_for = 'review'`},
		{&n.Identity, `waiting_for = 'identity'`},
		{&n.Clarification, `waiting_for = 'clarification'`},
		{&n.Undelivered, `waiting_for = 'delivery'`},
		{&n.New, `state = 'received'`},
		{&n.FailedRequests, `state = 'failed'`},
		{&n.Overdue, `asked and due_strict < $1`},
		{&n.DueSoon, `asked and due_strict between $1 and $1 + 14`},
	} {
		rows, err := tx.Query(ctx, `
			select id
			  from insyn.request
			 where closed_at is null
			   and $1::date is not null
			   and `+q.where+`
			 order by due_strict nulls last, id`, today)
		if err != nil {
			return fmt.Errorf("list requests for the report: %w", err)
		}
		if *q.into, err = pgx.CollectRows(rows, pgx.RowTo[int64]); err != nil {
			return fmt.Errorf("list requests for the report: %w", err)
		}
	}
	return nil
}
