package jobs_test

import (
	"context"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"insyn/jobs"
)

// A worker that dies between the queue's hand-over and its claim leaves a task that is active for ever.
func TestRelayPassesATaskThatWasHandedOverAndNeverClaimed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.insert(t, jobs.Collect)
	again := func() {
		b.exec(t, `update job set relay_at = null, created_at = now() - interval '1 minute'`)
		b.sweep(t)
	}
	again()
	taken, end := make(chan struct{}), make(chan struct{})
	srv := asynq.NewServer(asynq.RedisClientOpt{Addr: b.redis.Addr()}, asynq.Config{
		Concurrency: 1, Queues: jobs.Queues(), TaskCheckInterval: 10 * time.Millisecond, LogLevel: asynq.FatalLevel, ShutdownTimeout: time.Second,
	})
	err := srv.Start(asynq.HandlerFunc(func(context.Context, *asynq.Task) error { close(taken); <-end; return nil }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { close(end); srv.Shutdown() })
	<-taken
	for sweep, want := range []struct {
		epoch   int
		blocked bool
	}{{1, true}, {2, false}} {
		again()
		var epoch int
		var blocked bool
		if err := b.pool.QueryRow(t.Context(), `select epoch, conflict_at is not null from job where id = $1`, id).Scan(&epoch, &blocked); err != nil {
			t.Fatal(err)
		}
		if epoch != want.epoch || blocked != want.blocked {
			t.Errorf("sweep %d: epoch %d, blocked %v; want %d, %v", sweep, epoch, blocked, want.epoch, want.blocked)
		}
	}
}
