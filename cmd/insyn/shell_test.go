package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"insyn/internal/democrm"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

// shell is an environment with our own tables and a sample CRM, and no Redis: commands commit, and a worker would enqueue.
func shell(t *testing.T) (env []string, ours string) {
	t.Helper()
	ctx := context.Background()
	m := crmtest.Map(t)
	crm := pgtest.Empty(t)
	if err := democrm.Install(ctx, crm); err != nil {
		t.Fatal(err)
	}
	if err := democrm.Generate(ctx, crm, nil, democrm.Size{Persons: democrm.MinPersons, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	if err := records.MigrateSource(ctx, crm, m, "crm"); err != nil {
		t.Fatal(err)
	}
	if err := records.Accept(ctx, crm, m, "crm", "a test"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "datamap.yaml")
	if err := os.WriteFile(file, democrm.Map(), 0o600); err != nil {
		t.Fatal(err)
	}
	ours = pgtest.DSN(pgtest.New(t))
	return []string{"INSYN_DATABASE_URL=" + ours, "INSYN_CRM_DSN=" + pgtest.DSN(crm), "INSYN_MAP=" + file, "INSYN_KEY=" + testKey}, ours
}

func TestAccountsFromTheShell(t *testing.T) {
	t.Parallel()
	env := []string{"INSYN_DATABASE_URL=" + pgtest.DSN(pgtest.New(t))}
	if code, _, errs := call(t, env, "user", "add", "a@company.example", "--name", "Anna", "--roles", "handler"); code == exitDone || !strings.Contains(errs, "administrator") {
		t.Errorf("a first account that is no administrator: code %d, %s", code, errs)
	}
	code, out, errs := call(t, env, "user", "add", "a@company.example", "--name", "Anna", "--roles", "administrator,dpo")
	if code != exitDone || !strings.Contains(out, "shown this once: ") {
		t.Fatalf("code %d, %q %s", code, out, errs)
	}
	if code, _, errs := call(t, env, "user", "add", "A@company.example", "--name", "Anna", "--roles", "dpo"); code != exitFailed || !strings.Contains(errs, "taken") {
		t.Errorf("the same address again: code %d, %s", code, errs)
	}
	if code, _, errs := call(t, env, "user", "disable", "a@company.example"); code != exitFailed || !strings.Contains(errs, "last administrator") {
		t.Errorf("disable the last administrator: code %d, %s", code, errs)
	}
	var quiet bytes.Buffer
	if code := run(context.Background(), []string{"user", "password", "a@company.example", "--password-stdin"}, env, strings.NewReader("short\n"), &quiet, &quiet); code != exitFailed || !strings.Contains(quiet.String(), "too short") {
		t.Errorf("a short password: code %d, %s", code, quiet.String())
	}
	if code, _, errs := call(t, env, "user", "roles", "a@company.example", "king"); code != exitFailed || !strings.Contains(errs, "choices") {
		t.Errorf("an unknown role: code %d, %s", code, errs)
	}
	if _, out, _ := call(t, env, "user", "list"); !strings.Contains(out, "administrator, dpo") || strings.Contains(out, "argon2") {
		t.Errorf("list:\n%s", out)
	}
}

func TestRequestsFromTheShell(t *testing.T) {
	t.Parallel()
	env, _ := shell(t)
	for _, u := range [][2]string{{"admin@company.example", "administrator"}, {"dpo@company.example", "dpo"}, {"ops@company.example", "ops"}} {
		if code, _, errs := call(t, env, "user", "add", u[0], "--name", "X", "--roles", u[1]); code != exitDone {
			t.Fatal(errs)
		}
	}
	code, out, errs := call(t, env, "request", "access", "--person", "crm:1", "--as", "dpo@company.example", "--json")
	var s standing
	if err := json.Unmarshal([]byte(out), &s); code != exitDone || err != nil || s.State != "working" || s.DueStrict == nil {
		t.Fatalf("code %d, %q %s", code, out, errs)
	}
	k := democrm.KnownPerson(democrm.Unique)
	for _, args := range [][]string{{"request", "list"}, {"request", "list", "--json"}, {"request", "show", "1001"}, {"request", "show", "1001", "--json"}, {"jobs", "list"}} {
		code, out, errs := call(t, env, args...)
		if code != exitDone || !strings.Contains(out, "1001") || strings.Contains(out, k.Surname) {
			t.Errorf("%v: code %d, %s %s", args, code, out, errs)
		}
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"request", "access", "--person", "crm:999999", "--as", "dpo@company.example"}, exitFailed, "not_found"},
		{[]string{"request", "access", "--person", "erp:1", "--as", "dpo@company.example"}, exitFailed, "no source"},
		{[]string{"request", "access", "--person", "crm:1", "--as", "ops@company.example"}, exitFailed, "roles"},
		{[]string{"request", "access", "--person", "crm:1", "--as", "x@company.example"}, exitFailed, "no such account"},
		{[]string{"request", "access", "--person", "crm:1"}, exitUsage, "--as"},
		{[]string{"request", "access", "--person", "crm:1", "--as", "dpo@company.example", "--received", "2999-01-01"}, exitFailed, "future"},
		{[]string{"request", "erasure", "--person", "crm:1", "--as", "dpo@company.example"}, exitUsage, "--ground"},
		{[]string{"request", "rectification", "--person", "crm:1", "--as", "dpo@company.example", "--set", "crm.person.shoe=1"}, exitFailed, "no field"},
		{[]string{"request", "approve", "1001", "--as", "dpo@company.example"}, exitFailed, "roles"},
		{[]string{"request", "approve", "1001", "--as", "admin@company.example"}, exitFailed, ""},
		{[]string{"request", "show", "9"}, exitFailed, "not_found"},
		{[]string{"jobs", "retry", "1", "--as", "ops@company.example"}, exitFailed, "conflict"}, // it has not failed
	} {
		code, _, errs := call(t, env, c.args...)
		if code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%v: code %d, want %d; %s", c.args, code, c.code, errs)
		}
	}
	// Nobody works here, so waiting ends by its time.
	if code, _, errs := call(t, env, "request", "access", "--person", "crm:2", "--as", "dpo@company.example", "--wait", "--timeout", "300ms"); code != exitFailed || !strings.Contains(errs, "timeout") {
		t.Errorf("--wait without a worker: code %d, %s", code, errs)
	}
	if code, _, errs := call(t, env, "jobs", "give-up", "1", "--as", "ops@company.example"); code != exitDone {
		t.Errorf("give up: code %d, %s", code, errs)
	}
}

