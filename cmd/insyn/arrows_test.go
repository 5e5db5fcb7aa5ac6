package main

import (
	"go/build"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// imports maps every package of the module (its path below the root) to those of ours that it imports, tests left out: a
// test may look at a whole from outside.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if name := d.Name(); path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin") {
			return filepath.SkipDir
		}
		p, err := build.ImportDir(path, 0)
		if err != nil {
			return nil //nolint:nilerr // no Go in this folder
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		ours := []string{}
		for _, i := range p.Imports {
			if rest, ok := strings.CutPrefix(i, "insyn/"); ok {
				ours = append(ours, rest)
			}
		}
		out[filepath.ToSlash(name)] = ours
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// below are the packages that may import only the named ones of ours.
func below() map[string][]string {
	return map[string][]string{
		"internal/dsar":         {},
		"internal/personnummer": {},
		"internal/file":         {},
		"internal/mention":      {},
		"internal/ledger":       {},
		"internal/seal":         {},
		"internal/smtpsink":     {},
		"internal/wording":      {},
		"internal/dossier":      {"internal/dsar", "internal/wording"},
		"internal/postgres":     {},
		"internal/datamap":      {"internal/dossier", "internal/dsar", "internal/personnummer", "internal/postgres"},
		"internal/mail":         {"internal/wording"},
		"internal/receipt":      {"internal/dossier", "internal/dsar", "internal/postgres", "internal/wording"},
		"internal/metrics":      {},
	}
}

func TestArrowsPointInward(t *testing.T) {
	t.Parallel()
	all := imports(t)
	if len(all) < 15 {
		t.Fatalf("found %d packages only; is the test looking in the right place?", len(all))
	}
	top := []string{"adminweb", "cmd/insyn", "jobs", "scheduler", "worker"}
	for pkg, list := range all {
		for _, i := range list {
			switch {
			case strings.HasPrefix(pkg, "internal/") && !strings.HasPrefix(i, "internal/"):
				t.Errorf("%s imports %s: internal packages are below the others", pkg, i)
			case i == "cmd/insyn":
				t.Errorf("%s imports the command", pkg)
			case pkg == "adminweb" && (i == "worker" || i == "scheduler"), pkg == "scheduler" && (i == "worker" || i == "adminweb"),
				pkg == "worker" && (i == "adminweb" || i == "scheduler"):
				t.Errorf("%s imports %s: they meet in jobs alone", pkg, i)
			case pkg == "jobs" && slices.Contains(top, i):
				t.Errorf("jobs imports %s", i)
			case pkg == "internal/democrm/crmtest" && (i == "internal/democrm" || strings.HasSuffix(i, "/pgtest")):
				// It is for tests, as pgtest is.
			case strings.HasSuffix(i, "/pgtest"), strings.HasSuffix(i, "/crmtest"):
				t.Errorf("%s imports %s outside a test", pkg, i)
			case i == "internal/demo" && pkg != "cmd/insyn":
				t.Errorf("%s imports the demo", pkg)
			case i == "internal/democrm" && pkg != "internal/demo" && pkg != "cmd/insyn":
				t.Errorf("%s imports the sample CRM: only the demo and tests may know it", pkg)
			}
		}
		if allowed, ok := below()[pkg]; ok {
			for _, i := range list {
				if !slices.Contains(allowed, i) {
					t.Errorf("%s imports %s; allowed are %v", pkg, i, allowed)
				}
			}
		}
	}
	for pkg := range below() {
		if _, ok := all[pkg]; !ok {
			t.Errorf("there is no package %s", pkg)
		}
	}
}

// The share site must work with no right to any source, so its code must not even hold the means.
func TestShareHoldsNoMeansToReadASource(t *testing.T) {
	t.Parallel()
	all := imports(t)
	seen := map[string]bool{}
	var walk func(pkg string, path []string)
	walk = func(pkg string, path []string) {
		if seen[pkg] {
			return
		}
		seen[pkg] = true
		for _, forbidden := range []string{"internal/records", "internal/datamap", "internal/request", "internal/refdata", "jobs", "worker"} {
			if pkg == forbidden {
				t.Errorf("share reaches %s by %v", pkg, path)
			}
		}
		for _, i := range all[pkg] {
			walk(i, append(slices.Clone(path), i))
		}
	}
	walk("internal/share", nil)
}

func TestTopLevel(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Fields("adminweb cmd internal jobs scheduler worker docs bin go.mod go.sum Procfile README.md LICENSE Makefile")
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(want, e.Name()) {
			t.Errorf("%s has no place at the top level: it has %v", e.Name(), want)
		}
	}
}
