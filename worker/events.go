package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/postgres"
	"insyn/jobs"
)

// watchEvents turns what the share site left into jobs: at its notification, and each five seconds in any case.
func (w *Worker) watchEvents(ctx context.Context) {
	wake := make(chan struct{}, 1)
	go w.listenEvents(ctx, wake)
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		if err := w.takeEvents(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn("share events", "error", "database away")
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-tick.C:
		}
	}
}

func (w *Worker) listenEvents(ctx context.Context, wake chan<- struct{}) {
	for ctx.Err() == nil {
		_ = func() error {
			c, err := w.Pool.Acquire(ctx)
			if err != nil {
				return err
			}
			conn := c.Hijack()
			defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
			if _, err := conn.Exec(ctx, "listen insyn_event"); err != nil {
				return err
			}
			for {
				if _, err := conn.WaitForNotification(ctx); err != nil {
					return err
				}
				select {
				case wake <- struct{}{}:
				default:
				}
			}
		}()
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// takeEvents gives every event that has none its job; the unique index on job.event_id lets several workers do it at once.
func (w *Worker) takeEvents(ctx context.Context) error {
	return postgres.InTx(ctx, w.Pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select e.id,
			       e.kind,
			       e.link_id,
			       l.request_id
			  from insyn.share_event e
			  join insyn.link l on l.id = e.link_id
			 where e.handled_at is null
			   and not exists (select 1 from insyn.job j where j.event_id = e.id)
			 order by e.id
			 limit 200
			   for update of e skip locked`)
		if err != nil {
			return fmt.Errorf("find share events: %w", err)
		}
		type event struct {
			ID, Link, Request int64
			Kind              string
		}
		list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (event, error) {
			var e event
			return e, row.Scan(&e.ID, &e.Kind, &e.Link, &e.Request)
		})
		if err != nil {
			return fmt.Errorf("find share events: %w", err)
		}
		for _, e := range list {
			k := jobs.Event
			if e.Kind == "code_wanted" {
				k = jobs.Code
			}
			if _, err := jobs.Insert(ctx, tx, jobs.New{Kind: k, RequestID: e.Request, LinkID: e.Link, EventID: e.ID}); err != nil {
				return err
			}
		}
		return nil
	})
}
