package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// child is a process of Insyn.
type child struct {
	cmd    *exec.Cmd
	output *tail
	ended  chan struct{}
}

// tail keeps all that a process wrote.
type tail struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

func upper(s string) string { return strings.ToUpper(s) }

// slice is the environment of one process: what its documentation asks for and nothing else.
func (w *world) slice(process string) []string {
	common := map[string][]string{
		"web":       {"INSYN_MAP", "INSYN_REGISTER_NAME", "INSYN_REGISTER_CONTACT", "INSYN_KEY", "REDIS_URL", "INSYN_WEB_ADDR", "INSYN_WEB_URL", "INSYN_SHARE_URL"},
		"share":     {"INSYN_SHARE_ADDR", "INSYN_SHARE_URL", "INSYN_SHARE_COOKIE_KEY"},
		"worker":    {"INSYN_MAP", "INSYN_REGISTER_NAME", "INSYN_REGISTER_CONTACT", "INSYN_KEY", "REDIS_URL", "INSYN_WEB_URL", "INSYN_SHARE_URL", "INSYN_CONCURRENCY"},
		"scheduler": {},
		"migrate":   {"INSYN_MAP"},
	}
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "TZ=UTC"}
	for name, value := range w.env {
		own := strings.HasPrefix(name, "INSYN_"+upper(process)+"_") && !strings.HasSuffix(name, "_KEY")
		smtp := process == "worker" && strings.HasPrefix(name, "INSYN_SMTP_")
		if own || smtp || slices.Contains(common[process], name) {
			env = append(env, name+"="+value)
		}
	}
	return append(env, "INSYN_DRAIN_TIMEOUT=2s")
}

func (w *world) start(process string) *child { return w.startAs(process, process) }

// startAs starts a process and waits until it says that it is ready.
func (w *world) startAs(process, name string) *child {
	w.t.Helper()
	c := w.launch(process, name)
	w.eventually(30*time.Second, name+" is not ready", func() bool {
		select {
		case <-c.ended:
			w.t.Fatalf("%s ended:\n%s", name, c.output)
		default:
		}
		return ready(w.figures[name])
	})
	return c
}

// launch starts a process. It dies with the test.
func (w *world) launch(process, name string) *child {
	w.t.Helper()
	if w.figures[name] == "" {
		w.figures[name] = "127.0.0.1:" + freePorts(w.t, 1)[0]
	}
	old := w.children[name]
	c := &child{cmd: exec.Command(binary, process), output: &tail{}, ended: make(chan struct{})}
	if old != nil {
		c.output = old.output // one log for all lives of a process
	}
	c.cmd.Env = append(w.slice(process), "INSYN_METRICS_ADDR="+w.figures[name])
	c.cmd.Dir, c.cmd.Stdout, c.cmd.Stderr = w.dir, c.output, c.output
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	go func() { _ = c.cmd.Wait(); close(c.ended) }()
	w.children[name] = c
	w.t.Cleanup(c.kill)
	if old == nil {
		w.t.Cleanup(func() {
			if w.t.Failed() {
				w.t.Logf("%s wrote:\n%s", name, last(c.output.String(), 4000))
			}
		})
	}
	return c
}

func last(s string, n int) string {
	if len(s) > n {
		return "…" + s[len(s)-n:]
	}
	return s
}

// kill ends the process at once, as a lost machine would.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	<-c.ended
}

func ready(addr string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/livez", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// freePorts finds ports that nobody listens on.
func freePorts(t *testing.T, n int) []string {
	t.Helper()
	var out []string
	for range n {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(l.Addr().String())
		out = append(out, port)
		defer func() { _ = l.Close() }()
	}
	return out
}

// shell is the environment of an operator's shell: what the pages may, and migrations.
func (w *world) shell(args []string) []string {
	switch args[0] {
	case "migrate", "datamap":
		return w.slice("migrate")
	case "purge", "remind", "report":
		return w.slice("scheduler")
	}
	return w.slice("web")
}

// runWith runs a command with input and gives what it wrote and its exit code.
func (w *world) runWith(input string, args ...string) (string, int) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env, cmd.Dir, cmd.Stdin = w.shell(args), w.dir, strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatal(fmt.Errorf("run insyn %s: %w", args[0], err))
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// run runs a command.
func (w *world) run(args ...string) (string, int) {
	w.t.Helper()
	return w.runWith("", args...)
}

// must runs a command that has to succeed.
func (w *world) must(args ...string) string {
	w.t.Helper()
	out, code := w.run(args...)
	if code != 0 {
		w.t.Fatalf("insyn %s: exit %d\n%s", strings.Join(args, " "), code, out)
	}
	return out
}
