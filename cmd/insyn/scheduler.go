package main

import (
	"context"
	"log/slog"
	"sync/atomic"

	"insyn/internal/metrics"
	"insyn/scheduler"
)

func schedulerCommand() command {
	return processCommand(process{procScheduler, startScheduler}, "purge, remind and report by the clock",
		`insyn scheduler

Runs the sweeps: purge and unopened links each minute, reminders at 07:00 and the report at the hour of the settings, both
local time. With an address of expire for a source (INSYN_EXPIRE_CRM_DSN) it also erases, at 01:00, kept rows whose time is
over. Any number may run; each slot is done once, and one that was missed is caught up. insyn purge, insyn remind, insyn
report and insyn expire do the same at once.`)
}

func startScheduler(ctx context.Context, cfg Config, log *slog.Logger, dropped *atomic.Int64, ready func()) error {
	p, err := open(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer p.close()
	kept, err := p.nightly()
	if err != nil {
		return err
	}
	t := newTogether(ctx)
	t.add(func(ctx context.Context, ready func()) error {
		ready()
		return scheduler.Run(ctx, scheduler.Config{Pool: p.pool, Kept: kept, Log: log, Drain: cfg.DrainTimeout})
	})
	r := metrics.NewRegistry()
	r.MustRegister(metrics.NewDatabase(p.pool))
	t.watch(p, r, dropped)
	return t.run(ready)
}
