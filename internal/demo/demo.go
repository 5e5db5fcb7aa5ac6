// Package demo sets up all that a first look at Insyn needs and a clone does not hold: a private PostgreSQL, a queue, a
// mail server that delivers nothing, a sample CRM, logins and keys. The processes themselves are started by the caller.
package demo

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Options say where the demo lives and how it starts what it shows.
type Options struct {
	Folder  string // its files, such as .demo
	Program string // what to type for this program in a shell
	Out     io.Writer
	Persons int // in the sample CRM
	// RedisURL is a real Redis; empty: one inside the process, without persistence.
	RedisURL string
	// Start runs the processes with the demo's variables until ctx ends, and calls ready when they answer.
	Start func(ctx context.Context, env map[string]string, log io.Writer, ready func()) error
}

// Run sets everything up, starts the processes, tells where to click, and tears down when ctx ends.
func Run(ctx context.Context, o Options) error {
	d := &demo{Options: o, begun: time.Now()}
	if err := d.prepare(); err != nil {
		return err
	}
	defer d.close()
	for _, s := range []struct {
		what string
		run  func(context.Context) (string, error)
	}{
		{"PostgreSQL's programs", d.findPostgres},
		{"private database server", d.startServer},
		{"databases and logins", d.makeDatabases},
		{"Insyn's tables", d.migrate},
		{"sample CRM and register", d.fillCRM},
		{"settings and users", d.fillInsyn},
		{"mail server", d.startMail},
		{"queue", d.startQueue},
	} {
		if err := d.step(ctx, s.what, s.run); err != nil {
			return err
		}
	}
	if err := d.chooseAddresses(); err != nil {
		return err
	}
	d.env["INSYN_REGISTER_NAME"] = "Exempelregistret AB"
	d.env["INSYN_REGISTER_CONTACT"] = "kund@exempelregistret.example"
	d.env["INSYN_LOG_FORMAT"] = "text"
	d.env["INSYN_LEDGER_FILE"] = filepath.Join(d.Folder, "ledger")
	if err := d.writeEnv(); err != nil {
		return err
	}
	return d.serve(ctx)
}

type demo struct {
	Options
	begun   time.Time
	env     map[string]string
	server  *server
	tools   tools
	closers []func()
}

// step runs one part, and says what it does and how long it took.
func (d *demo) step(ctx context.Context, what string, run func(context.Context) (string, error)) error {
	d.printf("%-26s … ", what)
	begun := time.Now()
	note, err := run(ctx)
	if err != nil {
		d.printf("failed\n")
		return fmt.Errorf("%s: %w", what, err)
	}
	if note != "" {
		note = " · " + note
	}
	d.printf("%s%s\n", took(begun), note)
	return nil
}

func took(begun time.Time) string {
	return fmt.Sprintf("%5.1f s", time.Since(begun).Seconds())
}

func (d *demo) printf(format string, args ...any) { _, _ = fmt.Fprintf(d.Out, format, args...) }

// later runs f when the demo ends, the last first.
func (d *demo) later(f func()) { d.closers = append(d.closers, f) }

func (d *demo) close() {
	for i := len(d.closers) - 1; i >= 0; i-- {
		d.closers[i]()
	}
}

// prepare makes the folder, keeps a second demo out of it, and reads what an earlier run left.
func (d *demo) prepare() error {
	folder, err := filepath.Abs(d.Folder)
	if err != nil {
		return err
	}
	d.Folder = folder
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make the demo's folder: %w", err)
	}
	unlock, err := lock(filepath.Join(folder, "lock"))
	if err != nil {
		return err
	}
	d.later(unlock)
	if d.env, err = readEnv(d.envPath()); err != nil {
		return err
	}
	if d.env[superuserPassword] == "" {
		// As root the data lie elsewhere and outlive the folder; its keys and passwords did not, so nobody can open them.
		if err := d.discard(); err != nil {
			return err
		}
	}
	for _, name := range []string{"INSYN_KEY", "INSYN_SHARE_COOKIE_KEY"} {
		d.key(name)
	}
	for _, l := range logins() {
		d.secret(l.passwordName())
	}
	d.secret(superuserPassword)
	// Now, since a run that is broken off must not leave a server behind whose passwords nobody knows.
	return d.writeEnv()
}

// serve starts the processes and waits for the end.
func (d *demo) serve(ctx context.Context) error {
	log, err := os.OpenFile(filepath.Join(d.Folder, "processes.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the log of the processes: %w", err)
	}
	defer func() { _ = log.Close() }()
	d.printf("%-26s … ", "the four processes")
	begun := time.Now()
	err = d.Start(ctx, d.env, log, func() {
		d.printf("%s · log in %s\n", took(begun), log.Name())
		d.tell()
	})
	if err == nil || ctx.Err() != nil {
		d.printf("\nThe processes have stopped.\n")
		return nil
	}
	d.printf("failed\n")
	return err
}
