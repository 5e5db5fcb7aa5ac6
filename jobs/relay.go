package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/postgres"
)

// Relay brings rows to the queue that are not there: committed while Redis was away, lost in a flush, or left by a worker
// that died. Any number may run.
type Relay struct {
	Pool   *pgxpool.Pool
	Client *Client
	Log    *slog.Logger
	// Poison is told of a job whose worker died three times, in the transaction that fails it.
	Poison func(ctx context.Context, tx pgx.Tx, job int64, k Kind, requestID int64) error

	Enqueued, Revived atomic.Int64
}

const (
	unclaimedAfter = "10 seconds"  // a due row that nobody claimed is enqueued again, with the same epoch
	conflictFor    = "120 seconds" // a task id that blocks for this long belongs to a zombie: the epoch is raised
	maxCrashes     = 3
)

// Run works until ctx ends: woken by notifications, and each second in any case.
func (r *Relay) Run(ctx context.Context) {
	wake := make(chan int64, 256)
	go r.listen(ctx, wake)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-wake:
			r.note(r.one(ctx, id))
		case <-tick.C:
			r.note(r.Sweep(ctx))
		}
	}
}

func (r *Relay) note(err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		r.Log.Warn("relay", "error", errText(err))
	}
}

// errText keeps server messages, which may hold values, out of the log.
func errText(err error) string {
	if postgres.Transient(err) {
		return "database away"
	}
	return "failed"
}

func (r *Relay) listen(ctx context.Context, wake chan<- int64) {
	for ctx.Err() == nil {
		err := r.listenOnce(ctx, wake)
		if err != nil && ctx.Err() == nil {
			r.note(err)
			time.Sleep(time.Second)
		}
	}
}

func (r *Relay) listenOnce(ctx context.Context, wake chan<- int64) error {
	c, err := r.Pool.Acquire(ctx)
	if err != nil {
		return err
	}
	conn := c.Hijack() // a listening connection does not go back into the pool
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "listen "+NotifyChannel); err != nil {
		return err
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		if id, err := strconv.ParseInt(n.Payload, 10, 64); err == nil {
			select {
			case wake <- id:
			default: // the sweep finds it
			}
		}
	}
}

func (r *Relay) one(ctx context.Context, id int64) error {
	var k Kind
	ref := Ref{Job: id}
	err := r.Pool.QueryRow(ctx, `
		select kind, epoch
		  from insyn.job
		 where id = $1
		   and state = 'queued'
		   and run_at <= now()`, id).Scan(&k, &ref.Epoch)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read job %d: %w", id, err)
	}
	if err := r.Client.Enqueue(ctx, k, ref); err != nil && !errors.Is(err, ErrQueued) {
		return err
	}
	return nil
}

// Sweep revives what a dead worker left, then enqueues what is due and unclaimed.
func (r *Relay) Sweep(ctx context.Context) error {
	if err := r.revive(ctx); err != nil {
		return err
	}
	type due struct {
		Ref
		Kind    Kind
		Blocked bool
	}
	var list []due
	err := postgres.InTx(ctx, r.Pool, func(tx pgx.Tx) error {
		// A job that waited for its time is due at once; one that should be in the queue gets ten seconds to be claimed.
		// relay_at keeps the sweeps of several relays, and of the next second, from offering the same row again.
		rows, err := tx.Query(ctx, `
			with due as (
			     select id
			       from insyn.job
			      where state = 'queued'
			        and run_at <= now()
			        and coalesce(relay_at, greatest(run_at, created_at + '`+unclaimedAfter+`'::interval)) <= now()
			      order by run_at
			      limit 500
			        for update skip locked)
			update insyn.job j
			   set relay_at = now() + '`+unclaimedAfter+`'::interval,
			       epoch = case when conflict_at < now() - '`+conflictFor+`'::interval then epoch + 1 else epoch end,
			       conflict_at = case when conflict_at < now() - '`+conflictFor+`'::interval then null else conflict_at end
			  from due
			 where j.id = due.id
			returning j.id, j.epoch, j.kind, j.conflict_at is not null`)
		if err != nil {
			return fmt.Errorf("find due jobs: %w", err)
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (due, error) {
			var d due
			return d, row.Scan(&d.Job, &d.Epoch, &d.Kind, &d.Blocked)
		})
		return err
	})
	if err != nil {
		return err
	}
	for _, d := range list {
		switch err := r.Client.Enqueue(ctx, d.Kind, d.Ref); {
		case err == nil:
			r.Enqueued.Add(1)
			if d.Blocked { // what blocked it is gone
				if _, err := r.Pool.Exec(ctx, `update insyn.job set conflict_at = null where id = $1`, d.Job); err != nil {
					return fmt.Errorf("clear a conflict of job %d: %w", d.Job, err)
				}
			}
		case errors.Is(err, ErrQueued):
			// Handed to a worker ten seconds ago and more, and never claimed: that worker died between the two.
			zombie := d.Blocked && r.Client.handedOver(d.Kind, d.Ref)
			if _, err := r.Pool.Exec(ctx, `
				update insyn.job
				   set conflict_at = case when $3 then null else coalesce(conflict_at, now()) end,
				       epoch = case when $3 then epoch + 1 else epoch end,
				       relay_at = case when $3 then now() else relay_at end
				 where id = $1
				   and epoch = $2
				   and state = 'queued'`, d.Job, d.Epoch, zombie); err != nil {
				return fmt.Errorf("note a conflict of job %d: %w", d.Job, err)
			}
		default:
			// Redis is away. Offer the rows again with the next sweep rather than in ten seconds.
			_, _ = r.Pool.Exec(ctx, `update insyn.job set relay_at = null where state = 'queued' and relay_at > now()`)
			return err
		}
	}
	return nil
}

func (r *Relay) revive(ctx context.Context) error {
	return postgres.InTx(ctx, r.Pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			with lost as (
			     select id
			       from insyn.job
			      where state = 'working'
			        and lease_until < now()
			      limit 500
			        for update skip locked)
			update insyn.job j
			   set state = case when crashes + 1 >= $1 then 'failed' else 'queued' end,
			       crashes = crashes + 1,
			       epoch = epoch + 1,
			       lease_until = null,
			       conflict_at = null,
			       run_at = now(),
			       relay_at = now(),
			       code = case when crashes + 1 >= $1 then 'crashed' else code end,
			       finished_at = case when crashes + 1 >= $1 then now() end
			  from lost
			 where j.id = lost.id
			returning j.id, j.kind, coalesce(j.request_id, 0), j.state = 'failed'`, maxCrashes)
		if err != nil {
			return fmt.Errorf("find lost jobs: %w", err)
		}
		type lost struct {
			ID, Request int64
			Kind        Kind
			Poison      bool
		}
		list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (lost, error) {
			var l lost
			return l, row.Scan(&l.ID, &l.Kind, &l.Request, &l.Poison)
		})
		if err != nil {
			return fmt.Errorf("find lost jobs: %w", err)
		}
		r.Revived.Add(int64(len(list)))
		for _, l := range list {
			if l.Poison && r.Poison != nil {
				if err := r.Poison(ctx, tx, l.ID, l.Kind, l.Request); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