func TestMayMailFromTheShell(t *testing.T) {
	t.Parallel()
	env, _ := shell(t)
	ask := func(person int64) (int, string) {
		code, out, errs := call(t, env, "may-mail", "--person", "crm:"+strconv.FormatInt(person, 10))
		return code, out + errs
	}
	if code, out := ask(democrm.Consented); code != exitDone || out != "yes\n" {
		t.Errorf("who said yes: code %d, %q", code, out)
	}
	if code, out := ask(democrm.Objected); code != exitFailed || out != "no\n" {
		t.Errorf("who objected: code %d, %q", code, out)
	}
	if code, _, errs := call(t, env, "may-mail", "--source", "crm", "--address", "a@b.example"); code != exitUsage || !strings.Contains(errs, "--address -") {
		t.Errorf("an address among the arguments: code %d, %s", code, errs)
	}
}

func TestSweepsFromTheShell(t *testing.T) {
	t.Parallel()
	env := []string{"INSYN_DATABASE_URL=" + pgtest.DSN(pgtest.New(t))}
	for args, want := range map[string]string{
		"purge": "nothing had had its time", "remind": "reminders queued: 0", "report": `"needs_you_count": 0`, "report --send": `"open_count": 0`,
	} {
		if code, out, errs := call(t, env, strings.Fields(args)...); code != exitDone || !strings.Contains(out, want) {
			t.Errorf("%s: code %d, %q %s", args, code, out, errs)
		}
	}
}

func TestMigrateFromTheShell(t *testing.T) {
	t.Parallel()
	env := []string{"INSYN_MIGRATE_DATABASE_URL=" + pgtest.DSN(pgtest.Empty(t))}
	for _, want := range []string{"version 0 ->", "nothing to do"} {
		if code, out, errs := call(t, env, "migrate"); code != exitDone || !strings.Contains(out, want) {
			t.Errorf("code %d, %q %s; want %q", code, out, errs, want)
		}
	}
	if code, out, _ := call(t, env, "migrate", "--print"); code != exitDone || !strings.Contains(out, "create role insyn_web nologin") {
		t.Errorf("--print: code %d, %q", code, out)
	}
	source, _ := shell(t)
	if code, out, errs := call(t, source, "migrate", "--source"); code != exitDone || !strings.Contains(out, "source crm is prepared") {
		t.Errorf("--source: code %d, %q %s", code, out, errs)
	}
	if code, out, _ := call(t, source, "migrate", "--source", "--print"); code != exitDone || !strings.Contains(out, "insyn_ledger") {
		t.Errorf("--source --print: code %d, %.200q", code, out)
	}
	// A process refuses a schema that it does not know.
	if code, _, errs := call(t, []string{"INSYN_DATABASE_URL=" + pgtest.DSN(pgtest.Empty(t))}, "purge"); code != exitFailed || !strings.Contains(errs, "insyn migrate") {
		t.Errorf("an empty database: code %d, %s", code, errs)
	}
}

