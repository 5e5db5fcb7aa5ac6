// Package share is the customer's side: links and artefacts, what seals them, and the site where a link is opened.
// The site's process has no right to the customer register and no key that opens an event it has written.
package share

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
)

// TokenSize is the length of a token in bytes, and its length in an address.
const (
	TokenSize   = 32
	tokenLetter = 43
)

// Token is the secret in the path of a link. It opens nothing by itself, and without it the artefact cannot be opened.
// It prints as [redacted]; Text is for the mail alone.
type Token [TokenSize]byte

// NewToken draws a token.
func NewToken() Token {
	var t Token
	_, _ = rand.Read(t[:]) // never fails: the runtime ends the program where there is no randomness
	return t
}

// ParseToken reads the token of a path. ok is false for anything that NewToken cannot have made.
func ParseToken(s string) (t Token, ok bool) {
	if len(s) != tokenLetter {
		return t, false
	}
	n, err := base64.RawURLEncoding.Strict().Decode(t[:], []byte(s))
	return t, err == nil && n == TokenSize
}

// Text is the token as it stands in an address: letters, digits, - and _.
func (t Token) Text() string { return base64.RawURLEncoding.EncodeToString(t[:]) }

// String hides the token.
func (Token) String() string { return "[redacted]" }

// GoString hides the token.
func (Token) GoString() string { return "[redacted]" }

// Hash is what the table of links knows of the token.
func (t Token) Hash() []byte {
	key := derive(t[:], nil, "lookup")
	sum := sha256.Sum256(key)
	return sum[:]
}

// Address is the whole link; base is the address of the share site.
func (t Token) Address(base string) string { return base + "/s/" + t.Text() }

// TokenHash is t.Hash.
func TokenHash(t Token) []byte { return t.Hash() }

// artefactKey wraps the file key of one artefact of one link. Without the row's salt the token is worth nothing, and
// the other way round.
func (t Token) artefactKey(salt []byte, linkID int64) [32]byte {
	return [32]byte(derive(t[:], salt, fmt.Sprintf("insyn artefact %d", linkID)))
}

func derive(secret, salt []byte, info string) []byte {
	key, err := hkdf.Key(sha256.New, secret, salt, info, 32)
	if err != nil {
		panic(err) // only for a length that HKDF cannot give
	}
	return key
}
