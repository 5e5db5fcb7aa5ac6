package main

import (
	"context"
	"encoding/json"
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
