// Package bench measures what Insyn does beside the floor: the same rows read or changed by hand-written SQL, in the same
// run on the same machine. A ratio travels from one machine to another; a time does not.
package bench

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// rounds is how often each thing is measured; one more comes before them and is not counted. The figures are medians.
const rounds = 9

// number is a size of the sample CRM; the environment may ask for another.
func number(b *testing.B, name string, usual int) int {
	b.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1000 {
		b.Fatalf("%s: %q is not a number from 1000", name, text)
	}
	return n
}

// figure is a line of the table.
type figure struct {
	what  string
	rows  string
	floor time.Duration // 0: nothing to compare with
	ours  time.Duration
	note  string
}

func (f figure) cells() []string {
	floor, ratio := "", ""
	if f.floor > 0 {
		floor, ratio = milliseconds(f.floor), fmt.Sprintf("%.1f", float64(f.ours)/float64(f.floor))
	}
	return []string{f.what, f.rows, floor, milliseconds(f.ours), ratio, f.note}
}

func milliseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Microseconds())/1000, 'f', 1, 64) + " ms"
}

func benchCRM(b *testing.B) *crm {
	b.Helper()
	return newCRM(b, number(b, "INSYN_BENCH_PERSONS", 20_000), number(b, "INSYN_BENCH_HISTORY", 1_000_000))
}

// BenchmarkErase is the lines of an ordinary erasure alone.
func BenchmarkErase(b *testing.B) { print(b, benchCRM(b).erase(b)) }

// BenchmarkRate is the line of many erasures at once alone.
func BenchmarkRate(b *testing.B) { print(b, benchCRM(b).sustained(b)) }

// BenchmarkMany is the line of a person with many rows alone.
func BenchmarkMany(b *testing.B) { print(b, benchCRM(b).many(b)) }

// BenchmarkFigures prints the table. It measures by itself and ignores the time of the framework: run it with
// -benchtime 1x.
func BenchmarkFigures(b *testing.B) {
	c := benchCRM(b)
	var all []figure
	all = append(all, c.erase(b)...)
	all = append(all, c.sustained(b)...)
	all = append(all, c.collect(b)...)
	all = append(all, c.rescan(b)...)
	all = append(all, pickup(b)...)
	about := machine(b, c) // before the long histories make it another CRM
	all = append(all, c.many(b)...)
	all = append(all, c.memory(b)...)
	fmt.Print("\n", about, "\n")
	print(b, all)
}

// machine says what the times depend on.
func machine(b *testing.B, c *crm) string {
	b.Helper()
	load, _ := os.ReadFile("/proc/loadavg")
	one, _, _ := strings.Cut(string(load), " ")
	return fmt.Sprintf("%d cores (load %s), %s, PostgreSQL %s with fsync off, on a socket; CRM of %d persons and %d texts; medians of %d",
		runtime.NumCPU(), one, runtime.Version(), value[string](b, c.pool, `select split_part(current_setting('server_version'), ' ', 1)`),
		c.persons, value[int](b, c.pool, `
			select (select count(*) from crm.history)
			     + (select count(*) from crm.todo)
			     + (select count(*) from crm.deal)
			     + (select count(*) from crm.document)`), rounds)
}

func median(times []time.Duration) time.Duration { return percentile(times, 50) }

func percentile(times []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[min(len(sorted)*p/100, len(sorted)-1)]
}

// timed measures fn.
func timed(b *testing.B, fn func() error) time.Duration {
	b.Helper()
	begun := time.Now()
	if err := fn(); err != nil {
		b.Fatal(err)
	}
	return time.Since(begun)
}
