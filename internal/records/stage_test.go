package records_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/democrm"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/mention"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

// busy gives the unique person so many more history rows, of which each tenth is shared.
func busy(t *testing.T, pool *pgxpool.Pool, rows int) {
	t.Helper()
	execute(t, pool, `
		with made as (
		     insert into crm.history (id, kind, at, subject, body)
		     select 7000000 + i, 'call', timestamptz '2015-01-01' + i * interval '1 hour', 'Samtal ' || i, 'Ringde ' || p.given_name || ' ' || p.surname || ' om vecka ' || i % 52
		       from generate_series(1, $2::int) as i, crm.person as p
		      where p.id = $1
		     returning id)
		insert into crm.history_person (history_id, person_id)
		select id, $1
		  from made`, democrm.Unique, rows)
	execute(t, pool, `insert into crm.history_person (history_id, person_id) select 7000000 + i * 10, $1 from generate_series(1, $2::int / 10) as i`, democrm.Colleague, rows)
}

func large(t *testing.T, s *records.Source) records.Erasure {
	t.Helper()
	e := order(democrm.Unique)
	e.RowCap = 2000
	r := rehearsed(t, s, e)
	if r.Stages < 2 {
		t.Fatalf("got %d stages, want several: %d rows", r.Stages, r.Total)
	}
	e.Approved = r.Approval()
	return e
}

