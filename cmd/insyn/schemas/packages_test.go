//go:build schemas

package schemas

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// unpack fetches a Debian package and unpacks it into a folder that goes with the test; nothing is installed.
func unpack(t *testing.T, name string) (dir, version string) {
	t.Helper()
	// As root apt hands downloads to a user who may not write into the test's own folder, and says so on stderr.
	fetched, dir := t.TempDir(), t.TempDir()
	command(t, fetched, nil, "apt-get", "download", "-q", name)
	found, err := filepath.Glob(filepath.Join(fetched, name+"_*.deb"))
	if err != nil || len(found) != 1 {
		t.Fatalf("apt-get download %s left %v (%v)", name, found, err)
	}
	command(t, dir, nil, "dpkg-deb", "-x", found[0], dir)
	return dir, strings.TrimSpace(command(t, dir, nil, "dpkg-deb", "-f", found[0], "Version"))
}

// command runs a program to its end and gives what it printed on stdout; env is added to our own.
func command(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var out, complaints strings.Builder
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, append(os.Environ(), env...), &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, tail(out.String()), tail(complaints.String()))
	}
	return out.String()
}

func tail(s string) string {
	lines := strings.SplitAfter(s, "\n")
	return strings.Join(lines[max(0, len(lines)-30):], "")
}
