package bench

import (
	"maps"
	"strings"
	"testing"
	"time"

	"insyn/internal/records"
)

// erase anonymises persons who are alike, in turn by us and by hand, and holds that both changed as many rows of each
// table.
func (c *crm) erase(b *testing.B) []figure {
	b.Helper()
	var rehearsal, ours, known, searched []time.Duration
	rows := 0
	for n := range rounds + 1 {
		mine, hand, other := c.subject(b, 3*n), c.subject(b, 3*n+1), c.subject(b, 3*n+2)
		// What has just been written is no longer news to the planner.
		execute(b, c.pool, `vacuum analyze`)
		var byID, bySearch map[string]int
		known = append(known, timed(b, func() (err error) {
			byID, err = c.eraseByHand(b.Context(), hand, append(byHand(), knowing()...))
			return err
		}))
		searched = append(searched, timed(b, func() (err error) {
			bySearch, err = c.eraseByHand(b.Context(), other, append(byHand(), searching()...))
			return err
		}))
		e := records.Erasure{RequestID: mine.id, Subject: []byte("ours"), Epoch: 1, Keys: []string{key(mine.id)}}
		rehearsal = append(rehearsal, timed(b, func() error {
			r, err := c.source.Rehearse(b.Context(), e)
			if err == nil {
				e.Approved = r.Approval()
			}
			return err
		}))
		var out *records.Outcome
		ours = append(ours, timed(b, func() (err error) {
			out, err = c.source.Erase(b.Context(), e)
			return err
		}))
		counts := map[string]int{}
		rows = 0
		for what, count := range out.Counts {
			table, _, _ := strings.Cut(what, " ")
			counts[table] += count
			rows += count
		}
		if want := linkedRows - lawRows + namedRows + loggedRows; rows != want {
			b.Fatalf("%d rows changed, want %d", rows, want)
		}
		if !maps.Equal(counts, byID) || !maps.Equal(counts, bySearch) {
			b.Fatalf("the floor is another work: we changed %v, by ids %v, by searching %v", counts, byID, bySearch)
		}
	}
	// The first round fills caches and the plans of the connection.
	us, ids, find := median(ours[1:]), median(known[1:]), median(searched[1:])
	return []figure{
		{"erase", key(int64(rows)), ids, us, "floor knows every id"},
		{"erase", key(int64(rows)), find, us, "floor finds who is named by the same indexes"},
		{"rehearse", key(int64(rows)), us, median(rehearsal[1:]), "floor is our erase"},
	}
}
