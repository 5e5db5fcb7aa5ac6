package bench

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"insyn/internal/records"
)

// write gives a person so many more history rows.
func (c *crm) write(b *testing.B, p subject, rows int) {
	b.Helper()
	execute(b, c.pool, `
		with made as (
		     insert into crm.history (id, kind, at, subject, body)
		     select $1::bigint * 10000000 + i, 'call', timestamptz '2015-01-01' + i * interval '1 minute', 'Samtal ' || i,
		            'Ringde ' || $2::text || ' om leveransen i vecka ' || i % 52 || '. Bekräftelsen ska till ' || $3::text || '. Nästa steg är en ny offert.'
		       from generate_series(1, $4::int) as i
		     returning id)
		insert into crm.history_person (history_id, person_id)
		select id, $1
		  from made`, p.id, p.full(), p.email, rows)
}

// many erases persons with 70,000 rows, in one transaction, by us and by hand.
func (c *crm) many(b *testing.B) []figure {
	b.Helper()
	const rows, turns = 70_000, 3
	var ours, hand []time.Duration
	for turn := range turns {
		mine, theirs := c.subject(b, 400+2*turn), c.subject(b, 401+2*turn)
		c.write(b, mine, rows)
		c.write(b, theirs, rows)
		execute(b, c.pool, `vacuum analyze`)
		hand = append(hand, timed(b, func() error {
			_, err := c.eraseByHand(b.Context(), theirs, append(byHand(), knowing()...))
			return err
		}))
		// The rows of the floor, and its ties: changed and deleted.
		e := records.Erasure{RequestID: mine.id, Subject: []byte("ours"), Epoch: 1, Keys: []string{key(mine.id)}, RowCap: 200_000}
		r, err := c.source.Rehearse(b.Context(), e)
		if err != nil {
			b.Fatal(err)
		}
		e.Approved = r.Approval()
		ours = append(ours, timed(b, func() error {
			_, err := c.source.Erase(b.Context(), e)
			return err
		}))
	}
	return []figure{{"erase, many rows", fmt.Sprint(2*rows + linkedRows), median(hand), median(ours), "one transaction; history and its ties; floor knows every id"}}
}

// BenchmarkGrowth erases ordinary persons in CRMs of 100,000 and of 10,000,000 history rows: make bench-large.
func BenchmarkGrowth(b *testing.B) {
	sizes := []int{100_000, 1_000_000, number(b, "INSYN_BENCH_LARGEST", 10_000_000)}
	var all []figure
	first := time.Duration(0)
	for _, size := range sizes {
		c := newCRM(b, number(b, "INSYN_BENCH_PERSONS", 20_000), size)
		f := c.erase(b)
		if first == 0 {
			first = f[0].ours
		}
		all = append(all, figure{fmt.Sprintf("erase, CRM of %d rows", size), f[0].rows, f[0].floor, f[0].ours, fmt.Sprintf("%.2f of the smallest; floor knows every id", float64(f[0].ours)/float64(first))})
		all = append(all, figure{"  same", f[1].rows, f[1].floor, f[1].ours, f[1].note})
	}
	print(b, all)
}

// BenchmarkLargest erases a person with a million rows in stages while other jobs are picked up, and watches memory.
func BenchmarkLargest(b *testing.B) {
	rows := number(b, "INSYN_BENCH_ROWS", 1_000_000)
	c := newCRM(b, number(b, "INSYN_BENCH_PERSONS", 5_000), 100_000)
	p := c.subject(b, 500)
	c.write(b, p, rows)
	execute(b, c.pool, `vacuum analyze`)
	e := records.Erasure{RequestID: p.id, Subject: []byte("ours"), Epoch: 1, Keys: []string{key(p.id)}}
	var r *records.Rehearsal
	rehearsing := watch(b, func() (err error) {
		r, err = c.source.Rehearse(b.Context(), e)
		return err
	})
	e.Approved = r.Approval()
	done := make(chan struct{})
	others := make(chan []time.Duration, 1)
	pool, stop := pickupWorker(b)
	go func() {
		var times []time.Duration
		for n := int64(1); ; n++ {
			select {
			case <-done:
				others <- times
				return
			default:
				times = append(times, onePickup(b, pool, n))
				time.Sleep(50 * time.Millisecond)
			}
		}
	}()
	erasing := watch(b, func() error {
		_, err := c.source.Erase(context.WithoutCancel(b.Context()), e)
		return err
	})
	close(done)
	times := <-others
	stop()
	print(b, []figure{
		{"rehearse, in stages", fmt.Sprint(r.Total), 0, rehearsing.took, fmt.Sprintf("%d stages, %s", r.Stages, rehearsing.grown())},
		{"erase, in stages", fmt.Sprint(r.Total), 0, erasing.took, fmt.Sprintf("resident at most %d MiB; goal 128", erasing.top>>10)},
		{"  other jobs, p99", fmt.Sprint(len(times)), 0, percentile(times, 99), "pickup meanwhile; goal 5 s"},
	})
}

// print writes a table.
func print(b *testing.B, all []figure) {
	b.Helper()
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(w, strings.Join([]string{"\nwhat", "rows", "floor", "ours", "ratio", ""}, "\t"))
	for _, f := range all {
		_, _ = fmt.Fprintln(w, strings.Join(f.cells(), "\t"))
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	fmt.Println()
}
