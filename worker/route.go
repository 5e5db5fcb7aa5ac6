package worker

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hibiken/asynq"

	"insyn/jobs"
)

// handler does one kind of job. It returns nil only after Claim.Commit or another way of ending the claim.
type handler func(ctx context.Context, c *Claim) error

func (w *Worker) handlers() map[jobs.Kind]handler {
	return map[jobs.Kind]handler{
		jobs.Code:         w.code,
		jobs.Collect:      w.collect,
		jobs.Consent:      w.consent,
		jobs.Correction:   w.correction,
		jobs.Erasure:      w.erasure,
		jobs.Event:        w.event,
		jobs.Mail:         w.mail,
		jobs.Rehearsal:    w.rehearsal,
		jobs.Verification: w.verification,
	}
}

// route takes a task to the handler of exactly its kind: asynq's own mux matches prefixes.
func (w *Worker) route() (asynq.Handler, error) {
	handlers := w.handlers()
	for _, s := range jobs.Specs() {
		if handlers[s.Kind] == nil {
			return nil, fmt.Errorf("no handler for jobs of kind %q", s.Kind)
		}
	}
	if len(handlers) != len(jobs.Specs()) {
		return nil, fmt.Errorf("%d handlers for %d kinds", len(handlers), len(jobs.Specs()))
	}
	return asynq.HandlerFunc(func(ctx context.Context, t *asynq.Task) error {
		var ref jobs.Ref
		if err := json.Unmarshal(t.Payload(), &ref); err != nil {
			return fmt.Errorf("payload: %w", asynq.SkipRetry)
		}
		h := handlers[jobs.Kind(t.Type())]
		if h == nil {
			return fmt.Errorf("unknown_kind: %w", asynq.SkipRetry)
		}
		return w.run(ctx, ref, h)
	}), nil
}

// run claims the row and does the job. What asynq gets to know is nil or a short code; it never retries by itself.
func (w *Worker) run(ctx context.Context, ref jobs.Ref, h handler) (err error) {
	c, err := w.claim(ctx, ref)
	if err != nil || c == nil { // not ours: an older epoch, or already claimed
		if err != nil {
			return fmt.Errorf("database: %w", asynq.SkipRetry) // the row is untouched; the relay offers it again
		}
		return nil
	}
	ctx, stop := c.keep(ctx)
	defer stop()
	err = guard(ctx, c, h)
	if err == nil {
		return nil
	}
	code := w.settle(context.WithoutCancel(ctx), c, err)
	return fmt.Errorf("%s: %w", code, asynq.SkipRetry)
}

// guard turns a panic into a fault with a code; its text may hold values and goes nowhere.
func guard(ctx context.Context, c *Claim, h handler) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errPanic
		}
	}()
	return h(ctx, c)
}
