//go:build schemas

package schemas

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/postgres/pgtest"
)

// persons is how many people each system is filled with, the subjects among them.
const persons = 60

func requestTracker() *system {
	return &system{
		name: "Request Tracker", source: "rt", load: loadRT, fill: fillRT, references: rtReferences(), sound: rtSound, own: rtAnonymize, ownName: "AnonymizeUser", places: rtPlaces(), fleeting: []string{"sessions"},
	}
}

func redmineSystem() *system {
	r := &rails{}
	return &system{
		name: "Redmine", source: "redmine", load: r.load, fill: fillRedmine, references: redmineReferences(), sound: r.sound, own: r.destroy, ownName: "User#destroy", places: redminePlaces(),
	}
}

func TestRequestTracker(t *testing.T) { prove(t, requestTracker()) }

func TestRedmine(t *testing.T) { prove(t, redmineSystem()) }

// prove loads a system, fills it, finds the subjects everywhere, shows what the system's own eraser leaves, and that Insyn
// leaves nothing and harms nobody.
func prove(t *testing.T, s *system) {
	c := newCast(persons, 7)
	var pool *pgxpool.Pool
	var w *writer
	var was before
	var version string
	steps := [][]any{}
	step := func(what string, do func()) {
		begun := time.Now()
		do()
		steps = append(steps, []any{what, time.Since(begun)})
	}
	step("an empty database", func() { pool = pgtest.Empty(t) })
	step("load the schema from the package", func() { version = s.load(t, pool) })
	step("fill", func() { w = s.fill(t, pool, c) })
	step("sound before", func() {
		for _, complaint := range s.sound(t, pool) {
			t.Errorf("%s as we filled it: %s", s.name, complaint)
		}
	})
	step("dump and search for everybody", func() { was = s.before(t, pool, c) })
	printed(s.name+" "+version+": "+size(t, pool, was.dump), steps...)
	for _, p := range c.subjects() {
		s.foundEverywhere(t, pool, c, p, was)
	}
	kept := copied(t, pool)
	s.ownEraser(t, pool, w, was)
	kept.putBack(t, pool)
	p := &proof{s: s, t: t, pool: pool, w: w}
	p.prepare()
	p.access(c.sharer)
	for n, of := range c.subjects() {
		p.erasure(n, of)
	}
	p.print()
}

// size counts what the schema and its rows are.
func size(t *testing.T, pool *pgxpool.Pool, d dump) string {
	t.Helper()
	var tables, columns, keys int
	if err := pool.QueryRow(t.Context(), `
		select
			(select count(*) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace),
			(select count(*) from information_schema.columns where table_schema = 'public'),
			(select count(*) from pg_constraint where contype = 'f')`).Scan(&tables, &columns, &keys); err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, r := range d {
		rows += len(r)
	}
	return fmt.Sprintf("%d tables, %d columns, %d foreign keys; %d rows", tables, columns, keys, rows)
}

// foundEverywhere fails where the oracle does not see what is there: an identifier, a place, a reference.
func (s *system) foundEverywhere(t *testing.T, pool *pgxpool.Pool, c *cast, p *person, was before) {
	t.Helper()
	var found []finding
	kinds := map[string]bool{}
	for _, f := range was.found {
		if f.person == p {
			found = append(found, f)
			kinds[f.identifier.kind] = true
		}
	}
	for _, i := range c.identifiers(p) {
		if !kinds[i.kind] {
			t.Errorf("%s: %s of %s is nowhere", s.name, i.kind, p.login)
			kinds[i.kind] = true // said once
		}
	}
	places, how := summary(found), ways(found)
	for _, place := range s.places[p.login] {
		if places[place] == 0 {
			t.Errorf("%s: %s is not found in %s", s.name, p.login, place)
		}
	}
	rows := [][]any{}
	for _, place := range slices.Sorted(maps.Keys(places)) {
		rows = append(rows, []any{place, places[place], how[place]})
	}
	printed(fmt.Sprintf("%s before an erasure of %s: found %d times in %d columns", s.name, p.login, len(found), len(places)), rows...)
	var refer []string
	for place, n := range s.count(t, pool, p.id) {
		if n > 0 {
			refer = append(refer, fmt.Sprintf("%s %d", place, n))
		}
	}
	slices.Sort(refer)
	fmt.Printf("  by number in %d columns: %s\n", len(refer), strings.Join(refer, ", "))
	if p == c.scattered && len(refer) < 25 {
		t.Errorf("%s: %s is referred to in %d columns only", s.name, p.login, len(refer))
	}
}

// ownEraser runs what the system itself offers, on the last subject, and says what it leaves: the reason that Insyn is there.
func (s *system) ownEraser(t *testing.T, pool *pgxpool.Pool, w *writer, was before) {
	t.Helper()
	begun := time.Now()
	p := w.cast.scattered
	s.own(t, pool, p)
	took := time.Since(begun)
	v := s.judge(t, pool, w, p, was)
	rows := [][]any{{took}}
	for _, problem := range v.problems() {
		rows = append(rows, []any{problem})
	}
	printed(s.name+" after its own "+s.ownName+" of "+p.login, rows...)
	if len(v.left) == 0 {
		t.Errorf("%s: nothing found after %s, which is known to leave copies: the oracle is blind", s.name, s.ownName)
	}
}
