//go:build schemas

package schemas

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

func text10(n int) string { return strconv.Itoa(n) }

// verdict is what is wrong after an erasure; all empty is right.
type verdict struct {
	// left are identifiers of the subject that are still there; a shared one only in rows that named the subject.
	left []finding
	// refer are rows that still hold the subject's number.
	refer map[string]int
	// harmed are rows of others that are not what they were, and shared rows that are gone.
	harmed []change
	// lost are identifiers of others that were in rows shared with the subject and are not there any more.
	lost []finding
	// unsound is what the system could not work with.
	unsound []string
}

// before is a database as it was before an erasure.
type before struct {
	dump  dump
	found []finding
}

func (s *system) before(t *testing.T, pool *pgxpool.Pool, c *cast) before {
	t.Helper()
	d := newDump(t, pool)
	return before{d, c.oracle().search(d)}
}

// judge compares a database after the erasure of one person with what it was.
func (s *system) judge(t *testing.T, pool *pgxpool.Pool, w *writer, p *person, was before) verdict {
	t.Helper()
	after := newDump(t, pool)
	found := w.cast.oracle().search(after)
	v := verdict{refer: map[string]int{}, unsound: s.sound(t, pool)}
	theirs := was.named(p)
	for _, f := range found {
		if f.person == p && (!f.identifier.shared || theirs[f.table+" "+f.key]) {
			v.left = append(v.left, f)
		}
	}
	for place, n := range s.count(t, pool, p.id) {
		if n > 0 {
			v.refer[place] = n
		}
	}
	for _, c := range changes(was.dump, after) {
		if strings.HasPrefix(c.table, "insyn_") {
			continue // our ledger; what it says of the subject counts as left
		}
		in := w.about[c.table][c.key]
		alone := w.mine[c.table][c.key] == p || (len(in) == 1 && in[0] == p)
		if c.what == "deleted" && slices.Contains(s.fleeting, c.table) && w.concerns(c.table, c.key, p) {
			continue
		}
		if !w.concerns(c.table, c.key, p) || (c.what == "deleted" && !alone) {
			v.harmed = append(v.harmed, c)
		}
	}
	v.lost = lost(was, found, after, w, p)
	return v
}

// named are the rows that name a person by something that is theirs alone: there a shared value is theirs too.
func (b before) named(p *person) map[string]bool {
	out := map[string]bool{}
	for _, f := range b.found {
		if f.person == p && !f.identifier.shared {
			out[f.table+" "+f.key] = true
		}
	}
	return out
}

// concerns says whether a row is about somebody.
func (w *writer) concerns(table, key string, p *person) bool {
	return slices.Contains(w.about[table][key], p)
}

// lost lists what is gone of others from rows that are still there and not the subject's own.
func lost(was before, found []finding, after dump, w *writer, p *person) []finding {
	type place struct {
		person                   *person
		table, column, key, text string
	}
	at := func(f finding) place { return place{f.person, f.table, f.column, f.key, f.identifier.text} }
	now := map[place]bool{}
	for _, f := range found {
		now[at(f)] = true
	}
	var out []finding
	for _, f := range was.found {
		_, there := after[f.table][f.key]
		if f.identifier.shared && w.mine[f.table][f.key] != f.person {
			continue // in a text nobody can say whose it was
		}
		if f.person != p && there && w.mine[f.table][f.key] != p && !now[at(f)] {
			out = append(out, f)
		}
	}
	return out
}

// summary counts findings by place.
func summary(found []finding) map[string]int {
	out := map[string]int{}
	for _, f := range found {
		out[f.table+"."+f.column]++
	}
	return out
}

// problems says in words what is wrong, a line a kind; nothing when the erasure was complete and touched nobody else.
func (v verdict) problems() []string {
	var out []string
	add := func(what string, n map[string]int) {
		if len(n) == 0 {
			return
		}
		total := 0
		var parts []string
		for _, place := range slices.Sorted(maps.Keys(n)) {
			total += n[place]
			parts = append(parts, fmt.Sprintf("%s %d", place, n[place]))
		}
		out = append(out, fmt.Sprintf("%s: %d in %d places: %s", what, total, len(n), strings.Join(parts, ", ")))
	}
	harmed := map[string]int{}
	for _, c := range v.harmed {
		harmed[c.table+" "+c.what]++
	}
	add("left", summary(v.left))
	add("references left", v.refer)
	add("rows of others harmed", harmed)
	add("lost of others", summary(v.lost))
	for _, u := range v.unsound {
		out = append(out, "unsound: "+u)
	}
	return out
}
