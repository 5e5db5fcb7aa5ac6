package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"insyn/internal/democrm"
)

// valueOf is a variable of an environment.
func valueOf(env []string, name string) string {
	for _, line := range env {
		if v, ok := strings.CutPrefix(line, name+"="); ok {
			return v
		}
	}
	return ""
}

func alter(t *testing.T, dsn string, statements ...string) {
	t.Helper()
	c, err := pgx.Connect(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.Background()) }()
	for _, s := range statements {
		if _, err := c.Exec(context.Background(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// The way of a change: found, mapped or left out with a reason, accepted by somebody, and then erasures go on.
func TestDatamapCheckIsTheGate(t *testing.T) {
	t.Parallel()
	env, _ := shell(t)
	crm, file := valueOf(env, "INSYN_CRM_DSN"), valueOf(env, "INSYN_MAP")
	// Neither Insyn's own database nor its keys are needed.
	env = []string{"INSYN_CRM_DSN=" + crm, "INSYN_MAP=" + file}
	check := func(want int, words []string, args ...string) string {
		t.Helper()
		code, out, errs := call(t, env, append([]string{"datamap", "check"}, args...)...)
		t.Logf("insyn datamap check %s: exit code %d\n%s%s", strings.Join(args, " "), code, out, errs)
		if code != want {
			t.Fatalf("exit code %d, want %d", code, want)
		}
		for _, w := range words {
			if !strings.Contains(out+errs, w) {
				t.Errorf("no word of %q", w)
			}
		}
		return out
	}
	check(exitDone, []string{"ok    crm: ", "accepted by a test on", "warn  crm.coworker.email: it looks like e-mail addresses"})

	// Somebody adds a table far behind a person, a copy of the persons, and a trigger.
	alter(t, crm,
		`create table crm.ticket (id bigint primary key, person_id bigint references crm.person (id))`,
		`create table crm.ticket_line (id bigint primary key, ticket_id bigint references crm.ticket (id), body text)`,
		`create table crm.copied as select given_name || ' ' || surname as who from crm.person`,
		`create function crm.copier() returns trigger language plpgsql as 'begin return null; end'`,
		`create trigger copy after update on crm.person for each row execute function crm.copier()`,
		`grant select on all tables in schema crm to insyn_worker`)
	out := check(exitFailed, []string{
		"FAIL  crm.ticket: stops erasure: the table refers to crm.person and the map does not know it",
		"FAIL  crm.ticket_line: stops erasure: the table refers to crm.ticket and the map does not know it",
		"FAIL  crm.copied.who: stops erasure: it looks like names of persons in the map",
		"FAIL  crm.person: changed: the trigger copy is new: it may copy",
	})
	if strings.Contains(out, "Anna") {
		t.Error("a name was printed")
	}
	// What stops is not accepted, whoever asks.
	check(exitFailed, []string{"to accept afterwards"}, "--accept", "--as", "Disa")

	written := strings.Replace(string(democrm.Map()), "    exclude:\n", `    exclude:
      crm.ticket: tickets of machines
      crm.ticket_line: tickets of machines
      crm.copied: goes tomorrow
`, 1)
	if err := os.WriteFile(file, []byte(written), 0o600); err != nil {
		t.Fatal(err)
	}
	check(exitWaiting, []string{"the file of the map is not the one that a test accepted", "warn  crm.copied.who", "nothing is erased until insyn datamap check --accept"})
	var doc []struct {
		Source          string
		Problems, Drift []struct{ Severity, Place, Text, Mend string }
	}
	if err := json.Unmarshal([]byte(check(exitWaiting, nil, "--json", "--only-schema")), &doc); err != nil || len(doc) != 1 || len(doc[0].Drift) != 5 {
		t.Errorf("as JSON: %v, %+v", err, doc)
	}
	check(exitUsage, []string{"--as NAME"}, "--accept")
	check(exitDone, []string{"accepted by Disa on"}, "--accept", "--as", "Disa")
	check(exitDone, []string{"accepted by Disa on"})

	// A right that somebody took away.
	alter(t, crm, `revoke update (title) on crm.person from insyn_worker`)
	check(exitFailed, []string{`grant update ("title") on "crm"."person" to insyn_worker;`})
	alter(t, crm, `grant update (title) on crm.person to insyn_worker`)

	// The database of a build: the schema alone.
	alter(t, crm, `drop schema insyn_ledger cascade`)
	check(exitDone, []string{"no ledger here"}, "--only-schema")
	check(exitFailed, []string{"insyn migrate --source"}, "--accept", "--as", "Disa")
}

func TestPlanOfAnErasure(t *testing.T) {
	t.Parallel()
	env, _ := shell(t)
	crm := valueOf(env, "INSYN_CRM_DSN")
	u := democrm.KnownPerson(democrm.Unique)
	plan := func(want int, args ...string) string {
		t.Helper()
		code, out, errs := call(t, env, append([]string{"plan", "erasure", "--person", fmt.Sprintf("crm:%d", democrm.Unique)}, args...)...)
		t.Logf("exit code %d\n%s%s", code, out, errs)
		if code != want {
			t.Fatalf("exit code %d, want %d", code, want)
		}
		for _, secret := range []string{u.Surname, u.Emails[0], u.Personnummer} {
			if strings.Contains(out, secret) {
				t.Error("the plan names the person")
			}
		}
		return out
	}
	alter(t, crm,
		`insert into crm.history (kind, at, body) select 'note', now(), 'levererad i tid' from generate_series(1, 20000)`,
		`insert into crm.history_person (history_id, person_id) select h.id, 40 from crm.history as h where h.body = 'levererad i tid'`,
		`analyze`)
	out := plan(exitDone)
	for _, w := range []string{
		"found by  crm.todo.person_id is crm.person.id",
		`x."person_id" = any ($1::text[]::bigint[])`,
		"crm.history_person by history_person_person_id_idx",
		"1 until 20", "shared with", `using gin ("body" gin_trgm_ops);`, "create extension if not exists pg_trgm;",
		fmt.Sprintf("Next: insyn request erasure --person crm:%d", democrm.Unique),
	} {
		if !strings.Contains(out, w) {
			t.Errorf("no word of %q", w)
		}
	}
	var doc struct {
		Hash   string `json:"plan_hash"`
		Tables []struct {
			Table string
			Reads []struct{ Table, Create string }
		}
	}
	if err := json.Unmarshal([]byte(plan(exitDone, "--json")), &doc); err != nil || len(doc.Hash) != 64 || len(doc.Tables) != 15 {
		t.Errorf("as JSON: %v, %+v", err, doc)
	}

	// Without the index it is told with the line that makes it, which is true: afterwards it serves.
	alter(t, crm, `drop index crm.history_person_person_id_idx`)
	create := `create index concurrently "insyn_history_person_person_id_idx" on "crm"."history_person" ("person_id");`
	if out := plan(exitDone, "--analyze"); !strings.Contains(out, "warning: all of crm.history_person") || !strings.Contains(out, create) || !strings.Contains(out, " ms\n") {
		t.Error("the missing index is not told")
	}
	alter(t, crm, create, `create extension if not exists pg_trgm`, `create index concurrently "insyn_history_body_trgm_idx" on "crm"."history" using gin ("body" gin_trgm_ops)`)
	if out := plan(exitDone); !strings.Contains(out, "crm.history_person by insyn_history_person_person_id_idx") || strings.Contains(out, "insyn_history_body_trgm_idx") {
		t.Error("the new index does not serve")
	}

	alter(t, crm, `create table crm.scratch (x int)`)
	if out := plan(exitFailed); !strings.Contains(out, "FAIL  crm.scratch: the table is new") {
		t.Error("what would refuse the run is not told")
	}
	for _, bad := range []string{"crm", "crm:", "shop:1"} {
		if code, _, _ := call(t, env, "plan", "erasure", "--person", bad); code != exitUsage {
			t.Errorf("--person %s: exit code %d", bad, code)
		}
	}
	if code, _, errs := call(t, env, "plan", "erasure", "--person", "crm:999999"); code != exitFailed || !strings.Contains(errs, "not_found") {
		t.Errorf("nobody: exit code %d, %s", code, errs)
	}
}
