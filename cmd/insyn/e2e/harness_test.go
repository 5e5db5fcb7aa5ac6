// Package e2e holds the proof that the product works: the built binary, its four processes as children with only their
// own environment and logins, a real PostgreSQL, a real Redis, a mail server with scripted answers, and a browser.
package e2e

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/democrm"
	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/seal"
	"insyn/internal/settings"
	"insyn/internal/smtpsink"
)

// binary is the program under test, built once for the whole package.
var binary string

func TestMain(m *testing.M) {
	os.Exit(build(m))
}

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "insyn-e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary = filepath.Join(dir, "insyn")
	if out, err := exec.Command("go", "build", "-o", binary, "insyn/cmd/insyn").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// watched touches every source once while tests run: the result of a test is kept by the tool until a file that it has
// looked at changes, and the program is built from files that no test would look at.
var watched = sync.OnceValue(func() error {
	return filepath.WalkDir("../../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && len(d.Name()) > 2 && d.Name()[0] == '.':
			return filepath.SkipDir
		case d.IsDir():
			return nil
		}
		_, err = os.Stat(path)
		return err
	})
})

// The accounts of every world, all with password.
const (
	anna     = "anna.admin@nordlyft.example"  // administrator
	bo       = "bo.admin@nordlyft.example"    // administrator
	maria    = "maria.dpo@nordlyft.example"   // DPO
	oskar    = "oskar@nordlyft.example"       // handler
	sara     = "sara.ops@nordlyft.example"    // ops
	dpoMail  = "dataskydd@nordlyft.example"   // the mailbox of the settings
	password = "grönt kvarter lång ficklampa" // of everybody
)

// options shape a world.
type options struct {
	persons int  // in the sample CRM; 0: 200
	workers int  // worker processes; 0: 1
	calm    bool // no scheduler, whose sweeps would mix in
	guarded bool // PostgreSQL through a door that a test can shut
	review  string
	env     map[string]string // beside what every process gets
	prepare func(w *world)    // before the processes start
}

// world is one company with Insyn: everything private to its test.
type world struct {
	t                    *testing.T
	insyn, crm, register *pgxpool.Pool // as superuser, to look
	keys                 *seal.Keys
	redis                *redisServer
	door                 *door // of PostgreSQL; nil unless guarded
	sink                 *smtpsink.Sink
	dir                  string
	env                  map[string]string // every variable; each process gets its slice
	web, share           string            // addresses
	figures              map[string]string // address of /metrics by process
	children             map[string]*child
	masterKey            string
	byHand               map[int64]bool // requests that a person answered after a mail was lost twice
}

// newWorld makes the databases and servers, runs the migrations as an operator would, and starts the processes.
func newWorld(t *testing.T, o options) *world {
	t.Helper()
	if testing.Short() {
		t.Skip("starts servers and processes")
	}
	if err := watched(); err != nil {
		t.Fatal(err)
	}
	if o.persons == 0 {
		o.persons = 200
	}
	w := &world{
		t: t, dir: t.TempDir(), env: map[string]string{}, figures: map[string]string{}, children: map[string]*child{}, byHand: map[int64]bool{},
		insyn: pgtest.Empty(t), crm: pgtest.Empty(t), register: pgtest.Empty(t),
	}
	w.redis = startRedis(t)
	sink, err := smtpsink.Start("127.0.0.1:0", smtpsink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sink.Close() })
	w.sink = sink
	if o.guarded {
		w.door = openDoor(t, w.insyn)
	}
	w.configure()
	for k, v := range o.env {
		w.env[k] = v
	}
	w.fill(o)
	w.must("migrate")
	w.logins()
	w.must("migrate", "--source")
	w.must("datamap", "check", "--accept", "--as", "a test")
	w.settle(o)
	w.users()
	if o.prepare != nil {
		o.prepare(w)
	}
	w.start("web")
	w.start("share")
	for i := range max(o.workers, 1) {
		w.startAs("worker", workerName(i))
	}
	if !o.calm {
		w.start("scheduler")
	}
	return w
}

