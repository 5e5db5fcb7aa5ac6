package e2e

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// bug listens at every place where operators, or others on the machine, could read what passes.
type bug struct {
	w      *world
	cancel context.CancelFunc
	done   sync.WaitGroup
	mu     sync.Mutex
	heard  map[string]*strings.Builder
}

// listen begins: every command to Redis, the queues' own API, the metrics, the arguments of all processes.
func (w *world) listen() *bug {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	b := &bug{w: w, cancel: cancel, heard: map[string]*strings.Builder{}}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1:"+w.redis.port)
	if err != nil {
		w.t.Fatal(err)
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	if _, err := fmt.Fprint(conn, "MONITOR\r\n"); err != nil {
		w.t.Fatal(err)
	}
	b.done.Go(func() {
		lines := bufio.NewScanner(conn)
		lines.Buffer(nil, 16<<20)
		for lines.Scan() {
			b.note("redis", lines.Text())
		}
	})
	ops := w.login(sara)
	b.done.Go(func() {
		for ctx.Err() == nil {
			b.look(ops)
			time.Sleep(150 * time.Millisecond)
		}
	})
	return b
}

func (b *bug) note(source, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.heard[source] == nil {
		b.heard[source] = &strings.Builder{}
	}
	b.heard[source].WriteString(text)
	b.heard[source].WriteString("\n")
}

// look reads once what operators can read.
func (b *bug) look(ops *visitor) {
	paths := []string{"/queues/api/queues", "/queues/api/servers", "/queues/api/redis_info"}
	for _, q := range []string{"urgent", "work", "heavy"} {
		for _, state := range []string{"active", "pending", "scheduled", "retry", "archived", "completed"} {
			paths = append(paths, "/queues/api/queues/"+q+"/"+state+"_tasks")
		}
	}
	for _, p := range paths {
		if a, err := ops.try(http.MethodGet, p, nil); err == nil && a.status == http.StatusOK {
			b.note("asynqmon", p+" "+a.body)
		}
	}
	for _, addr := range b.w.figures {
		if a, err := ops.try(http.MethodGet, "http://"+addr+"/metrics", nil); err == nil && a.status == http.StatusOK {
			b.note("metrics", a.body)
		}
	}
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, f := range files {
		if line, err := os.ReadFile(f); err == nil && strings.Contains(string(line), "insyn") {
			b.note("arguments", strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
}

// stop gives all that was heard, with what Redis holds and what the processes wrote.
func (b *bug) stop() map[string]string {
	b.redisKeys()
	b.cancel()
	b.done.Wait()
	for _, c := range b.w.children {
		b.note("logs", c.output.String())
	}
	out := map[string]string{}
	for k, v := range b.heard {
		out[k] = v.String()
	}
	return out
}

// redisKeys reads every key with its value.
func (b *bug) redisKeys() {
	ctx := b.w.t.Context()
	c := b.w.redis.client()
	defer func() { _ = c.Close() }()
	keys, err := c.Keys(ctx, "*").Result()
	if err != nil {
		b.w.t.Fatal(err)
	}
	for _, k := range keys {
		b.note("redis keys", k+" "+fmt.Sprint(value(ctx, c, k)))
	}
}

func value(ctx context.Context, c *goredis.Client, key string) any {
	switch c.Type(ctx, key).Val() {
	case "hash":
		return c.HGetAll(ctx, key).Val()
	case "list":
		return c.LRange(ctx, key, 0, -1).Val()
	case "set":
		return c.SMembers(ctx, key).Val()
	case "zset":
		return c.ZRange(ctx, key, 0, -1).Val()
	}
	return c.Get(ctx, key).Val()
}

// harmless are the columns of bytes that hold nothing of a person, each with its reason.
func harmless() map[string]string {
	return map[string]string{
		"request_subject.key_hmac": "a keyed hash, by which a second erasure finds the first",
		"consent_event.key_hmac":   "a keyed hash",
		"suppression.hmac":         "a keyed hash of somebody who must not be mailed",
		"link.token_hash":          "a hash of a random token",
		"code.browser":             "a hash of a random cookie",
		"share_event.browser":      "a hash of a random cookie",
		"login_failure.key":        "a hash of a login that failed",
		"sessions.data":            "the session of one of our own accounts",
		"share_key.public":         "a public key",
		"rehearsal.plan_hash":      "a hash of the map and the schema",
		"mention.place":            "a keyed hash of where somebody was asked about, and what stood there",
	}
}

// nothingSealed checks, in a world with one person who was erased, that no column of schema insyn that could hold
// something sealed holds anything.
func (w *world) nothingSealed() {
	w.t.Helper()
	rows, err := w.insyn.Query(w.t.Context(), `
		select table_name::text, column_name::text
		  from information_schema.columns
		 where table_schema = 'insyn'
		   and data_type = 'bytea'`)
	if err != nil {
		w.t.Fatal(err)
	}
	var list [][2]string
	for rows.Next() {
		var c [2]string
		if err := rows.Scan(&c[0], &c[1]); err != nil {
			w.t.Fatal(err)
		}
		list = append(list, c)
	}
	if len(list) < 15 {
		w.t.Fatalf("found %d columns of bytes only", len(list))
	}
	for _, c := range list {
		if _, ok := harmless()[c[0]+"."+c[1]]; ok {
			continue
		}
		if n := one[int](w, w.insyn, fmt.Sprintf(`select count(*) from insyn.%s where %s is not null`, c[0], c[1])); n > 0 {
			w.t.Errorf("%d rows of insyn.%s still hold something in %s", n, c[0], c[1])
		}
	}
}
