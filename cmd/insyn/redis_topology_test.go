package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"insyn/jobs"
)

// sound is how Redis should be set up: nothing is evicted, and what was accepted is on disk a second later.
var sound = []string{"appendonly yes", "maxmemory-policy noeviction", `save ""`}

const taskCount = 20

// startUp does with the environment what a worker does when it starts: reads it and looks at Redis. It returns what was
// logged, and what the start fails with.
func startUp(t *testing.T, e environ) (*redisServer, string, error) {
	t.Helper()
	cfg, _, err := readConfig(e, procWorker)
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	p := &parts{cfg: cfg, log: slog.New(slog.NewTextHandler(&said, nil))}
	t.Cleanup(p.close)
	s, err := p.redis(t.Context())
	return s, said.String(), err
}

func mustStartUp(t *testing.T, e environ) *redisServer {
	t.Helper()
	s, said, err := startUp(t, e)
	if err != nil {
		t.Fatal(err)
	}
	if said != "" {
		t.Fatalf("a sound Redis is warned of: %s", said)
	}
	return s
}

// line is a queue with both its ends.
type line struct {
	client *jobs.Client
	next   int64
	mu     sync.Mutex
	came   map[string]int // by task id
}

func newLine(t *testing.T, o asynq.RedisConnOpt) *line {
	t.Helper()
	l := &line{client: jobs.NewClient(o), came: map[string]int{}}
	t.Cleanup(func() { _ = l.client.Close() })
	srv := asynq.NewServer(o, asynq.Config{
		Concurrency: 4, Queues: jobs.Queues(), TaskCheckInterval: 20 * time.Millisecond,
		ShutdownTimeout: time.Second, LogLevel: asynq.FatalLevel,
	})
	err := srv.Start(asynq.HandlerFunc(func(_ context.Context, task *asynq.Task) error {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.came[task.Type()+" "+string(task.Payload())]++
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Shutdown)
	return l
}

// put enqueues one task: each has an id of its own, and kinds take turns so that every queue is used.
func (l *line) put() (string, error) {
	l.next++
	k := jobs.Specs()[int(l.next)%len(jobs.Specs())].Kind
	err := l.client.Enqueue(context.Background(), k, jobs.Ref{Job: l.next, Epoch: 1})
	return fmt.Sprintf(`%s {"job":%d,"epoch":1}`, k, l.next), err
}

func (l *line) arrived() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.came)
}

// eachOnce enqueues tasks and waits until each came, then a little longer for one that comes twice.
func (l *line) eachOnce(t *testing.T) {
	t.Helper()
	var want []string
	for range taskCount {
		name, err := l.put()
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, name)
	}
	missing := func() []string {
		came := l.arrived()
		return slices.DeleteFunc(slices.Clone(want), func(name string) bool { return came[name] > 0 })
	}
	for end := time.Now().Add(5 * time.Second); len(missing()) > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never came: %v", missing())
		}
	}
	time.Sleep(200 * time.Millisecond)
	for name, n := range l.arrived() {
		if n != 1 {
			t.Errorf("%s came %d times", name, n)
		}
	}
}

func TestSingleRedisCarriesEachTaskOnce(t *testing.T) {
	t.Parallel()
	p := launch(t, nil, append(sound, "user worker on >a-pass-word ~* &* +@all", "user default off")...)
	s := mustStartUp(t, environ{"REDIS_URL": "redis://worker:a-pass-word@" + p.addr() + "/1"})
	newLine(t, s.option).eachOnce(t)
}

