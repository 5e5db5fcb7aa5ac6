package worker

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/postgres"
	"insyn/jobs"
)

const (
	lease     = "15 seconds"
	heartbeat = 5 * time.Second
)

// errLost: another epoch has the job now; whatever this one did rolls back.
var errLost = errors.New("the lease is lost")

// Claim is a job that this worker holds for one epoch.
type Claim struct {
	ID        int64
	Epoch     int
	Kind      jobs.Kind
	RequestID int64
	SubjectID int64
	MailID    int64
	LinkID    int64
	EventID   int64
	Attempt   int
	Crashes   int
	w         *Worker
	done      atomic.Int64
	total     atomic.Int64
	stage     atomic.Value // string
}

// claim takes the row if it is queued, due by the database's clock and of this epoch: nil when it is not.
func (w *Worker) claim(ctx context.Context, ref jobs.Ref) (*Claim, error) {
	c := &Claim{ID: ref.Job, Epoch: ref.Epoch, w: w}
	err := w.Pool.QueryRow(ctx, `
		update insyn.job
		   set state = 'working',
		       lease_until = now() + '`+lease+`'::interval,
		       worker = $3,
		       started_at = coalesce(started_at, now()),
		       conflict_at = null,
		       code = null
		 where id = $1
		   and epoch = $2
		   and state = 'queued'
		   and run_at <= now() + interval '1 second'
		returning kind, coalesce(request_id, 0), coalesce(subject_id, 0), coalesce(mail_id, 0), coalesce(link_id, 0),
		          coalesce(event_id, 0), attempt, crashes`, ref.Job, ref.Epoch, w.name).
		Scan(&c.Kind, &c.RequestID, &c.SubjectID, &c.MailID, &c.LinkID, &c.EventID, &c.Attempt, &c.Crashes)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("claim job %d: %w", ref.Job, err)
	}
	return c, nil
}

// keep extends the lease and stores the progress until stop; the context ends when the lease is lost.
func (c *Claim) keep(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		// The first beat comes early, so that the page of a short job shows its progress.
		for wait := time.Second; ; wait = heartbeat {
			select {
			case <-ctx.Done():
				return
			case <-time.After(wait):
			}
			if err := c.beat(ctx); errors.Is(err, errLost) {
				cancel(errLost)
				return
			}
		}
	}()
	return ctx, func() { cancel(nil); <-finished }
}

func (c *Claim) beat(ctx context.Context) error {
	stage, _ := c.stage.Load().(string)
	tag, err := c.w.Pool.Exec(ctx, `
		update insyn.job
		   set lease_until = now() + '`+lease+`'::interval,
		       progress = $3,
		       total = $4,
		       stage = nullif($5, '')
		 where id = $1
		   and epoch = $2
		   and state = 'working'`, c.ID, c.Epoch, c.done.Load(), c.total.Load(), stage)
	if err != nil {
		return err // the database is away; the lease may last until it is back
	}
	if tag.RowsAffected() == 0 {
		return errLost
	}
	return nil
}

// Progress says how far the job is; the heartbeat stores it.
func (c *Claim) Progress(stage string, done, total int64) {
	c.stage.Store(stage)
	c.done.Store(done)
	c.total.Store(total)
}

// Commit runs fn and ends the job in one transaction; if the epoch is not ours any more, all of it rolls back. The row is
// taken last: while fn works the heartbeat goes on, and a worker that hangs in fn does not keep others from the job.
func (c *Claim) Commit(ctx context.Context, fn func(tx pgx.Tx) error) error {
	return postgres.InTx(ctx, c.w.Pool, func(tx pgx.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `
			update insyn.job
			   set state = 'done',
			       lease_until = null,
			       finished_at = now(),
			       progress = greatest(progress, $3),
			       total = greatest(total, $4)
			 where id = $1
			   and epoch = $2
			   and state = 'working'`, c.ID, c.Epoch, c.done.Load(), c.total.Load())
		if err != nil {
			return fmt.Errorf("end job %d: %w", c.ID, err)
		}
		if tag.RowsAffected() == 0 {
			return errLost
		}
		return nil
	})
}

// Step runs fn in a transaction that commits only while the job is ours; the job goes on.
func (c *Claim) Step(ctx context.Context, fn func(tx pgx.Tx) error) error {
	return postgres.InTx(ctx, c.w.Pool, func(tx pgx.Tx) error {
		if err := c.hold(ctx, tx); err != nil {
			return err
		}
		return fn(tx)
	})
}

// Again runs fn and puts the job back into the queue for later, in one transaction. code says why, for operators.
func (c *Claim) Again(ctx context.Context, after time.Duration, code string, fn func(tx pgx.Tx) error) error {
	return postgres.InTx(ctx, c.w.Pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			update insyn.job
			   set state = 'queued',
			       epoch = epoch + 1,
			       lease_until = null,
			       run_at = now() + $3::interval,
			       relay_at = now() + $3::interval,
			       code = nullif($4, '')
			 where id = $1
			   and epoch = $2
			   and state = 'working'`, c.ID, c.Epoch, after, code)
		if err != nil {
			return fmt.Errorf("put back job %d: %w", c.ID, err)
		}
		if tag.RowsAffected() == 0 {
			return errLost
		}
		return fn(tx)
	})
}

func (c *Claim) hold(ctx context.Context, tx pgx.Tx) error {
	var one int
	err := tx.QueryRow(ctx, `
		select 1
		  from insyn.job
		 where id = $1
		   and epoch = $2
		   and state = 'working'
		   for update`, c.ID, c.Epoch).Scan(&one)
	if errors.Is(err, pgx.ErrNoRows) {
		return errLost
	}
	if err != nil {
		return fmt.Errorf("hold job %d: %w", c.ID, err)
	}
	return nil
}
