package demo

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// byHand is what to run where the demo may not install anything.
const byHand = `as root:  apt-get update && apt-get install -y --no-install-recommends postgresql`

// install gets PostgreSQL: by apt as root or with sudo, else unpacked below the user's cache folder.
func (d *demo) install(ctx context.Context) (tools, error) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return tools{}, errNoApt
	}
	var err error
	switch {
	case os.Geteuid() == 0:
		err = d.apt(ctx, nil)
	case exec.CommandContext(ctx, "sudo", "-n", "true").Run() == nil:
		err = d.apt(ctx, []string{"sudo", "-n"})
	default:
		err = d.unpack(ctx)
	}
	if err != nil {
		return tools{}, fmt.Errorf("%w\nInstall it yourself, then start again — %s", err, byHand)
	}
	t, ok := installed(ctx)
	if !ok {
		return tools{}, fmt.Errorf("PostgreSQL was installed but does not start.\nInstall it yourself, then start again — %s", byHand)
	}
	return t, nil
}

// apt installs the package, without the cluster on port 5432 that Debian makes by default.
func (d *demo) apt(ctx context.Context, sudo []string) error {
	const conf = "/etc/postgresql-common/createcluster.conf"
	for _, step := range [][]string{
		{"apt-get", "update", "-q"},
		{"env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-yq", "--no-install-recommends", "postgresql-common", "tzdata"},
		{"sed", "-ri", `s/^#?(create_main_cluster) .*$/\1 = false/`, conf},
		{"env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-yq", "--no-install-recommends", "postgresql"},
	} {
		if err := d.command(ctx, "", append(append([]string{}, sudo...), step...)...); err != nil {
			return err
		}
	}
	return nil
}

// unpack fetches the packages with apt's own checks and unpacks them below the cache folder: no right is needed for that.
func (d *demo) unpack(ctx context.Context) error {
	dir := filepath.Join(cache(), "apt")
	for _, sub := range []string{"lists/partial", "archives/partial", "debs"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return fmt.Errorf("make the folder for packages: %w", err)
		}
	}
	own := []string{"-o", "Dir::State::lists=" + filepath.Join(dir, "lists"), "-o", "Dir::Cache=" + dir, "-o", "Debug::NoLocking=1"}
	if err := d.command(ctx, "", append(append([]string{"apt-get"}, own...), "update", "-q")...); err != nil {
		return err
	}
	wanted, err := missingPackages(ctx, own)
	if err != nil {
		return err
	}
	d.printf("  downloading %s\n", strings.Join(wanted, " "))
	debs := filepath.Join(dir, "debs")
	if err := d.command(ctx, debs, append(append(append([]string{"apt-get"}, own...), "download", "-q"), wanted...)...); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(debs, "*.deb"))
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := d.command(ctx, "", "dpkg", "-x", f, filepath.Join(cache(), "root")); err != nil {
			return err
		}
	}
	return nil
}

// missingPackages is the server of this Debian and the libraries it leads to that are not installed.
func missingPackages(ctx context.Context, own []string) ([]string, error) {
	metas, err := dependencies(ctx, own, "postgresql")
	if err != nil {
		return nil, err
	}
	var wanted []string
	for _, m := range metas {
		if digits, ok := strings.CutPrefix(m, "postgresql-"); ok && major("PostgreSQL) "+digits) >= oldest {
			wanted = append(wanted, m)
		}
	}
	if len(wanted) == 0 {
		return nil, fmt.Errorf("apt knows no PostgreSQL %d or newer", oldest)
	}
	for i := 0; i < len(wanted); i++ { // grows while it is walked: a library may lead to others
		leads, err := dependencies(ctx, own, wanted[i])
		if err != nil {
			return nil, err
		}
		for _, l := range leads {
			// The compiler of queries is large, and the server works without it.
			if strings.HasPrefix(l, "lib") && !strings.HasPrefix(l, "libllvm") && !slices.Contains(wanted, l) && !have(ctx, l) {
				wanted = append(wanted, l)
			}
		}
	}
	return wanted, nil
}

func dependencies(ctx context.Context, own []string, pkg string) ([]string, error) {
	args := append(append([]string{}, own...), "depends", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances", pkg)
	out, err := exec.CommandContext(ctx, "apt-cache", args...).Output()
	if err != nil {
		return nil, fmt.Errorf("apt-cache depends %s: %w", pkg, err)
	}
	var names []string
	for _, line := range strings.Split(string(out), "\n") {
		if _, name, ok := strings.Cut(line, "Depends: "); ok && !strings.HasPrefix(name, "<") {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names, nil
}

func have(ctx context.Context, pkg string) bool {
	out, err := exec.CommandContext(ctx, "dpkg-query", "-W", "-f", "${Status}", pkg).Output()
	return err == nil && strings.HasSuffix(string(out), " installed")
}

// command runs a program and shows what it says only when it fails.
func (d *demo) command(ctx context.Context, dir string, args ...string) error {
	d.printf("  %s\n", strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, lastLines(string(out), 8))
	}
	return nil
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
