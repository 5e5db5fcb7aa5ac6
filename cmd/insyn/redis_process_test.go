package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// need finds a program, or skips the test; on a build server its absence is a failure.
func need(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

// redisProcess is a redis-server of the test's own.
type redisProcess struct {
	port int
	cmd  *exec.Cmd
	done chan struct{}
}

func (p *redisProcess) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)) }

// kill ends it at once, as a machine that loses power does.
func (p *redisProcess) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

func (p *redisProcess) client(t *testing.T) *goredis.Client {
	t.Helper()
	c := goredis.NewClient(&goredis.Options{Addr: p.addr()})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// launch starts a redis-server on a free port and waits until it answers. lines are its configuration besides the port.
// The port may be taken between the look and the start, so it tries more than one.
func launch(t *testing.T, args []string, lines ...string) *redisProcess {
	t.Helper()
	program := need(t, "redis-server")
	var said []byte
	for range 5 {
		dir := t.TempDir()
		port := freePort(t)
		file := filepath.Join(dir, "redis.conf") // a Sentinel writes to it
		text := strings.Join(append([]string{"port " + strconv.Itoa(port), "bind 127.0.0.1", "dir " + dir, "logfile " + filepath.Join(dir, "log")}, lines...), "\n")
		if err := os.WriteFile(file, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		p := &redisProcess{port: port, cmd: exec.CommandContext(context.Background(), program, append([]string{file}, args...)...), done: make(chan struct{})}
		if err := p.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		go func() {
			_ = p.cmd.Wait()
			close(p.done)
		}()
		t.Cleanup(p.kill)
		if p.answers(t) {
			return p
		}
		said, _ = os.ReadFile(filepath.Join(dir, "log"))
	}
	t.Fatalf("redis-server does not start:\n%s", said)
	return nil
}

// answers waits for the first answer, which may be that a login is wanted; false when the process ended before.
func (p *redisProcess) answers(t *testing.T) bool {
	t.Helper()
	c := goredis.NewClient(&goredis.Options{Addr: p.addr(), MaxRetries: -1})
	defer func() { _ = c.Close() }()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		select {
		case <-p.done:
			return false
		case <-time.After(20 * time.Millisecond):
		}
		if err := c.Ping(t.Context()).Err(); err == nil || goredis.IsAuthError(err) {
			return true
		}
	}
	p.kill()
	return false
}

// freePort is a free port whose bus port, ten thousand above, is free too: nodes of a cluster talk there.
func freePort(t *testing.T) int {
	t.Helper()
	var listen net.ListenConfig
	for range 100 {
		l, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		bus, err := listen.Listen(t.Context(), "tcp", fmt.Sprintf("127.0.0.1:%d", port+10000))
		_ = l.Close()
		if err == nil {
			_ = bus.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

// until asks again and again, and fails the test when the answer is still no after within.
func until(t *testing.T, what string, within time.Duration, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not so after %s", what, within)
		}
	}
}
