package propose

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"insyn/internal/datamap"
)

// Summary is what a proposal holds, in figures.
type Summary struct {
	Tables, Excluded, Columns int
	Decisions                 int            // questions of tables and columns; one that an anchor repeats is one
	Undescribed               int            // questions of excluded tables
	ByTable                   map[string]int // of mapped tables
	Median, Max               int
	MaxTable                  string
	Took                      time.Duration
}

func (d *draft) summary() Summary {
	s := Summary{Tables: len(d.tables), Excluded: len(d.exclude), ByTable: map[string]int{}}
	anchors := d.anchors()
	var counts []int
	for _, t := range d.tables {
		n := len(t.decide)
		for _, p := range t.paths {
			if p.doubt != "" {
				n++
			}
		}
		for _, c := range t.columns {
			s.Columns++
			if a := anchors[c.name+" "+c.body()]; c.decide != "" && (a == nil || a.at == c) {
				n++
			}
		}
		s.ByTable[t.name] = n
		s.Decisions += n
		if n > s.Max {
			s.Max, s.MaxTable = n, t.name
		}
		counts = append(counts, n)
	}
	for _, x := range d.exclude {
		if strings.HasPrefix(x.reason, datamap.Undecided) {
			s.Undescribed++
		}
	}
	slices.Sort(counts)
	if len(counts) > 0 {
		s.Median = counts[len(counts)/2]
	}
	return s
}

// Print writes the figures.
func (s Summary) Print(w io.Writer) {
	_, _ = fmt.Fprintf(w, "%d tables mapped with %d columns, %d excluded, in %.1f s\n", s.Tables, s.Columns, s.Excluded, s.Took.Seconds())
	_, _ = fmt.Fprintf(w, "%d decisions in mapped tables (median %d a table, at most %d: %s), %d in excluded ones\n", s.Decisions, s.Median, s.Max, s.MaxTable, s.Undescribed)
}