func TestRedisStartUpJudgesTheServer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		lines     []string
		user      string
		log, fail string
	}{
		{name: "evicts", lines: []string{"appendonly yes", "maxmemory-policy allkeys-lru"}, fail: "allkeys-lru"},
		{name: "keeps nothing", lines: []string{"maxmemory-policy noeviction"}, log: "append-only"},
		{name: "does not tell", lines: append(sound, "user default on nopass ~* &* +@all -config -info"), log: "maxmemory-policy"},
		{name: "refuses the login", lines: append(sound, "requirepass a-pass-word"), user: ":another@", fail: "login"},
		{name: "wants a login", lines: append(sound, "requirepass a-pass-word"), fail: "login"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := launch(t, nil, c.lines...)
			_, said, err := startUp(t, environ{"REDIS_URL": "redis://" + c.user + p.addr()})
			if (err != nil) != (c.fail != "") || err != nil && !strings.Contains(err.Error(), c.fail) {
				t.Errorf("start: got %v, want %q", err, c.fail)
			}
			if (said != "") != (c.log != "") || !strings.Contains(said, c.log) {
				t.Errorf("log: got %q, want %q", said, c.log)
			}
			if err != nil && strings.Contains(err.Error(), "another") {
				t.Errorf("the error holds the password: %v", err)
			}
		})
	}
	t.Run("away", func(t *testing.T) {
		t.Parallel()
		p := launch(t, nil, sound...)
		p.kill()
		if _, said, err := startUp(t, environ{"REDIS_URL": "redis://" + p.addr()}); err != nil || !strings.Contains(said, "away") {
			t.Errorf("got %v and %q, want a start with a warning: requests are accepted and wait", err, said)
		}
	})
}

func TestClusterCarriesEachTaskOnce(t *testing.T) {
	t.Parallel()
	cli := need(t, "redis-cli")
	var nodes []*redisProcess
	var addrs []string
	for range 3 {
		p := launch(t, nil, append(sound, "cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-node-timeout 2000")...)
		nodes, addrs = append(nodes, p), append(addrs, p.addr())
	}
	args := append([]string{"--cluster", "create"}, addrs...)
	if out, err := exec.CommandContext(t.Context(), cli, append(args, "--cluster-yes")...).CombinedOutput(); err != nil {
		t.Fatalf("make the cluster: %v\n%s", err, out)
	}
	for _, p := range nodes {
		c := p.client(t)
		until(t, "cluster_state:ok on "+p.addr(), 10*time.Second, func() bool {
			return strings.Contains(c.ClusterInfo(t.Context()).Val(), "cluster_state:ok")
		})
	}
	env := environ{"REDIS_CLUSTER": addrs[0] + "," + addrs[1]} // the third is found through them
	s := mustStartUp(t, env)
	newLine(t, s.option).eachOnce(t)
	busy := 0
	for _, p := range nodes {
		if p.client(t).DBSize(t.Context()).Val() > 0 {
			busy++
		}
	}
	if busy < 2 {
		t.Errorf("%d nodes hold keys: the queues did not spread", busy)
	}

	// One node among three evicts. Asked of any one node, the others' answer would hide it.
	if err := nodes[2].client(t).ConfigSet(t.Context(), "maxmemory-policy", "allkeys-lru").Err(); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, _, err := startUp(t, env); err == nil || !strings.Contains(err.Error(), "allkeys-lru") || !strings.Contains(err.Error(), addrs[2]) {
			t.Fatalf("start with a node that evicts: got %v, want a refusal that names %s", err, addrs[2])
		}
	}
	if err := nodes[2].client(t).ConfigSet(t.Context(), "maxmemory-policy", "noeviction").Err(); err != nil {
		t.Fatal(err)
	}
	if err := nodes[1].client(t).ConfigSet(t.Context(), "appendonly", "no").Err(); err != nil {
		t.Fatal(err)
	}
	if _, said, err := startUp(t, env); err != nil || strings.Count(said, "append-only") != 1 || !strings.Contains(said, addrs[1]) {
		t.Errorf("start with a node that keeps nothing: got %v and %q, want one warning that names %s", err, said, addrs[1])
	}
}