func TestHoldsFromTheShell(t *testing.T) {
	t.Parallel()
	env, _ := shell(t)
	for _, u := range [][2]string{{"admin@company.example", "administrator"}, {"dpo@company.example", "dpo"}, {"handler@company.example", "handler"}} {
		if code, _, errs := call(t, env, "user", "add", u[0], "--name", "X", "--roles", u[1]); code != exitDone {
			t.Fatal(errs)
		}
	}
	place := func(more ...string) []string {
		return append([]string{"hold", "place", "--person", "crm:27", "--ground", "claim", "--reason", "file 4711", "--review", "2999-01-01", "--as", "dpo@company.example"}, more...)
	}
	if code, out, _ := call(t, env, "hold", "list"); code != exitDone || out != "no holds\n" {
		t.Errorf("an empty list: code %d, %q", code, out)
	}
	if code, _, errs := call(t, env, "request", "erasure", "--person", "crm:27", "--as", "dpo@company.example", "--ground", "b", "--verified", "call_back"); code != exitDone {
		t.Fatal(errs)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{place("--ground", "because"), exitFailed, "choices"},
		{place("--review", "2020-01-01"), exitFailed, "future"},
		{place("--review", "soon"), exitUsage, "--review"},
		{place("--reason", ""), exitFailed, "missing"},
		{place("--person", "crm:999999"), exitFailed, "not_found"},
		{place("--person", "27"), exitUsage, "SOURCE:KEY"},
		{place("--as", "handler@company.example"), exitFailed, "roles"},
		{place(), exitDone, ""},
		{place(), exitFailed, "conflict"},
		{[]string{"hold", "release", "1", "--as", "dpo@company.example"}, exitFailed, "missing"},
		{[]string{"hold", "release", "9", "--reason", "over", "--as", "dpo@company.example"}, exitFailed, "not_found"},
		{[]string{"request", "decide", "1001", "--person", "crm:5", "--as", "dpo@company.example"}, exitUsage, "--same"},
		{[]string{"request", "decide", "1001", "--person", "crm:5", "--same", "--different", "--as", "dpo@company.example"}, exitUsage, "--same"},
		{[]string{"request", "decide", "1001", "--same", "--as", "dpo@company.example"}, exitUsage, "--person"},
		{[]string{"request", "decide", "1001", "--person", "crm:5", "--same", "--as", "handler@company.example"}, exitFailed, "roles"},
		{[]string{"request", "decide", "1001", "--person", "crm:5", "--same", "--as", "dpo@company.example"}, exitFailed, "not_found"}, // nothing ties it
	} {
		code, _, errs := call(t, env, c.args...)
		if code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%v: code %d, want %d; %s", c.args, code, c.code, errs)
		}
	}
	var s standing
	if _, out, _ := call(t, env, "request", "show", "1001", "--json"); json.Unmarshal([]byte(out), &s) != nil || s.WaitingFor != "hold" || s.Code != "legal_hold" {
		t.Errorf("the erasure on its way stands %+v, want it waiting for the hold", s)
	}
	if _, out, _ := call(t, env, "hold", "list"); !strings.Contains(out, "crm:27") || strings.Contains(out, "4711") || strings.Contains(out, "Alfhild") {
		t.Errorf("list:\n%s", out)
	}
	var quiet bytes.Buffer
	if code := run(context.Background(), []string{"hold", "release", "1", "--reason", "-", "--as", "admin@company.example"}, env, strings.NewReader("settled\n"), &quiet, &quiet); code != exitDone {
		t.Errorf("release: code %d, %s", code, quiet.String())
	}
	if _, out, _ := call(t, env, "request", "show", "1001", "--json"); json.Unmarshal([]byte(out), &s) != nil || s.State != "working" {
		t.Errorf("after the release: %s", out)
	}
	if _, out, _ := call(t, env, "hold", "list", "--all", "--json"); !strings.Contains(out, `"released_at"`) {
		t.Errorf("released ones:\n%s", out)
	}
}
