package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const testKey = "MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY=" // 0-9a-v: enough different bytes for a test

func shareEnv() environ {
	return environ{
		"INSYN_SHARE_DATABASE_URL": "postgres://share@/insyn",
		"INSYN_SHARE_COOKIE_KEY":   testKey,
		"INSYN_SHARE_ADDR":         "127.0.0.1:8081",
		"INSYN_SHARE_URL":          "https://share.company.example",
	}
}

func TestShareNeedsOnlyItsOwn(t *testing.T) {
	t.Parallel()
	cfg, stray, err := loadConfig(shareEnv(), procShare)
	if err != nil || len(stray) > 0 {
		t.Fatalf("got error %v, stray %v, want none", err, stray)
	}
	if got := cfg.DatabaseURL.reveal(); got != "postgres://share@/insyn" {
		t.Errorf("database %q", got)
	}
	e := shareEnv()
	e["INSYN_KEY"] = testKey
	cfg, stray, err = loadConfig(e, procShare)
	if err != nil {
		t.Fatal(err)
	}
	if !cfg.Key.empty() || !slices.Equal(stray, []string{"INSYN_KEY"}) {
		t.Errorf("share took INSYN_KEY: empty %v, stray %v", cfg.Key.empty(), stray)
	}
}

func TestProblemsNameTheVariable(t *testing.T) {
	t.Parallel()
	worker := func(change environ) environ {
		e := environ{
			"INSYN_DATABASE_URL": "postgres://w@/insyn", "INSYN_KEY": testKey, "REDIS_URL": "redis://127.0.0.1:6379",
			"INSYN_WEB_URL": "https://insyn.company.example", "INSYN_SHARE_URL": "https://share.company.example",
			"INSYN_SMTP_HOST": "mail.company.example", "INSYN_SMTP_FROM": "dataskydd@company.example",
		}
		for k, v := range change {
			e[k] = v
		}
		return e
	}
	if _, _, err := loadConfig(worker(nil), procWorker); err != nil {
		t.Fatalf("a good environment is refused: %v", err)
	}
	for _, c := range []struct {
		name   string
		change environ
		want   []string
	}{
		{"no database", environ{"INSYN_DATABASE_URL": ""}, []string{"INSYN_WORKER_DATABASE_URL"}},
		{"example key", environ{"INSYN_KEY": strings.Repeat("A", 43) + "="}, []string{"INSYN_KEY", "not random"}},
		{"short key", environ{"INSYN_KEY": "c2hvcnQ="}, []string{"INSYN_KEY", "openssl"}},
		{"clear mail", environ{"INSYN_SMTP_TLS": "off"}, []string{"INSYN_SMTP_TLS", "clear"}},
		{"half a login", environ{"INSYN_SMTP_USER": "u"}, []string{"INSYN_SMTP_PASSWORD"}},
		{"two ways to Redis", environ{"REDIS_CLUSTER": "a:1,b:1"}, []string{"REDIS_CLUSTER", "keep one"}},
		{"Sentinel without master", environ{"REDIS_URL": "", "REDIS_SENTINELS": "a:1"}, []string{"REDIS_MASTER"}},
		{"clear share", environ{"INSYN_SHARE_URL": "http://share.company.example"}, []string{"INSYN_SHARE_URL", "https"}},
		{"long share", environ{"INSYN_SHARE_URL": "https://" + strings.Repeat("a", 49)}, []string{"INSYN_SHARE_URL", "57"}},
		{"a word for a number", environ{"INSYN_CONCURRENCY": "hunter2"}, []string{"INSYN_CONCURRENCY"}},
		{"open metrics", environ{"INSYN_METRICS_ADDR": "0.0.0.0:9000"}, []string{"INSYN_METRICS_ADDR", "127.0.0.1"}},
		{"value and file", environ{"INSYN_KEY_FILE": "/x"}, []string{"INSYN_KEY_FILE", "keep one"}},
		{"missing file", environ{"INSYN_SMTP_PASSWORD_FILE": "/nowhere/x"}, []string{"INSYN_SMTP_PASSWORD_FILE"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := loadConfig(worker(c.change), procWorker)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not say %q", err, w)
				}
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error quotes a value: %v", err)
			}
		})
	}
}

func TestSecretsFromFilesAndNeverPrinted(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "cookie")
	if err := os.WriteFile(file, []byte(testKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e := shareEnv()
	delete(e, "INSYN_SHARE_COOKIE_KEY")
	e["INSYN_SHARE_COOKIE_KEY_FILE"] = file
	cfg, _, err := loadConfig(e, procShare)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.CookieKey.reveal() != testKey {
		t.Error("the value of the file was not read")
	}
	if printed := fmt.Sprintf("%v %+v %#v", cfg, cfg, &cfg); strings.Contains(printed, testKey) || strings.Contains(printed, "postgres:") {
		t.Errorf("a printed configuration holds a value: %s", printed)
	}
	asJSON, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{fmt.Sprintf("%v %+v %#v", cfg.CookieKey, cfg.CookieKey, cfg.CookieKey), fmt.Sprintf("%s %q %x", cfg.CookieKey, cfg.CookieKey, cfg.CookieKey), string(asJSON)} {
		if strings.Contains(printed, testKey) || !strings.Contains(printed, "[redacted]") {
			t.Errorf("a secret is printed: %s", printed)
		}
	}
}

// The README holds the table between two markers, so that it cannot lag behind the code.
func TestReadmeTable(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(b), "<!-- config -->\n")
	if !ok {
		t.Fatal("the README has no <!-- config --> marker")
	}
	got, _, ok := strings.Cut(rest, "<!-- /config -->")
	if want := configTable(); !ok || strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("the table differs: put the output of `insyn help config` between <!-- config --> and <!-- /config -->")
	}
}

func TestEveryVariableIsExplained(t *testing.T) {
	t.Parallel()
	for _, s := range variables() {
		if s.doc == "" || len(s.processes) == 0 {
			t.Errorf("%s: no doc or no process", s.name)
		}
	}
}