func TestSentinelCarriesEachTaskOnceAlsoAfterAFailover(t *testing.T) {
	t.Parallel()
	master := launch(t, nil, sound...)
	replica := launch(t, nil, append(sound, fmt.Sprintf("replicaof 127.0.0.1 %d", master.port), "repl-diskless-sync-delay 0")...)
	until(t, "the replica follows", 10*time.Second, func() bool {
		return strings.Contains(replica.client(t).Info(t.Context(), "replication").Val(), "master_link_status:up")
	})
	var sentinels []*redisProcess
	var addrs []string
	for range 3 {
		p := launch(t, []string{"--sentinel"},
			fmt.Sprintf("sentinel monitor insyn 127.0.0.1 %d 2", master.port),
			"sentinel down-after-milliseconds insyn 1000", "sentinel failover-timeout insyn 4000", "sentinel parallel-syncs insyn 1")
		sentinels, addrs = append(sentinels, p), append(addrs, p.addr())
	}
	for _, p := range sentinels {
		c := p.client(t)
		until(t, "the Sentinels know each other and the replica", 10*time.Second, func() bool {
			m, err := c.Do(t.Context(), "sentinel", "master", "insyn").Result()
			text := fmt.Sprint(m)
			return err == nil && strings.Contains(text, "num-other-sentinels:2") && strings.Contains(text, "num-slaves:1")
		})
	}
	env := environ{"REDIS_SENTINELS": strings.Join(addrs, ","), "REDIS_MASTER": "insyn"}
	s := mustStartUp(t, env)
	l := newLine(t, s.option)
	l.eachOnce(t)

	sentinels[0].kill() // on the machine of the master; two of three are enough
	master.kill()
	killed := time.Now()
	var slowest time.Duration
	refused := 0
	until(t, "enqueueing after the failover", 15*time.Second, func() bool {
		start := time.Now()
		_, err := l.put()
		slowest = max(slowest, time.Since(start))
		if err != nil {
			refused++
		}
		return err == nil
	})
	gap := time.Since(killed)
	// A page waits for an enqueue; it must not hang while nobody is master.
	if slowest > time.Second {
		t.Errorf("an enqueue took %s in the gap, want at most 300 ms and a little", slowest)
	}
	if refused == 0 {
		t.Error("no enqueue was refused: the master did not fail")
	}
	l.eachOnce(t)
	t.Logf("killed to enqueued %s, %d enqueues refused in between, the slowest %s; each task processed %s after the kill",
		gap.Round(time.Millisecond), refused, slowest.Round(time.Millisecond), time.Since(killed).Round(time.Millisecond))
	if role := replica.client(t).Info(t.Context(), "replication").Val(); !strings.Contains(role, "role:master") {
		t.Error("the replica was not promoted")
	}
	mustStartUp(t, env) // a process that starts now finds the new master
}

func TestRedisURLWithTLS(t *testing.T) {
	t.Parallel()
	for url, addr := range map[string]string{
		"rediss://worker:a-pass-word@redis.example:6380/2": "redis.example:6380",
		"rediss://worker:a-pass-word@redis.example/2":      "redis.example:6379",
	} {
		cfg, _, err := readConfig(environ{"REDIS_URL": url}, procWorker)
		if err != nil {
			t.Fatal(err)
		}
		o, err := cfg.redis()
		if err != nil {
			t.Fatal(err)
		}
		got, ok := o.(asynq.RedisClientOpt)
		if !ok || got.Addr != addr || got.Username != "worker" || got.Password != "a-pass-word" || got.DB != 2 {
			t.Errorf("%T %s: login, database or address differ", o, got.Addr)
		}
		if got.TLSConfig == nil || got.TLSConfig.ServerName != "redis.example" || got.TLSConfig.InsecureSkipVerify {
			t.Errorf("TLS: got %+v, want the server's name checked", got.TLSConfig)
		}
	}
}

func TestRedisURLThatIsRefused(t *testing.T) {
	t.Parallel()
	for _, e := range []environ{
		{"REDIS_URL": "http://a-pass-word@redis.example"},
		{"REDIS_URL": "redis-sentinel://a-pass-word@redis.example?master=insyn"},
		{"REDIS_URL": "rediss://:a-pass-word@redis.example/0?skip_verify=true"},
		{"REDIS_URL": "redis://:a-pass-word@redis.example/zero"},
		{"REDIS_URL": "redis://redis.example", "REDIS_TLS": "true"},
		{"REDIS_URL": "redis://redis.example", "REDIS_PASSWORD": "a-pass-word"},
	} {
		cfg, _, err := readConfig(e, procWorker)
		if err != nil {
			t.Fatal(err)
		}
		_, err = cfg.redis()
		if err == nil || !strings.Contains(err.Error(), "REDIS_URL") {
			t.Errorf("%v: got %v, want a refusal that names REDIS_URL", e, err)
		} else if strings.Contains(err.Error(), "a-pass-word") {
			t.Errorf("the error holds the password: %v", err)
		}
	}
}
