package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// manyRows is a person whom somebody has written about for years.
const manyRows = 100_000

// memory collects a person with a long history into a file and makes the CSV of it, and watches by how much the process
// grows meanwhile. What is streamed costs the same for a hundred rows and for a hundred thousand.
func (c *crm) memory(b *testing.B) []figure {
	b.Helper()
	p := c.subject(b, 3*rounds+6)
	execute(b, c.pool, `
		with made as (
		     insert into crm.history (id, kind, at, subject, body)
		     select $1::bigint * 100000 + i, 'call', timestamptz '2015-01-01' + i * interval '1 hour', 'Samtal ' || i,
		            'Ringde ' || $2::text || ' om leveransen i vecka ' || i % 52 || '. Bekräftelsen ska till ' || $3::text || '. Nästa steg är en ny offert.'
		       from generate_series(1, $4::int) as i
		     returning id)
		insert into crm.history_person (history_id, person_id)
		select id, $1
		  from made`, p.id, p.full(), p.email, manyRows)
	execute(b, c.pool, `analyze crm.history, crm.history_person`)
	file, err := os.Create(filepath.Join(b.TempDir(), "stream"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var rows int64
	gathering := watch(b, func() error {
		rows, err = c.dossier(b.Context(), p.id, file)
		return err
	})
	about, err := file.Stat()
	if err != nil {
		b.Fatal(err)
	}
	words := printer(b)
	rendering := watch(b, func() error { return csv(words, file, about.Size()) })
	size := fmt.Sprintf("stream of %d MiB", about.Size()>>20)
	return []figure{
		{"collect, long history", key(rows), 0, gathering.took, gathering.grown() + ", " + size},
		{"  CSV", key(rows), 0, rendering.took, rendering.grown()},
	}
}

// growth is how a step changed the memory of this process.
type growth struct {
	took, cpu   time.Duration
	before, top int64 // kB
}

func (g growth) grown() string {
	return fmt.Sprintf("memory peak +%d MiB (from %d)", (g.top-g.before)>>10, g.before>>10)
}

// watch reads the resident memory every few milliseconds while fn works.
func watch(b *testing.B, fn func() error) growth {
	b.Helper()
	// Twice: the second run takes what finalizers of the first let go.
	debug.FreeOSMemory()
	debug.FreeOSMemory()
	g := growth{before: resident(b)}
	var top atomic.Int64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(3 * time.Millisecond):
				top.Store(max(top.Load(), resident(b)))
			}
		}
	}()
	begun := used()
	g.took = timed(b, fn)
	g.cpu = used() - begun
	close(stop)
	<-stopped
	g.top = max(top.Load(), resident(b))
	return g
}

// resident is the memory of this process that is in RAM, in kB; 0 where the system does not tell.
func resident(b *testing.B) int64 {
	b.Helper()
	status, _ := os.ReadFile("/proc/self/status")
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmRSS:")); ok {
			n, _ := strconv.ParseInt(string(bytes.Fields(rest)[0]), 10, 64)
			return n
		}
	}
	return 0
}
