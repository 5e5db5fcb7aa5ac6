package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"insyn/internal/ledger"
	"insyn/worker"
)

func replayCommand() command {
	return command{
		name:    "replay",
		summary: "erase again after a restore",
		usage: `insyn replay [--since TIME] [--dry-run] [--same SOURCE:KEY]… [--other SOURCE:KEY]… [--json] [--accept-damage]

After a source was restored from a backup: finds whom the ledger file (INSYN_LEDGER_FILE) knows as erased and the source
does not, erases them again, puts suppressions back, searches every source for what was erased, and prints a table and a
summary as JSON. Run it before the CRM is opened and before the workers start; they refuse until then. It may be killed
and run again, and a second time finds nothing to do.
A card is erased when its key was the person's and something on it still is, or when all that is known of the person is on
one person's cards. Anything else is listed with its key and left alone until you have looked at it:
  --same SOURCE:KEY    this card is the erased person
  --other SOURCE:KEY   this card is somebody else
  --since TIME         only erasures from then on, such as 2026-11-20 or 2026-11-20T14:00:00Z; suppressions come back all
  --dry-run            find and rehearse, change nothing
  --json               print only the JSON
  --accept-damage      the file has changed or missing lines: go on with those that hold; the file is kept beside
Exit codes: 0 all done, 1 something failed or was found again, 3 cards are left to be looked at.`,
		run: runReplay,
	}
}

// decisions collects --same and --other.
type decisions struct {
	to   map[string]map[string]bool
	same bool
}

// String is for package flag.
func (d decisions) String() string { return "" }

// Set takes SOURCE:KEY.
func (d decisions) Set(s string) error {
	source, key, found := strings.Cut(s, ":")
	if !found || key == "" {
		return errors.New("give SOURCE:KEY, such as crm:17")
	}
	if d.to[source] == nil {
		d.to[source] = map[string]bool{}
	}
	d.to[source][key] = d.same
	return nil
}

func runReplay(ctx context.Context, a *app, args []string) error {
	fs := flags("replay")
	since := fs.String("since", "", "")
	only := fs.Bool("json", false, "")
	damage := fs.Bool("accept-damage", false, "")
	o := worker.ReplayOptions{Decided: map[string]map[string]bool{}}
	fs.BoolVar(&o.DryRun, "dry-run", false, "")
	fs.Var(decisions{o.Decided, true}, "same", "")
	fs.Var(decisions{o.Decided, false}, "other", "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return wrongCall("unexpected %q", rest[0])
	}
	if o.Since, err = moment(*since); err != nil {
		return wrongCall("--since: %v", err)
	}
	cfg, _, err := readConfig(a.env, procWorker)
	if err != nil {
		return err
	}
	if err := checkKey("INSYN_KEY", cfg.Key); err != nil {
		return err
	}
	p, err := open(ctx, cfg, slog.New(slog.NewTextHandler(a.stderr, nil)))
	if err != nil {
		return err
	}
	defer p.close()
	if !*only {
		o.Progress = shown(a.stderr)
	}
	report, err := a.replay(ctx, p, o, *damage)
	if err != nil {
		return err
	}
	return a.printReplay(report, *only)
}

func (a *app) replay(ctx context.Context, p *parts, o worker.ReplayOptions, damage bool) (*worker.ReplayReport, error) {
	keys, err := p.keys()
	if err != nil {
		return nil, err
	}
	file, err := p.ledgerAsItIs(keys)
	switch {
	case errors.Is(err, ledger.ErrDamaged) && damage && !o.DryRun:
		aside, mended := file.Mend(time.Now())
		if mended != nil {
			return nil, mended
		}
		_, _ = fmt.Fprintf(a.stderr, "%v; going on with the lines that hold. The damaged file is kept as %s\n", err, aside)
	case errors.Is(err, ledger.ErrDamaged) && damage: // a dry run reads what holds
	case errors.Is(err, ledger.ErrDamaged):
		return nil, worker.Mend(err, p.cfg.LedgerFile)
	case err != nil:
		return nil, err
	}
	sources, err := p.sources(ctx)
	if err != nil {
		return nil, err
	}
	return worker.Replay(ctx, worker.Config{Pool: p.pool, Keys: keys, Sources: sources, Ledger: file, Log: p.log}, o)
}

func moment(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly, "2006-01-02 15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, s, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("give a day, such as 2026-11-20, or a time, such as 2026-11-20T14:00:00Z")
}

// shown prints what a replay does, a line a second at most.
func shown(w io.Writer) func(what string, done, total int64) {
	var last time.Time
	return func(what string, done, total int64) {
		if now := time.Now(); now.Sub(last) > time.Second {
			last = now
			if total > 0 {
				_, _ = fmt.Fprintf(w, "%s: %d of %d\n", what, done, total)
				return
			}
			_, _ = fmt.Fprintf(w, "%s: %d\n", what, done)
		}
	}
}

func (a *app) printReplay(r *worker.ReplayReport, only bool) error {
	if !only {
		if err := a.replayTable(r); err != nil {
			return err
		}
	}
	e := json.NewEncoder(a.stdout)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return err
	}
	failed := len(r.Findings) > 0
	for _, s := range r.Sources {
		failed = failed || s.Failed > 0
	}
	switch {
	case failed:
		return errNo
	case !r.Done():
		return errWaiting
	}
	return nil
}

func (a *app) replayTable(r *worker.ReplayReport) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "source\trequest\terased at\tresult\tcards\trows\tlook at")
	for _, s := range r.Sources {
		for _, e := range s.Entries {
			var look []string
			for _, d := range e.Doubt {
				look = append(look, s.Source+":"+d.Key+" "+d.Why)
			}
			result := e.Result
			if r.DryRun && result == worker.ReplayErased {
				result = "would be erased"
			}
			if e.Code != "" {
				result += ": " + e.Code
			}
			_, _ = fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%d\t%d\t%s\n", s.Source, e.Request, e.At.UTC().Format(time.RFC3339), result, e.Cards, e.Rows, strings.Join(look, ", "))
		}
	}
	for source, findings := range r.Findings {
		for _, f := range findings {
			_, _ = fmt.Fprintf(w, "%s\t\t\tfound again\t\t%d\t%s.%s\n", source, f.Rows, f.Table, f.Column)
		}
	}
	return w.Flush()
}
