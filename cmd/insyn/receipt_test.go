package main

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"insyn/internal/dsar"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/receipt"
	"insyn/internal/seal"
)

const receiptTestKey = "c3VtbWVyIGV2ZW5pbmdzIGluIHRoZSBub3J0aCBhcmU="

func TestAReceiptIsShownAndVerifiedOffline(t *testing.T) {
	t.Parallel()
	master, err := seal.ParseKey(receiptTestKey)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.New(master)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	signed, err := receipt.Sign(receipt.Document{
		Controller: receipt.Controller{Name: "Nordlyft AB", Country: "SE", Timezone: "Europe/Stockholm"},
		Request:    receipt.Request{Number: 1001, Kind: dsar.Erasure, ReceivedOn: dsar.Date{Year: 2026, Month: 11, Day: 2}, Channel: "mail", AskedBy: "self"},
		Rescan:     receipt.Rescan{At: at, Result: receipt.None, Places: []receipt.Place{}}, Sources: []receipt.Source{}, SignedAt: at,
	}, keys.Receipt())
	if err != nil {
		t.Fatal(err)
	}
	pool := pgtest.New(t)
	if _, err := pool.Exec(t.Context(), `
		insert into request (id, kind, state, waiting_for, received_on, channel, language, country, asked)
		overriding system value values (1001, 'erasure', 'waiting', 'delivery', '2026-11-02', 'mail', 'sv', 'SE', false)`); err != nil {
		t.Fatal(err)
	}
	if err := receipt.Store(t.Context(), pool, 1001, signed, at); err != nil {
		t.Fatal(err)
	}
	env := []string{"INSYN_DATABASE_URL=" + pgtest.DSN(pool), "INSYN_KEY=" + receiptTestKey}
	offline := []string{"INSYN_DATABASE_URL=postgres://nobody@127.0.0.1:1/none"}
	dir := t.TempDir()

	code, out, errs := call(t, env, "receipt", "show", "1001", "--json")
	if code != exitDone || out != string(signed) {
		t.Fatalf("show --json: code %d, %s, not the stored bytes: %s", code, errs, out)
	}
	file := filepath.Join(dir, "receipt.json")
	write(t, file, signed)
	_, pem, _ := call(t, env, "receipt", "key")
	keyFile := filepath.Join(dir, "key.pem")
	write(t, keyFile, []byte(pem))
	_, jwk, _ := call(t, env, "receipt", "key", "--json")
	jwkFile := filepath.Join(dir, "key.json")
	write(t, jwkFile, []byte(jwk))
	_, otherKey, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := receipt.PEM(otherKey.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	otherFile := filepath.Join(dir, "other.pem")
	write(t, otherFile, other)
	edited := filepath.Join(dir, "edited.json")
	write(t, edited, bytes.Replace(signed, []byte("Nordlyft AB"), []byte("Nordlyft AC"), 1))

	for name, c := range map[string]struct {
		env  []string
		args []string
		code int
		says string
	}{
		"by PEM":               {offline, []string{"verify", file, "--key", keyFile}, exitDone, "case 1001, Nordlyft AB"},
		"by JWK":               {offline, []string{"verify", file, "--key", jwkFile}, exitDone, "case 1001"},
		"by the own key":       {env, []string{"verify", file}, exitDone, "case 1001"},
		"quietly":              {offline, []string{"verify", file, "--key", keyFile, "--quiet"}, exitDone, ""},
		"edited":               {offline, []string{"verify", edited, "--key", keyFile}, exitFailed, "does not hold"},
		"another key":          {offline, []string{"verify", file, "--key", otherFile}, exitFailed, "does not hold"},
		"no key":               {offline, []string{"verify", file}, exitUsage, "--key"},
		"a key that is none":   {offline, []string{"verify", file, "--key", file}, exitFailed, "not an Ed25519 public key"},
		"no file":              {offline, []string{"verify", filepath.Join(dir, "none"), "--key", keyFile}, exitFailed, "read the file"},
		"no receipt":           {env, []string{"show", "1002"}, exitFailed, "request 1002 has no receipt"},
		"in words":             {env, []string{"show", "1001", "--language", "en"}, exitDone, "Receipt of an erasure, case 1001"},
		"two forms at a time":  {env, []string{"show", "1001", "--json", "--pdf", "x"}, exitUsage, "not both"},
		"a language of nobody": {env, []string{"show", "1001", "--language", "fi"}, exitUsage, "sv or en"},
	} {
		code, out, errs := call(t, c.env, append([]string{"receipt"}, c.args...)...)
		if code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("%s: code %d, %s%s; want %d and %q", name, code, out, errs, c.code, c.says)
		}
	}
	pdf := filepath.Join(dir, "receipt.pdf")
	if code, _, errs := call(t, env, "receipt", "show", "1001", "--pdf", pdf); code != exitDone {
		t.Fatalf("--pdf: code %d, %s", code, errs)
	}
	if b, err := os.ReadFile(pdf); err != nil || !bytes.HasPrefix(b, []byte("%PDF-")) {
		t.Errorf("the file is no PDF: %v", err)
	}
}

func write(t *testing.T, file string, b []byte) {
	t.Helper()
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
