//go:build schemas

package schemas

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/mention"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

// figures are one row of the table that make schemas prints at the end.
type figures struct {
	tables, columns, keys                int
	mapped, mappedColumns, excluded      int
	first                                proposal
	init, check, rehearse, erase, rescan time.Duration
	rows, left                           int
}

// proof does what a company does that installs Insyn beside the system, and judges each erasure.
type proof struct {
	s     *system
	t     *testing.T
	pool  *pgxpool.Pool // the owner's
	w     *writer
	insyn *insyn
	m     *datamap.Map
	src   *records.Source // with the rights of the worker
	f     figures
}

func (p *proof) timed(d *time.Duration, do func()) {
	begun := time.Now()
	do()
	*d += time.Since(begun)
}

// prepare proposes a map as anybody begins, then takes the finished one: ledger, rights, check, acceptance.
func (p *proof) prepare() {
	t := p.t
	p.insyn = built(t, p.pool, p.s)
	if err := p.pool.QueryRow(t.Context(), `
		select (select count(*) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace),
		       (select count(*) from information_schema.columns where table_schema = 'public'),
		       (select count(*) from pg_constraint where contype = 'f')`).Scan(&p.f.tables, &p.f.columns, &p.f.keys); err != nil {
		t.Fatal(err)
	}
	p.timed(&p.f.init, func() { p.f.first = p.insyn.propose(t, p.s.source) })
	text, err := os.ReadFile(p.insyn.mapFile)
	if err != nil {
		t.Fatal(err)
	}
	if p.m, err = datamap.Parse(filepath.Base(p.insyn.mapFile), text); err != nil {
		t.Fatal(err)
	}
	if err := postgres.CreateRoles(t.Context(), pgtest.DSN(p.pool)); err != nil {
		t.Fatal(err)
	}
	p.insyn.must(t, "migrate", "--source")
	p.timed(&p.f.check, func() {
		// What nobody has accepted yet is the only thing that may stop.
		if out, _, code := p.insyn.run(t, nil, "datamap", "check"); code != 3 {
			t.Fatalf("insyn datamap check: exit %d, want 3\n%s", code, out)
		}
	})
	p.insyn.must(t, "datamap", "check", "--accept", "--as", "a test")
	worker, err := postgres.OpenWith(t.Context(), pgtest.DSN(p.pool), postgres.Options{Role: postgres.RoleWorker})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(worker.Close)
	if p.src, err = records.Open(t.Context(), p.s.source, worker, p.m); err != nil {
		t.Fatal(err)
	}
	p.f.mapped = len(p.src.Plan().Tables)
	p.f.excluded = len(p.src.Plan().Source.Exclude)
	for _, planned := range p.src.Plan().Tables {
		p.f.mappedColumns += len(planned.Columns)
	}
}

