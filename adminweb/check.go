package adminweb

import (
	"errors"
	"net/mail"
	"strings"
	"time"

	"insyn/internal/dsar"
)

// knownZone tells whether the time zone exists; the empty name would be UTC without a word.
func knownZone(name string) bool {
	if name == "" || name == "Local" {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

// plausibleAddress is one bare mail address on one line.
func plausibleAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && !strings.ContainsAny(s, "\"\r\n ")
}

// ignoreNotFound lets a look-up that finds nothing pass.
func ignoreNotFound(err error) error {
	if errors.Is(err, dsar.ErrNotFound) {
		return nil
	}
	return err
}
