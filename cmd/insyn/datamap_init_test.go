package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"insyn/internal/datamap"
	"insyn/internal/democrm"
	"insyn/internal/postgres/pgtest"
)

func TestDatamapFromTheShell(t *testing.T) {
	t.Parallel()
	pool := pgtest.Empty(t)
	if err := democrm.Install(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	if err := democrm.Generate(t.Context(), pool, nil, democrm.Size{Persons: 200, Seed: 3, AsOf: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	env := []string{"SOME_DSN=" + pgtest.DSN(pool)}
	file := filepath.Join(t.TempDir(), "datamap.yaml")
	args := []string{"datamap", "init", "--source", "crm", "--dsn-env", "SOME_DSN", "--person", "crm.person", "--out", file}
	code, out, errs := call(t, env, args...)
	if code != exitDone || out != "" || !strings.Contains(errs, "tables mapped") || !strings.Contains(errs, "median") {
		t.Fatalf("code %d, %q, %s", code, out, errs)
	}
	m, err := datamap.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := m.Source("crm"); !ok || s.DSNEnv != "SOME_DSN" || s.Subject.Table != "crm.person" {
		t.Errorf("the map has not the source that was asked for: %+v", s)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if code, _, errs := call(t, env, args...); code != exitFailed || !strings.Contains(errs, "is there already") {
		t.Errorf("a second time: code %d, %s", code, errs)
	}
	if after, err := os.ReadFile(file); err != nil || string(after) != string(before) {
		t.Errorf("the map was written over (%v)", err)
	}
	if code, out, errs := call(t, env, args[:len(args)-2]...); code != exitDone || out != string(before) {
		t.Errorf("without --out, and the same again: code %d, %d bytes of %d, %s", code, len(out), len(before), errs)
	}
	for _, tc := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"datamap"}, exitUsage, "say what to do"},
		{[]string{"datamap", "init", "--source", "crm", "--dsn-env", "SOME_DSN"}, exitUsage, "--person"},
		{[]string{"datamap", "init", "--source", "crm", "--dsn-env", "OTHER_DSN", "--person", "crm.person"}, exitFailed, "OTHER_DSN is not set"},
		{[]string{"datamap", "init", "--source", "crm", "--dsn-env", "SOME_DSN", "--person", "crm.nobody"}, exitFailed, "there is no table crm.nobody"},
	} {
		if code, _, errs := call(t, env, tc.args...); code != tc.code || !strings.Contains(errs, tc.want) {
			t.Errorf("%v: code %d, %s; want %d and %q", tc.args, code, errs, tc.code, tc.want)
		}
	}
	if code, out, errs := call(t, env, "datamap", "schema"); code != exitDone || out != string(datamap.Schema()) {
		t.Errorf("schema: code %d, %d bytes, %s", code, len(out), errs)
	}
}
