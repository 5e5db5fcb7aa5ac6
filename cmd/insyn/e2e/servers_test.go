package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	goredis "github.com/redis/go-redis/v9"
)

// redisServer is a real Redis of the test's own.
type redisServer struct {
	t    *testing.T
	port string
	cmd  *exec.Cmd
}

// need finds a program, or skips the test; on a build server its absence is a failure.
func need(t *testing.T, names ...string) string {
	t.Helper()
	for _, n := range names {
		if path, err := exec.LookPath(n); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("none of %v is installed", names)
	}
	t.Skipf("none of %v is installed", names)
	return ""
}

func startRedis(t *testing.T) *redisServer {
	t.Helper()
	r := &redisServer{t: t, port: freePorts(t, 1)[0]}
	r.start()
	t.Cleanup(r.stop)
	return r
}

func (r *redisServer) url() string { return "redis://127.0.0.1:" + r.port + "/0" }

func (r *redisServer) start() {
	r.t.Helper()
	r.cmd = exec.Command(need(r.t, "redis-server"), "--port", r.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction", "--dir", r.t.TempDir())
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	c := r.client()
	defer func() { _ = c.Close() }()
	for end := time.Now().Add(10 * time.Second); c.Ping(r.t.Context()).Err() != nil; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatal("redis does not answer")
		}
	}
}

// stop kills it; what it held is gone.
func (r *redisServer) stop() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}

func (r *redisServer) client() *goredis.Client {
	return goredis.NewClient(&goredis.Options{Addr: "127.0.0.1:" + r.port, MaxRetries: -1})
}

func (r *redisServer) flush() error {
	c := r.client()
	defer func() { _ = c.Close() }()
	return c.FlushAll(context.Background()).Err()
}

// door is a socket in front of PostgreSQL's own. Shut, it is as if the server were down, for one world alone.
type door struct {
	dir, behind string
	mu          sync.Mutex
	listener    net.Listener
	open        map[net.Conn]bool
}

func openDoor(t *testing.T, pool *pgxpool.Pool) *door {
	t.Helper()
	c := pool.Config().ConnConfig
	if !filepath.IsAbs(c.Host) {
		if os.Getenv("CI") != "" {
			t.Fatal("the server is not on a socket: leave INSYN_TEST_POSTGRES unset")
		}
		t.Skip("the server is not on a socket")
	}
	dir, err := os.MkdirTemp("", "door")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	name := fmt.Sprintf(".s.PGSQL.%d", c.Port)
	d := &door{dir: dir, behind: filepath.Join(c.Host, name), open: map[net.Conn]bool{}}
	if err := d.unlock(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.shut)
	return d
}

// unlock lets connections through.
func (d *door) unlock() error {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "unix", filepath.Join(d.dir, filepath.Base(d.behind)))
	if err != nil {
		return err
	}
	d.mu.Lock()
	d.listener = l
	d.mu.Unlock()
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go d.pass(in)
		}
	}()
	return nil
}

func (d *door) pass(in net.Conn) {
	out, err := (&net.Dialer{}).DialContext(context.Background(), "unix", d.behind)
	if err != nil {
		_ = in.Close()
		return
	}
	d.mu.Lock()
	d.open[in], d.open[out] = true, true
	d.mu.Unlock()
	both := func(a, b net.Conn) {
		_, err := io.Copy(a, b)
		_ = errors.Join(err, a.Close(), b.Close())
	}
	go both(in, out)
	both(out, in)
	d.mu.Lock()
	delete(d.open, in)
	delete(d.open, out)
	d.mu.Unlock()
}

// shut refuses new connections and cuts the old.
func (d *door) shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	_ = d.listener.Close()
	for c := range d.open {
		_ = c.Close()
	}
}
