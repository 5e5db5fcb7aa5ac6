package adminweb

import (
	"net/mail"
	"strings"
	"time"
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