// erasure erases one person and fails where anything of theirs is left, or anything of others is not as it was.
func (p *proof) erasure(n int, of *person) {
	t := p.t
	key := fmt.Sprint(of.id)
	was := p.s.before(t, p.pool, p.w.cast)
	plan := p.insyn.must(t, "plan", "erasure", "--person", p.s.source+":"+key)
	if of == p.w.cast.scattered {
		lines := strings.SplitAfter(plan, "\n")
		fmt.Printf("\n%s: insyn plan erasure prints %d lines for %s, of which the first\n%s", p.s.name, len(lines), of.login, strings.Join(lines[:min(60, len(lines))], ""))
	}
	order := records.Erasure{RequestID: int64(n + 1), Subject: []byte{byte(n)}, Epoch: 1, Keys: []string{key}}
	// A surname that nobody else has, or had, and a nickname point at them alone: that somebody decides who knows the company.
	for _, word := range []string{of.surname, of.nickname, of.former} {
		if word != "" {
			order.Also = append(order.Also, word)
		}
	}
	var rehearsal *records.Rehearsal
	var outcome *records.Outcome
	var err error
	p.timed(&p.f.rehearse, func() { rehearsal, err = p.src.Rehearse(t.Context(), order) })
	if err != nil {
		t.Fatal(err)
	}
	order.Approved = rehearsal.Approval()
	p.timed(&p.f.erase, func() { outcome, err = p.src.Erase(t.Context(), order) })
	if err != nil {
		t.Fatal(err)
	}
	var found []records.Finding
	p.timed(&p.f.rescan, func() {
		found, err = p.src.Rescan(t.Context(), []mention.Person{outcome.Identifiers}, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if !f.Retained {
			t.Errorf("%s: the rescan finds %s in %s.%s: %d rows, %d unreadable", p.s.name, of.login, f.Table, f.Column, f.Rows, f.Unreadable)
		}
	}
	// From outside: somebody who knows the person types what they know.
	if out, said, code := p.insyn.run(t, strings.NewReader(p.w.cast.given(of)), "rescan", "--source", p.s.source, "--identifiers", "-"); code != 0 {
		t.Errorf("%s: insyn rescan --identifiers finds %s, exit %d:\n%s%s", p.s.name, of.login, code, out, said)
	}
	rows := 0
	for _, c := range outcome.Counts {
		rows += c
	}
	p.f.rows += rows
	v := p.s.judge(t, p.pool, p.w, of, was)
	p.f.left += len(v.left)
	lines := [][]any{{fmt.Sprintf("%d rows: %s", rows, actions(outcome.Counts))}, {"warned: " + warnings(rehearsal)}}
	for _, problem := range v.problems() {
		t.Errorf("%s after Insyn erased %s: %s", p.s.name, of.login, problem)
		lines = append(lines, []any{problem})
	}
	printed(p.s.name+" after Insyn erased "+of.login, lines...)
	p.explain(v)
}

// print writes the line of the system in the table that make schemas is run for.
func (p *proof) print() {
	f, d := p.f, p.f.first
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
	printed(p.s.name+" in figures",
		[]any{"tables, columns, foreign keys", f.tables, f.columns, f.keys},
		[]any{"mapped tables and columns, excluded tables", f.mapped, f.mappedColumns, f.excluded},
		[]any{"init: mapped, excluded", d.mapped, d.excluded},
		[]any{"init: decisions, median a table, most, of excluded tables", d.decisions, d.median, d.most, d.unsettled},
		[]any{"init", seconds(f.init)},
		[]any{"check", seconds(f.check)},
		[]any{"rehearse, all subjects", seconds(f.rehearse)},
		[]any{"erase, all subjects", seconds(f.erase)},
		[]any{"rescan, all subjects", seconds(f.rescan)},
		[]any{"rows erased", f.rows},
		[]any{"left", f.left},
	)
}

// actions sums the rows by what was done to them.
func actions(counts map[string]int) string {
	by := map[string]int{}
	for what, n := range counts {
		_, action, _ := strings.Cut(what, " ")
		by[action] += n
	}
	var out []string
	for action, n := range by {
		out = append(out, fmt.Sprintf("%s %d", action, n))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func warnings(r *records.Rehearsal) string {
	var out []string
	for _, w := range r.Warnings {
		out = append(out, fmt.Sprintf("%s %s %d", w.Kind, w.Table, w.Rows))
	}
	if len(out) == 0 {
		return "of nothing"
	}
	return strings.Join(out, ", ")
}

// explain shows the places of a verdict one by one when INSYN_SCHEMAS_WHERE is set; values are invented here.
func (p *proof) explain(v verdict) {
	if os.Getenv("INSYN_SCHEMAS_WHERE") == "" {
		return
	}
	for kind, found := range map[string][]finding{"left": v.left, "lost": v.lost} {
		for _, f := range found {
			fmt.Printf("    %s %s.%s %s %q of %s, %s\n", kind, f.table, f.column, f.key, f.identifier.text, f.person.login, f.way)
		}
	}
	for _, c := range v.harmed {
		fmt.Printf("    harmed %s %s %s, about %d people\n", c.table, c.key, c.what, len(p.w.about[c.table][c.key]))
	}
}
