package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"insyn/internal/datamap"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/records"
	"insyn/internal/settings"
	"insyn/scheduler"
)

func expireCommand() command {
	return command{
		name:    "expire",
		summary: "erase kept rows whose time is over, now",
		usage: `insyn expire [--dry-run [--today DATE]]

What the scheduler does at 01:00 local time: erases in each source the rows that an erasure had to leave because a law keeps
them, once their last day is over. A row that something outside the map refers to is emptied instead. Needs the address of
the source for the group insyn_expire, which alone may do it: INSYN_EXPIRE_CRM_DSN for INSYN_CRM_DSN.
  --dry-run   print what is due by table, law and day, and change nothing
  --today     with --dry-run: as if it were that day, YYYY-MM-DD
Exit codes: 0 done, 1 failed, or rows were left that could neither be deleted nor emptied.`,
		run: runExpire,
	}
}

// expireVariable is the variable with the address of a source for expire.
func expireVariable(variable string) string {
	return "INSYN_EXPIRE_" + strings.TrimPrefix(variable, "INSYN_")
}

// keepers opens what is kept in each source that has an address for expire.
func (p *parts) keepers(ctx context.Context) ([]*records.Source, error) {
	m, addresses, err := p.keeperAddresses()
	if err != nil {
		return nil, err
	}
	var out []*records.Source
	for _, a := range addresses {
		pool, err := postgres.OpenWith(ctx, a.dsn, postgres.Options{Role: postgres.RoleExpire, MaxConns: 2})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.variable, err)
		}
		p.later(pool.Close)
		s, err := records.OpenKept(ctx, a.source, pool, m)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

type keeperAddress struct{ source, variable, dsn string }

// keeperAddresses reads the addresses of expire. The common address of a source does not count: it would be the worker's,
// which must not change what a law keeps.
func (p *parts) keeperAddresses() (*datamap.Map, []keeperAddress, error) {
	if p.cfg.Map == "" {
		return nil, nil, nil
	}
	m, err := datamap.Load(p.cfg.Map)
	if err != nil {
		return nil, nil, fmt.Errorf("INSYN_MAP: %w", err)
	}
	var out []keeperAddress
	for _, e := range m.Sources {
		variable := expireVariable(e.Value.DSNEnv)
		dsn, err := p.cfg.env.lookup("", variable)
		if err != nil {
			return nil, nil, err
		}
		if dsn != "" {
			out = append(out, keeperAddress{e.Name, variable, dsn})
		}
	}
	return m, out, nil
}

// nightly is the scheduler's way into the sources; nil where it has none.
func (p *parts) nightly() (scheduler.Kept, error) {
	_, addresses, err := p.keeperAddresses()
	if err != nil || len(addresses) == 0 {
		return nil, err
	}
	return func(ctx context.Context) ([]*records.Source, func(), error) {
		q := &parts{cfg: p.cfg}
		sources, err := q.keepers(ctx)
		if err != nil {
			q.close()
			return nil, nil, err
		}
		return sources, q.close, nil
	}, nil
}

func runExpire(ctx context.Context, a *app, args []string) error {
	fs := flags("expire")
	dry := fs.Bool("dry-run", false, "")
	day := fs.String("today", "", "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	switch {
	case len(rest) > 0:
		return wrongCall("unexpected %q", rest[0])
	case *day != "" && !*dry:
		return wrongCall("--today is for --dry-run: what is erased goes by the database's clock")
	}
	p, err := a.parts(ctx, procExpire)
	if err != nil {
		return err
	}
	defer p.close()
	kept, err := p.keepers(ctx)
	if err != nil {
		return err
	}
	if len(kept) == 0 {
		return errors.New("no source has an address for expire: set INSYN_MAP, and INSYN_EXPIRE_CRM_DSN for the source whose dsn_env is INSYN_CRM_DSN")
	}
	if *dry {
		return p.due(ctx, a.stdout, kept, *day)
	}
	out, err := scheduler.Expire(ctx, p.pool, kept)
	for _, name := range slices.Sorted(maps.Keys(out)) {
		e := out[name]
		_, _ = fmt.Fprintf(a.stdout, "%s: %d deleted, %d emptied, %d gone before, %d under a legal hold\n", name, e.Deleted, e.Anonymised, e.Gone, e.Held)
		for _, s := range e.Stuck {
			_, _ = fmt.Fprintf(a.stdout, "%s: %d left in %s: %s %s\n", name, s.Rows, s.Table, s.Code, s.Constraint)
		}
	}
	return err
}

