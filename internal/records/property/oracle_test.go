package property

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"insyn/internal/records"
)

// stored is a row as it lies in the database.
type stored struct {
	text  string // the whole row
	where string // the table or partition that holds it
	cells map[string]cell
}

// picture is the database by table and row number.
type picture map[string]map[int]stored

func (p picture) texts() map[string]string {
	out := map[string]string{}
	for table, rows := range p {
		for rid, s := range rows {
			out[fmt.Sprint(table, " ", rid)] = s.text
		}
	}
	return out
}

// snapshot reads every table whole, by SQL of its own.
func (in *installed) snapshot(ctx context.Context, t *rapid.T) picture {
	out := picture{}
	for _, tb := range in.tables {
		rows := map[int]stored{}
		out[tb.name] = rows
		var cells []string
		for _, c := range tb.cols {
			cells = append(cells, "x."+c.name+"::text")
		}
		found, err := in.owner.Query(ctx, fmt.Sprintf(`select x.rid, x::text, x.tableoid::regclass::text, array[%s]::text[] from %s as x`, strings.Join(cells, ", "), tb.name))
		if err != nil {
			t.Fatal(err)
		}
		for found.Next() {
			var rid int
			var s stored
			var values []*string
			if err := found.Scan(&rid, &s.text, &s.where, &values); err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(s.where, "_kid") != (tb.storage == inherits) {
				continue // a row of the table that inherits is that table's
			}
			s.cells = map[string]cell{}
			for i, c := range tb.cols {
				s.cells[c.name] = values[i]
			}
			rows[rid] = s
		}
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// traces finds what says that a value is about the subject.
func (in *installed) traces(value string) string {
	low, bare := strings.ToLower(value), strings.NewReplacer("-", "", " ", "").Replace(value)
	for _, p := range in.cards() {
		switch {
		case strings.Contains(low, strings.ToLower(p.token)):
			return p.token
		case strings.Contains(low, "\\x") && strings.Contains(low, fmt.Sprintf("%x", p.token)):
			return p.token + " in bytes"
		case strings.Contains(bare, strings.NewReplacer("-", "", " ", "").Replace(p.phone[1:])):
			return p.phone
		}
	}
	return ""
}

// keyed says whether a value holds a key of the subject, as a whole.
func (in *installed) keyed(value string) bool {
	for _, p := range in.cards() {
		if regexp.MustCompile(`(^|[^0-9A-Za-z])` + regexp.QuoteMeta(p.text()) + `($|[^0-9A-Za-z])`).MatchString(value) {
			return true
		}
	}
	return false
}

// others counts what the tokens of all others stand for in a row.
func (in *installed) others(value string) string {
	var out []string
	for i, p := range in.people {
		if !in.erased(i) {
			n := strings.Count(strings.ToLower(value), strings.ToLower(p.token)) + strings.Count(value, p.phone)
			out = append(out, fmt.Sprint(n))
		}
	}
	return strings.Join(out, " ")
}

func (in *installed) isOwner(owners []int) bool {
	for _, i := range owners {
		if in.erased(i) {
			return true
		}
	}
	return false
}

// judge holds each row against what it was.
func (in *installed) judge(t *rapid.T, before, after picture) {
	for _, tb := range in.tables {
		for _, r := range tb.rows {
			was, now, there := before[tb.name][r.rid], after[tb.name][r.rid], false
			_, there = after[tb.name][r.rid]
			in.row(t, tb, r, was, now, there)
		}
		for rid, now := range after[tb.name] {
			if _, was := before[tb.name][rid]; was {
				continue
			}
			if !tb.log {
				t.Errorf("%s %d is new", tb.name, rid)
			}
			if trace := in.traces(now.text); trace != "" {
				t.Errorf("%s %d, a new row, says %s: %s", tb.name, rid, trace, now.text)
			}
		}
	}
}

func (in *installed) row(t *rapid.T, tb *table, r *row, was, now stored, there bool) {
	theirs, persons := in.isOwner(r.owners), in.persons(r.owners)
	alone := theirs && len(persons) == 1
	place := fmt.Sprintf("%s %d", tb.name, r.rid)
	gone := alone && (tb.deletes == "delete_row" || tb.deletes == "delete_when" && r.draft) || theirs && tb.deletes == "cut"
	switch {
	case gone && there:
		t.Errorf("%s was to go: %s", place, now.text)
		return
	case gone:
		return
	case !there:
		t.Errorf("%s is gone: %s", place, was.text)
		return
	}
	if !theirs && !in.isOwner(r.mentions) {
		if now.text != was.text || now.where != was.where {
			t.Errorf("%s is not the subject's and changed\nfrom %s\nto   %s", place, was.text, now.text)
		}
		return
	}
	if now.where != was.where {
		t.Errorf("%s went from %s to %s", place, was.where, now.where)
	}
	for _, c := range tb.cols {
		in.cell(t, tb, c, r, was.cells[c.name], now.cells[c.name], theirs, alone)
	}
}

func (in *installed) cell(t *rapid.T, tb *table, c *column, r *row, was, now cell, theirs, alone bool) {
	place := fmt.Sprintf("%s %d %s", tb.name, r.rid, c.name)
	owned := alone
	if c.of != "" {
		i, ok := r.of[c.of]
		owned = ok && in.erased(i) || c.refers && alone // a row of one person's keeps no reference, to a group either
	}
	fenced := tb.name == "crm.person" && theirs && slices.Contains(in.needed(), c.name)
	switch {
	case tb.frozen == c.name && theirs:
		p := in.people[r.owners[0]]
		if text(now) != p.full() {
			t.Errorf("%s: the record names %q, want %q", place, text(now), p.full())
		}
		return
	case tb.keeps(c.name), fenced:
		if text(now) != text(was) {
			t.Errorf("%s is kept and went from %q to %q", place, text(was), text(now))
		}
		return
	case c.generated && len(in.needed()) > 0:
		return
	}
	if now != nil {
		if trace := in.traces(*now); trace != "" {
			t.Errorf("%s says %s: %q", place, trace, *now)
		}
		if c.refers && theirs && in.keyKind != compositeKey && in.keyed(*now) {
			t.Errorf("%s still leads to the subject: %q", place, *now)
		}
	}
	touched := was != nil && (in.traces(*was) != "" && c.redacts || c.refers && theirs && in.keyed(*was)) || c.generated
	switch {
	case owned && c.after != nil && was != nil:
		want, exact := c.after(was)
		if exact && text(now) != text(want) {
			t.Errorf("%s: got %q, want %q", place, text(now), text(want))
		}
	case c.refers && in.keyKind == compositeKey && theirs:
		// judged by its pair
	case !touched && text(now) != text(was):
		t.Errorf("%s holds nothing of the subject and went from %q to %q", place, text(was), text(now))
	}
	if was != nil && (c.redacts || !owned) && in.others(*was) != in.others(text(now)) {
		t.Errorf("%s: what it says of others went from %q to %q", place, *was, text(now))
	}
}

// needed are the columns of the subject's row that a kept record of theirs needs.
func (in *installed) needed() []string {
	var out []string
	for _, tb := range in.fenced {
		if slices.ContainsFunc(tb.rows, func(r *row) bool { return in.isOwner(r.owners) }) {
			out = append(out, tb.fence...)
		}
	}
	return out
}

// counts holds the rehearsal, the ledger and what really changed against one another.
func (in *installed) counts(t *rapid.T, rehearsal *records.Rehearsal, out *records.Outcome, before, after picture) {
	ledger := map[string]int{}
	for what, n := range out.Counts {
		name, _, _ := strings.Cut(what, " ")
		ledger[name] += n
	}
	approved := rehearsal.Approval().Counts
	for _, tb := range in.tables {
		if ledger[tb.name] != approved[tb.name] {
			t.Errorf("%s: the ledger says %d rows, the rehearsal said %d", tb.name, ledger[tb.name], approved[tb.name])
		}
		if tb.log || tb.frozen != "" {
			continue
		}
		changed := 0
		for rid, was := range before[tb.name] {
			if now, there := after[tb.name][rid]; !there || now.text != was.text {
				changed++
			}
		}
		if ledger[tb.name] != changed {
			t.Errorf("%s: the ledger says %d rows, %d changed: %v", tb.name, ledger[tb.name], changed, out.Counts)
		}
	}
}