func TestStagesEraseWhatOneTransactionWould(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	busy(t, pool, 25_000)
	who, err := s.Identifiers(t.Context(), []string{key(democrm.Unique)})
	if err != nil {
		t.Fatal(err)
	}
	e := large(t, s)
	var told []int
	e.Progress = func(done, total int) {
		told = append(told, done)
		if n := one[int](t, pool, `select count(*)::int from insyn_ledger.restricted where person = $1`, key(democrm.Unique)); n != 1 && done < total {
			t.Error("the person is not restricted while the stages run")
		}
	}
	out, err := s.Erase(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if len(told) < 4 {
		t.Errorf("progress was told %v, want each stage", told)
	}
	// The same person in one transaction, in another database.
	one1, pool1 := crm(t)
	busy(t, pool1, 25_000)
	e1 := order(democrm.Unique)
	e1.Approved = rehearsed(t, one1, e1).Approval()
	want, err := one1.Erase(t.Context(), e1)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(out.Counts) != fmt.Sprint(want.Counts) {
		t.Errorf("stages counted %v, one transaction %v", out.Counts, want.Counts)
	}
	same(t, snapshot(t, pool), snapshot(t, pool1))
	wiped(t, s, pool, who)
}

// same compares two databases row by row, apart from times of the run itself.
func same(t *testing.T, got, want map[string]string) {
	t.Helper()
	differ := 0
	for k, v := range want {
		if strings.HasPrefix(k, "person ") || strings.HasPrefix(k, "change_log ") {
			continue // they hold the time of the change
		}
		if got[k] != v {
			if differ++; differ < 5 {
				t.Errorf("%s: got %s, want %s", k, got[k], v)
			}
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
}

func wiped(t *testing.T, s *records.Source, pool *pgxpool.Pool, who mention.Person) {
	t.Helper()
	found, err := s.Rescan(t.Context(), []mention.Person{who}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if !f.Retained {
			t.Errorf("left over in %s.%s: %d rows", f.Table, f.Column, f.Rows)
		}
	}
	if n := one[int](t, pool, `select count(*)::int from insyn_ledger.journal`) + one[int](t, pool, `select count(*)::int from insyn_ledger.restricted`); n != 0 {
		t.Errorf("%d rows of the journal and restrictions are left", n)
	}
	if state := one[string](t, pool, `select state from insyn_ledger.erasure`); state != "done" {
		t.Errorf("the ledger says %s, want done", state)
	}
}

// TestStagesSurviveKill lets another process erase and kills it after each of its stages in turn; the next one goes on.
func TestStagesSurviveKill(t *testing.T) {
	if dsn := os.Getenv("INSYN_STAGE_CHILD"); dsn != "" {
		stageChild(t, dsn)
		return
	}
	t.Parallel()
	s, pool := crm(t)
	busy(t, pool, 25_000)
	who, err := s.Identifiers(t.Context(), []string{key(democrm.Unique)})
	if err != nil {
		t.Fatal(err)
	}
	e := large(t, s)
	kills := 0
	for stage := 1; ; stage++ {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestStagesSurviveKill$", "-test.v")
		cmd.Env = append(os.Environ(), "INSYN_STAGE_CHILD="+pgtest.DSN(pool), "INSYN_STAGE_EPOCH="+strconv.Itoa(stage),
			fmt.Sprintf("INSYN_STAGE_HASH=%x", e.Approved.Hash), fmt.Sprintf("INSYN_STAGE_COUNTS=%d", e.Approved.Counts["crm.history"]))
		raw, err := cmd.CombinedOutput()
		if err == nil {
			break
		}
		if kills++; kills > 60 {
			t.Fatalf("the child does not end: %s", raw)
		}
		// Between the stages: restricted, running, and not done.
		if state := one[string](t, pool, `select state from insyn_ledger.erasure`); state != "running" {
			t.Fatalf("after kill %d the ledger says %s:\n%s", kills, state, raw)
		}
	}
	t.Logf("%d kills", kills)
	if kills < 4 {
		t.Errorf("%d kills, want one a stage", kills)
	}
	wiped(t, s, pool, who)
}

// stageChild erases and kills itself on the way.
func stageChild(t *testing.T, dsn string) {
	pool, err := postgres.OpenWith(context.Background(), dsn, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, pool, crmtest.Map(t))
	epoch, _ := strconv.Atoi(os.Getenv("INSYN_STAGE_EPOCH"))
	history, _ := strconv.Atoi(os.Getenv("INSYN_STAGE_COUNTS"))
	var hash []byte
	_, _ = fmt.Sscanf(os.Getenv("INSYN_STAGE_HASH"), "%x", &hash)
	e := order(democrm.Unique)
	e.RowCap, e.Epoch = 2000, epoch
	e.Approved = &records.Approved{Hash: hash, Counts: map[string]int{"crm.history": history}}
	for _, table := range []string{
		"person", "person_email", "person_phone", "organisation", "history_person", "todo", "deal", "deal_person", "document",
		"newsletter_log", "consent_log", "change_log",
	} {
		e.Approved.Counts["crm."+table] = 100_000
	}
	stages := 0
	e.Progress = func(done, total int) {
		if done >= total {
			return
		}
		// The first stage of this process commits; the second is cut before it does. Later children die further on, in the
		// last transaction, each after one more table.
		if stages++; stages == max(2, epoch-6) {
			_ = bufio.NewWriter(os.Stdout).Flush()
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
	}
	if _, err := s.Erase(context.Background(), e); err != nil {
		t.Fatal(err)
	}
}

func TestStagesAreTold(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	busy(t, pool, 25_000)
	e := large(t, s)
	var told []int
	e.Staged = func(n, of int) {
		if told = append(told, n); of <= n {
			t.Errorf("stage %d of %d, and the last is still to come", n, of)
		}
	}
	if _, err := s.Erase(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, pool, `select jsonb_array_length(stages) from insyn_ledger.erasure`); n != len(told) || n < 4 {
		t.Errorf("the ledger lists %d stages, %d were told", n, len(told))
	}
	entry, err := s.LedgerEntry(t.Context(), e.RequestID, e.Subject)
	if err != nil || entry.Seq == 0 || !strings.Contains(string(entry.Stages), `"number": 1`) {
		t.Errorf("the entry has number %d and stages %s: %v", entry.Seq, entry.Stages, err)
	}
}
