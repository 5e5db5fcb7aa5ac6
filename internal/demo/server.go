package demo

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	superuser         = "postgres"
	superuserPassword = "DEMO_SUPERUSER_PASSWORD"
	maxSocket         = 90 // bytes of a folder for a socket; the name in it needs some of the 107 that Linux has
	stopTimeout       = 10 * time.Second
)

// server is a PostgreSQL of the demo's own: reached by a socket only, never on a port.
type server struct {
	base         string // folder of the two below
	data, socket string
	password     string
	owner        *syscall.Credential // as root: another user, since PostgreSQL refuses root
	process      *os.Process
	done         chan struct{}
}

func (s *server) dsn(login, password, database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(login, password), Path: "/" + database}
	u.RawQuery = url.Values{"host": {s.socket}}.Encode()
	return u.String()
}

func (d *demo) startServer(ctx context.Context) (string, error) {
	s := &server{password: d.secret(superuserPassword), done: make(chan struct{})}
	if err := d.place(s); err != nil {
		return "", err
	}
	note := "data from the last run, " + s.data
	if _, err := os.Stat(filepath.Join(s.data, "PG_VERSION")); errors.Is(err, os.ErrNotExist) {
		note = "new, " + s.data
		if err := d.initdb(ctx, s); err != nil {
			return "", err
		}
	} else if err := d.sameVersion(s); err != nil {
		return "", err
	}
	if err := s.endOrphan(); err != nil {
		return "", err
	}
	if err := d.launch(ctx, s); err != nil {
		return "", err
	}
	d.server = s
	return note, nil
}

// place chooses folders. As root the data may not lie below a home folder, into which the other user cannot go.
func (d *demo) place(s *server) error {
	id := fmt.Sprintf("%x", sha256.Sum256([]byte(d.Folder)))[:8]
	base := filepath.Join(d.Folder, "postgres")
	if os.Geteuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			if u, err = user.Lookup("nobody"); err != nil {
				return fmt.Errorf("PostgreSQL does not run as root, and there is no user postgres or nobody: %w", err)
			}
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		s.owner = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		base = filepath.Join("/var/lib/insyn-demo", id)
	}
	s.base, s.data, s.socket = base, filepath.Join(base, "data"), filepath.Join(base, "socket")
	if len(s.socket) > maxSocket {
		s.socket = filepath.Join(os.TempDir(), fmt.Sprintf("insyn-%d-%s", os.Geteuid(), id))
	}
	for _, dir := range []string{base, s.data, s.socket} {
		if err := s.own(dir); err != nil {
			return err
		}
	}
	return nil
}

// own makes a folder that only the server's user may enter; one that somebody else made before us is refused.
func (s *server) own(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("make a folder: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	us := uint32(os.Geteuid())
	if !ok || !info.IsDir() || stat.Uid != us && (s.owner == nil || stat.Uid != s.owner.Uid) {
		return fmt.Errorf("%s belongs to somebody else: remove it", dir)
	}
	if s.owner != nil {
		return os.Chown(dir, int(s.owner.Uid), int(s.owner.Gid))
	}
	return nil
}

func (d *demo) initdb(ctx context.Context, s *server) error {
	// A file, since a password among the arguments would be seen by everybody on the machine.
	file := filepath.Join(s.socket, "password")
	if err := os.WriteFile(file, []byte(s.password+"\n"), 0o600); err != nil {
		return fmt.Errorf("hand the password over: %w", err)
	}
	defer func() { _ = os.Remove(file) }()
	if s.owner != nil {
		if err := os.Chown(file, int(s.owner.Uid), int(s.owner.Gid)); err != nil {
			return fmt.Errorf("hand the password over: %w", err)
		}
	}
	cmd := exec.CommandContext(ctx, filepath.Join(d.tools.bin, "initdb"), "-D", s.data, "-U", superuser, "-A", "scram-sha-256",
		"--pwfile="+file, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	cmd.Env, cmd.Dir, cmd.SysProcAttr = d.tools.env(), s.data, &syscall.SysProcAttr{Credential: s.owner}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, lastLines(string(out), 8))
	}
	return nil
}

func (d *demo) sameVersion(s *server) error {
	b, err := os.ReadFile(filepath.Join(s.data, "PG_VERSION"))
	if err != nil {
		return err
	}
	if v := strings.TrimSpace(string(b)); v != strconv.Itoa(d.tools.version) {
		return fmt.Errorf("the demo's data are of PostgreSQL %s, found is %d: start over with `insyn demo --reset`", v, d.tools.version)
	}
	return nil
}
