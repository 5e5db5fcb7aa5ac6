package ledger_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"insyn/internal/ledger"
)

var (
	key  = bytes.Repeat([]byte("k"), 32)
	noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
)

func entry(n int) ledger.Entry {
	return ledger.Entry{
		Kind: ledger.Erasure, Source: "crm", Seq: int64(n), At: noon.Add(time.Duration(n) * time.Hour), Request: int64(n),
		Subject: fmt.Appendf(nil, "subject %d", n), KeyHMACs: [][]byte{[]byte("k")}, HMACs: [][]byte{[]byte("h")}, Counts: map[string]int{"crm.person anonymise": 1},
	}
}

func open(t *testing.T, path string) *ledger.File {
	t.Helper()
	f, err := ledger.Open(path, key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func filled(t *testing.T, n int) (*ledger.File, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	f := open(t, path)
	for i := 1; i <= n; i++ {
		if err := f.Append(entry(i)); err != nil {
			t.Fatal(err)
		}
	}
	return f, path
}

func requests(t *testing.T, f *ledger.File) []int64 {
	t.Helper()
	var out []int64
	if err := f.Read(func(e ledger.Entry) error { out = append(out, e.Request); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhatIsAppendedIsReadOnceAndByOthers(t *testing.T) {
	t.Parallel()
	f, path := filled(t, 3)
	if err := f.Append(entry(2), entry(4)); err != nil {
		t.Fatal(err)
	}
	other := open(t, path)
	if got := requests(t, other); !slices.Equal(got, []int64{1, 2, 3, 4}) {
		t.Errorf("got %v, want 1 to 4, each once", got)
	}
	for i := 1; i <= 4; i++ {
		if !other.Has(entry(i)) {
			t.Errorf("entry %d is not known", i)
		}
	}
	if again := entry(2); other.Has(entry(5)) || other.Has(func() ledger.Entry { again.At = again.At.Add(time.Minute); return again }()) {
		t.Error("an entry that is not there, or is older there, is known")
	}
	if got := other.LastSeq(ledger.Erasure, "crm"); got != 4 {
		t.Errorf("last seq %d, want 4", got)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if !json.Valid([]byte(l)) {
			t.Errorf("not JSON: %s", l)
		}
	}
}

func TestManyWritersTearNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	var wg sync.WaitGroup
	for w := range 4 {
		f := open(t, path)
		wg.Go(func() {
			for i := range 25 {
				if err := f.Append(entry(100*w + i + 1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := requests(t, open(t, path)); len(got) != 100 {
		t.Errorf("%d entries, want 100", len(got))
	}
}

func TestAnEditedLineAndALostLineAreNoticed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		edit func(lines []string) []string
		want string
	}{
		"edited":  {func(l []string) []string { l[2] = strings.Replace(l[2], `"request":2`, `"request":9`, 1); return l }, "line 3 was changed"},
		"lost":    {func(l []string) []string { return slices.Delete(l, 2, 3) }, "a line is gone before line 3"},
		"swapped": {func(l []string) []string { l[2], l[3] = l[3], l[2]; return l }, "gone before line 3"},
		"garbage": {func(l []string) []string { l[2] = "x"; return l }, "line 3 not of the form"},
	} {
		f, path := filled(t, 4)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := tc.edit(strings.Split(strings.TrimSpace(string(text)), "\n"))
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		damaged, err := ledger.Open(path, key)
		if !errors.Is(err, ledger.ErrDamaged) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want an error that says %q", name, err, tc.want)
			continue
		}
		if err := damaged.Append(entry(9)); !errors.Is(err, ledger.ErrDamaged) {
			t.Errorf("%s: append: got %v, want a refusal", name, err)
		}
		aside, err := damaged.Mend(noon)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(aside); err != nil {
			t.Errorf("%s: the damaged file is gone: %v", name, err)
		}
		got := requests(t, open(t, path))
		want := map[string]int{"edited": 3, "lost": 3, "swapped": 4, "garbage": 3}[name]
		if len(got) != want || slices.Contains(got, 9) {
			t.Errorf("%s: mended to %v, want %d entries", name, got, want)
		}
		_ = f
	}
}

func TestACutTailIsNoticedByTheMark(t *testing.T) {
	t.Parallel()
	f, path := filled(t, 4)
	mark, _ := f.Tail()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSpace(string(text)), "\n")
	if err := os.WriteFile(path, []byte(strings.Join(lines[:4], "")), 0o600); err != nil {
		t.Fatal(err)
	}
	cut := open(t, path)
	if ok, err := cut.Reaches(mark); err != nil || ok {
		t.Errorf("a cut file reaches its mark: %v %v", ok, err)
	}
	// Lines that were added since do not hide it.
	for i := 10; i < 15; i++ {
		if err := cut.Append(entry(i)); err != nil {
			t.Fatal(err)
		}
	}
	if ok, err := cut.Reaches(mark); err != nil || ok {
		t.Errorf("a cut and lengthened file reaches its mark: %v %v", ok, err)
	}
	// Whoever had it open notices too, mark or not.
	if err := f.Refresh(); err != nil {
		t.Fatal(err)
	}
	now, _ := cut.Tail()
	if ok, err := f.Reaches(now); err != nil || ok {
		t.Errorf("a file that was cut while it was open looks whole: %v %v", ok, err)
	}
	if ok, err := cut.Reaches(now); err != nil || !ok {
		t.Errorf("the file does not reach its own tail: %v %v", ok, err)
	}
}

func TestABrokenLastLineIsCutOffAndWrittenAgain(t *testing.T) {
	t.Parallel()
	_, path := filled(t, 3)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()-20); err != nil {
		t.Fatal(err)
	}
	f := open(t, path)
	if f.Has(entry(3)) || !f.Has(entry(2)) {
		t.Fatal("the broken line counts, or the one before it does not")
	}
	if err := f.Append(entry(3)); err != nil {
		t.Fatal(err)
	}
	if got := requests(t, open(t, path)); !slices.Equal(got, []int64{1, 2, 3}) {
		t.Errorf("got %v, want 1 2 3", got)
	}
}

func TestCompactDropsWhatExpiredAndWritersGoOn(t *testing.T) {
	t.Parallel()
	f, path := filled(t, 4)
	other := open(t, path)
	later := entry(4)
	later.At = later.At.Add(time.Hour)
	said := ledger.Entry{Kind: ledger.Suppression, Source: "crm", Seq: 1, At: noon, HMAC: []byte("a"), Channel: "email", Origin: "optout"}
	more := said
	more.Origin = "objection"
	if err := f.Append(later, said, more); err != nil {
		t.Fatal(err)
	}
	mark, _ := f.Tail()
	dropped, err := f.Compact(noon.Add(3 * time.Hour))
	if err != nil || dropped != 4 { // two old ones, the older line of 4, the lesser suppression
		t.Fatalf("dropped %d, %v; want 4", dropped, err)
	}
	if err := other.Append(entry(5)); err != nil {
		t.Fatal(err)
	}
	last := open(t, path)
	if got := requests(t, last); !slices.Equal(got, []int64{3, 4, 0, 5}) {
		t.Errorf("got %v, want 3, 4, the suppression, 5", got)
	}
	if !last.Has(more) || !last.Has(later) || last.Has(entry(1)) {
		t.Error("the wrong lines went")
	}
	if ok, err := last.Reaches(mark); err != nil || !ok {
		t.Errorf("a rewritten file is taken for a cut one: %v %v", ok, err)
	}
	if n, err := last.Compact(noon.Add(3 * time.Hour)); err != nil || n != 0 {
		t.Errorf("a second time %d, %v; want nothing", n, err)
	}
}

func TestAnotherKeyIsRefused(t *testing.T) {
	t.Parallel()
	_, path := filled(t, 1)
	if _, err := ledger.Open(path, bytes.Repeat([]byte("x"), 32)); !errors.Is(err, ledger.ErrKey) {
		t.Errorf("got %v, want %v", err, ledger.ErrKey)
	}
}

// A write that the disk cuts short: the limit on the size of files does what a full disk does. It is the whole process',
// so a child gets it.
func TestAFullDiskLeavesNoHalfLine(t *testing.T) {
	t.Parallel()
	const name = "INSYN_TEST_FULL_DISK"
	if path := os.Getenv(name); path != "" {
		f := open(t, path)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		var was syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
			t.Fatal(err)
		}
		full := was
		full.Cur = uint64(info.Size()) + 30
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
			t.Fatal(err)
		}
		err = f.Append(entry(3))
		if limited := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); limited != nil {
			t.Fatal(limited)
		}
		if err == nil {
			t.Fatal("no error from a full disk")
		}
		if now, err := os.Stat(path); err != nil || now.Size() != info.Size() {
			t.Errorf("half a line was left: %v", err)
		}
		if f.Has(entry(3)) {
			t.Error("what was not written is known")
		}
		if err := f.Append(entry(3)); err != nil {
			t.Fatal(err)
		}
		return
	}
	_, path := filled(t, 2)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAFullDiskLeavesNoHalfLine$") //nolint:gosec // this test again
	cmd.Env = append(os.Environ(), name+"="+path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := requests(t, open(t, path)); !slices.Equal(got, []int64{1, 2, 3}) {
		t.Errorf("got %v, want 1 2 3", got)
	}
}

// BenchmarkAppend is one entry to the disk: p50 and p99 in microseconds beside the mean.
func BenchmarkAppend(b *testing.B) {
	f, err := ledger.Open(filepath.Join(b.TempDir(), "ledger.jsonl"), key)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var took []time.Duration
	n := 0
	for b.Loop() {
		n++
		e := entry(n)
		for range 12 {
			e.HMACs = append(e.HMACs, key)
		}
		began := time.Now()
		if err := f.Append(e); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
