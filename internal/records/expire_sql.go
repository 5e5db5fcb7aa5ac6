package records

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"insyn/internal/datamap"
)

//go:embed expire.sql
var expireSQL string

// expireGrantsSQL gives expire what it needs beside the kept tables: the fenced columns of the person's own card, and the
// logs that triggers fill with old values while it works.
func expireGrantsSQL(s *datamap.Source) string {
	var b strings.Builder
	expiring := map[string]bool{}
	for _, e := range s.Tables {
		if e.Value.Keep != nil {
			expiring[e.Name] = true
		}
	}
	if fence := fenced(s); len(fence) > 0 {
		subject := s.Subject.Table
		expiring[subject] = true
		schema, _, _ := strings.Cut(subject, ".")
		fmt.Fprintf(&b, "grant usage on schema %s to insyn_expire;\n", quote(schema))
		fmt.Fprintf(&b, "grant select (%s), update (%s) on %s to insyn_expire;\n",
			quotedList(append(slices.Clone(s.Subject.Key), fence...)), quotedList(fence), quoteTable(subject))
	}
	for _, e := range s.Tables {
		if e.Value.LogOf == "" || !expiring[e.Value.LogOf] {
			continue
		}
		schema, _, _ := strings.Cut(e.Name, ".")
		fmt.Fprintf(&b, "grant usage on schema %s to insyn_expire;\n", quote(schema))
		fmt.Fprintf(&b, "grant usage on all sequences in schema %s to insyn_expire;\n", quote(schema))
		fmt.Fprintf(&b, "grant select, insert, update, delete on %s to insyn_expire;\n", quoteTable(e.Name))
	}
	return b.String()
}

// fenced are the columns of the subject's row that kept rows need, each once.
func fenced(s *datamap.Source) []string {
	var out []string
	for _, e := range s.Tables {
		if e.Value.Keep == nil {
			continue
		}
		for _, c := range e.Value.Keep.Fence {
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

func quotedList(columns []string) string {
	var out []string
	for _, c := range columns {
		if q := quote(c); !slices.Contains(out, q) {
			out = append(out, q)
		}
	}
	return strings.Join(out, ", ")
}
