//go:build schemas

package schemas

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// printed writes a table for whoever runs `make schemas`.
func printed(title string, rows ...[]any) {
	fmt.Printf("\n%s\n", title)
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	for _, r := range rows {
		parts := make([]string, len(r))
		for i, c := range r {
			if d, ok := c.(time.Duration); ok {
				c = d.Round(time.Millisecond)
			}
			parts[i] = fmt.Sprint("  ", c)
		}
		_, _ = fmt.Fprintln(w, strings.Join(parts, "\t"))
	}
	_ = w.Flush()
}

// ways lists by what decoding a column's findings were reached.
func ways(found []finding) map[string]string {
	n := map[string]map[string]int{}
	for _, f := range found {
		place := f.table + "." + f.column
		if n[place] == nil {
			n[place] = map[string]int{}
		}
		n[place][f.way]++
	}
	out := map[string]string{}
	for place, by := range n {
		var parts []string
		for _, way := range slices.Sorted(maps.Keys(by)) {
			parts = append(parts, fmt.Sprintf("%s %d", way, by[way]))
		}
		out[place] = strings.Join(parts, ", ")
	}
	return out
}
