package worker

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"insyn/internal/democrm"
	"insyn/internal/mention"
	"insyn/internal/records"
)

// The whole way: erase, say no to mailings, restore a backup from before; nothing runs until the replay has made it good.
func TestARestoredSourceIsErasedAgain(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	backup, ours := dump(t, w.crm), dump(t, w.Pool)
	var people []mention.Person
	persons := []int{int(democrm.Unique), 21, 22, 23, 24}
	for _, p := range persons {
		_, ids := w.erased(t, p)
		people = append(people, ids)
	}
	if left := found(t, w.crm, people); len(left) > 0 {
		t.Fatalf("%d identifiers are left of the first erasures", len(left))
	}
	said := records.Suppression{HMAC: records.SuppressionHMAC(w.Keys.SuppressionKey(), "no@thanks.example"), Channel: "email"}
	if err := w.Sources[0].Suppress(t.Context(), []records.Suppression{said}); err != nil {
		t.Fatal(err)
	}
	if err := w.Worker.file(t.Context(), w.Sources[0], 0, nil, []records.Suppression{said}); err != nil {
		t.Fatal(err)
	}

	// A running worker notices before its next erasure.
	w.use(t, restore(t, backup))
	if left := found(t, w.crm, people); len(left) == 0 {
		t.Fatal("the backup does not hold the persons")
	}
	waiting := w.ask(t, 30)
	w.run(t)
	if got := one[string](t, w.bench, `select state || ' ' || code from insyn.job where request_id = $1 order by id desc limit 1`, waiting); got != "queued source_restored" {
		t.Errorf("an erasure in a restored source is %q, want it to wait", got)
	}
	if err := w.levelLedgers(t.Context(), true); !errors.Is(err, ErrRestored) {
		t.Errorf("a worker would start on a restored source: %v", err)
	}
	if err := <-w.stopped; !errors.Is(err, ErrRestored) {
		t.Errorf("the worker is stopped by %v, want %v", err, ErrRestored)
	}
	if err := w.Run(t.Context()); !errors.Is(err, ErrRestored) || !strings.Contains(err.Error(), "lacks 5 erasures and 1 suppressions") || !strings.Contains(err.Error(), "insyn replay") {
		t.Fatalf("a worker starts on a restored source: %v", err)
	}
	if r := w.replay(t, ReplayOptions{DryRun: true}); r.Sources[0].Erased != 5 || len(found(t, w.crm, people)) == 0 {
		t.Fatalf("the dry run found %+v, or changed something", r.Sources[0])
	}

	r := w.replay(t, ReplayOptions{})
	got := r.Sources[0]
	if got.Lost != 5 || got.Erased != 5 || got.Suppressions != 1 || len(r.Findings) > 0 || r.Searched != 5 || !r.Done() {
		t.Errorf("got %+v, findings %v", got, r.Findings)
	}
	if left := found(t, w.crm, people); len(left) > 0 {
		t.Errorf("%d identifiers are left after the replay: %v", len(left), left)
	}
	if n := one[int](t, w.bench, `select count(*) from insyn.audit where action = 'erasure.replayed' and request_id is not null and detail->>'rows' <> '0'`); n != 5 {
		t.Errorf("%d audit lines, want 5", n)
	}
	if _, err := os.Stat(w.path + ".replay"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the journal with the identifiers is still there: %v", err)
	}
	if again := w.replay(t, ReplayOptions{}); again.Sources[0].Lost != 0 || again.Sources[0].Suppressions != 0 || again.Searched != 0 {
		t.Errorf("a second replay did %+v", again.Sources[0])
	}
	if err := w.levelLedgers(t.Context(), true); err != nil {
		t.Errorf("a worker does not start after the replay: %v", err)
	}

	// Both databases come from the backup: our own tables know nothing of the requests.
	w.use(t, restore(t, backup))
	fresh := newBenchOn(t, restore(t, ours).Config().ConnString())
	c := w.Config
	c.Pool = fresh.Pool
	r, err := Replay(t.Context(), c, ReplayOptions{})
	if err != nil || r.Sources[0].Erased != 5 || len(found(t, w.crm, people)) > 0 {
		t.Errorf("with our own tables restored too: %v %+v", err, r)
	}
}

