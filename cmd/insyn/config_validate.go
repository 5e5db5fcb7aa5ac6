package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"insyn/internal/seal"
)

// maxShareURL keeps a whole link (address, /s/ and 43 characters of token) under 100 characters.
const maxShareURL = 56

// Validate checks what its process needs and the relations between values. Every problem names the variable and the mend.
func (c Config) Validate() error {
	var problems []error
	bad := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	in := func(processes ...string) bool {
		for _, p := range processes {
			if c.process == p {
				return true
			}
		}
		return false
	}

	if c.DatabaseURL.empty() {
		bad("INSYN_DATABASE_URL or INSYN_%s_DATABASE_URL is not set: give a PostgreSQL address such as postgres://login@host/insyn, or start `insyn demo`", strings.ToUpper(c.process))
	}
	if in(procWeb, procWorker) {
		if err := checkKey("INSYN_KEY", c.Key); err != nil {
			problems = append(problems, err)
		}
		if _, err := c.redis(); err != nil {
			problems = append(problems, err)
		}
		problems = append(problems, checkURL("INSYN_WEB_URL", c.WebURL, 0))
	}
	if in(procWeb, procWorker, procShare) {
		problems = append(problems, checkURL("INSYN_SHARE_URL", c.ShareURL, maxShareURL))
	}
	switch c.process {
	case procWeb:
		problems = append(problems, checkAddr("INSYN_WEB_ADDR", c.WebAddr))
		if _, err := networks(c.Proxies); err != nil {
			problems = append(problems, err)
		}
	case procShare:
		problems = append(problems, checkAddr("INSYN_SHARE_ADDR", c.ShareAddr), checkKey("INSYN_SHARE_COOKIE_KEY", c.CookieKey))
	case procWorker:
		problems = append(problems, c.checkSMTP())
		if c.LedgerFile != "" && !filepath.IsAbs(c.LedgerFile) {
			bad("INSYN_LEDGER_FILE must begin with /: the workers must mean the same file wherever they are started")
		}
		if c.Concurrency < 1 || c.Concurrency > 64 {
			bad("INSYN_CONCURRENCY is %d: give 1 to 64", c.Concurrency)
		}
	}
	if in(procWeb, procShare, procWorker, procScheduler) {
		if a := c.metricsAddr(); a != "" && !loopback(a) {
			bad("INSYN_METRICS_ADDR is not a loopback address: give 127.0.0.1:port, or off")
		}
		if c.DrainTimeout < time.Second || c.DrainTimeout > time.Minute {
			bad("INSYN_DRAIN_TIMEOUT is %s: give 1s to 60s", c.DrainTimeout)
		}
		if c.PoolSize < 0 || c.PoolSize > 500 {
			bad("INSYN_POOL_SIZE is %d: give 0 to 500", c.PoolSize)
		}
		if c.LogFormat != "json" && c.LogFormat != "text" {
			bad("INSYN_LOG_FORMAT must be json or text")
		}
		if _, ok := logLevel(c.LogLevel); !ok {
			bad("INSYN_LOG_LEVEL must be debug, info, warn or error")
		}
	}
	return errors.Join(problems...)
}

func (c Config) checkSMTP() error {
	var problems []error
	if c.SMTPHost == "" {
		problems = append(problems, errors.New("INSYN_SMTP_HOST is not set: name the mail server that takes what Insyn sends"))
	}
	if c.SMTPPort < 1 || c.SMTPPort > 65535 {
		problems = append(problems, fmt.Errorf("INSYN_SMTP_PORT is %d: give 1 to 65535", c.SMTPPort))
	}
	if !strings.Contains(c.SMTPFrom, "@") {
		problems = append(problems, errors.New("INSYN_SMTP_FROM is not an address: give the sender, such as dataskydd@company.example"))
	}
	if (c.SMTPUser == "") != c.SMTPPassword.empty() {
		problems = append(problems, errors.New("INSYN_SMTP_USER and INSYN_SMTP_PASSWORD go together: set both or neither"))
	}
	switch c.SMTPTLS {
	case "mandatory", "implicit":
	case "off":
		if !loopback(net.JoinHostPort(c.SMTPHost, "25")) {
			problems = append(problems, errors.New("INSYN_SMTP_TLS is off, but INSYN_SMTP_HOST is not on loopback: personal data would go in clear; use mandatory or implicit"))
		}
	default:
		problems = append(problems, errors.New("INSYN_SMTP_TLS must be mandatory, implicit or off"))
	}
	return errors.Join(problems...)
}

func checkKey(name string, key secret) error {
	if key.empty() {
		return fmt.Errorf("%s is not set: make a key with `openssl rand -base64 32`", name)
	}
	if _, err := seal.ParseKey(key.reveal()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func checkAddr(name, addr string) error {
	if _, port, err := net.SplitHostPort(addr); err != nil || port == "" {
		return fmt.Errorf("%s is not host:port: give an address such as 127.0.0.1:8080", name)
	}
	return nil
}

// checkURL wants a bare https address; limit 0 is none.
func checkURL(name, raw string, limit int) error {
	if raw == "" {
		return fmt.Errorf("%s is not set: give the address as a browser sees it, such as https://insyn.company.example", name)
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return fmt.Errorf("%s is not a plain web address: give https://host", name)
	case u.Path != "" && u.Path != "/":
		return fmt.Errorf("%s has a path: Insyn needs a host name of its own, give https://host", name)
	case u.Scheme == "http" && !loopbackHost(u.Hostname()), u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%s must begin with https:// (http only on loopback)", name)
	case limit > 0 && len(strings.TrimSuffix(raw, "/")) > limit:
		return fmt.Errorf("%s has %d characters, at most %d: mail clients break longer links; use a shorter host name", name, len(raw), limit)
	}
	return nil
}

// loopback tells whether nobody outside this machine reaches host:port.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	return err == nil && loopbackHost(host)
}

func loopbackHost(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// metricsAddr is the address of /livez, /readyz and /metrics, or "" for none.
func (c Config) metricsAddr() string {
	switch c.MetricsAddr {
	case "off":
		return ""
	case "":
		return map[string]string{
			procWeb:       "127.0.0.1:9080",
			procShare:     "127.0.0.1:9081",
			procWorker:    "127.0.0.1:9082",
			procScheduler: "127.0.0.1:9083",
		}[c.process]
	}
	return c.MetricsAddr
}

// poolSize is how many connections a pool of this process may have.
func (c Config) poolSize() int32 {
	switch {
	case c.PoolSize > 0:
		return c.PoolSize
	case c.process == procWorker:
		return int32(c.Concurrency) + 6 // each job one, and the relay, the listener, heartbeats
	}
	return 10
}
