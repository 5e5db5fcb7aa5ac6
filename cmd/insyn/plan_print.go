package main

import (
	"fmt"
	"strings"

	"insyn/internal/records"
)

// printedPlan is a plan for a reader at a terminal.
func printedPlan(p *records.ErasurePlan) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("Erasure of %s:%s as things stand now. Nothing has been changed.", p.Source, p.Key)
	say("Map version %d (%.12s), plan %.12s.%s", p.MapVersion, p.MapHash, p.Hash, mergedWords(p.Merged))
	say("Rows change in this order, rows to delete go in the reverse one, then other people's texts are searched; logs come last.")
	for i, t := range p.Tables {
		say("")
		head := fmt.Sprintf("%2d  %s", i+1, t.Table)
		if label := t.Label.In("en"); label != "" {
			head += " · " + label
		}
		say("%s", head)
		printTable(&b, t)
	}
	say("")
	printEnd(&b, p)
	return b.String()
}

func mergedWords(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return " One card that was merged into it goes along."
	}
	return fmt.Sprintf(" %d cards that were merged into it go along.", n)
}

func printTable(b *strings.Builder, t records.TablePlan) {
	line := func(what, format string, args ...any) {
		fmt.Fprintf(b, "    %-10s%s\n", what, fmt.Sprintf(format, args...))
	}
	line("rows", "%s", rowsWords(t))
	for i, p := range t.Paths {
		what := ""
		if i == 0 {
			what = "found by"
		}
		words := p.Words
		if p.As == "context" {
			words += " (only around the person: texts are searched, nothing else changes)"
		}
		line(what, "%s", words)
		line("", "  %s", p.SQL)
	}
	for _, k := range t.Kept {
		line("kept", "%d until %s: %s", k.Rows, k.Until, k.Law.In("en"))
	}
	none := t.Own+t.Shared+t.Around == 0
	line("does", "%s", t.Does)
	if !none && !strings.HasPrefix(t.Does, "ties") {
		width := 0
		for _, c := range t.Columns {
			width = max(width, len(c.Column))
		}
		for _, c := range t.Columns {
			line("", "  %-*s  %s", width, c.Column, c.Does)
		}
	}
	for i, r := range t.Reads {
		what := ""
		if i == 0 {
			what = "reads"
		}
		line(what, "%s", readWords(r))
		if r.Create != "" {
			line("", "  %s", r.Create)
		}
	}
	if t.TookMS > 0 {
		line("took", "%.1f ms", t.TookMS)
	}
	if t.Search != nil {
		line("searched", "%s in everybody's rows (about %d)", strings.Join(t.Search.Columns, ", "), t.Search.Rows)
		if len(t.Search.Create) > 0 {
			line("", "warning: without an index on trigrams the whole table is read for each person:")
		}
		for _, sql := range t.Search.Create {
			line("", "  %s", sql)
		}
	}
	if len(t.Triggers) > 0 && !none {
		line("triggers", "%s", strings.Join(t.Triggers, ", "))
	}
}

func rowsWords(t records.TablePlan) string {
	if t.More {
		return fmt.Sprintf("more than %d", t.Own-1)
	}
	out := fmt.Sprintf("%d own", t.Own)
	if t.Shared > 0 {
		out += fmt.Sprintf(", %d shared with %d other(s)", t.Shared, t.Others)
	}
	if t.Around > 0 {
		out += fmt.Sprintf(", %d around the person", t.Around)
	}
	return out
}

func readWords(r records.Reading) string {
	switch {
	case r.Index != "":
		return r.Table + " by " + r.Index
	case r.Warn:
		return fmt.Sprintf("warning: all of %s (about %d rows): no index leads to the person", r.Table, r.Rows)
	}
	return fmt.Sprintf("all of %s (about %d rows)", r.Table, r.Rows)
}

// stopsOf says why the erasure would be refused.
func stopsOf(p *records.ErasurePlan) []string {
	var out []string
	for _, w := range p.Refusals {
		out = append(out, fmt.Sprintf("%s: refused: %s (%d)", w.Table, w.Label.In("en"), w.Rows))
	}
	for _, x := range p.Problems {
		out = append(out, fmt.Sprintf("%s: %s; %s", x.Place, x.Text, x.Mend))
	}
	if p.Rows > p.RowCap {
		out = append(out, fmt.Sprintf("more rows than the cap of %d allows: raise it under Settings, or erase in parts", p.RowCap))
	}
	return out
}

func printEnd(b *strings.Builder, p *records.ErasurePlan) {
	say := func(g grade, format string, args ...any) {
		fmt.Fprintf(b, "%-4s  %s\n", g, fmt.Sprintf(format, args...))
	}
	for _, w := range p.Warnings {
		say(gradeWarn, "%s: %s (%d)", w.Table, w.Label.In("en"), w.Rows)
	}
	missing := map[string]bool{}
	for _, t := range p.Tables {
		for _, r := range t.Reads {
			if r.Warn {
				missing[r.Table] = true
			}
		}
		if t.Search != nil && len(t.Search.Create) > 0 {
			missing[t.Table] = true
		}
	}
	if len(missing) > 0 {
		say(gradeWarn, "%d table(s) are read from end to end for want of an index; the lines that create it stand above", len(missing))
	}
	stops := stopsOf(p)
	for _, s := range stops {
		say(gradeFail, "%s", s)
	}
	fmt.Fprintf(b, "%d rows of %d that one run may change, and the mentions that a rehearsal finds.\n", p.Rows, p.RowCap)
	if len(stops) > 0 {
		b.WriteString("Next: mend what FAIL says, then look again.\n")
		return
	}
	fmt.Fprintf(b, "Next: insyn request erasure --person %s:%s --as YOU --ground a --verified HOW registers it and rehearses; then another\nadministrator approves with insyn request approve ID --as OTHER.\n", p.Source, p.Key)
}
