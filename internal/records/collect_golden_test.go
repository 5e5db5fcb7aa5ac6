package records_test

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insyn/internal/democrm"
	"insyn/internal/records"
)

var update = flag.Bool("update", false, "write testdata/collect.golden anew, after the sample CRM or its map has changed")

// TestCollectIsTheSameByteForByte holds what persons get to what they got before the way to it was made shorter: every
// case person of the sample CRM, and some others, by a digest of each section. The file has no texts, only digests.
func TestCollectIsTheSameByteForByte(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	ids, err := pool.Query(t.Context(), `select id from crm.person where id <= $1 or id % 10 = 0 order by id`, democrm.CompanyName)
	if err != nil {
		t.Fatal(err)
	}
	var all []int64
	for ids.Next() {
		var id int64
		if err := ids.Scan(&id); err != nil {
			t.Fatal(err)
		}
		all = append(all, id)
	}
	if err := ids.Err(); err != nil {
		t.Fatal(err)
	}
	var got, stepwise strings.Builder
	for _, id := range all {
		for _, o := range []records.CollectOptions{{}, {Portable: true}} {
			digest(&got, id, o, collected(t, s, o, id))
			digest(&stepwise, id, o, collected(t, s, o.BySteps(1), id))
		}
	}
	if diff := cmp.Diff(strings.Split(got.String(), "\n"), strings.Split(stepwise.String(), "\n")); diff != "" {
		t.Errorf("a dossier read by steps is another (-in one go +by steps):\n%s", diff)
	}
	const file = "testdata/collect.golden"
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("a dossier is not what it was (-want +got):\n%s", diff)
	}
}

// digest writes a line for each section: rows, covered values, and the hash of all bytes and marks in their order.
func digest(b *strings.Builder, id int64, o records.CollectOptions, got *tape) {
	for _, sec := range got.sections {
		h := sha256.New()
		masked := 0
		for _, r := range got.records[sec.ID] {
			for i, v := range r.Values {
				if sec.Fields[i].Name == "updated_at" { // when the sample was made
					continue
				}
				if v.Masked {
					masked++
				}
				fmt.Fprintf(h, "%d %t %t %q\n", len(v.JSON), v.Masked, r.Portable, v.Withheld)
				h.Write(v.JSON)
			}
		}
		fmt.Fprintf(b, "%d portable=%t %s rows=%d covered=%d %x\n", id, o.Portable, sec.ID, len(got.records[sec.ID]), masked, h.Sum(nil)[:12])
	}
}
