package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// endOrphan stops a server of these data that outlived its demo.
func (s *server) endOrphan() error {
	b, err := os.ReadFile(filepath.Join(s.data, "postmaster.pid"))
	if err != nil {
		return nil //nolint:nilerr // no file: no server
	}
	pid, err := strconv.Atoi(strings.SplitN(string(b), "\n", 2)[0])
	if err != nil {
		return nil //nolint:nilerr // the server clears a damaged file away itself
	}
	if dir, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid)); err != nil || dir != s.data {
		return nil //nolint:nilerr // the number belongs to another program by now
	}
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil {
		return fmt.Errorf("stop the server of an earlier run: %w", err)
	}
	for end := time.Now().Add(stopTimeout); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if syscall.Kill(pid, 0) != nil {
			return nil
		}
	}
	return errors.New("the server of an earlier run does not stop")
}

// launch starts the server and waits until it answers. Should the demo be killed, the kernel ends the server: that signal
// is tied to the thread that started it, so one goroutine keeps its thread until the server has ended.
func (d *demo) launch(ctx context.Context, s *server) error {
	log, err := os.OpenFile(filepath.Join(d.Folder, "postgres.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the server's log: %w", err)
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(filepath.Join(d.tools.bin, "postgres"), "-D", s.data, "-k", s.socket, //nolint:noctx // stopped in its own way below
		"-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "max_connections=100", "-c", "synchronous_commit=off",
		"-c", "log_parameter_max_length=0", "-c", "log_parameter_max_length_on_error=0", "-c", "log_min_error_statement=panic")
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = d.tools.env(), s.data, log, log
	// A session of its own: Ctrl-C in the terminal must reach the demo first, which then stops the server.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner, Setsid: true, Pdeathsig: syscall.SIGINT}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
			close(s.done)
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	s.process = cmd.Process
	d.later(func() { s.stop(d) })
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		select {
		case <-s.done:
			return fmt.Errorf("PostgreSQL ended at once; see %s", log.Name())
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		if c, err := pgx.Connect(ctx, s.dsn(superuser, s.password, "postgres")); err == nil {
			return c.Close(ctx)
		}
	}
	return fmt.Errorf("PostgreSQL did not answer within 30 s; see %s", log.Name())
}

// stop ends the server the fast way: connections are cut, data are written.
func (s *server) stop(d *demo) {
	_ = s.process.Signal(syscall.SIGINT)
	select {
	case <-s.done:
	case <-time.After(stopTimeout):
		_ = s.process.Signal(syscall.SIGQUIT)
		<-s.done
	}
	d.printf("The database server has stopped.\n")
}
