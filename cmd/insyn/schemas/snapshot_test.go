//go:build schemas

package schemas

// change is a row that is not what it was.
type change struct {
	table, key string
	what       string // changed, deleted, added
}

// changes compares two dumps of the same database byte by byte.
func changes(before, after dump) []change {
	var out []change
	for table, rows := range before {
		for key, r := range rows {
			switch now, ok := after[table][key]; {
			case !ok:
				out = append(out, change{table, key, "deleted"})
			case now.line != r.line:
				out = append(out, change{table, key, "changed"})
			}
		}
	}
	for table, rows := range after {
		for key := range rows {
			if _, ok := before[table][key]; !ok {
				out = append(out, change{table, key, "added"})
			}
		}
	}
	return out
}
