package jobs_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/hibiken/asynq"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/jobs"
)

type bench struct {
	pool  *pgxpool.Pool
	redis *miniredis.Miniredis
	relay *jobs.Relay
}

func newBench(t *testing.T) *bench {
	t.Helper()
	m := miniredis.RunT(t)
	m.ClockTTL(true)
	o := asynq.RedisClientOpt{Addr: m.Addr()}
	b := &bench{pool: pgtest.New(t), redis: m}
	client := jobs.NewClient(o)
	b.relay = &jobs.Relay{Pool: b.pool, Client: client, Log: slog.New(slog.DiscardHandler)}
	t.Cleanup(func() { _ = client.Close() })
	return b
}

func (b *bench) insert(t *testing.T, k jobs.Kind) int64 {
	t.Helper()
	var id int64
	err := postgres.InTx(context.Background(), b.pool, func(tx pgx.Tx) (err error) {
		id, err = jobs.Insert(context.Background(), tx, jobs.New{Kind: k})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (b *bench) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := b.pool.Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) sweep(t *testing.T) {
	t.Helper()
	if err := b.relay.Sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) pending(t *testing.T, queue string) []string {
	t.Helper()
	// Not through asynq's inspector: after a flush it sees no queue until the client restarts, while servers go on.
	ids, err := b.redis.List("asynq:{" + queue + "}:pending")
	if err != nil {
		return nil // the list does not exist
	}
	return ids
}

func TestRelayOffersTheSameEpochAfterAFlush(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.insert(t, jobs.Collect)
	b.sweep(t)
	if got := b.pending(t, jobs.QueueWork); len(got) != 0 {
		t.Fatalf("a job of this second was relayed at once: %v; a notification does that", got)
	}
	b.exec(t, `update job set created_at = now() - interval '11 seconds', run_at = now() - interval '11 seconds'`)
	b.sweep(t)
	want := jobs.Ref{Job: id, Epoch: 1}.TaskID()
	if got := b.pending(t, jobs.QueueWork); len(got) != 1 || got[0] != want {
		t.Fatalf("pending: got %v, want %s", got, want)
	}
	b.redis.FlushAll()
	b.exec(t, `update job set relay_at = now() - interval '1 second'`)
	b.sweep(t)
	if got := b.pending(t, jobs.QueueWork); len(got) != 1 || got[0] != want {
		t.Fatalf("after the flush: got %v, want %s again", got, want)
	}
}

func TestRelayRaisesTheEpochOnlyPastAZombie(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.insert(t, jobs.Collect)
	b.exec(t, `update job set created_at = now() - interval '1 minute', run_at = now() - interval '1 minute'`)
	again := func() {
		b.exec(t, `update job set relay_at = null`)
		b.sweep(t)
	}
	again()
	again() // the task id is taken now
	var epoch int
	var blocked bool
	read := func() {
		err := b.pool.QueryRow(context.Background(), `select epoch, conflict_at is not null from job where id = $1`, id).Scan(&epoch, &blocked)
		if err != nil {
			t.Fatal(err)
		}
	}
	if read(); epoch != 1 || !blocked {
		t.Fatalf("after a conflict: epoch %d, blocked %v; want 1, true", epoch, blocked)
	}
	b.exec(t, `update job set conflict_at = now() - interval '121 seconds'`)
	again()
	if read(); epoch != 2 || blocked {
		t.Fatalf("after two minutes: epoch %d, blocked %v; want 2, false", epoch, blocked)
	}
}

func TestRelayRevivesALostLeaseAndStopsAfterThreeCrashes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.insert(t, jobs.Erasure)
	told := 0
	b.relay.Poison = func(context.Context, pgx.Tx, int64, jobs.Kind, int64) error { told++; return nil }
	for i := 1; i <= 3; i++ {
		b.exec(t, `update job set state = 'working', lease_until = now() - interval '1 second' where state = 'queued'`)
		b.sweep(t)
		var epoch, crashes int
		var state string
		if err := b.pool.QueryRow(context.Background(), `select epoch, crashes, state from job where id = $1`, id).Scan(&epoch, &crashes, &state); err != nil {
			t.Fatal(err)
		}
		want := "queued"
		if i == 3 {
			want = "failed"
		}
		if epoch != i+1 || crashes != i || state != want {
			t.Fatalf("crash %d: epoch %d, crashes %d, %s; want %d, %d, %s", i, epoch, crashes, state, i+1, i, want)
		}
	}
	if told != 1 {
		t.Fatalf("told %d times of the poisoned job, want once", told)
	}
}

func TestEveryKindHasASpecOfWholeSeconds(t *testing.T) {
	t.Parallel()
	seen := map[jobs.Kind]bool{}
	for _, s := range jobs.Specs() {
		if seen[s.Kind] {
			t.Errorf("%s stands twice", s.Kind)
		}
		seen[s.Kind] = true
		if s.Timeout%1e9 != 0 || s.Timeout <= 0 {
			t.Errorf("%s: timeout %v; asynq turns fractions of a second into 30 minutes", s.Kind, s.Timeout)
		}
		if jobs.Queues()[s.Queue] == 0 {
			t.Errorf("%s: queue %q is served by nobody", s.Kind, s.Queue)
		}
	}
}
