package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

func checkCommand() command {
	return command{
		name:    "check",
		summary: "look at everything that Insyn stands on",
		usage: `insyn check [--only web,share,worker,scheduler,migrate]

Looks at databases and rights, keys, the clock, Redis, the mail server and its TLS, the share address and the data map, and
prints a line each: ok, warn or FAIL with the mend. Run it with the environment of all processes, or with --only on the
machine of one. Exit code 1 when something fails.`,
		run: runCheck,
	}
}

// errChecks: something failed; the lines have been printed.
var errChecks = errors.New("something does not work: see FAIL above")

func runCheck(ctx context.Context, a *app, args []string) error {
	fs := flags("check")
	only := fs.String("only", strings.Join([]string{procWeb, procShare, procWorker, procScheduler}, ","), "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return wrongCall("unexpected %q", rest[0])
	}
	c := &checker{app: a}
	for process := range strings.SplitSeq(*only, ",") {
		if role(process) == "" && process != procMigrate {
			return wrongCall("--only: there is no process %q", process)
		}
		c.process(ctx, process)
	}
	if c.failed {
		return errChecks
	}
	return nil
}

// checker prints findings.
type checker struct {
	*app
	failed bool
	redis  bool // looked at already
}

func (c *checker) tell(what string, findings ...finding) {
	for _, f := range findings {
		if f.grade == gradeFail {
			c.failed = true
		}
		_, _ = fmt.Fprintf(c.stdout, "%-4s  %-10s %s\n", f.grade, what, f.text)
	}
}

func ok(format string, args ...any) finding {
	return finding{grade: gradeOK, text: fmt.Sprintf(format, args...)}
}

func warn(format string, args ...any) finding {
	return finding{grade: gradeWarn, text: fmt.Sprintf(format, args...)}
}

func fail(format string, args ...any) finding {
	return finding{grade: gradeFail, text: fmt.Sprintf(format, args...)}
}

// process checks one slice of the configuration and what it leads to.
func (c *checker) process(ctx context.Context, process string) {
	cfg, stray, err := loadConfig(c.env, process)
	if err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			c.tell(process, fail("%s", line))
		}
		if cfg.DatabaseURL.empty() {
			return
		}
	} else {
		c.tell(process, ok("configuration: every variable that it needs is set and fits"))
	}
	if process == procShare && len(stray) > 0 {
		c.tell(process, warn("in this environment there are %s, which it does not read: start it without them", strings.Join(stray, ", ")))
	}
	p, err := open(ctx, cfg, nil)
	if err != nil {
		c.tell(process, fail("database: %v", err))
		return
	}
	defer p.close()
	c.tell(process, p.checkDatabase(ctx)...)
	switch process {
	case procWeb:
		c.tell(process, p.checkKeys(ctx)...)
		c.tell(process, p.checkSettings(ctx)...)
		c.checkRedis(ctx, cfg)
		c.tell(process, p.checkMap(ctx)...)
		c.tell(process, p.checkKept(ctx)...)
	case procScheduler:
		c.tell(process, p.checkExpire(ctx)...)
	case procShare:
		c.tell(process, p.checkShare(ctx)...)
	case procWorker:
		c.checkRedis(ctx, cfg)
		c.tell(process, p.checkMap(ctx)...)
		c.tell(process, p.checkMail(ctx)...)
		c.tell(process, p.checkLedger(ctx)...)
	}
}

func (c *checker) checkRedis(ctx context.Context, cfg Config) {
	if c.redis {
		return
	}
	c.redis = true
	s, err := connectRedis(cfg)
	if err != nil {
		c.tell("redis", fail("%v", err))
		return
	}
	defer func() { _ = s.client.Close() }()
	c.tell("redis", s.look(ctx)...)
}