// due prints what would be erased.
func (p *parts) due(ctx context.Context, to io.Writer, kept []*records.Source, day string) error {
	today, err := p.today(ctx)
	if err != nil {
		return err
	}
	if day != "" {
		if today, err = dsar.ParseDate(day); err != nil {
			return wrongCall("--today: %v", err)
		}
	}
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	total := 0
	for _, src := range kept {
		list, err := src.Fenced(ctx, nil)
		if err != nil {
			return err
		}
		for _, f := range list {
			if !f.Overdue(today) {
				continue
			}
			if total == 0 {
				_, _ = fmt.Fprintln(w, "source\ttable\tlaw\tup to and including\trows")
			}
			total += f.Rows
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\n", src.Name, f.Table, f.Law.In("en"), f.Until, f.Rows)
		}
	}
	_, _ = fmt.Fprintf(w, "due on %s: %d row(s); nothing was changed\n", today, total)
	return w.Flush()
}

// today is the controller's day by the database's clock.
func (p *parts) today(ctx context.Context) (dsar.Date, error) {
	s, err := settings.Load(ctx, p.pool)
	if err != nil {
		return dsar.Date{}, err
	}
	var now time.Time
	if err := p.pool.QueryRow(ctx, `select clock_timestamp()`).Scan(&now); err != nil {
		return dsar.Date{}, fmt.Errorf("read the database's clock: %w", err)
	}
	return dsar.DateOf(now, s.Location()), nil
}

// checkExpire looks at the scheduler's own way into the sources.
func (p *parts) checkExpire(ctx context.Context) []finding {
	kept, err := p.keepers(ctx)
	if err != nil {
		return []finding{fail("expire: %v", err)}
	}
	if len(kept) == 0 {
		return nil // whether that matters, the check of web tells: it sees what is fenced
	}
	return []finding{ok("expire: erases kept rows of %d source(s) when their time is over", len(kept))}
}

// checkKept tells of rows that should have been erased, and whether anybody is there to do it.
func (p *parts) checkKept(ctx context.Context) []finding {
	sources, err := p.sources(ctx)
	if err != nil {
		return nil // told with the map
	}
	today, err := p.today(ctx)
	if err != nil {
		return []finding{fail("kept: %v", errText(err))}
	}
	var out []finding
	for _, src := range sources {
		list, err := src.Fenced(ctx, nil)
		if err != nil {
			return append(out, fail("kept: %v", err))
		}
		rows, overdue := 0, 0
		var oldest dsar.Date
		for _, f := range list {
			rows += f.Rows
			if f.Overdue(today) {
				if overdue == 0 {
					oldest = f.Until
				}
				overdue += f.Rows
			}
		}
		variable := expireVariable(src.Plan().Source.DSNEnv)
		set, err := p.cfg.env.lookup("", variable)
		switch {
		case err != nil:
			out = append(out, fail("kept: %v", err))
		case overdue > 0 && set == "":
			out = append(out, warn("kept: %d row(s) of %s are past their time, the oldest kept until %s, and nothing erases them: set %s for the scheduler, or run insyn expire", overdue, src.Name, oldest, variable))
		case overdue > 0:
			out = append(out, warn("kept: %d row(s) of %s are past their time, the oldest kept until %s: they go at 01:00, or insyn expire tells why they cannot", overdue, src.Name, oldest))
		default:
			out = append(out, ok("kept: %d row(s) of %s are fenced by law, none is past its time", rows, src.Name))
		}
	}
	return out
}
