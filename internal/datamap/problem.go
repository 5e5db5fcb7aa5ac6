package datamap

import (
	"fmt"
	"strings"
)

// How bad a problem is.
const (
	Stops       = "error" // nothing may run on the source
	StopsErase  = "erase" // reading works, an erasure or a correction would not
	OnlyWarning = "warning"
)

// Problem is one thing that keeps the map and the live schema from fitting, and how to mend it.
type Problem struct {
	Severity string `json:"severity"`
	Place    string `json:"place"` // schema.table or schema.table.column
	Text     string `json:"text"`
	Mend     string `json:"mend"`
}

func (p Problem) String() string {
	return fmt.Sprintf("%s: %s: %s; %s", p.Severity, p.Place, p.Text, p.Mend)
}

// Problems is a list that is an error.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, 0, len(p)+1)
	lines = append(lines, "the data map does not fit the source:")
	for _, one := range p {
		lines = append(lines, "  "+one.String())
	}
	return strings.Join(lines, "\n")
}

// Of returns those with one of the severities.
func (p Problems) Of(severities ...string) Problems {
	var out Problems
	for _, one := range p {
		for _, s := range severities {
			if one.Severity == s {
				out = append(out, one)
			}
		}
	}
	return out
}
