package bench

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/jackc/pgx/v5/pgxpool"
)

// largeRows is a person with a row for every five minutes of ten years: a mailbox rather than a customer.
const largeRows = 1_000_000

// BenchmarkCollectLarge collects a person with a million entries, a fifth of them shared with one of 200 others who is
// named in the text, beside PostgreSQL copying the same columns of the same rows out. Run it with -benchtime 1x.
func BenchmarkCollectLarge(b *testing.B) {
	c := newCRM(b, number(b, "INSYN_BENCH_PERSONS", 20_000), number(b, "INSYN_BENCH_HISTORY", 1_000_000))
	p := c.subject(b, 3*rounds+9)
	// What only a search for words needs would take minutes to fill.
	execute(b, c.pool, `drop index crm.history_subject_trgm_idx, crm.history_body_trgm_idx, crm.history_body_digits_idx`)
	execute(b, c.pool, `
		with other as (
		     select id, given_name || ' ' || surname as name, row_number() over (order by id) - 1 as n
		       from crm.person
		      where surname <> '' and id < $1::bigint
		      order by id
		      limit 200),
		     made as (
		     insert into crm.history (id, kind, at, subject, body)
		     select $1::bigint * 10000000 + i, 'call', timestamptz '2015-01-01' + i * interval '5 minutes', 'Samtal ' || i,
		            'Ringde ' || $2::text || ' om leveransen i vecka ' || i % 52 || '. Bekräftelsen ska till ' || $3::text || '. Nästa steg är en ny offert.' ||
		            coalesce(' ' || o.name || ' var också med.', '')
		       from generate_series(1, $4::int) as i
		       left join other as o on i % 5 = 0 and o.n = i / 5 % 200
		     returning id),
		     tied as (
		     insert into crm.history_person (history_id, person_id)
		     select id, $1::bigint
		       from made)
		insert into crm.history_person (history_id, person_id)
		select $1::bigint * 10000000 + i, o.id
		  from generate_series(5, $4::int, 5) as i
		  join other as o on o.n = i / 5 % 200`, p.id, p.full(), p.email, largeRows)
	execute(b, c.pool, `vacuum analyze`)
	me, err := age.GenerateX25519Identity()
	if err != nil {
		b.Fatal(err)
	}
	var floor, ours, sealed []time.Duration
	var open, shut []growth
	var rows int64
	for range 3 {
		floor = append(floor, timed(b, func() error { return c.copyLarge(b, p) }))
		open = append(open, watch(b, func() error {
			rows, err = c.dossier(b.Context(), p.id, file(b))
			return err
		}))
		shut = append(shut, watch(b, func() error {
			w, err := age.Encrypt(file(b), me.Recipient())
			if err != nil {
				return err
			}
			if _, err := c.dossier(b.Context(), p.id, w); err != nil {
				return err
			}
			return w.Close()
		}))
		ours, sealed = append(ours, open[len(open)-1].took), append(sealed, shut[len(shut)-1].took)
	}
	fmt.Print("\n", machine(b, c), "\n\n")
	for _, f := range []figure{
		{"collect", key(rows), median(floor), median(ours), speed(median(floor), median(ours), rows, open)},
		{"  and seal", key(rows), median(floor), median(sealed), speed(median(floor), median(sealed), rows, shut)},
	} {
		fmt.Println(strings.Join(f.cells(), "\t"))
	}
}

// copyLarge lets PostgreSQL copy out what a dossier tells of the person's history.
func (c *crm) copyLarge(b *testing.B, p subject) error {
	b.Helper()
	return c.pool.AcquireFunc(b.Context(), func(conn *pgxpool.Conn) error {
		_, err := conn.Conn().PgConn().CopyTo(b.Context(), io.Discard, fmt.Sprintf(`
			copy (select kind, at, subject, body
			        from crm.history
			       where id in (select history_id from crm.history_person where person_id = %d)
			       order by at, id) to stdout`, p.id))
		return err
	})
}

func speed(floor, ours time.Duration, rows int64, grown []growth) string {
	var top, cpu []time.Duration
	for _, g := range grown {
		top, cpu = append(top, time.Duration(g.top)), append(cpu, g.cpu)
	}
	return fmt.Sprintf("%.2f of the floor's speed; %.0f rows/s, of our processor %.0f; resident memory at most %d MiB",
		float64(floor)/float64(ours), float64(rows)/ours.Seconds(), float64(rows)/median(cpu).Seconds(), int64(percentile(top, 100))>>10)
}

// file is one that goes when the benchmark ends.
func file(b *testing.B) *os.File {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "stream"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	return f
}

// used is the time that all processors have given to this process.
func used() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
