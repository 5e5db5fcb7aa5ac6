package account

import (
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"insyn/internal/dsar"
)

// MinPassword is the fewest characters of a password; MaxPassword bounds the work of hashing one.
const (
	MinPassword = 12
	MaxPassword = 256
)

// The cost: 64 MiB once takes about a tenth of a second on one core.
func cost() *argon2id.Params {
	return &argon2id.Params{Memory: 64 * 1024, Iterations: 1, Parallelism: uint8(min(runtime.NumCPU(), 4)), SaltLength: 16, KeyLength: 32}
}

// CheckPassword tells what is wrong with a password: too short, too long, or one that an attacker tries first.
// Composition rules there are none; they make passwords worse.
func CheckPassword(password, email, name string) error {
	wrong := func(problem string) error { return &dsar.Invalid{Field: "password", Problem: problem} }
	n := utf8.RuneCountInString(password)
	if n < MinPassword {
		return wrong("short")
	}
	if n > MaxPassword {
		return wrong("long")
	}
	folded := strings.ToLower(password)
	local, _, _ := strings.Cut(strings.ToLower(email), "@")
	for _, own := range append(strings.Fields(strings.ToLower(name)), local) {
		if len(own) >= 4 && strings.Contains(folded, own) {
			return wrong("own")
		}
	}
	if guessable(folded) {
		return wrong("common")
	}
	return nil
}

// guessable takes out what attackers combine (the well-known words, runs of the keyboard, digits that count) and looks
// at what is left.
func guessable(folded string) bool {
	left := folded
	for _, w := range []string{
		"password", "passw0rd", "lösenord", "losenord", "welcome", "välkommen", "letmein", "hemligt", "secret", "qwertyuiop",
		"qwerty", "asdfgh", "zxcvbn", "administrator", "admin", "insyn", "sommar", "vinter", "iloveyou", "1q2w3e4r", "123456789", "12345678",
		"1234567", "123456", "12345", "1234", "abcdef", "abc", "2024", "2025", "2026", "2027", "123",
	} {
		left = strings.ReplaceAll(left, w, "")
	}
	seen := map[rune]bool{}
	for _, r := range left {
		if !strings.ContainsRune(" !.?-_*#$@", r) {
			seen[r] = true
		}
	}
	return len(seen) < 4
}

func hashPassword(password string) (string, error) {
	hash, err := argon2id.CreateHash(password, cost())
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}