// Our own tables are restored to where the erasure was approved and not yet run: it ends by itself.
func TestARequestThatForgotItsErasureEnds(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	backup := dump(t, w.crm)
	id := w.ask(t, 21)
	ours := dump(t, w.Pool)
	w.run(t)
	w.run(t)
	w.use(t, restore(t, backup))
	b := newBenchOn(t, restore(t, ours).Config().ConnString())
	b.Config.Keys, b.store.Keys, b.Sources, b.Ledger = w.Keys, w.Keys, w.Sources, w.Ledger
	b.desk.Sources = w.Sources
	w.bench = b
	if r := w.replay(t, ReplayOptions{}); r.Sources[0].Erased != 1 {
		t.Fatalf("got %+v", r.Sources[0])
	}
	w.run(t)
	w.run(t)
	if !one[bool](t, b, `select rescanned_at is not null and erased_at is not null from insyn.request where id = $1`, id) {
		t.Error("the request does not end")
	}
}

func TestAKeyThatWasGivenToSomebodyElse(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	backup := dump(t, w.crm)
	for _, p := range []int{21, 22, 23} {
		w.erased(t, p)
	}
	w.use(t, restore(t, backup))
	sql := func(q string, args ...any) {
		t.Helper()
		if _, err := w.crm.Exec(t.Context(), q, args...); err != nil {
			t.Fatal(err)
		}
	}
	// After the restore 21 was given to somebody new, and 22 too, whose person now stands under 900.
	stranger := func(key int) {
		sql(`delete from crm.person_email where person_id = $1`, key)
		sql(`delete from crm.person_phone where person_id = $1`, key)
		sql(`update crm.person set given_name = 'Nils', surname = 'Nykund', personnummer = null, former_surname = null, custom = '{}' where id = $1`, key)
	}
	address := "moved@post.example"
	if err := w.crm.QueryRow(t.Context(), `select address from crm.person_email where person_id = 22 order by id limit 1`).Scan(&address); err != nil {
		t.Fatal(err)
	}
	stranger(21)
	stranger(22)
	sql(`insert into crm.person (id, given_name, surname, customer_no) overriding system value values (900000, 'Annat', 'Namn', 'K-900000')`)
	sql(`insert into crm.person_email (person_id, address) values (900000, $1)`, address)

	r := w.replay(t, ReplayOptions{})
	got := map[string]int{}
	for _, e := range r.Sources[0].Entries {
		got[fmt.Sprint(e.Result, " ", len(e.Doubt))]++
	}
	// 21 waits for somebody to look; 22 is found by the address, and the new holder of the key is mentioned; 23 is plain.
	if want := map[string]int{"doubtful 1": 1, "erased 1": 1, "erased 0": 1}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, key := range []int{21, 22} {
		var name string
		if err := w.crm.QueryRow(t.Context(), `select surname from crm.person where id = $1`, key).Scan(&name); err != nil || name != "Nykund" {
			t.Errorf("the new person under %d was erased: %q %v", key, name, err)
		}
	}
	var left int
	if err := w.crm.QueryRow(t.Context(), `select count(*) from crm.person_email where address = $1`, address).Scan(&left); err != nil || left != 0 {
		t.Errorf("the moved person is still there: %d %v", left, err)
	}
	if err := w.levelLedgers(t.Context(), true); !errors.Is(err, ErrRestored) {
		t.Errorf("a worker starts before somebody has looked: %v", err)
	}
	r = w.replay(t, ReplayOptions{Decided: map[string]map[string]bool{"crm": {"21": false}}})
	if r.Sources[0].Absent != 1 || !r.Done() {
		t.Errorf("after the decision: %+v", r.Sources[0])
	}
	if err := w.levelLedgers(t.Context(), true); err != nil {
		t.Errorf("a worker does not start: %v", err)
	}
}

// kill -9 between the commit in the source and the line in the file. The child stands before the file's lock.
func TestAKillBetweenCommitAndLine(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	id := w.ask(t, 21)
	lock, err := os.OpenFile(w.path+".lock", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	// A shared lock lets it read before the erasure, and not write after it.
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_SH); err != nil {
		t.Fatal(err)
	}
	cmd := w.child(t, "erasure")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool {
		var n int
		return w.crm.QueryRow(t.Context(), `select count(*) from insyn_ledger.erasure`).Scan(&n) == nil && n == 1
	})
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if got := one[string](t, w.bench, `select state from insyn.job where request_id = $1 order by id desc limit 1`, id); got != "working" {
		t.Fatalf("the killed erasure's job is %s", got)
	}
	if err := w.Ledger.Refresh(); err != nil || len(w.Ledger.All("crm")) != 0 {
		t.Fatalf("the line is there already: %v", err)
	}
	_ = lock.Close()
	if err := w.levelLedgers(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if n := len(w.Ledger.All("crm")); n != 1 {
		t.Errorf("%d entries in the file, want the one that was cut short", n)
	}
}