func workerName(i int) string { return "worker" + strconv.Itoa(i) }

func randomKey() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return base64.StdEncoding.EncodeToString(b)
}

// in is the same world for a part of the test.
func (w *world) in(t *testing.T) *world {
	part := *w
	part.t = t
	return &part
}

// configure writes all variables down.
func (w *world) configure() {
	ports := freePorts(w.t, 2)
	w.web, w.share = "http://127.0.0.1:"+ports[0], "http://127.0.0.1:"+ports[1]
	w.masterKey = randomKey()
	mapped := filepath.Join(w.dir, "datamap.yaml")
	if err := os.WriteFile(mapped, democrm.Map(), 0o600); err != nil {
		w.t.Fatal(err)
	}
	for name, value := range map[string]string{
		"INSYN_MAP": mapped, "INSYN_REGISTER_NAME": "Exempelregistret AB", "INSYN_REGISTER_CONTACT": "kund@exempelregistret.example",
		"INSYN_KEY": w.masterKey, "INSYN_SHARE_COOKIE_KEY": randomKey(), "REDIS_URL": w.redis.url(),
		"INSYN_WEB_ADDR": "127.0.0.1:" + ports[0], "INSYN_WEB_URL": w.web, "INSYN_SHARE_ADDR": "127.0.0.1:" + ports[1], "INSYN_SHARE_URL": w.share,
		"INSYN_SMTP_HOST": "127.0.0.1", "INSYN_SMTP_PORT": strconv.Itoa(w.sink.Port()), "INSYN_SMTP_TLS": "off", "INSYN_SMTP_FROM": "insyn@nordlyft.example",
		"INSYN_CONCURRENCY": "4", "INSYN_DRAIN_TIMEOUT": "2s",
		"INSYN_MIGRATE_DATABASE_URL": pgtest.DSN(w.insyn), "INSYN_MIGRATE_CRM_DSN": pgtest.DSN(w.crm),
	} {
		w.env[name] = value
	}
	for _, p := range []string{"web", "share", "worker", "scheduler"} {
		name := "INSYN_" + upper(p) + "_"
		w.env[name+"DATABASE_URL"] = w.dsn(p, w.insyn)
		if p == "web" || p == "worker" {
			w.env[name+"CRM_DSN"] = w.dsn(p, w.crm)
			w.env[name+"REGISTER_DSN"] = w.dsn(p, w.register)
		}
	}
	master, err := seal.ParseKey(w.masterKey)
	if err != nil {
		w.t.Fatal(err)
	}
	if w.keys, err = seal.New(master); err != nil {
		w.t.Fatal(err)
	}
}

// dsn is the address of a database for the login of a process.
func (w *world) dsn(process string, pool *pgxpool.Pool) string {
	c := pool.Config().ConnConfig
	host := c.Host
	if w.door != nil {
		host = w.door.dir
	}
	return "postgres://e2e_" + process + ":e2e@/" + c.Database + "?" + url.Values{"host": {host}, "port": {fmt.Sprint(c.Port)}}.Encode()
}

// fill makes the sample CRM and the register.
func (w *world) fill(o options) {
	ctx := w.t.Context()
	for _, step := range []func() error{
		func() error { return democrm.Install(ctx, w.crm) },
		func() error { return democrm.InstallRegister(ctx, w.register) },
		func() error {
			return democrm.Generate(ctx, w.crm, w.register, democrm.Size{Persons: o.persons, Seed: 1})
		},
	} {
		if err := step(); err != nil {
			w.t.Fatal(err)
		}
	}
}

