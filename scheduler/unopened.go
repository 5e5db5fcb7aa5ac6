package scheduler

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/request"
)

// Unopened brings requests back to those who handle them when their link ran out and nobody had opened it: the mail server
// took the mail, but the person may never have seen it. A later link of the same person that lives or was opened settles it.
func Unopened(ctx context.Context, pool *pgxpool.Pool) (int64, error) {
	var n int64
	err := postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			update insyn.link l
			   set unopened_told_at = now()
			  from insyn.request r
			 where r.id = l.request_id
			   and l.unopened_told_at is null
			   and l.opened_at is null
			   and l.revoked_at is null
			   and l.expires_at <= now()
			   and r.state in ('answered', 'partly')
			   and r.erased_at is null
			   and not exists (select 1
			                     from insyn.link o
			                    where o.request_id = l.request_id
			                      and o.subject_id = l.subject_id
			                      and o.id <> l.id
			                      and (o.opened_at is not null
			                           or o.revoked_at is null and (o.expires_at is null or o.expires_at > now())))
			returning l.request_id`)
		if err != nil {
			return fmt.Errorf("find unopened links: %w", err)
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return fmt.Errorf("find unopened links: %w", err)
		}
		seen := map[int64]bool{}
		for _, id := range ids {
			if seen[id] {
				continue
			}
			seen[id] = true
			err := request.Move(ctx, tx, request.Step{
				ID: id, From: []dsar.State{dsar.Answered, dsar.Partly}, To: dsar.Waiting, For: dsar.ForDelivery,
				Detail: audit.Detail{"unopened": 1},
			})
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

func sweepUnopened(ctx context.Context, pool *pgxpool.Pool, _ time.Time) (int64, error) {
	return Unopened(ctx, pool)
}
