package receipt_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/receipt"
)

func sample() receipt.Document {
	at := time.Date(2026, 11, 20, 12, 30, 0, 0, time.UTC)
	return receipt.Document{
		Format: receipt.Format, Version: receipt.Version, Program: "Insyn 1.0",
		Controller: receipt.Controller{Name: "Nordlyft Åkeri & Söner AB", Country: "SE", Timezone: "Europe/Stockholm"},
		Request:    receipt.Request{Number: 1042, Kind: dsar.Erasure, ReceivedOn: dsar.Date{Year: 2026, Month: 11, Day: 2}, Channel: "mail", AskedBy: "self", Ground: "c"},
		Requested:  receipt.Actor{Account: 2, Roles: []string{"dpo"}},
		Approved:   receipt.Approval{Actor: receipt.Actor{Account: 3, Roles: []string{"administrator"}}, At: &at},
		Sources: []receipt.Source{{
			Name: "crm", Label: dossier.Label{"sv": "Kundregistret", "en": "The customer register"}, ErasedAt: at, MapVersion: 3,
			MapHash: strings.Repeat("ab", 32), PlanHash: strings.Repeat("cd", 32), Ledger: &receipt.Ledger{Sequence: 17, Hash: strings.Repeat("ef", 32)},
			Counts: []receipt.Count{
				{Table: "crm.person", Label: dossier.Label{"sv": "Person", "en": "Person"}, Action: "anonymise", Rows: 1},
				{Table: "crm.history", Label: dossier.Label{"sv": "Historik", "en": "History"}, Action: "redact", Rows: 12345},
			},
			Kept: []receipt.Kept{{
				Table: "crm.invoice", Label: dossier.Label{"sv": "Fakturor", "en": "Invoices"}, Law: dossier.Label{"sv": "BFL 7 kap. 2 §", "en": "Bookkeeping Act ch. 7 s. 2"},
				Sentence: dossier.Label{"sv": "Räkenskapsinformation bevaras i sju år.", "en": "Accounting information is kept for seven years."},
				Rows:     2, Until: dsar.Date{Year: 2033, Month: 12, Day: 31},
			}},
		}},
		Rescan: receipt.Rescan{
			At: at, Result: receipt.Retained, Tables: 31, Columns: 122, DurationMS: 4210,
			Places: []receipt.Place{{Source: "crm", Table: "crm.invoice", Column: "buyer_name", Label: dossier.Label{"sv": "Fakturor, Köpare", "en": "Invoices, Buyer"}, Rows: 2, Retained: true, Law: "BFL 7 kap. 2 §"}},
		},
		Suppressed: true, Backups: &receipt.Backups{Days: 30, Until: dsar.Date{Year: 2026, Month: 12, Day: 20}},
		Register: &receipt.Register{Provider: "Provregistret AB"}, SignedAt: at,
	}
}

func signed(t *testing.T) ([]byte, ed25519.PrivateKey) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := receipt.Sign(sample(), key)
	if err != nil {
		t.Fatal(err)
	}
	return b, key
}

func public(key ed25519.PrivateKey) ed25519.PublicKey { return key.Public().(ed25519.PublicKey) }

func TestASignedReceiptIsReadBack(t *testing.T) {
	t.Parallel()
	b, key := signed(t)
	got, err := receipt.Verify(b, public(key))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample(), *got); diff != "" {
		t.Errorf("another document (-want +got):\n%s", diff)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, b); err != nil {
		t.Fatal(err)
	}
	if _, err := receipt.Verify(compact.Bytes(), public(key)); err != nil {
		t.Errorf("without white space: %v", err)
	}
}

// Every byte that is not white space between values is changed in turn, in three ways.
func TestAnEditedByteIsFound(t *testing.T) {
	t.Parallel()
	b, key := signed(t)
	tried := 0
	for i := range b {
		if b[i] == ' ' || b[i] == '\n' {
			continue
		}
		for _, mask := range []byte{1, 2, 32} {
			edited := bytes.Clone(b)
			edited[i] ^= mask
			tried++
			if _, err := receipt.Verify(edited, public(key)); err == nil {
				t.Fatalf("byte %d of %d changed from %q to %q, and the signature holds: …%s…", i, len(b), b[i], edited[i], edited[max(0, i-30):min(len(b), i+30)])
			}
		}
	}
	if tried < 5000 {
		t.Errorf("tried %d edits only", tried)
	}
}

