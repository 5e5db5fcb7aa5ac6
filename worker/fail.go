package worker

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/request"
	"insyn/jobs"
)

var errPanic = errors.New("panic")

// settle writes what becomes of a job that did not end well, and returns the code that operators see. The row owns
// retries: a passing fault is tried again with growing gaps, a wait comes back, the rest goes to a person.
func (w *Worker) settle(ctx context.Context, c *Claim, cause error) (code string) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	code, again, after := w.judge(c, cause)
	if code == "lost" {
		return code
	}
	var err error
	if again {
		err = c.Again(ctx, after, code, func(tx pgx.Tx) error {
			if errors.Is(cause, dsar.ErrWaits) {
				return nil
			}
			_, err := tx.Exec(ctx, `update insyn.job set attempt = attempt + 1 where id = $1`, c.ID)
			return err
		})
	} else {
		err = w.fail(ctx, c, code)
	}
	if err != nil && !errors.Is(err, errLost) {
		w.Log.Warn("job not settled", "job", c.ID, "kind", string(c.Kind), "code", code) // its lease ends, the relay revives it
	}
	w.Log.Info("job", "job", c.ID, "kind", string(c.Kind), "code", code, "again", again)
	return code
}

func (w *Worker) judge(c *Claim, cause error) (code string, again bool, after time.Duration) {
	spec, _ := jobs.SpecOf(c.Kind)
	var coded *dsar.Code
	isCoded := errors.As(cause, &coded)
	switch {
	case errors.Is(cause, errLost):
		return "lost", false, 0
	case isCoded && errors.Is(cause, dsar.ErrWaits):
		return coded.Code, true, 20 * time.Second
	case isCoded:
		return coded.Code, false, 0
	case errors.Is(cause, context.Canceled): // this worker is stopping
		return "stopped", true, 0
	case errors.Is(cause, context.DeadlineExceeded):
		code = "timeout"
	case postgres.Transient(cause):
		code = "database"
	case errors.Is(cause, errPanic):
		code, spec.Attempts = "panic", 3
	case errors.Is(cause, dsar.ErrConflict):
		return "conflict", false, 0
	case errors.Is(cause, dsar.ErrNotFound):
		return "not_found", false, 0
	default:
		code, spec.Attempts = "fault", 3
	}
	if c.Attempt+1 >= spec.Attempts {
		return code, false, 0
	}
	return code, true, backoff(c.Attempt)
}

// backoff grows from a quarter of a second to five minutes, with jitter, so that workers do not come back all at once.
func backoff(attempt int) time.Duration {
	d := 250 * time.Millisecond << min(attempt, 11)
	d = min(d, 5*time.Minute)
	return d/2 + rand.N(d/2+1)
}

// fail ends the job, hands its request to a person and tells the handler.
func (w *Worker) fail(ctx context.Context, c *Claim, code string) error {
	return postgres.InTx(ctx, w.Pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			update insyn.job
			   set state = 'failed',
			       epoch = epoch + 1,
			       lease_until = null,
			       finished_at = now(),
			       attempt = attempt + 1,
			       code = $3
			 where id = $1
			   and epoch = $2
			   and state = 'working'`, c.ID, c.Epoch, code)
		if err != nil {
			return fmt.Errorf("fail job %d: %w", c.ID, err)
		}
		if tag.RowsAffected() == 0 {
			return errLost
		}
		return w.failed(ctx, tx, c.Kind, c.RequestID)
	})
}

// poison is what the relay calls for a job whose worker died three times.
func (w *Worker) poison(ctx context.Context, tx pgx.Tx, _ int64, k jobs.Kind, requestID int64) error {
	return w.failed(ctx, tx, k, requestID)
}

func (w *Worker) failed(ctx context.Context, tx pgx.Tx, k jobs.Kind, requestID int64) error {
	if requestID == 0 || k == jobs.Mail { // a mail that fails has its own way to the desk
		return nil
	}
	err := request.Move(ctx, tx, request.Step{ID: requestID, To: dsar.Failed, From: []dsar.State{dsar.Received, dsar.Working, dsar.Waiting}})
	if errors.Is(err, dsar.ErrConflict) { // closed meanwhile, or a new copy of an answer that was given
		err = nil
	}
	if err != nil {
		return err
	}
	return w.tell(ctx, tx, requestID, "mail.failed")
}

// tell queues a message to the request's handler, or the DPO. It holds numbers only; the worker that sends it fills them in.
func (w *Worker) tell(ctx context.Context, tx pgx.Tx, requestID int64, template string) error {
	_, err := jobs.QueueMail(ctx, tx, w.Keys, jobs.OutMail{RequestID: requestID, Template: template, Language: "sv", Staff: true})
	return err
}
