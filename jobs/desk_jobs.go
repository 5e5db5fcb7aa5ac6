package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/request"
)

// JobStat counts the rows of a kind in a state.
type JobStat struct {
	Kind   string
	State  string
	Count  int
	Oldest time.Time
}

// JobRow is one row for operators: no personal data.
type JobRow struct {
	ID        int64
	Kind      string
	State     string
	Code      string
	RequestID int64
	Epoch     int
	Attempt   int
	Crashes   int
	RunAt     time.Time
	CreatedAt time.Time
}

// JobStats counts rows by kind and state; done and cancelled ones of the last day only.
func (d *Desk) JobStats(ctx context.Context) ([]JobStat, error) {
	rows, err := d.Pool.Query(ctx, `
		select kind, state, count(*)::integer, min(created_at)
		  from insyn.job
		 where state in ('queued', 'working', 'failed')
		    or finished_at > now() - interval '1 day'
		 group by kind, state
		 order by kind, state`)
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[JobStat])
}

// JobList gives up to 200 rows in a state ("" all), newest first.
func (d *Desk) JobList(ctx context.Context, state string) ([]JobRow, error) {
	rows, err := d.Pool.Query(ctx, `
		select id, kind, state, coalesce(code, ''), coalesce(request_id, 0), epoch, attempt, crashes, run_at, created_at
		  from insyn.job
		 where $1 = '' or state = $1
		 order by id desc
		 limit 200`, state)
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[JobRow])
}

// RetryJob runs a failed job again, with fresh attempts; its request goes back to work.
func (d *Desk) RetryJob(ctx context.Context, jobID, actor int64) error {
	return postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		var id int64
		var k Kind
		err := tx.QueryRow(ctx, `
			update insyn.job
			   set state = 'queued',
			       epoch = epoch + 1,
			       attempt = 0,
			       crashes = 0,
			       code = null,
			       run_at = now(),
			       relay_at = null,
			       finished_at = null
			 where id = $1
			   and state = 'failed'
			returning coalesce(request_id, 0), kind`, jobID).Scan(&id, &k)
		if err != nil {
			return conflictIfNone(err)
		}
		if _, err := tx.Exec(ctx, `select pg_notify($1, $2::bigint::text)`, NotifyChannel, jobID); err != nil {
			return err
		}
		if k == Mail {
			if _, err := tx.Exec(ctx, `
				update insyn.mail m
				   set state = 'ready',
				       tries = 0,
				       first_try_at = null
				  from insyn.job j
				 where j.id = $1
				   and m.id = j.mail_id
				   and m.state = 'failed'
				   and (m.recipient is not null or m.audience = 'staff')`, jobID); err != nil {
				return err
			}
		}
		if id != 0 {
			if _, err := tx.Exec(ctx, `update insyn.request set state = 'working', version = version + 1 where id = $1 and state = 'failed'`, id); err != nil {
				return err
			}
		}
		return audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: "job.retried", RequestID: id, Detail: audit.Detail{"job": jobID}})
	})
}

// GiveUpJob ends a job that is queued or failed. Its request stays as it is: a person decides what becomes of it.
func (d *Desk) GiveUpJob(ctx context.Context, jobID, actor int64) error {
	return postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		var id int64
		err := tx.QueryRow(ctx, `
			update insyn.job
			   set state = 'cancelled',
			       epoch = epoch + 1,
			       finished_at = now()
			 where id = $1
			   and state in ('queued', 'failed')
			returning coalesce(request_id, 0)`, jobID).Scan(&id)
		if err != nil {
			return conflictIfNone(err)
		}
		if id != 0 {
			err := request.Move(ctx, tx, request.Step{ID: id, To: dsar.Failed, Actor: actor, From: []dsar.State{dsar.Working, dsar.Failed}})
			if err != nil {
				return err
			}
		}
		return audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: "job.given_up", RequestID: id, Detail: audit.Detail{"job": jobID}})
	})
}

func conflictIfNone(err error) error {
	if err == pgx.ErrNoRows { //nolint:errorlint // as QueryRow returns it
		return dsar.ErrConflict
	}
	return err
}
