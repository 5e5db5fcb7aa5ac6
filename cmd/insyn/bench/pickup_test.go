package bench

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"math"
	mathrand "math/rand/v2"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	goredis "github.com/redis/go-redis/v9"

	"insyn/internal/mail"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/seal"
	"insyn/internal/wording"
	"insyn/jobs"
	"insyn/worker"
)

// pickups is how many jobs are waited for.
const pickups = 200

// pickup is how long an idle worker takes to claim a job: from the beginning of the transaction that writes the row to
// the worker's claim, both by the clock of the database.
func pickup(b *testing.B) []figure {
	b.Helper()
	pool, stop := pickupWorker(b)
	defer stop()
	var times []time.Duration
	for n := range pickups + 10 {
		took := onePickup(b, pool, int64(n+1))
		if n >= 10 {
			times = append(times, took)
		}
		// The worker is idle again, and at another place of its beat.
		time.Sleep(20*time.Millisecond + mathrand.N(20*time.Millisecond))
	}
	return []figure{
		{"pickup, p50", fmt.Sprint(pickups), 0, percentile(times, 50), "goal 50 ms; commit, NOTIFY, Redis, claim; worker idle"},
		{"pickup, p99", fmt.Sprint(pickups), 0, percentile(times, 99), ""},
	}
}

// pickupWorker starts an idle worker on a database of its own.
func pickupWorker(b *testing.B) (*pgxpool.Pool, func()) {
	b.Helper()
	pool := pgtest.New(b)
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	w := idleWorker(b, pool)
	go func() { ended <- w.Run(ctx) }()
	waitFor(b, 20*time.Second, func() bool {
		return value[int](b, pool, `select count(*)::int from pg_stat_activity where datname = current_database() and query = 'listen `+jobs.NotifyChannel+`'`) > 0
	})
	return pool, func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	}
}

// onePickup commits an event that is not there, so the worker claims the job and has nothing to do.
func onePickup(b *testing.B, pool *pgxpool.Pool, event int64) time.Duration {
	b.Helper()
	var id int64
	err := postgres.InTx(b.Context(), pool, func(tx pgx.Tx) (err error) {
		id, err = jobs.Insert(b.Context(), tx, jobs.New{Kind: jobs.Event, EventID: event})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	seconds := math.NaN()
	waitFor(b, 20*time.Second, func() bool {
		err := pool.QueryRow(b.Context(), `
			select extract(epoch from started_at - created_at)::float8
			  from insyn.job
			 where id = $1
			   and state = 'done'`, id).Scan(&seconds)
		return err == nil
	})
	return time.Duration(seconds * float64(time.Second))
}

func waitFor(b *testing.B, long time.Duration, ready func() bool) {
	b.Helper()
	for end := time.Now().Add(long); !ready(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			b.Fatalf("nothing happened in %s", long)
		}
	}
}

// idleWorker is a worker without sources and without a mail server.
func idleWorker(b *testing.B, pool *pgxpool.Pool) *worker.Worker {
	b.Helper()
	master := make([]byte, 32)
	_, _ = rand.Read(master)
	keys, err := seal.New(master)
	if err != nil {
		b.Fatal(err)
	}
	texts, err := wording.Load()
	if err != nil {
		b.Fatal(err)
	}
	sender, err := mail.NewSender(mail.Config{Host: "127.0.0.1", Port: 9, TLS: mail.TLSOff, From: "dpo@nordlyft.example"})
	if err != nil {
		b.Fatal(err)
	}
	w, err := worker.New(b.Context(), worker.Config{
		Pool: pool, Keys: keys, Texts: texts, Sender: sender, Redis: asynq.RedisClientOpt{Addr: redis(b)},
		ShareURL: "http://127.0.0.1:9", WebURL: "http://127.0.0.1:8", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	return w
}

// redis starts a real one on a free port.
func redis(b *testing.B) string {
	b.Helper()
	l, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	addr := l.Addr().String()
	_, port, _ := net.SplitHostPort(addr)
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", b.TempDir())
	if err := cmd.Start(); err != nil {
		b.Fatalf("redis-server: %v: run make deps", err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	c := goredis.NewClient(&goredis.Options{Addr: addr, MaxRetries: -1})
	defer func() { _ = c.Close() }()
	waitFor(b, 10*time.Second, func() bool { return c.Ping(b.Context()).Err() == nil })
	return addr
}
