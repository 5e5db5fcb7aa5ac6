package property

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"insyn/internal/datamap"
	"insyn/internal/mention"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

// installed is a world in a database, opened by the role that erases.
type installed struct {
	*world
	owner, worker *pgxpool.Pool
	source        *records.Source
}

// install makes the world in an emptied database.
func install(ctx context.Context, t *rapid.T, w *world, owner *pgxpool.Pool) *installed {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := owner.Exec(ctx, `drop schema if exists crm cascade; drop schema if exists insyn_ledger cascade`)
	must(err)
	_, err = owner.Exec(ctx, w.sql())
	must(err)
	m, err := datamap.Parse("datamap.yaml", []byte(w.yaml()))
	must(err)
	must(records.MigrateSource(ctx, owner, m, "crm"))
	must(records.Accept(ctx, owner, m, "crm", "a test"))
	worker, err := postgres.OpenWith(ctx, pgtest.DSN(owner), postgres.Options{Role: postgres.RoleWorker, MaxConns: 2})
	must(err)
	_, problems, err := datamap.Check(ctx, worker, m, "crm")
	must(err)
	if stop := problems.Of(datamap.Stops, datamap.StopsErase); len(stop) > 0 {
		worker.Close()
		t.Fatal(stop)
	}
	s, err := records.Open(ctx, "crm", worker, m)
	must(err)
	return &installed{world: w, owner: owner, worker: worker, source: s}
}

// TestErasureOfAnySchema takes INSYN_PROPERTY_CHECKS worlds; a failure prints the schema, its rows and the map.
func TestErasureOfAnySchema(t *testing.T) {
	t.Parallel()
	owner := pgtest.Empty(t)
	if err := postgres.CreateRoles(t.Context(), pgtest.DSN(owner)); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"rapid.checks": or(os.Getenv("INSYN_PROPERTY_CHECKS"), "30"), "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt)
		ok := false
		defer func() {
			if !ok || rt.Failed() { // what is needed to see it again, without the seed
				rt.Logf("%s\n%s\nsubject %s %s", w.sql(), w.yaml(), w.people[w.subject].text(), w.people[w.subject].full())
			}
		}()
		in := install(t.Context(), rt, w, owner)
		defer in.worker.Close()
		in.run(t.Context(), rt)
		ok = true
	})
}

// run erases the subject and holds what is left against what the world knows.
func (in *installed) run(ctx context.Context, t *rapid.T) {
	subject := in.people[in.subject]
	e := records.Erasure{RequestID: 7, Subject: []byte("a subject"), Epoch: 1, Keys: []string{subject.text()}}
	before := in.snapshot(ctx, t)
	in.collectBefore(ctx, t)
	ids, err := in.source.Identifiers(ctx, e.Keys)
	if err != nil {
		t.Fatal(err)
	}
	if rapid.IntRange(0, 3).Draw(t, "stages") == 3 {
		e.RowCap = rapid.IntRange(4, 12).Draw(t, "row cap")
	}
	rehearsal, err := in.source.Rehearse(ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	if after := in.snapshot(ctx, t); fmt.Sprint(after.texts()) != fmt.Sprint(before.texts()) {
		t.Fatal("the rehearsal changed something")
	}
	if rapid.IntRange(0, 3).Draw(t, "rehearse twice") == 3 {
		again, err := in.source.Rehearse(ctx, e)
		if err != nil || fmt.Sprint(again.Tables) != fmt.Sprint(rehearsal.Tables) {
			t.Fatalf("a second rehearsal: got %v, %v; want %v", again, err, rehearsal.Tables)
		}
	}
	e.Approved = rehearsal.Approval()
	out, err := in.source.Erase(ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(out.Kept) != fmt.Sprint(rehearsal.Kept) {
		t.Errorf("the ledger keeps %v, the rehearsal said %v", out.Kept, rehearsal.Kept)
	}
	after := in.snapshot(ctx, t)
	in.judge(t, before, after)
	if rehearsal.Stages == 0 {
		in.counts(t, rehearsal, out, before, after)
	}
	in.rescan(ctx, t, ids)
	in.collectAfter(ctx, t)
	if rapid.Bool().Draw(t, "again") {
		again, err := in.source.Erase(ctx, e)
		if err != nil || !again.AlreadyDone || fmt.Sprint(again.Counts) != fmt.Sprint(out.Counts) {
			t.Fatalf("the same erasure again: got %v, %v; want what the first did", again, err)
		}
		// Another request for the same person finds nothing to do.
		other := records.Erasure{RequestID: 8, Subject: []byte("a subject"), Epoch: 1, Keys: e.Keys}
		r, err := in.source.Rehearse(ctx, other)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Tables {
			if in.kept(c.Table) == nil && c.Rows > 0 {
				t.Errorf("a second erasure would %s %d rows of %s", c.Action, c.Rows, c.Table)
			}
		}
	}
}

func (in *installed) kept(table string) *table {
	for _, t := range in.tables {
		if t.name == table && t.says.has("keep") {
			return t
		}
	}
	return nil
}

// rescan looks for what was recorded before.
func (in *installed) rescan(ctx context.Context, t *rapid.T, ids mention.Person) {
	found, err := in.source.Rescan(ctx, []mention.Person{ids}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if !f.Retained {
			t.Errorf("the rescan finds %s.%s in %d rows", f.Table, f.Column, f.Rows)
		}
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
