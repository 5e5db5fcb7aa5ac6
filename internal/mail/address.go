package mail

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// ErrAddress tells that a text is not an address that we send to. What is wrong stands in the
// error text, the address never does.
var ErrAddress = errors.New("not a usable mail address")

// ValidAddress checks that s is exactly one plain mail address and gives it in the form that is
// stored and sent to: no spaces around it, the domain in lower case and in ASCII. The local part
// keeps its case, because its server decides what it means. Stricter than the standards on
// purpose: no quoted local part, no comment, no address literal, no relay marks, and a local part
// in ASCII, since a server that does not know SMTPUTF8 would return the mail.
func ValidAddress(s string) (normalised string, err error) {
	bad := func(why string) (string, error) { return "", fmt.Errorf("%w: %s", ErrAddress, why) }
	s = strings.Trim(s, " ")
	if s == "" {
		return bad("empty")
	}
	if len(s) > 1000 || !utf8.ValidString(s) {
		return bad("unreadable")
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			return bad("spaces or control characters")
		}
	}
	local, domain, found := strings.Cut(s, "@")
	if !found || strings.Contains(domain, "@") {
		return bad("not exactly one @")
	}
	if why := checkLocal(local); why != "" {
		return bad(why)
	}
	domain, why := asciiDomain(domain)
	if why != "" {
		return bad(why)
	}
	if len(local)+1+len(domain) > 254 {
		return bad("too long")
	}
	return local + "@" + domain, nil
}

func checkLocal(local string) (why string) {
	switch {
	case local == "":
		return "nothing before the @"
	case len(local) > 64:
		return "too long before the @"
	case local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, ".."):
		return "dots out of place"
	case local[0] == '-':
		return "begins with a hyphen" // read as an option by programs that get it as an argument
	}
	for _, r := range local {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		// Without ! and %, which old servers read as a route to somebody else.
		if !letter && !strings.ContainsRune(".#$&'*+/=?^_{}~-", r) {
			return "a character before the @ that we do not send to"
		}
	}
	return ""
}

func asciiDomain(domain string) (ascii, why string) {
	profile := idna.New(
		idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true),
		idna.VerifyDNSLength(true), idna.BidiRule(), idna.ValidateLabels(true), idna.CheckHyphens(true),
	)
	ascii, err := profile.ToASCII(domain)
	if err != nil {
		return "", "not a domain name"
	}
	labels := strings.Split(ascii, ".")
	last := labels[len(labels)-1]
	if len(labels) < 2 || last == "" {
		return "", "not a full domain name"
	}
	if strings.Trim(last, "0123456789") == "" {
		return "", "a number in place of a domain name"
	}
	return ascii, ""
}

// roles.txt lists local parts that belong to a function and not to one person.
//
//go:embed roles.txt
var rolesFile string

// IsRole tells whether an address is a role mailbox such as info@, which several people read, so
// that a code mailed to it proves nothing about who typed it. An address that is not valid is
// taken for one.
func IsRole(addr string) bool {
	addr, err := ValidAddress(addr)
	if err != nil {
		return true
	}
	local, _, _ := strings.Cut(strings.ToLower(addr), "@")
	local, _, _ = strings.Cut(local, "+")
	for line := range strings.Lines(rolesFile) {
		if role := strings.TrimSpace(line); role == local && !strings.HasPrefix(role, "#") {
			return true
		}
	}
	return false
}

// Mask shows enough of an address for its owner to know it, and for nobody else to learn it:
// a***@e***.example.
func Mask(addr string) string {
	addr, err := ValidAddress(addr)
	if err != nil {
		return "***"
	}
	local, domain, _ := strings.Cut(addr, "@")
	if readable, err := idna.Lookup.ToUnicode(domain); err == nil {
		domain = readable
	}
	first := func(s string) string {
		_, n := utf8.DecodeRuneInString(s)
		return s[:n]
	}
	return first(local) + "***@" + first(domain) + "***" + domain[strings.LastIndexByte(domain, '.'):]
}