func TestWhatIsNotOursIsRefused(t *testing.T) {
	t.Parallel()
	b, key := signed(t)
	other, otherKey := signed(t)
	text := string(b)
	for name, c := range map[string]struct {
		body string
		key  ed25519.PublicKey
		want error
	}{
		"another key":                {text, public(otherKey), receipt.ErrSignature},
		"signed anew by another":     {string(other), public(key), receipt.ErrSignature},
		"a name twice":               {strings.Replace(text, `"format"`, `"version": 1, "format"`, 1), public(key), receipt.ErrForm},
		"more beside the signature":  {strings.Replace(text, `"kid"`, `"note": "paid", "kid"`, 1), public(key), receipt.ErrForm},
		"more in the document":       {strings.Replace(text, `"format"`, `"note": "paid", "format"`, 1), public(key), receipt.ErrSignature},
		"the signature taken away":   {`{"format":"insyn.erasure-receipt","version":1}`, public(key), receipt.ErrForm},
		"no JSON":                    {"receipt", public(key), receipt.ErrForm},
		"nothing":                    {"", public(key), receipt.ErrForm},
		"no algorithm (alg none)":    {strings.Replace(text, `"jws": "`, `"jws": "eyJhbGciOiJub25lIn0..", "x": "`, 1), public(key), receipt.ErrForm},
		"two documents in one file":  {text + text, public(key), receipt.ErrForm},
		"a list around the document": {"[" + text + "]", public(key), receipt.ErrForm},
	} {
		if _, err := receipt.Verify([]byte(c.body), c.key); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

// Anybody must be able to verify with the standards alone: this follows the RFCs by hand, without the library that signed.
func TestTheStandardsAloneVerifyIt(t *testing.T) {
	t.Parallel()
	b, key := signed(t)
	var members map[string]json.RawMessage
	if err := json.Unmarshal(b, &members); err != nil {
		t.Fatal(err)
	}
	var sig struct {
		JWS string `json:"jws"`
		JWK struct {
			X string `json:"x"`
		} `json:"jwk"`
	}
	if err := json.Unmarshal(members["signature"], &sig); err != nil {
		t.Fatal(err)
	}
	delete(members, "signature")
	rest, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	payload := jsontext.Value(rest)
	if err := payload.Canonicalize(); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(sig.JWS, ".")
	if len(parts) != 3 || parts[1] != "" {
		t.Fatalf("the JWS has %d parts, want three with an empty payload", len(parts))
	}
	value, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	input := parts[0] + "." + base64.RawURLEncoding.EncodeToString(payload)
	if !ed25519.Verify(public(key), []byte(input), value) {
		t.Error("RFC 7515 over RFC 8785 does not verify what Sign signed")
	}
	if x := base64.RawURLEncoding.EncodeToString(public(key)); sig.JWK.X != x {
		t.Errorf("the key in the document is %s, want %s", sig.JWK.X, x)
	}
}

func TestPublicKeysAreReadAsTheyArePrinted(t *testing.T) {
	t.Parallel()
	_, key := signed(t)
	for name, write := range map[string]func(ed25519.PublicKey) ([]byte, error){"pem": receipt.PEM, "jwk": receipt.JWK} {
		b, err := write(public(key))
		if err != nil {
			t.Fatal(err)
		}
		got, err := receipt.ParseKey(b)
		if err != nil || !got.Equal(public(key)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []string{"", "key", `{"kty":"oct","k":"AAAA"}`, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"} {
		if _, err := receipt.ParseKey([]byte(bad)); !errors.Is(err, receipt.ErrKey) {
			t.Errorf("%q: got %v, want ErrKey", bad, err)
		}
	}
}
