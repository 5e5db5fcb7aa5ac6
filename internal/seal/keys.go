// Package seal keeps the subject's data unreadable in our own tables: authenticated encryption of columns, keyed hashes
// for look-ups, and a public key to which the share site seals what visitors write.
package seal

import (
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

// ErrSealed: a sealed value cannot be opened: other key, other purpose, or damaged.
var ErrSealed = errors.New("a sealed value cannot be opened with this key")

// Keys are derived from the one secret key of the installation (32 bytes).
type Keys struct {
	id          [4]byte
	aead        cipher.AEAD
	lookup      []byte
	suppression []byte
	private     []byte
	receipt     ed25519.PrivateKey
}

// New derives the keys from a master key of 32 bytes.
func New(master []byte) (*Keys, error) {
	if len(master) != 32 {
		return nil, fmt.Errorf("the key has %d bytes, want 32", len(master))
	}
	derive := func(info string) []byte {
		b, err := hkdf.Key(sha256.New, master, nil, "insyn "+info, 32)
		if err != nil {
			panic(err) // only a length beyond 8,160 bytes fails
		}
		return b
	}
	aead, err := chacha20poly1305.NewX(derive("columns"))
	if err != nil {
		return nil, err
	}
	k := &Keys{aead: aead, lookup: derive("lookup"), suppression: derive("suppression"), private: derive("share events")}
	k.receipt = ed25519.NewKeyFromSeed(derive("receipts"))
	copy(k.id[:], derive("id"))
	return k, nil
}

// ParseKey reads 32 bytes in hex or base64 (standard or URL alphabet). It refuses keys without entropy, such as those of examples.
func ParseKey(s string) ([]byte, error) {
	s = strings.TrimSpace(s)
	var b []byte
	for _, decode := range []func(string) ([]byte, error){hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawURLEncoding.DecodeString, base64.URLEncoding.DecodeString} {
		if d, err := decode(s); err == nil && len(d) == 32 {
			b = d
			break
		}
	}
	if b == nil {
		return nil, errors.New("want 32 bytes in hex or base64: make one with `openssl rand -base64 32`")
	}
	seen := map[byte]bool{}
	for _, c := range b {
		seen[c] = true
	}
	if len(seen) < 12 { // 32 random bytes have about 30 different values
		return nil, errors.New("this key is not random: make one with `openssl rand -base64 32`")
	}
	return b, nil
}

// Seal encrypts plain for one purpose ("table.column"). The result begins with the key's id.
func (k *Keys) Seal(purpose string, plain []byte) []byte {
	nonce := make([]byte, chacha20poly1305.NonceSizeX, 4+chacha20poly1305.NonceSizeX+len(plain)+chacha20poly1305.Overhead)
	_, _ = rand.Read(nonce) // crypto/rand never fails
	out := append(append(make([]byte, 0, cap(nonce)), k.id[:]...), nonce...)
	return k.aead.Seal(out, nonce, plain, []byte(purpose))
}

// Open decrypts a value sealed for the same purpose; nil opens to nil.
func (k *Keys) Open(purpose string, sealed []byte) ([]byte, error) {
	if sealed == nil {
		return nil, nil
	}
	head := 4 + chacha20poly1305.NonceSizeX
	if len(sealed) < head || [4]byte(sealed[:4]) != k.id {
		return nil, ErrSealed
	}
	plain, err := k.aead.Open(nil, sealed[4:head], sealed[head:], []byte(purpose))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// SealText is Seal for a text; an empty text stays null.
func (k *Keys) SealText(purpose, s string) []byte {
	if s == "" {
		return nil
	}
	return k.Seal(purpose, []byte(s))
}

// OpenText is Open for a text.
func (k *Keys) OpenText(purpose string, sealed []byte) (string, error) {
	b, err := k.Open(purpose, sealed)
	return string(b), err
}

// SealJSON seals v as JSON.
func (k *Keys) SealJSON(purpose string, v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", purpose, err)
	}
	return k.Seal(purpose, b), nil
}

// OpenJSON opens JSON into v; null leaves v as it is.
func (k *Keys) OpenJSON(purpose string, sealed []byte, v any) error {
	b, err := k.Open(purpose, sealed)
	if err != nil || b == nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("decode %s: not the expected form", purpose)
	}
	return nil
}

// HMAC is a keyed hash of parts for look-ups; each part counts with its length, so that ("ab","c") is not ("a","bc").
func (k *Keys) HMAC(purpose string, parts ...string) []byte {
	h := hmac.New(sha256.New, k.lookup)
	for _, p := range append([]string{purpose}, parts...) {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

// Subject is the keyed hash under which requests know a person: source and key.
func (k *Keys) Subject(source, key string) []byte { return k.HMAC("subject", source, key) }

// Receipt is the key that signs receipts of erasures. Its public half may be given to anybody.
func (k *Keys) Receipt() ed25519.PrivateKey { return k.receipt }

// SuppressionKey keys the hashes of people who must not be mailed; the CRM's mailer gets it too.
func (k *Keys) SuppressionKey() []byte { return k.suppression }
