// Package pgtest gives tests a real PostgreSQL: a private server, started once a run and shared by the packages,
// and a fresh database a test, cloned from a migrated template.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// base is where the server of this machine's test runs lives; the path is short because a socket path may have 100 bytes.
func base() string {
	return filepath.Join(os.TempDir(), fmt.Sprintf("insyn-pgtest-%d", os.Getuid()))
}

// start makes sure the server runs and returns its DSN (database postgres, superuser). Several test binaries may call it
// at once: a file lock makes one of them start it. The server outlives the binary and is reused by the next.
func start(ctx context.Context) (string, error) {
	if dsn := os.Getenv("INSYN_TEST_POSTGRES"); dsn != "" {
		return dsn, nil
	}
	dir := base()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	f, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	dsn := "postgres://postgres@/postgres?host=" + dir
	if alive(ctx, dsn) {
		return dsn, nil
	}
	return dsn, boot(ctx, dir, dsn)
}

func alive(ctx context.Context, dsn string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return false
	}
	_ = c.Close(ctx)
	return true
}

func boot(ctx context.Context, dir, dsn string) error {
	initdb, err := binary("initdb")
	if err != nil {
		return err
	}
	postgres, err := binary("postgres")
	if err != nil {
		return err
	}
	attr, err := owner(dir)
	if err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	if err := os.RemoveAll(data); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	cmd.SysProcAttr, cmd.Dir = attr, dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	// No durability: a test server's data is thrown away.
	srv := exec.Command(postgres, "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", //nolint:noctx // outlives the test binary on purpose
		"-c", "synchronous_commit=off", "-c", "max_connections=300", "-c", "shared_buffers=128MB", "-c", "log_min_messages=warning")
	srv.SysProcAttr, srv.Dir, srv.Stdout, srv.Stderr = attr, dir, log, log
	if err := srv.Start(); err != nil {
		return err
	}
	go func() { _ = srv.Wait() }()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(30 * time.Millisecond) {
		if alive(ctx, dsn) {
			return nil
		}
	}
	b, _ := os.ReadFile(filepath.Join(dir, "log"))
	return fmt.Errorf("the test server did not start:\n%s", b)
}

// owner returns how to run the server: PostgreSQL refuses root, so as root it runs as postgres, or nobody.
func owner(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setsid: true}
	if os.Getuid() != 0 {
		return attr, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		return nil, err
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, nil
}

func binary(name string) (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	sort.Slice(found, func(i, j int) bool { return major(found[i]) > major(found[j]) })
	if len(found) > 0 {
		return found[0], nil
	}
	if p, err := exec.LookPath(name); err == nil {
		return p, nil
	}
	return "", errors.New("no PostgreSQL server found (" + name + "): run make deps, or install the Debian package postgresql")
}

func major(path string) int {
	n, _ := strconv.Atoi(strings.Split(strings.TrimPrefix(path, "/usr/lib/postgresql/"), "/")[0])
	return n
}
