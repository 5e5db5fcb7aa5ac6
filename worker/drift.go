package worker

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
)

// driftPause is how often an erasure looks whether somebody has accepted what has changed; lookPause how often a worker looks
// when nothing is asked of it, so that people are told before the next erasure.
const (
	driftPause = time.Minute
	lookPause  = time.Hour
)

// undrifted looks at all sources of a request before the first of them commits: an erasure must not stop half-way because
// the second database has changed.
func (w *Worker) undrifted(ctx context.Context, list []target) error {
	for _, t := range list {
		src, err := w.source(t.source)
		if err != nil {
			return dsar.GiveUp("no_source")
		}
		if err := src.Ready(ctx); err != nil {
			return err
		}
	}
	return nil
}

// awaitAcceptance lets the request wait for review. Its page names the places; once somebody has accepted them the job goes
// on by itself. An error that is no drift passes through.
func (w *Worker) awaitAcceptance(ctx context.Context, c *Claim, r *request.Request, err error) error {
	var drift *records.DriftError
	if !errors.As(err, &drift) {
		return err
	}
	return c.Again(ctx, driftPause, "drift", func(tx pgx.Tx) error {
		if r.State == dsar.Waiting && r.WaitingFor == dsar.ForReview { // told already
			return nil
		}
		if err := audit.Write(ctx, tx, audit.Entry{Action: "stopped.drift", RequestID: r.ID}); err != nil {
			return err
		}
		if err := request.Move(ctx, tx, request.Step{ID: r.ID, To: dsar.Waiting, For: dsar.ForReview}); err != nil {
			return err
		}
		return w.tell(ctx, tx, r.ID, "mail.news")
	})
}

// watchDrift looks at every source each hour and remembers what it saw, for the figures.
func (w *Worker) watchDrift(ctx context.Context) {
	for {
		w.lookForDrift(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(lookPause):
		}
	}
}

func (w *Worker) lookForDrift(ctx context.Context) {
	for _, src := range w.Sources {
		problems, err := src.Look(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			w.Log.Warn("map", "source", src.Name, "error", "database away")
		case len(problems) > 0:
			w.Log.Warn("map", "source", src.Name, "code", "drift", "count", len(problems))
		}
	}
}
