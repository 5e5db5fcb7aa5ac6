package bench

import (
	"fmt"
	"testing"
	"time"

	"insyn/internal/records"
)

// BenchmarkCandidates rehearses the erasure of persons who have nothing but a card in a CRM whose ten million history rows name somebody each: one
// whose surname is the median of all surnames, the person whose surname is the median of all persons', and one with the most common. Nearly all of that is to find, by the trigram
// indexes, the rows of others that may name the person: make bench-large.
func BenchmarkCandidates(b *testing.B) {
	c := newCRM(b, number(b, "INSYN_BENCH_PERSONS", 20_000), number(b, "INSYN_BENCH_LARGEST", 10_000_000))
	all := make([]figure, 0, 4)
	for n, who := range []struct{ what, order string }{
		{"surname of median frequency", `(select percentile_disc(0.5) within group (order by n) from names)`},
		{"the median person's surname", `(select percentile_disc(0.5) within group (order by n) from crm.person join names using (surname))`},
		{"most common surname", `(select max(n) from names)`},
	} {
		surname := value[string](b, c.pool, `
			with names as (select surname, count(*) as n from crm.person where surname <> '' group by surname)
			select min(surname) from names where n = `+who.order)
		// The most common given name that nobody has with it: a namesake's whole name would be asked about, not searched for.
		given := value[string](b, c.pool, `
			select given_name from crm.person where given_name not in (select given_name from crm.person where surname = $1)
			group by given_name order by count(*) desc, given_name limit 1`, surname)
		id := int64(firstID + 900 + n)
		execute(b, c.pool, `insert into crm.person (id, given_name, surname, created_at) values ($1, $2, $3, '2024-05-05')`, id, given, surname)
		bearers := value[int64](b, c.pool, `select count(*) from crm.person where surname = $1`, surname)
		naming := value[int64](b, c.pool, `select count(*) from crm.history where body ilike '%' || $1 || '%'`, surname)
		var times []time.Duration
		var r *records.Rehearsal
		for range 5 {
			times = append(times, timed(b, func() (err error) {
				e := records.Erasure{RequestID: id, Subject: []byte("ours"), Epoch: 1, Keys: []string{key(id)}}
				r, err = c.source.Rehearse(b.Context(), e)
				return err
			}))
		}
		all = append(all,
			figure{who.what + ", first", fmt.Sprint(naming), 0, times[0], fmt.Sprintf("history rows with the surname; %d persons have it", bearers)},
			figure{"  then, median of 4", fmt.Sprint(naming), 0, median(times[1:]), fmt.Sprintf("a whole rehearsal, %d rows to change, %d places to decide on; goal for the median name 1 s", r.Total, len(r.Review))})
	}
	print(b, all)
}
