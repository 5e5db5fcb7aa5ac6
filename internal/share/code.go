package share

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
	"unicode"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// CodeDigits is the length of a code: 26.6 bits.
const CodeDigits = 8

// NewCode draws a code.
func NewCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
	if err != nil {
		panic(err) // cannot be: rand.Reader does not fail
	}
	return fmt.Sprintf("%0*d", CodeDigits, n)
}

// HashAnswer hashes what opens a link, for insyn.code: a code, or at level A the address that the link went to.
func HashAnswer(answer string) (string, error) {
	h, err := argon2id.CreateHash(normalise(answer), answerParams())
	if err != nil {
		return "", fmt.Errorf("hash a code: %w", err)
	}
	return h, nil
}

// answerParams is the smallest setting that OWASP names: five tries are allowed, so the hash guards a stolen table for
// the ten minutes that a code lives, and must not let strangers fill the memory.
func answerParams() *argon2id.Params {
	return &argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// normalise drops what people type around a code or an address: spaces, capitals, hyphens between digits.
func normalise(s string) string {
	s = strings.ToLower(norm.NFKC.String(s))
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
	if strings.ContainsRune(s, '@') {
		return s
	}
	return strings.ReplaceAll(s, "-", "")
}
