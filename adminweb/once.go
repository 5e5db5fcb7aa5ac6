package adminweb

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"strings"
)

const sessionOnce = "once"

// keptOnce is how many answered forms a session remembers.
const keptOnce = 24

// newOnce is the key of one form: sent twice, it is done once.
func newOnce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// remember notes where an answered form led.
func (s *site) remember(ctx context.Context, once, path string) {
	if len(once) > 64 || strings.ContainsAny(once, " \n") {
		return
	}
	lines := strings.Split(s.sessions.GetString(ctx, sessionOnce), "\n")
	lines = append(lines, once+" "+path)
	if len(lines) > keptOnce {
		lines = lines[len(lines)-keptOnce:]
	}
	s.sessions.Put(ctx, sessionOnce, strings.Join(lines, "\n"))
}

// answered gives where the same form led before. Two that come at the same moment are kept apart by the state of what
// they change, or by the key in the database.
func (s *site) answered(ctx context.Context, once string) (path string, yes bool) {
	if once == "" {
		return "", false
	}
	for line := range strings.SplitSeq(s.sessions.GetString(ctx, sessionOnce), "\n") {
		if key, path, ok := strings.Cut(line, " "); ok && key == once {
			return path, true
		}
	}
	return "", false
}
