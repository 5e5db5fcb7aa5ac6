package seal_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"insyn/internal/seal"
)

func keys(t *testing.T) *seal.Keys {
	t.Helper()
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	k, err := seal.New(b)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSealedValuesOpenOnlyForTheirPurposeAndKey(t *testing.T) {
	t.Parallel()
	a, b := keys(t), keys(t)
	sealed := a.Seal("request.notes", []byte("ring på torsdag"))
	if got, err := a.Open("request.notes", sealed); err != nil || string(got) != "ring på torsdag" {
		t.Fatalf("open: %q, %v", got, err)
	}
	damaged := bytes.Clone(sealed)
	damaged[len(damaged)-1] ^= 1
	for name, try := range map[string]func() ([]byte, error){
		"other purpose": func() ([]byte, error) { return a.Open("request.wish", sealed) },
		"other key":     func() ([]byte, error) { return b.Open("request.notes", sealed) },
		"damaged":       func() ([]byte, error) { return a.Open("request.notes", damaged) },
		"short":         func() ([]byte, error) { return a.Open("request.notes", sealed[:20]) },
	} {
		if got, err := try(); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("%s: got %q, %v, want ErrSealed", name, got, err)
		}
	}
}

func TestEventsSealedToThePublicKeyOpenWithThePrivateOnly(t *testing.T) {
	t.Parallel()
	a, b := keys(t), keys(t)
	pub, err := a.Public()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := seal.SealTo(pub, []byte("new phone"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := a.OpenEvent(sealed); err != nil || string(got) != "new phone" {
		t.Fatalf("open: %q, %v", got, err)
	}
	if _, err := b.OpenEvent(sealed); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("other key: got %v, want ErrSealed", err)
	}
}

func TestParseKeyRefusesWhatIsNotRandom(t *testing.T) {
	t.Parallel()
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	if got, err := seal.ParseKey(hex.EncodeToString(b) + "\n"); err != nil || !bytes.Equal(got, b) {
		t.Errorf("hex key: %v", err)
	}
	for _, bad := range []string{"", "changeme", strings.Repeat("00", 32), strings.Repeat("ab", 32), hex.EncodeToString(b[:31])} {
		if _, err := seal.ParseKey(bad); err == nil {
			t.Errorf("key of length %d accepted, want a refusal", len(bad))
		}
	}
}

func TestSubjectHashKeepsItsParts(t *testing.T) {
	t.Parallel()
	k := keys(t)
	if bytes.Equal(k.Subject("crm", "12"), k.Subject("crm1", "2")) {
		t.Error("two people share a hash")
	}
}
