package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"insyn/scheduler"
)

func purgeCommand() command {
	return command{
		name:    "purge",
		summary: "delete what has had its time, now",
		usage: `insyn purge

What the scheduler does each minute: blanks the secrets of expired links, artefacts and mails, deletes their chunks, codes,
sessions and old failures, and closed cases after the years of the settings. Prints what it took.`,
		run: func(ctx context.Context, a *app, args []string) error {
			return a.sweep(ctx, args, func(p *parts) error {
				done, err := scheduler.Purge(ctx, p.pool)
				for _, name := range slices.Sorted(maps.Keys(done)) {
					_, _ = fmt.Fprintf(a.stdout, "%-20s %d\n", name, done[name])
				}
				if err == nil && len(done) == 0 {
					_, err = fmt.Fprintln(a.stdout, "nothing had had its time")
				}
				return err
			})
		},
	}
}

func remindCommand() command {
	return command{
		name:    "remind",
		summary: "tell the staff about legal dates that come near, now",
		usage: `insyn remind

What the scheduler does at 07:00 and, for links, each minute: queues a mail to the handler or the data protection officer
for each open request that has reached half of its time, 7 days or 2 working days before the strict last day, or has passed
it; and brings requests back whose link ran out unopened. Nobody is told twice of the same.`,
		run: func(ctx context.Context, a *app, args []string) error {
			return a.sweep(ctx, args, func(p *parts) error {
				back, err := scheduler.Unopened(ctx, p.pool)
				if err != nil {
					return err
				}
				told, err := scheduler.Remind(ctx, p.pool)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(a.stdout, "reminders queued: %d\nrequests back, their link unopened: %d\n", told, back)
				return err
			})
		},
	}
}

func reportCommand() command {
	return command{
		name:    "report",
		summary: "count what was done and what is open, now",
		usage: `insyn report [--send]

Prints the numbers since the last report as JSON: first what needs somebody today, then received, answered, open, overdue,
failed and purged. Numbers of our own and request numbers only.
  --send   store it and mail it to the data protection officer, as the scheduler does on weekdays`,
		run: runReport,
	}
}

func runReport(ctx context.Context, a *app, args []string) error {
	fs := flags("report")
	send := fs.Bool("send", false, "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	return a.sweep(ctx, rest, func(p *parts) error {
		var now time.Time
		if err := p.pool.QueryRow(ctx, `select clock_timestamp()`).Scan(&now); err != nil {
			return fmt.Errorf("read the database's clock: %w", err)
		}
		n, err := scheduler.Count(ctx, p.pool, now)
		if err != nil {
			return err
		}
		if *send {
			if _, err := scheduler.Report(ctx, p.pool, now); err != nil {
				return err
			}
		}
		e := json.NewEncoder(a.stdout)
		e.SetIndent("", "  ")
		return e.Encode(n)
	})
}

// sweep runs one with the scheduler's rights.
func (a *app) sweep(ctx context.Context, args []string, run func(p *parts) error) error {
	if len(args) > 0 {
		return wrongCall("unexpected %q", args[0])
	}
	p, err := a.parts(ctx, procScheduler)
	if err != nil {
		return err
	}
	defer p.close()
	return run(p)
}
