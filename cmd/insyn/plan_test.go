package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"insyn/internal/democrm"
)

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
		"1 until 20", "shared with", `using gin ("body" gin_trgm_ops)`, "create extension if not exists pg_trgm;",
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

	missing := `without it an erasure reads every text: create index concurrently "insyn_history_body_trgm_idx"`
	if _, out, _ := call(t, env, "datamap", "check"); !strings.Contains(out, missing) {
		t.Errorf("the check of the map does not tell of the index of texts:\n%s", out)
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

	if _, out, _ := call(t, env, "datamap", "check"); strings.Contains(out, missing) {
		t.Error("the check of the map asks for an index that is there")
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
