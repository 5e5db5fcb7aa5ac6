package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strings"
	"syscall"
)

// demoFile is what `insyn demo` leaves for the other commands, below the working folder.
const demoFile = ".demo/env"

// environ is a process environment by name.
type environ map[string]string

func newEnviron(env []string) environ {
	e := environ{}
	for _, line := range env {
		if name, value, ok := strings.Cut(line, "="); ok {
			e[name] = value
		}
	}
	return e
}

// overridable tells whether a process may have its own value of a variable: INSYN_WORKER_CRM_DSN before INSYN_CRM_DSN.
func overridable(name string) bool {
	return strings.HasPrefix(name, "INSYN_") &&
		(name == "INSYN_DATABASE_URL" || name == "INSYN_METRICS_ADDR" || strings.HasSuffix(name, "_DSN"))
}

// lookup is the value of a variable for a process: its own before the common one, and NAME_FILE (a file that holds the
// value, as secret stores mount them) where NAME is not set.
func (e environ) lookup(process, name string) (string, error) {
	names := []string{name}
	if process != "" && overridable(name) {
		own := "INSYN_" + strings.ToUpper(process) + "_" + strings.TrimPrefix(name, "INSYN_")
		names = []string{own, name}
	}
	for _, n := range names {
		file := e[n+"_FILE"]
		switch {
		case e[n] != "" && file != "":
			return "", fmt.Errorf("%s and %s_FILE are both set: keep one", n, n)
		case e[n] != "":
			return e[n], nil
		case file != "":
			b, err := os.ReadFile(file)
			if err != nil {
				return "", fmt.Errorf("%s_FILE: %w", n, err)
			}
			return strings.TrimRight(string(b), "\r\n"), nil
		}
	}
	return "", nil
}

// loadDemo adds the demo's variables, where a demo was started in the working folder and no database is named otherwise.
// Only a file that nobody else can have written is read.
func (a *app) loadDemo() error {
	for name := range a.env {
		if strings.HasPrefix(name, "INSYN_") && strings.Contains(name, "DATABASE_URL") {
			return nil
		}
	}
	info, err := os.Lstat(demoFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the demo's settings: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 || int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("%s is not a file of yours that only you can read: remove it, or set INSYN_DATABASE_URL", demoFile)
	}
	demo, err := readEnvFile(demoFile)
	if err != nil {
		return err
	}
	if demo["INSYN_WEB_DATABASE_URL"] == "" {
		return fmt.Errorf("the demo of this folder has not got far enough: wait until it says that it is ready")
	}
	_, _ = fmt.Fprintf(a.stderr, "insyn: INSYN_DATABASE_URL is not set; using the demo of this folder (%s)\n", demoFile)
	maps.Copy(demo, a.env)
	a.env = demo
	return nil
}

// readEnvFile reads lines NAME=value and NAME='value'; # begins a comment line.
func readEnvFile(path string) (environ, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the demo's settings: %w", err)
	}
	defer func() { _ = f.Close() }()
	env := environ{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("%s: a line without =", path)
		}
		env[name] = strings.Trim(value, "'")
	}
	return env, lines.Err()
}
