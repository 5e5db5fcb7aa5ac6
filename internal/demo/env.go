package demo

import (
	"bufio"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The names below DEMO_ are the demo's own; the others are those that the processes read.

func (d *demo) envPath() string { return filepath.Join(d.Folder, "env") }

// secret is a random text that stays the same from run to run.
func (d *demo) secret(name string) string {
	if d.env[name] == "" {
		b := make([]byte, 18)
		_, _ = rand.Read(b) // crypto/rand never fails
		d.env[name] = base64.RawURLEncoding.EncodeToString(b)
	}
	return d.env[name]
}

// password is a secret that a person can read and copy with a double click.
func (d *demo) password(name string) string {
	if d.env[name] == "" {
		b := make([]byte, 10)
		_, _ = rand.Read(b) // crypto/rand never fails
		d.env[name] = strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
	}
	return d.env[name]
}

// key is a random key of 32 bytes that stays the same from run to run.
func (d *demo) key(name string) {
	if d.env[name] == "" {
		b := make([]byte, 32)
		_, _ = rand.Read(b) // crypto/rand never fails
		d.env[name] = base64.StdEncoding.EncodeToString(b)
	}
}

func readEnv(path string) (map[string]string, error) {
	env := map[string]string{}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return env, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the demo's settings: %w", err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), "=")
		if ok && !strings.HasPrefix(name, "#") {
			env[name] = strings.Trim(value, "'")
		}
	}
	return env, lines.Err()
}

// writeEnv keeps the variables for the command line and for the next run, readable by this user alone. None of the values
// holds a quote, so a shell can read the file too.
func (d *demo) writeEnv() error {
	var b strings.Builder
	b.WriteString("# Written by insyn demo. Keys and passwords of a demo with invented people; every start writes it anew.\n")
	for _, name := range slices.Sorted(maps.Keys(d.env)) {
		fmt.Fprintf(&b, "%s='%s'\n", name, d.env[name])
	}
	next := d.envPath() + ".new"
	if err := os.WriteFile(next, []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("write the demo's settings: %w", err)
	}
	return os.Rename(next, d.envPath())
}
