package demo

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// oldest is the first PostgreSQL that Insyn's SQL runs on.
const oldest = 14

// tools are the programs of one PostgreSQL.
type tools struct {
	bin     string // folder of initdb and postgres
	library string // LD_LIBRARY_PATH, where the programs were unpacked below a home folder
	version int
}

func (t tools) env() []string {
	if t.library == "" {
		return os.Environ()
	}
	return append(os.Environ(), "LD_LIBRARY_PATH="+t.library)
}

func (d *demo) findPostgres(ctx context.Context) (string, error) {
	t, ok := installed(ctx)
	if !ok {
		d.printf("none found, getting them\n")
		var err error
		if t, err = d.install(ctx); err != nil {
			return "", err
		}
		d.printf("%-26s   ", "")
	}
	d.tools = t
	return "version " + strconv.Itoa(t.version) + ", " + t.bin, nil
}

// installed looks where Debian, a tarball or an earlier demo put them, the newest first.
func installed(ctx context.Context) (tools, bool) {
	var folders []string
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	unpacked, _ := filepath.Glob(filepath.Join(cache(), "root/usr/lib/postgresql/*/bin"))
	folders = append(folders, found...)
	if p, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			folders = append(folders, filepath.Dir(real))
		}
	}
	folders = append(folders, unpacked...)
	var all []tools
	for _, f := range folders {
		t := tools{bin: f}
		if slices.Contains(unpacked, f) {
			t.library = libraries()
		}
		if t.version = version(ctx, t); t.version >= oldest {
			all = append(all, t)
		}
	}
	if len(all) == 0 {
		return tools{}, false
	}
	slices.SortStableFunc(all, func(a, b tools) int { return b.version - a.version })
	return all[0], true
}

// version is the major version of a PostgreSQL that starts and has initdb beside it, else 0.
func version(ctx context.Context, t tools) int {
	if _, err := os.Stat(filepath.Join(t.bin, "initdb")); err != nil {
		return 0
	}
	cmd := exec.CommandContext(ctx, filepath.Join(t.bin, "postgres"), "--version")
	cmd.Env = t.env()
	out, err := cmd.Output()
	if err != nil {
		return 0
	}
	return major(string(out))
}

// major reads "postgres (PostgreSQL) 15.18 (Debian …)".
func major(banner string) int {
	_, rest, _ := strings.Cut(banner, "PostgreSQL) ")
	digits := strings.FieldsFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if len(digits) == 0 {
		return 0
	}
	n, err := strconv.Atoi(digits[0])
	if err != nil {
		return 0
	}
	return n
}

// cache is where a plain user's programs are unpacked.
func cache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = filepath.Join(os.TempDir(), "insyn-cache")
	}
	return filepath.Join(dir, "insyn")
}

// libraries are the folders that an unpacked package puts its libraries in.
func libraries() string {
	root := filepath.Join(cache(), "root")
	found, _ := filepath.Glob(filepath.Join(root, "usr/lib/*-linux-*"))
	more, _ := filepath.Glob(filepath.Join(root, "lib/*-linux-*"))
	return strings.Join(append(found, more...), ":")
}

var errNoApt = errors.New("no PostgreSQL server found, and this is not a Debian with apt: install PostgreSQL 14 or newer so that `postgres` and `initdb` are in PATH, then start again")
