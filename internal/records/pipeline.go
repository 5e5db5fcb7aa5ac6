package records

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// pipeline sends statements together and reads their answers in order: one wait for the database instead of one each.
func (r *run) pipeline(ctx context.Context, queue func(b *pgx.Batch)) error {
	b := &pgx.Batch{}
	queue(b)
	if b.Len() == 0 {
		return nil
	}
	return r.tx.SendBatch(ctx, b).Close()
}

// later queues a statement that changes rows. Those of several tables are sent together, in order.
func (r *run) later(ctx context.Context, rows int, queue func(b *pgx.Batch)) error {
	queue(&r.waiting)
	if r.waitingRows += rows; r.waitingRows < chunk {
		return nil
	}
	return r.flush(ctx)
}

// flush sends what is queued.
func (r *run) flush(ctx context.Context) error {
	if r.waiting.Len() == 0 {
		return nil
	}
	b := r.waiting
	r.waiting, r.waitingRows = pgx.Batch{}, 0
	return r.tx.SendBatch(ctx, &b).Close()
}
