package propose

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"insyn/internal/datamap"
)

// indexes are the create index lines for the columns that ways to a person start from and no index begins with.
func (p *proposer) indexes(plan *datamap.Plan) []string {
	lines := map[string]bool{}
	for _, t := range plan.Tables {
		for _, path := range t.Paths {
			before := t.Live
			for _, hop := range path.Hops {
				var plain []string
				for _, pair := range hop.On {
					switch {
					case pair.OursPart.Array:
						add(lines, before, "gin", []string{pair.Ours}, column(pair.Ours))
					case pair.Folded && !pair.OursPart.Inside():
						add(lines, before, "btree", nil, "lower("+column(pair.Ours)+")")
					case !pair.OursPart.Inside():
						plain = append(plain, pair.Ours)
					}
				}
				if len(plain) > 0 {
					add(lines, before, "btree", plain, "")
				}
				if before = p.catalog.Tables[hop.Table]; before == nil {
					break
				}
			}
		}
	}
	out := sortedKeys(lines)
	sort.Strings(out)
	return out
}

func add(lines map[string]bool, t *datamap.LiveTable, method string, columns []string, expr string) {
	if len(columns) > 0 && len(t.Key) > 0 && t.Key[0] == columns[0] && method == "btree" {
		return
	}
	for _, x := range t.Indexes {
		if x.Method != method || x.Partial != "" {
			continue
		}
		if len(columns) > 0 && len(x.Columns) > 0 && slices.Contains(columns, x.Columns[0]) || expr != "" && len(x.Exprs) > 0 && strings.Contains(x.Exprs[0], expr) {
			return
		}
	}
	if expr == "" {
		quoted := make([]string, len(columns))
		for i, c := range columns {
			quoted[i] = column(c)
		}
		expr = strings.Join(quoted, ", ")
	}
	using := ""
	if method != "btree" {
		using = " using " + method
	}
	lines[fmt.Sprintf("create index concurrently on %s%s (%s);", t.Name, using, expr)] = true
}
