package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
)

func call(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, env, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func TestHelpExplainsEachCommand(t *testing.T) {
	t.Parallel()
	for _, c := range commands() {
		code, out, errs := call(t, []string{"INSYN_DATABASE_URL=x"}, "help", c.name)
		if code != exitDone || !strings.Contains(out, "insyn "+c.name) || c.summary == "" {
			t.Errorf("help %s: code %d, %q %q", c.name, code, out, errs)
		}
	}
	if code, _, errs := call(t, nil, "nonsense"); code != exitUsage || !strings.Contains(errs, "insyn help") {
		t.Errorf("unknown command: code %d, %q", code, errs)
	}
	if code, _, errs := call(t, nil); code != exitUsage || !strings.Contains(errs, "Commands:") {
		t.Errorf("no command: code %d, %q", code, errs)
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	env := []string{"INSYN_DATABASE_URL=x"}
	code, out, errs := call(t, env, "due", "--received", "2027-01-31", "--country", "SE", "--json")
	if code != exitDone {
		t.Fatalf("code %d: %s", code, errs)
	}
	var got struct {
		Received, Due, Explanation string
		DueStrict                  string `json:"due_strict"`
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Received != "2027-01-31" || got.Due != "2027-03-01" || got.DueStrict != "2027-03-01" || got.Explanation == "" {
		t.Errorf("got %+v", got)
	}
	_, out, _ = call(t, env, "due", "--received", "2026-11-02", "--country", "SE", "--pause", "2026-11-03..2026-11-10")
	if !strings.Contains(out, "due:         2026-12-09") {
		t.Errorf("paused: got %q, want the due date 2026-12-09", out)
	}
	for _, wrong := range [][]string{
		{"due"},
		{"due", "--received", "2026-02-30", "--country", "SE"},
		{"due", "--received", "2026-02-03", "--country", "XX"},
		{"due", "--received", "2026-02-03", "--country", "SE", "--pause", "yesterday"},
	} {
		if code, _, errs := call(t, env, wrong...); code == exitDone || errs == "" {
			t.Errorf("%v: code %d, %q", wrong, code, errs)
		}
	}
}

func TestFlagsMayFollowArguments(t *testing.T) {
	t.Parallel()
	fs := flags("x")
	as := fs.String("as", "", "")
	plain, err := parse(fs, []string{"approve", "1001", "--as", "karin", "--", "--odd"})
	if err != nil || strings.Join(plain, " ") != "approve 1001 --odd" || *as != "karin" {
		t.Errorf("got %v, as %q, %v", plain, *as, err)
	}
}
