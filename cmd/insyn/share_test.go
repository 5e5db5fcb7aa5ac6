package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"insyn/internal/postgres/pgtest"
)

// buffer is written to by a process and read by a test.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write appends.
func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// login makes one for a process, as an administrator would; pgtest's server is shared, so the name is the test's own.
func login(t *testing.T, group string) (name, dsn string) {
	t.Helper()
	pool := pgtest.New(t)
	name = fmt.Sprintf("test_%s_%d", group, time.Now().UnixNano())
	if _, err := pool.Exec(context.Background(), fmt.Sprintf(`create role %s login in role %s`, name, group)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = pool.Exec(context.Background(), "drop role "+name) })
	c := pool.Config().ConnConfig
	return name, fmt.Sprintf("postgres://%s@/%s?host=%s&port=%d", name, c.Database, c.Host, c.Port)
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			if time.Now().Before(end) {
				continue
			}
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(body)
	}
}

// The share site runs with nothing but its own login, cookie key, address and URL; a key that lies in its environment all
// the same is left unread and said so. SIGTERM, which ends ctx, ends it within the drain.
func TestShareRunsAlone(t *testing.T) {
	t.Parallel()
	_, dsn := login(t, "insyn_share")
	addr, figures := freeAddr(t), freeAddr(t)
	env := []string{
		"INSYN_SHARE_DATABASE_URL=" + dsn, "INSYN_SHARE_COOKIE_KEY=" + testKey, "INSYN_SHARE_ADDR=" + addr,
		"INSYN_SHARE_URL=http://" + addr, "INSYN_SHARE_METRICS_ADDR=" + figures, "INSYN_KEY=" + testKey,
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var errs buffer
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, []string{"share"}, env, strings.NewReader(""), io.Discard, &errs) }()

	if code, _ := get(t, "http://"+addr+"/livez"); code != http.StatusOK {
		t.Errorf("livez %d: %s", code, errs.String())
	}
	// An unknown link: a page, not an error of rights.
	if code, body := get(t, "http://"+addr+"/s/"+strings.Repeat("a", 43)); code >= 500 {
		t.Errorf("unknown link: %d %.200s\n%s", code, body, errs.String())
	}
	if code, body := get(t, "http://"+figures+"/readyz"); code != http.StatusOK || body != "ready\n" {
		t.Errorf("readyz %d %q", code, body)
	}
	if !strings.Contains(errs.String(), "INSYN_KEY is in its environment and was not read") {
		t.Errorf("no warning about INSYN_KEY: %s", errs.String())
	}
	if strings.Contains(errs.String(), testKey) {
		t.Error("the log holds a key")
	}
	stop()
	select {
	case code := <-ended:
		if code != exitDone {
			t.Errorf("exit code %d: %s", code, errs.String())
		}
	case <-time.After(12 * time.Second):
		t.Error("it does not stop")
	}
}

func TestCheckTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	name, dsn := login(t, "insyn_share")
	env := []string{
		"INSYN_SHARE_DATABASE_URL=" + dsn, "INSYN_SHARE_COOKIE_KEY=" + testKey, "INSYN_SHARE_URL=http://" + freeAddr(t),
	}
	code, out, _ := call(t, env, "check", "--only", "share")
	if code != exitDone || !strings.Contains(out, "is in insyn_share and in nothing else") || !strings.Contains(out, "warn  share") {
		t.Errorf("a good login: code %d\n%s", code, out)
	}
	pool := pgtest.New(t)
	if _, err := pool.Exec(context.Background(), "grant insyn_worker to "+name); err != nil {
		t.Fatal(err)
	}
	code, out, _ = call(t, env, "check", "--only", "share")
	if code != exitFailed || !strings.Contains(out, "may also become insyn_worker") || !strings.Contains(out, "may read insyn.request") {
		t.Errorf("a login that may become the worker: code %d\n%s", code, out)
	}
	if code, out, _ = call(t, []string{"INSYN_SHARE_DATABASE_URL=postgres://nobody@127.0.0.1:1/x"}, "check", "--only", "share"); code != exitFailed || strings.Count(out, "FAIL") < 2 {
		t.Errorf("nothing works: code %d\n%s", code, out)
	}
}