// A confirmation is not let go before its line is in the file, and promises nothing while the file cannot be written.
func TestTheConfirmationWaitsForTheLine(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	id := w.ask(t, 21)
	away := func(f func(from, to string) error) {
		t.Helper()
		if err := f(w.path, w.path+".away"); err != nil {
			t.Fatal(err)
		}
	}
	away(func(from, to string) error { return errors.Join(os.Rename(from, to), os.Mkdir(from, 0o700)) })
	w.run(t)
	// Reading fails too: the erasure itself waits, since nobody can tell whether the source was restored.
	if got := one[string](t, w.bench, `select coalesce(code, '') from insyn.job where request_id = $1 order by id desc limit 1`, id); got != "ledger_file" {
		t.Fatalf("the erasure has code %q, want it to wait for the file", got)
	}
	away(func(from, to string) error { return errors.Join(os.Remove(from), os.Rename(to, from)) })
	w.run(t)
	away(func(from, to string) error { return errors.Join(os.Rename(from, to), os.Mkdir(from, 0o700)) })
	w.run(t)
	if got := one[string](t, w.bench, `select kind || ' ' || coalesce(code, '') from insyn.job where request_id = $1 order by id desc limit 1`, id); got != "verification ledger_file" {
		t.Errorf("got %q, want the verification to wait", got)
	}
	if w.replayActive() {
		t.Error("the replay is promised while the file cannot be written")
	}
	away(func(from, to string) error { return errors.Join(os.Remove(from), os.Rename(to, from)) })
	w.run(t)
	if !one[bool](t, w.bench, `select rescanned_at is not null from insyn.request where id = $1`, id) || !w.replayActive() {
		t.Error("the verification does not go on when the file is back")
	}
}

func TestAKilledReplayGoesOn(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	backup := dump(t, w.crm)
	var people []mention.Person
	for p := 21; p < 33; p++ {
		_, ids := w.erased(t, p)
		people = append(people, ids)
	}
	w.use(t, restore(t, backup))
	cmd := w.child(t, "replay")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool {
		var n int
		return w.crm.QueryRow(t.Context(), `select count(*) from insyn_ledger.erasure`).Scan(&n) == nil && n >= 3
	})
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	var done int
	if err := w.crm.QueryRow(t.Context(), `select count(*) from insyn_ledger.erasure`).Scan(&done); err != nil || done == 12 {
		t.Fatalf("%d of 12 were done when it was killed, %v", done, err)
	}
	r := w.replay(t, ReplayOptions{})
	if r.Sources[0].Erased != 12-done || r.Searched < 12 || len(r.Findings) > 0 {
		t.Errorf("got %+v, searched for %d", r.Sources[0], r.Searched)
	}
	if left := found(t, w.crm, people); len(left) > 0 {
		t.Errorf("%d identifiers are left", len(left))
	}
	if n := one[int](t, w.bench, `select count(*) from insyn.audit where action = 'erasure.replayed'`); n != 12 {
		t.Errorf("%d audit lines, want one each for 12", n)
	}
}

// What the search finds outside the map is somebody's to remove; the identifiers stay for the next search.
func TestAReplaySearchesUntilNothingIsLeft(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	backup := dump(t, w.crm)
	_, ids := w.erased(t, 21)
	w.use(t, restore(t, backup))
	for _, sql := range []string{`create table public.loose (note text)`, `grant select on public.loose to insyn_worker`} {
		if _, err := w.crm.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	w.accepts(t, w.crm)
	if _, err := w.crm.Exec(t.Context(), `insert into public.loose values ($1)`, ids.Emails[0]); err != nil {
		t.Fatal(err)
	}
	r := w.replay(t, ReplayOptions{})
	if r.Done() || len(r.Findings["crm"]) != 1 || r.Findings["crm"][0].Table != "public.loose" {
		t.Fatalf("findings %v, want the loose note", r.Findings)
	}
	if journal, err := os.ReadFile(w.path + ".replay"); err != nil || strings.Contains(string(journal), ids.Emails[0]) {
		t.Errorf("the journal is gone, or names the person: %v", err)
	}
	if _, err := w.crm.Exec(t.Context(), `delete from public.loose`); err != nil {
		t.Fatal(err)
	}
	r = w.replay(t, ReplayOptions{})
	if !r.Done() || r.Searched != 1 || r.Sources[0].Lost != 0 {
		t.Errorf("searched for %d, findings %v, lost %d", r.Searched, r.Findings, r.Sources[0].Lost)
	}
	if _, err := os.Stat(w.path + ".replay"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the journal stays after a clean search: %v", err)
	}
	if n := one[int](t, w.bench, `select count(*) from insyn.audit where action = 'erasure.replayed'`); n != 1 {
		t.Errorf("%d audit lines of one erasure", n)
	}
}

func until(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatal("it did not come to that in 30 s")
}
