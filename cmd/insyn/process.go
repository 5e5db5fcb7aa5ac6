package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"insyn/internal/metrics"
)

// process is one of the four: what it does with its slice of the configuration until ctx ends. ready is called once it
// answers.
type process struct {
	name  string
	start func(ctx context.Context, cfg Config, log *slog.Logger, dropped *atomic.Int64, ready func()) error
}

func processes() []process {
	return []process{
		{procWeb, startWeb},
		{procShare, startShare},
		{procWorker, startWorker},
		{procScheduler, startScheduler},
	}
}

// processCommand is the subcommand that runs a process.
func processCommand(p process, summary, usage string) command {
	return command{
		name: p.name, summary: summary, usage: usage,
		run: func(ctx context.Context, a *app, args []string) error {
			if rest, err := parse(flags(p.name), args); err != nil || len(rest) > 0 {
				return wrongCall("takes no arguments; it is configured by environment variables")
			}
			cfg, stray, err := loadConfig(a.env, p.name)
			if err != nil {
				return err
			}
			for _, name := range stray {
				_, _ = fmt.Fprintf(a.stderr, "insyn %s: %s is in its environment and was not read: this process must not have it, take it out\n", p.name, name)
			}
			log, dropped := newLogger(a.stderr, cfg)
			return p.start(ctx, cfg, log, dropped, func() {})
		},
	}
}

// together runs the work of a process and its figures, ends both when one fails, and says ready once all are.
type together struct {
	group *errgroup.Group
	ctx   context.Context
	wait  sync.WaitGroup
}

func newTogether(ctx context.Context) *together {
	g, ctx := errgroup.WithContext(ctx)
	return &together{group: g, ctx: ctx}
}

// add runs one part; it calls its ready when it answers.
func (t *together) add(run func(ctx context.Context, ready func()) error) {
	t.wait.Add(1)
	var once sync.Once
	done := func() { once.Do(t.wait.Done) }
	t.group.Go(func() error {
		defer done()
		return run(t.ctx, done)
	})
}

func (t *together) run(ready func()) error {
	go func() {
		t.wait.Wait()
		if t.ctx.Err() == nil {
			ready()
		}
	}()
	return t.group.Wait()
}

// watch adds the loopback listener with /livez, /readyz and /metrics.
func (t *together) watch(p *parts, r *prometheus.Registry, dropped *atomic.Int64, checks ...metrics.Check) {
	addr := p.cfg.metricsAddr()
	if addr == "" {
		return
	}
	metrics.Counter(r, "insyn_log_attributes_dropped_total", "Log attributes that were left out because their name is not on the list.", dropped.Load)
	checks = append([]metrics.Check{{Name: "database", Vital: true, Ping: metrics.Ping(p.pool)}}, checks...)
	h := metrics.Handler(r, &metrics.Health{Checks: checks})
	t.add(func(ctx context.Context, ready func()) error {
		return serve(ctx, newServer(h), addr, p.cfg.DrainTimeout, p.log, ready)
	})
}

// listen adds a listener for h.
func (t *together) listen(p *parts, s *http.Server, addr string) {
	t.add(func(ctx context.Context, ready func()) error {
		return serve(ctx, s, addr, p.cfg.DrainTimeout, p.log, ready)
	})
}
