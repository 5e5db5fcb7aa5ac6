package worker

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/democrm"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/dsar"
	"insyn/internal/ledger"
	"insyn/internal/mention"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/internal/seal"
)

// town is a worker with a sample CRM and a ledger file.
type town struct {
	*bench
	crm  *pgxpool.Pool
	path string
}

var townKey = bytes.Repeat([]byte("0123456789abcdef"), 2)

func newTown(t *testing.T) *town {
	t.Helper()
	b := newBench(t)
	keys, err := seal.New(townKey)
	if err != nil {
		t.Fatal(err)
	}
	b.Keys, b.store.Keys = keys, keys
	m := crmtest.Map(t)
	crm := crmtest.New(t, m, crmtest.Content{Size: democrm.Size{Persons: democrm.MinPersons, Seed: 3}})
	w := &town{bench: b, path: filepath.Join(t.TempDir(), "ledger")}
	w.Ledger = openFile(t, w.path, keys)
	w.use(t, crm)
	if err := w.levelLedgers(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	return w
}

func openFile(t *testing.T, path string, keys *seal.Keys) *ledger.File {
	t.Helper()
	f, err := ledger.Open(path, keys.HMAC("ledger file"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// use makes pool the CRM, with a worker's rights.
func (w *town) use(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	w.crm = pool
	src := openTown(t, pgtest.DSN(pool))
	w.Sources = []*records.Source{src}
	w.desk.Sources = w.Sources
}

func openTown(t *testing.T, dsn string) *records.Source {
	t.Helper()
	asWorker, err := postgres.OpenWith(t.Context(), dsn, postgres.Options{Role: postgres.RoleWorker})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(asWorker.Close)
	src, err := records.Open(t.Context(), "crm", asWorker, crmtest.Map(t))
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func (w *town) account(t *testing.T, role dsar.Role) int64 {
	t.Helper()
	return one[int64](t, w.bench, `
		insert into insyn.account (email, name, password_hash, roles)
		values ($1 || gen_random_uuid() || '@insyn.example', 'x', 'x', array[$1])
		returning id`, string(role))
}

// ask brings an erasure as far as the job that runs it.
func (w *town) ask(t *testing.T, person int) (id int64) {
	t.Helper()
	ctx := t.Context()
	id, _, err := w.desk.Submit(ctx, request.New{
		Kind: dsar.Erasure, Asked: true, CreatedBy: w.account(t, dsar.DPO), Ground: "a", VerifiedHow: "in_person", NoWait: true,
		Language: "sv", Subjects: []request.NewSubject{{Source: "crm", Key: fmt.Sprint(person), Name: "Kund", Address: fmt.Sprintf("kund%d@post.example", person)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.exec(t, `update insyn.request set requested_by = created_by where id = $1`, id)
	w.run(t)
	if _, err := w.desk.DecideMentions(ctx, id, w.account(t, dsar.DPO), nil, new(false)); err != nil {
		t.Fatal(err)
	}
	reh, err := w.desk.Rehearsal(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.desk.Approve(ctx, id, w.account(t, dsar.Administrator), reh.Shown()); err != nil {
		t.Fatal(err)
	}
	return id
}

// erased runs a request's erasure and the search after it, and gives what was on record of the person.
func (w *town) erased(t *testing.T, person int) (int64, mention.Person) {
	t.Helper()
	ids, err := w.Sources[0].Identifiers(t.Context(), []string{fmt.Sprint(person)})
	if err != nil {
		t.Fatal(err)
	}
	id := w.ask(t, person)
	w.run(t)
	w.run(t)
	if !one[bool](t, w.bench, `select rescanned_at is not null from insyn.request where id = $1`, id) {
		t.Fatalf("request %d is not erased and searched again: job %s", id, one[string](t, w.bench, `select kind || ' ' || state || ' ' || coalesce(code, '') from insyn.job order by id desc limit 1`))
	}
	return id, ids
}

// dump is a backup of a database, restored a fresh database with it.
func dump(t *testing.T, pool *pgxpool.Pool) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "backup")
	if out, err := exec.CommandContext(t.Context(), tool("pg_dump"), "-Fc", "-f", path, pgtest.DSN(pool)).CombinedOutput(); err != nil { //nolint:gosec // our own server
		t.Fatalf("pg_dump: %v\n%s", err, out)
	}
	return path
}

func restore(t *testing.T, backup string) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.Empty(t)
	if out, err := exec.CommandContext(t.Context(), tool("pg_restore"), "--exit-on-error", "-d", pgtest.DSN(pool), backup).CombinedOutput(); err != nil { //nolint:gosec // our own server
		t.Fatalf("pg_restore: %v\n%s", err, out)
	}
	return pool
}

func tool(name string) string {
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name); len(found) > 0 {
		return found[len(found)-1]
	}
	return name
}

// found is what a text dump of the CRM holds of the identifiers, invoices apart: they name their buyer by law.
func found(t *testing.T, pool *pgxpool.Pool, people []mention.Person) []string {
	t.Helper()
	raw, err := exec.CommandContext(t.Context(), tool("pg_dump"), "--data-only", "--exclude-table-data=crm.invoice", pgtest.DSN(pool)).Output() //nolint:gosec // our own server
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ToLower(string(raw))
	var out []string
	for _, p := range people {
		for _, s := range slices.Concat(p.Emails, p.Phones, p.Handles, []string{p.Personnummer}) {
			if len(s) > 5 && strings.Contains(text, strings.ToLower(s)) {
				out = append(out, s)
			}
		}
	}
	return out
}

func (w *town) replay(t *testing.T, o ReplayOptions) *ReplayReport {
	t.Helper()
	r, err := Replay(t.Context(), w.Config, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// child runs this test binary's function of that name in another process, on the town's databases.
func (w *town) child(t *testing.T, name string, more ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$", "-test.v") //nolint:gosec // this binary
	cmd.Env = append(append(os.Environ(), "INSYN_TEST_CHILD="+name, "INSYN_TEST_CRM="+pgtest.DSN(w.crm), "INSYN_TEST_OURS="+pgtest.DSN(w.Pool), "INSYN_TEST_FILE="+w.path), more...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the child wrote:\n%s", out.String())
		}
	})
	return cmd
}

// TestChild is no test: it is the process that other tests kill.
func TestChild(t *testing.T) {
	t.Parallel()
	name := os.Getenv("INSYN_TEST_CHILD")
	if name == "" {
		return
	}
	b := newBenchOn(t, os.Getenv("INSYN_TEST_OURS"))
	keys, err := seal.New(townKey)
	if err != nil {
		t.Fatal(err)
	}
	b.Keys, b.store.Keys = keys, keys
	b.Sources = []*records.Source{openTown(t, os.Getenv("INSYN_TEST_CRM"))}
	b.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	b.Ledger = openFile(t, os.Getenv("INSYN_TEST_FILE"), keys)
	switch name {
	case "erasure":
		b.run(t)
	case "replay":
		if _, err := Replay(t.Context(), b.Config, ReplayOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}
