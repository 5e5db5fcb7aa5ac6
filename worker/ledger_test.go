package worker

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"insyn/internal/ledger"
)

// A file that lost its tail or a line, as seen by a worker.
func TestAWorkerNoticesAFileThatLostLines(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, p := range []int{21, 22, 23} {
		w.erased(t, p)
	}
	if err := w.levelLedgers(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(w.path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	write := func(lines []string) {
		t.Helper()
		if err := os.WriteFile(w.path, []byte(strings.Join(lines, "")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(slices.Delete(slices.Clone(lines), 1, 2))
	if err := w.levelLedgers(t.Context(), true); !errors.Is(err, ledger.ErrDamaged) || !stops(err) {
		t.Fatalf("a lost line is not noticed: %v", err)
	}
	write(lines[:2])
	w.Ledger = openFile(t, w.path, w.Keys)
	if err := w.levelLedgers(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, w.bench, `select count(*) from insyn.audit where action = 'ledger.file_cut'`); n != 1 {
		t.Errorf("%d audit lines of a cut file, want 1", n)
	}
	if n := len(w.Ledger.All("crm")); n < 3 {
		t.Errorf("%d entries, want the lost ones back", n)
	}
}

func TestHashesExpireInTheFileToo(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, p := range []int{21, 22} {
		w.erased(t, p)
	}
	if _, err := w.crm.Exec(t.Context(), `update insyn_ledger.erasure set at = at - interval '200 days' where seq = (select min(seq) from insyn_ledger.erasure)`); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(w.path); err != nil { // the next look writes it anew, with the old date
		t.Fatal(err)
	}
	if err := w.levelLedgers(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, w.bench, `select count(*) from insyn.audit where action = 'ledger.file_new'`); n != 1 {
		t.Errorf("%d audit lines of a new file, want 1", n)
	}
	before := len(w.Ledger.All("crm"))
	if err := w.expireHashes(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.levelLedgers(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if after := len(w.Ledger.All("crm")); after != before-1 {
		t.Errorf("%d entries before, %d after, want the old one gone and not back", before, after)
	}
	var n int
	if err := w.crm.QueryRow(context.Background(), `select count(*) from insyn_ledger.erasure where key_hmacs = '{}' and hmacs = '{}'`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows without hashes, %v; want 1", n, err)
	}
}
