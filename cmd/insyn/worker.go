package main

import (
	"context"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
	"sync/atomic"

	"insyn/internal/datamap"
	"insyn/internal/mail"
	"insyn/internal/metrics"
	"insyn/worker"
)

func workerCommand() command {
	return processCommand(process{procWorker, startWorker}, "do the work: collect, mail, correct, erase",
		`insyn worker

Does the jobs. Any number may run, on any machines: each job is a row that one of them claims. A worker that dies loses
nothing; another takes its jobs over within seconds.`)
}

func (c Config) sender() (*mail.Sender, error) {
	return mail.NewSender(mail.Config{
		Host: c.SMTPHost, Port: c.SMTPPort, User: c.SMTPUser, Password: c.SMTPPassword.reveal(),
		TLS: c.SMTPTLS, From: c.SMTPFrom, HELO: c.SMTPHelo,
	})
}

// A worker makes much short-lived garbage: it is collected less often than Go does by itself, and more often again before the
// process grows large. GOGC and GOMEMLIMIT of the environment win.
const (
	gcPercent   = 400
	memoryLimit = 112 << 20
)

func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

func startWorker(ctx context.Context, cfg Config, log *slog.Logger, dropped *atomic.Int64, ready func()) error {
	tuneMemory()
	p, err := open(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer p.close()
	keys, err := p.keys()
	if err != nil {
		return err
	}
	sources, err := p.sources(ctx)
	if err != nil {
		return err
	}
	register, err := p.register(ctx)
	if err != nil {
		return err
	}
	texts, err := p.texts()
	if err != nil {
		return err
	}
	sender, err := cfg.sender()
	if err != nil {
		return err
	}
	redis, err := p.redis(ctx)
	if err != nil {
		return err
	}
	file, err := p.ledger(keys)
	if err != nil {
		return err
	}
	w, err := worker.New(ctx, worker.Config{
		Pool: p.pool, Keys: keys, Texts: texts, Sources: sources, Register: register, Sender: sender, Redis: redis.option, Ledger: file,
		Concurrency: cfg.Concurrency, ShareURL: strings.TrimSuffix(cfg.ShareURL, "/"), WebURL: strings.TrimSuffix(cfg.WebURL, "/"), Log: log,
	})
	if err != nil {
		return err
	}
	t := newTogether(ctx)
	t.add(func(ctx context.Context, ready func()) error {
		ready()
		return w.Run(ctx)
	})
	r := metrics.NewRegistry()
	r.MustRegister(metrics.NewDatabase(p.pool))
	metrics.Counter(r, "insyn_relay_enqueued_total", "Rows that the relay brought back to the queue.", w.Relay().Enqueued.Load)
	metrics.Counter(r, "insyn_relay_revived_total", "Jobs whose worker had died.", w.Relay().Revived.Load)
	metrics.MapProblems(r, func(emit func(source, severity string, n int)) {
		for _, s := range sources {
			problems, _ := s.LastDrift()
			for _, severity := range []string{datamap.Stops, datamap.StopsErase, datamap.OnlyWarning} {
				emit(s.Name, severity, len(problems.Of(severity)))
			}
		}
	})
	t.watch(p, r, dropped, redis.check())
	return t.run(ready)
}
