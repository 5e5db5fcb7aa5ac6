//go:build schemas

package schemas

import (
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"insyn/internal/postgres/pgtest"
)

func TestRedmine(t *testing.T) {
	pool := pgtest.Empty(t)
	t.Log(loadRedmine(t, pool))
	c := newCast(60, 7)
	b := time.Now()
	w := fillRedmine(t, pool, c)
	t.Log("fill", time.Since(b))
	b = time.Now()
	d := newDump(t, pool)
	t.Log("dump", time.Since(b))
	b = time.Now()
	found := c.oracle().search(d)
	t.Log("search", time.Since(b), len(found))
	_ = w
	for _, p := range c.subjects() {
		n := map[string]int{}
		for _, f := range found {
			if f.person == p {
				n[f.table+"."+f.column+" "+f.way]++
			}
		}
		var lines []string
		for k, v := range n {
			lines = append(lines, fmt.Sprintf("%4d %s", v, k))
		}
		sort.Slice(lines, func(i, j int) bool { return lines[i][5:] < lines[j][5:] })
		t.Log(p.login, "\n"+strings.Join(lines, "\n"))
	}
}
