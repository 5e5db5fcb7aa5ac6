package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"insyn/internal/democrm"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/ledger"
	"insyn/internal/postgres"
	"insyn/internal/records"
	"insyn/internal/seal"
	"insyn/worker"
)

// erasedElsewhere erases a person in one copy of the CRM and writes the file; another copy is then the restored one.
func erasedElsewhere(t *testing.T, env []string, path string) *seal.Keys {
	t.Helper()
	ctx := t.Context()
	master, err := seal.ParseKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.New(master)
	if err != nil {
		t.Fatal(err)
	}
	m := crmtest.Map(t)
	pool, err := postgres.OpenWith(ctx, newEnviron(env)["INSYN_CRM_DSN"], postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	src, err := records.Open(ctx, "crm", pool, m)
	if err != nil {
		t.Fatal(err)
	}
	e := records.Erasure{
		RequestID: 1001, Subject: keys.Subject("crm", "1"), Epoch: 1, Keys: []string{"1"}, Hash: &records.Hasher{Keys: keys},
		Suppress: []records.Suppression{
			{HMAC: records.SuppressionHMAC(keys.SuppressionKey(), "gone@post.example"), Channel: "email"},
			{HMAC: src.SuppressionPhoneHMAC(keys.SuppressionKey(), "070-000 00 09"), Channel: "phone"},
		},
	}
	r, err := src.Rehearse(ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	e.Approved = r.Approval()
	if _, err := src.Erase(ctx, e); err != nil {
		t.Fatal(err)
	}
	f, err := ledger.Open(path, keys.HMAC("ledger file"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := src.Entries(ctx, 0, 0, func(e []ledger.Entry) error { return f.Append(e...) }); err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestReplayFromTheShell(t *testing.T) {
	t.Parallel()
	env, _ := shell(t)
	if code, _, errs := call(t, env, "replay"); code != exitFailed || !strings.Contains(errs, "INSYN_LEDGER_FILE") {
		t.Errorf("without a file: code %d, %s", code, errs)
	}
	if _, out, _ := call(t, env, "check", "--only", "worker"); !strings.Contains(out, "INSYN_LEDGER_FILE is not set") {
		t.Errorf("check does not warn:\n%s", out)
	}
	path := filepath.Join(t.TempDir(), "ledger")
	elsewhere, _ := shell(t)
	erasedElsewhere(t, elsewhere, path)
	env = append(env, "INSYN_LEDGER_FILE="+path)
	if code, out, _ := call(t, env, "check", "--only", "worker"); code != exitFailed || !strings.Contains(out, "lacks 1 erasures and 2 suppressions") || !strings.Contains(out, "insyn replay") {
		t.Errorf("check does not say that the source is behind:\n%s", out)
	}
	ask := func(in string, args ...string) (int, string) {
		var out, errs bytes.Buffer
		code := run(context.Background(), append([]string{"may-import", "--source", "crm"}, args...), env, strings.NewReader(in), &out, &errs)
		return code, strings.TrimSpace(out.String() + errs.String())
	}
	if code, out := ask("gone@post.example\n", "--address", "-"); code != exitDone || out != "yes" {
		t.Errorf("before the replay: code %d, %s", code, out)
	}
	code, out, errs := call(t, env, "replay", "--dry-run")
	if code != exitDone || !strings.Contains(out, "would be erased") {
		t.Errorf("dry run: code %d\n%s%s", code, out, errs)
	}
	if code, _, errs := call(t, env, "replay", "--since", "yesterday"); code != exitUsage || !strings.Contains(errs, "--since") {
		t.Errorf("a strange time: code %d, %s", code, errs)
	}
	code, out, errs = call(t, env, "replay", "--json")
	var r worker.ReplayReport
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitDone || r.Sources[0].Erased != 1 || r.Sources[0].Suppressions != 2 || r.Searched != 1 {
		t.Fatalf("code %d, %v\n%s%s", code, err, out, errs)
	}
	k := democrm.KnownPerson(democrm.Unique)
	for _, value := range []string{k.Surname, k.Emails[0], k.Personnummer} {
		if strings.Contains(out+errs, value) {
			t.Errorf("the report names %q", value)
		}
	}
	if _, out, _ := call(t, env, "check", "--only", "worker"); !strings.Contains(out, "no source is behind it") {
		t.Errorf("check after the replay:\n%s", out)
	}
	if code, out, _ := call(t, env, "replay"); code != exitDone || strings.Contains(out, "erased  ") {
		t.Errorf("a second time: code %d\n%s", code, out)
	}
	if code, out := ask("gone@post.example\n", "--address", "-"); code != exitFailed || out != "no" {
		t.Errorf("after the replay: code %d, %s", code, out)
	}
	if code, out := ask("new@post.example\n0046 70 000 00 09\n", "--address", "-", "--phone", "-"); code != exitFailed || out != "no" {
		t.Errorf("by the number: code %d, %s", code, out)
	}
	if code, out := ask("gone@post.example\nnew@post.example,070-0000009\n\"new@post.example\",\n,0700000008\n", "--batch"); code != exitDone || out != "no\nno\nyes\nyes" {
		t.Errorf("batch: code %d, %q", code, out)
	}
	if code, out := ask("a@post.example,1,secret\n", "--batch"); code != exitFailed || strings.Contains(out, "secret") {
		t.Errorf("a bad line: code %d, %q", code, out)
	}
	for _, args := range [][]string{{}, {"--address", "a@b.example"}, {"--batch", "--address", "-"}} {
		if code, _ := ask("", args...); code != exitUsage {
			t.Errorf("%v: code %d, want a wrong call", args, code)
		}
	}
}

func TestADamagedLedgerFileStopsWorkers(t *testing.T) {
	t.Parallel()
	env, _ := shell(t)
	path := filepath.Join(t.TempDir(), "ledger")
	elsewhere, _ := shell(t)
	erasedElsewhere(t, elsewhere, path)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte(`"origin":"erasure"`), []byte(`"origin":"optout"`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	env = append(env, "INSYN_LEDGER_FILE="+path, "INSYN_WEB_URL=http://127.0.0.1:1", "INSYN_SHARE_URL=http://127.0.0.1:2", "REDIS_URL=redis://127.0.0.1:3",
		"INSYN_SMTP_HOST=127.0.0.1", "INSYN_SMTP_TLS=off", "INSYN_SMTP_FROM=a@company.example", "INSYN_METRICS_ADDR=off")
	code, _, errs := call(t, env, "replay")
	if code != exitFailed || !strings.Contains(errs, "line 3 was changed") || !strings.Contains(errs, "--accept-damage") {
		t.Errorf("replay: code %d, %s", code, errs)
	}
	if _, out, _ := call(t, env, "check", "--only", "worker"); !strings.Contains(out, "line 3 was changed") {
		t.Errorf("check:\n%s", out)
	}
	code, out, errs := call(t, env, "replay", "--accept-damage", "--json")
	var r worker.ReplayReport
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitDone || r.Sources[0].Erased != 1 || r.Sources[0].Suppressions != 1 {
		t.Errorf("with what holds: code %d, %v\n%s%s", code, err, out, errs)
	}
	if kept, err := filepath.Glob(path + ".damaged-*"); err != nil || len(kept) != 1 {
		t.Errorf("the damaged file is not kept: %v %v", kept, err)
	}
}
