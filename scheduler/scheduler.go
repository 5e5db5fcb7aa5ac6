// Package scheduler decides when: a table of cron lines, each a sweep over our own tables. Any number of schedulers may
// run; a row for each slot decides who does it, and a slot that was missed is caught up.
package scheduler

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/robfig/cron/v3"

	"insyn/internal/postgres"
)

// Config is what the scheduler stands on.
type Config struct {
	Pool *pgxpool.Pool // with the rights of the scheduler's group
	Log  *slog.Logger
	// Kept opens the sources with the rights of expire; nil: kept rows are erased by the command alone.
	Kept Kept
	// Drain is how long a sweep in hand may take after ctx has ended.
	Drain time.Duration
}

// Run catches up what was missed and then sweeps by the clock until ctx ends.
func Run(ctx context.Context, c Config) error {
	// Sweeps outlive ctx by the drain, so that a deploy does not cut one in the middle.
	work, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	s := &runner{Config: c, ctx: work}

	clock := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(cron.DiscardLogger),
		cron.WithChain(cron.Recover(s), cron.SkipIfStillRunning(cron.DiscardLogger)))
	sweeps := Sweeps()
	if c.Kept != nil {
		sweeps = append(sweeps, expireSweep(c.Kept))
	}
	for _, sw := range sweeps {
		if _, err := clock.AddFunc(sw.Line, func() { s.attempt(sw) }); err != nil {
			return fmt.Errorf("cron line of %s: %w", sw.Name, err)
		}
	}
	for _, sw := range sweeps {
		s.attempt(sw)
		if ctx.Err() != nil {
			return nil
		}
	}
	clock.Start()
	c.Log.Info("scheduler runs", "count", len(sweeps))
	<-ctx.Done()
	select {
	case <-clock.Stop().Done():
	case <-time.After(c.Drain):
	}
	return nil
}

type runner struct {
	Config
	ctx context.Context
}

// attempt does a sweep if its slot is due and nobody else has it. Errors are logged by name: the database's own words may
// hold values.
func (s *runner) attempt(sw Sweep) {
	begun := time.Now()
	ran, rows, err := sw.due(s.ctx, s.Pool)
	switch {
	case err != nil:
		code := "failed"
		if postgres.Transient(err) {
			code = "database_away"
		}
		s.Log.Error("sweep failed", "sweep", sw.Name, "code", code)
	case ran && (rows > 0 || sw.waits): // each minute's nothing is no news
		s.Log.Info("sweep done", "sweep", sw.Name, "rows", rows, "ms", time.Since(begun).Milliseconds())
	}
}

// Info is for cron's Recover.
func (s *runner) Info(string, ...any) {}

// Error is told of a panic; its text may hold anything, so only the fact is logged.
func (s *runner) Error(error, string, ...any) { s.Log.Error("sweep panicked", "code", "panic") }
