package demo

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"insyn/internal/postgres"
	"insyn/internal/settings"
)

// start runs a whole demo in folder with processes that do nothing but look.
func start(t *testing.T, folder string, look func(env map[string]string)) (told string, err error) {
	t.Helper()
	if _, ok := installed(context.Background()); !ok {
		if os.Getenv("CI") != "" {
			t.Fatal("no PostgreSQL")
		}
		t.Skip("no PostgreSQL: run make deps")
	}
	var out bytes.Buffer
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	err = Run(ctx, Options{
		Folder: folder, Out: &out, Persons: 100,
		Start: func(_ context.Context, env map[string]string, _ io.Writer, ready func()) error {
			ready()
			if look != nil {
				look(env)
			}
			cancel()
			return nil
		},
	})
	return out.String(), err
}

func TestDemo(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	folder := filepath.Join(t.TempDir(), ".demo")
	t.Cleanup(func() {
		if err := Reset(folder); err != nil {
			t.Error(err)
		}
	})
	var first map[string]string
	told, err := start(t, folder, func(env map[string]string) {
		first = env
		looksRight(ctx, t, env)
		if _, err := start(t, folder, nil); err == nil || !strings.Contains(err.Error(), "already runs") {
			t.Errorf("a second demo in the same folder: %v", err)
		}
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, told)
	}
	for _, want := range []string{"Ready after", first["INSYN_WEB_URL"], first["DEMO_KARIN_PASSWORD"], "Ctrl-C", "has stopped"} {
		if !strings.Contains(told, want) {
			t.Errorf("it does not tell %q:\n%s", want, told)
		}
	}
	info, err := os.Stat(filepath.Join(folder, "env"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the env file: %v, %v; want 0600", info, err)
	}

	// What somebody did stays for the next start, and so do keys and passwords.
	told, err = start(t, folder, func(env map[string]string) {
		for _, name := range []string{"INSYN_KEY", "DEMO_KARIN_PASSWORD", "INSYN_WEB_ADDR"} {
			if env[name] != first[name] {
				t.Errorf("%s changed", name)
			}
		}
		pool, err := postgres.Open(ctx, env["INSYN_WEB_DATABASE_URL"], "")
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		if s, err := settings.Load(ctx, pool); err != nil || s.Controller != "Nordlyft II" {
			t.Errorf("controller %q, %v", s.Controller, err)
		}
	})
	if err != nil || !strings.Contains(told, "data from the last run") {
		t.Fatalf("second start: %v\n%s", err, told)
	}

	// As root the data lie elsewhere, and stay when somebody removes the folder and clones anew.
	if err := os.Remove(filepath.Join(folder, "env")); err != nil {
		t.Fatal(err)
	}
	told, err = start(t, folder, func(env map[string]string) { looksRight(ctx, t, env) })
	if err != nil || strings.Contains(told, "data from the last run") {
		t.Fatalf("start without the passwords of the last: %v\n%s", err, told)
	}
}

// looksRight holds the demo's databases to what each process may do in them.
func looksRight(ctx context.Context, t *testing.T, env map[string]string) {
	t.Helper()
	web, err := postgres.Open(ctx, env["INSYN_WEB_DATABASE_URL"], "")
	if err != nil {
		t.Error(err)
		return
	}
	defer web.Close()
	s, err := settings.Load(ctx, web)
	if err != nil || len(s.Missing()) > 0 {
		t.Errorf("unanswered settings %v, %v", s.Missing(), err)
	}
	if _, err := web.Exec(ctx, `update insyn.setting set body = jsonb_set(body, '{controller}', '"Nordlyft II"')`); err != nil {
		t.Error(err)
	}
	var roles string
	if err := web.QueryRow(ctx, `select string_agg(roles[1], ' ' order by id) from insyn.account`).Scan(&roles); err != nil || roles != "administrator administrator dpo handler ops" {
		t.Errorf("accounts %q, %v", roles, err)
	}
	var listens string
	if err := web.QueryRow(ctx, `select current_setting('listen_addresses')`).Scan(&listens); err != nil || listens != "" {
		t.Errorf("the server listens on %q, %v", listens, err)
	}

	// The share site's login comes into no other database, and no process' login may become another's group.
	for _, database := range []string{"crm", "register"} {
		c, err := pgx.Connect(ctx, strings.Replace(env["INSYN_SHARE_DATABASE_URL"], "/insyn?", "/"+database+"?", 1))
		if err == nil {
			_ = c.Close(ctx)
			t.Errorf("the share site's login comes into %s", database)
		}
	}
	for _, l := range logins()[1:] {
		var more string
		err := web.QueryRow(ctx, `
			select coalesce(string_agg(rolname, ' '), '')
			  from pg_roles
			 where pg_has_role($1, oid, 'member')
			   and rolname not in ($1, $2)`, l.name, l.group).Scan(&more)
		if err != nil || more != "" {
			t.Errorf("%s may also become %q, %v", l.name, more, err)
		}
	}
	for name, addr := range env {
		if strings.HasSuffix(name, "_ADDR") && !strings.HasPrefix(addr, "127.0.0.1:") {
			t.Errorf("%s is %s, want loopback", name, addr)
		}
	}
}

func TestMajor(t *testing.T) {
	t.Parallel()
	for banner, want := range map[string]int{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n": 15,
		"postgres (PostgreSQL) 18beta1\n":                        18,
		"postgres":                                               0,
		"":                                                       0,
	} {
		if got := major(banner); got != want {
			t.Errorf("%q: got %d, want %d", banner, got, want)
		}
	}
}

func TestEnvFileComesBackAsItWas(t *testing.T) {
	t.Parallel()
	d := &demo{Options: Options{Folder: t.TempDir()}, env: map[string]string{"A": "postgres://a:b@/x?host=%2Ftmp", "B": "bm9wZQ==", "C": ""}}
	if err := d.writeEnv(); err != nil {
		t.Fatal(err)
	}
	got, err := readEnv(d.envPath())
	if err != nil || len(got) != 3 || got["A"] != d.env["A"] || got["B"] != d.env["B"] {
		t.Errorf("got %v, %v", got, err)
	}
}