// logins creates one login a process, each a member of its own group alone, and closes the databases to all others.
func (w *world) logins() {
	w.exec(w.insyn, `
		do $$
		declare
			p text;
		begin
			-- Roles belong to the whole server, which other tests use at the same time.
			perform pg_advisory_xact_lock(hashtext('insyn.e2e'));
			foreach p in array array['web', 'share', 'worker', 'scheduler'] loop
				if not exists (select 1 from pg_roles where rolname = 'e2e_' || p) then
					execute format('create role %I login password ''e2e''', 'e2e_' || p);
					execute format('grant %I to %I', 'insyn_' || p, 'e2e_' || p);
				end if;
			end loop;
		end
		$$`)
	for pool, who := range map[*pgxpool.Pool]string{
		w.insyn: "e2e_web, e2e_share, e2e_worker, e2e_scheduler", w.crm: "e2e_web, e2e_worker", w.register: "e2e_web, e2e_worker",
	} {
		name := pool.Config().ConnConfig.Database
		w.exec(pool, "revoke all on database "+name+" from public")
		w.exec(pool, "grant connect on database "+name+" to "+who)
	}
	for _, s := range []string{
		`grant usage on schema register to insyn_web, insyn_worker`,
		`grant select on all tables in schema register to insyn_web, insyn_worker`,
		`grant execute on all functions in schema register to insyn_web, insyn_worker`,
	} {
		w.exec(w.register, s)
	}
}

// settle answers the checklist.
func (w *world) settle(o options) {
	w.change(func(s *settings.Settings) {
		s.Controller, s.Address, s.Switchboard = "Nordlyft AB", "Exempelgatan 1\n111 11 Exempelstad", "08-465 004 00"
		s.DPOName, s.DPOEmail, s.DPOPhone, s.DPODesignated = "Maria Lind", dpoMail, "08-465 004 01", "yes"
		s.BasisText = dossier.Label{"sv": "Vi behandlar uppgifter för att hålla kontakten.", "en": "We process data to keep in touch."}
		s.Automated, s.Transfers = dossier.Answer{State: "no"}, dossier.Answer{State: "no"}
		s.BackupDays, s.Enforcers = 30, "The mailer asks insyn.may_mail."
		s.Review = "off"
		if o.review != "" {
			s.Review = o.review
		}
	})
}

// change changes the settings.
func (w *world) change(edit func(*settings.Settings)) {
	w.t.Helper()
	err := postgres.InTx(w.t.Context(), w.insyn, func(tx pgx.Tx) error {
		s, err := settings.Load(w.t.Context(), tx)
		if err != nil {
			return err
		}
		edit(&s)
		return settings.Save(w.t.Context(), tx, s, 0)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// users adds the accounts as an operator does.
func (w *world) users() {
	for _, u := range []struct{ email, name, role string }{
		{anna, "Anna Admin", string(dsar.Administrator)},
		{bo, "Bo Admin", string(dsar.Administrator)},
		{maria, "Maria Lind", string(dsar.DPO)},
		{oskar, "Oskar Berg", string(dsar.Handler)},
		{sara, "Sara Holm", string(dsar.Ops)},
	} {
		out, code := w.runWith(password+"\n", "user", "add", u.email, "--name", u.name, "--roles", u.role, "--language", "en", "--password-stdin")
		if code != 0 {
			w.t.Fatalf("user add %s: exit %d\n%s", u.role, code, out)
		}
	}
}

// exec runs a statement with all rights.
func (w *world) exec(pool *pgxpool.Pool, sql string, args ...any) int64 {
	w.t.Helper()
	tag, err := pool.Exec(w.t.Context(), sql, args...)
	if err != nil {
		w.t.Fatalf("%v\n%s", err, sql)
	}
	return tag.RowsAffected()
}

// one reads one value with all rights.
func one[T any](w *world, pool *pgxpool.Pool, sql string, args ...any) T {
	w.t.Helper()
	var v T
	if err := pool.QueryRow(w.t.Context(), sql, args...).Scan(&v); err != nil {
		w.t.Fatalf("%v\n%s", err, sql)
	}
	return v
}

// eventually waits until check is true; what is said when it stays false.
func (w *world) eventually(limit time.Duration, what string, check func() bool) {
	w.t.Helper()
	for end := time.Now().Add(limit); !check(); time.Sleep(30 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("waited %s: %s", limit, what)
		}
	}
}

// within is a context that ends after limit.
func (w *world) within(limit time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(w.t.Context(), limit)
	w.t.Cleanup(cancel)
	return ctx
}
