// Package worker does what package jobs lets one ask for: a file a kind, of the same name as there.
//
// Every effect on our own tables commits together with the job's state and is fenced by its epoch, so a job may start
// twice, or its worker may die anywhere, and the effect is there once.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/dsar"
	"insyn/internal/ledger"
	"insyn/internal/mail"
	"insyn/internal/postgres"
	"insyn/internal/records"
	"insyn/internal/refdata"
	"insyn/internal/request"
	"insyn/internal/seal"
	"insyn/internal/settings"
	"insyn/internal/wording"
	"insyn/jobs"
)

// Config is what a worker needs.
type Config struct {
	Pool        *pgxpool.Pool
	Keys        *seal.Keys
	Texts       *wording.Texts
	Sources     []*records.Source
	Register    refdata.Register // nil: none
	Sender      *mail.Sender
	Redis       asynq.RedisConnOpt
	Concurrency int    // jobs at a time; 0: 8
	ShareURL    string // https://share.example.se, without a slash at the end
	WebURL      string
	Ledger      *ledger.File // of erasures, outside the databases; nil: none
	Log         *slog.Logger
}

// Worker runs jobs.
type Worker struct {
	Config
	desk  *jobs.Desk
	store *request.Store
	name  string
	relay *jobs.Relay
	// filed: the last write to the ledger file succeeded. stopped: why the worker must not go on.
	filed   atomic.Bool
	stopped chan error
}

// checkInterval is how often an idle worker asks Redis: 20 ms gives a pickup of 10 ms in the median.
const checkInterval = 20 * time.Millisecond

// New prepares a worker and publishes the key that the share site seals to.
func New(ctx context.Context, c Config) (*Worker, error) {
	if c.Concurrency <= 0 {
		c.Concurrency = 8
	}
	store := &request.Store{Pool: c.Pool, Keys: c.Keys}
	host, _ := os.Hostname()
	w := &Worker{Config: c, store: store, desk: &jobs.Desk{Store: store, Sources: c.Sources}, name: fmt.Sprintf("%s:%d", host, os.Getpid()), stopped: make(chan error, 1)}
	w.relay = &jobs.Relay{Pool: c.Pool, Client: jobs.NewClient(c.Redis), Log: c.Log, Poison: w.poison}
	public, err := c.Keys.Public()
	if err != nil {
		return nil, fmt.Errorf("public key of share events: %w", err)
	}
	_, err = c.Pool.Exec(ctx, `
		insert into insyn.share_key (public)
		values ($1)
		on conflict (singleton) do update set public = excluded.public`, public)
	if err != nil {
		return nil, fmt.Errorf("publish the key of share events: %w", err)
	}
	return w, nil
}

// Relay is the worker's relay, for its counters.
func (w *Worker) Relay() *jobs.Relay { return w.relay }

// Run works until ctx ends, then lets running jobs end for eight seconds and gives back the rest.
func (w *Worker) Run(ctx context.Context) error {
	route, err := w.route()
	if err != nil {
		return err
	}
	if err := w.levelLedgers(ctx, true); err != nil {
		return err
	}
	// Jobs get a context of their own: asynq cancels its own only after the shutdown's time is over.
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	srv := asynq.NewServer(w.Redis, asynq.Config{
		Concurrency:              w.Concurrency,
		Queues:                   jobs.Queues(),
		BaseContext:              func() context.Context { return base },
		TaskCheckInterval:        checkInterval,
		ShutdownTimeout:          8 * time.Second,
		DelayedTaskCheckInterval: time.Second,
		Logger:                   silent{},
		LogLevel:                 asynq.FatalLevel,
	})
	background, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{}, 4)
	go func() { w.relay.Run(background); done <- struct{}{} }()
	go func() { w.watchEvents(background); done <- struct{}{} }()
	go func() { w.watchLedgers(background); done <- struct{}{} }()
	go func() { w.watchDrift(background); done <- struct{}{} }()
	if err := w.startServer(ctx, srv, route); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case err = <-w.stopped:
	}
	stop()
	for range cap(done) {
		<-done
	}
	go func() { time.Sleep(7 * time.Second); cancel() }()
	srv.Shutdown()
	return errors.Join(err, w.relay.Client.Close())
}

// startServer waits for Redis: Server.Start does not say when it is away.
func (w *Worker) startServer(ctx context.Context, srv *asynq.Server, route asynq.Handler) error {
	for {
		if err := srv.Ping(); err == nil {
			break
		}
		w.Log.Warn("redis is away", "retry_in", "2s")
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(2 * time.Second):
		}
	}
	if err := srv.Start(route); err != nil {
		return fmt.Errorf("start the queue's server: %w", err)
	}
	return nil
}

// source finds a source of the map by its name.
func (w *Worker) source(name string) (*records.Source, error) {
	for _, s := range w.Sources {
		if s.Name == name {
			return s, nil
		}
	}
	return nil, errNoSource
}

var errNoSource = errors.New("no such source in the data map")

// silent keeps asynq's own lines, which may quote payloads and errors, out of the log.
type silent struct{}

func (silent) Debug(...any) {}
func (silent) Info(...any)  {}
func (silent) Warn(...any)  {}
func (silent) Error(...any) {}
func (silent) Fatal(...any) {}

// today is the day by the database's clock in the controller's time zone.
func (w *Worker) today(ctx context.Context, q postgres.Querier, set settings.Settings) (dsar.Date, error) {
	var now time.Time
	if err := q.QueryRow(ctx, `select now()`).Scan(&now); err != nil {
		return dsar.Date{}, fmt.Errorf("read the clock: %w", err)
	}
	return dsar.DateOf(now, set.Location()), nil
}
