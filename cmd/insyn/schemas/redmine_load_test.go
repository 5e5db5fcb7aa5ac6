//go:build schemas

package schemas

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// rails is an unpacked copy of Redmine that runs against one database.
type rails struct {
	app string
	env []string
}

// load creates Redmine's tables by its own migrations, run in an unpacked copy of the package. Debian's copy looks for its
// configuration below /etc and /var; ours stays in the copy.
func (r *rails) load(t *testing.T, pool *pgxpool.Pool) (version string) {
	t.Helper()
	dir, version := unpack(t, "redmine")
	app := filepath.Join(dir, "usr/share/redmine")
	for _, link := range []string{"Gemfile.lock", "instances", "config/database.yml"} {
		if err := os.Remove(filepath.Join(app, link)); err != nil {
			t.Fatal(err)
		}
	}
	config := filepath.Join(app, "instances/default/config")
	if err := os.MkdirAll(config, 0o700); err != nil {
		t.Fatal(err)
	}
	c := pool.Config().ConnConfig
	write(t, filepath.Join(config, "database.yml"), fmt.Sprintf(
		"production:\n  adapter: postgresql\n  host: %s\n  port: %d\n  username: %s\n  database: %s\n", c.Host, c.Port, c.User, c.Database))
	gemfile := filepath.Join(app, "Gemfile")
	gems, err := os.ReadFile(gemfile)
	if err != nil {
		t.Fatal(err)
	}
	write(t, gemfile, strings.ReplaceAll(string(gems), "/usr/share/redmine/", app+"/"))
	r.app, r.env = app, []string{
		"RAILS_ENV=production", "SECRET_KEY_BASE=not-a-secret", "BUNDLE_WITHOUT=test", "REDMINE_LANG=en",
		"HOME=" + dir, "PGPASSWORD=" + c.Password, "BUNDLE_GEMFILE=" + gemfile,
	}
	command(t, app, r.env, "bundle", "install", "--local", "--quiet")
	command(t, app, r.env, "bundle", "exec", "rake", "db:migrate")
	return version
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
