package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"insyn/internal/demo"
	"insyn/internal/democrm"
)

func demoCommand() command {
	return command{
		name:    "demo",
		summary: "see the whole product work, with a sample CRM",
		usage: `insyn demo [--folder .demo] [--persons 500] [--reset]

Starts everything that a first look needs: a private PostgreSQL (found, or installed; never as root), a queue, a mail
server that delivers nothing and shows its mails on a page, a sample CRM and register of invented people, users, and the
four processes of Insyn. Everything listens on loopback only. It prints addresses and logins, and writes an env file into
its folder that the other commands read. Ctrl-C stops it; started again, it goes on with its data.
  --folder    where its files are
  --persons   how many people the sample CRM gets, at the first start
  --reset     throw the data of earlier starts away first
With REDIS_URL in the environment it uses that Redis instead of its own.`,
		run: runDemo,
	}
}

func runDemo(ctx context.Context, a *app, args []string) error {
	fs := flags("demo")
	folder := fs.String("folder", filepath.Dir(demoFile), "")
	persons := fs.Int("persons", 500, "")
	reset := fs.Bool("reset", false, "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return wrongCall("unexpected %q", rest[0])
	}
	if *persons < democrm.MinPersons {
		return wrongCall("--persons: the sample needs %d at least", democrm.MinPersons)
	}
	if *reset {
		if err := demo.Reset(*folder); err != nil {
			return err
		}
	}
	return demo.Run(ctx, demo.Options{
		Folder: *folder, Program: invoked(os.Args[0]), Out: a.stdout, Persons: *persons, RedisURL: a.env["REDIS_URL"], Start: startAll,
	})
}

// startAll runs the four processes in this one, each with its own slice of the demo's configuration and its own pool.
func startAll(ctx context.Context, env map[string]string, log io.Writer, ready func()) error {
	t := newTogether(ctx)
	for _, p := range processes() {
		cfg, _, err := loadConfig(environ(env), p.name)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		logger, dropped := newLogger(log, cfg)
		t.add(func(ctx context.Context, ready func()) error {
			if err := p.start(ctx, cfg, logger, dropped, ready); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			return nil
		})
	}
	return t.run(ready)
}

// invoked is how a shell in this folder calls the program: by the path that was used, or by its name where it is on the PATH.
func invoked(arg string) string {
	if found, err := exec.LookPath(filepath.Base(arg)); err == nil {
		if self, err := os.Executable(); err == nil && self == found {
			return filepath.Base(arg)
		}
	}
	return arg
}
