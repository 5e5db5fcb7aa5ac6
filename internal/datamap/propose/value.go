package propose

import (
	"net/netip"
	"regexp"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"insyn/internal/personnummer"
)

// What a value looks like.
const (
	likeEmail        = "email"
	likePhone        = "phone"
	likePersonnummer = "personnummer"
	likePostcode     = "postcode"
	likeOrgNumber    = "org_number"
	likeIP           = "ip"
	likeURL          = "url"
	likeDate         = "date"
	likeHash         = "hash"
	likeBase64       = "base64"
	likeHTML         = "html"
	likeMail         = "mail" // with headers
	likeSerialised   = "serialised"
	likeFile         = "filename"
	likeProse        = "text" // several words
	likeNumber       = "number"
	likeAddressed    = "addressed" // an address stands inside a longer text
)

var (
	emailShape      = regexp.MustCompile(`^[^\s@<>"',;:]+@[^\s@<>"',;:]+\.[A-Za-z]{2,}$`)
	emailInside     = regexp.MustCompile(`[^\s@<>"',;:()]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`)
	phoneShape      = regexp.MustCompile(`^\+?[\d(][\d\s().\-/]{5,20}\d$`)
	orgShape        = regexp.MustCompile(`^\d{6}-\d{4}$`)
	postcodeShape   = regexp.MustCompile(`^(\d{3} ?\d{2}|[A-Z]{1,2}-?\d{4,5}|\d{4} ?[A-Z]{2}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})$`)
	dateShape       = regexp.MustCompile(`^(19|20)\d\d-\d\d-\d\d([ T]\d\d:\d\d.*)?$`)
	hashShape       = regexp.MustCompile(`^(\$[0-9a-z]{1,12}\$.{8,}|!bcrypt!.+|\{[A-Z0-9-]+\}.{16,}|[0-9a-f]{32,}|[0-9A-F]{32,})$`)
	base64Shape     = regexp.MustCompile(`^[A-Za-z0-9+/\r\n]{40,}={0,2}\s*$`)
	htmlShape       = regexp.MustCompile(`(?i)^\s*<(!doctype|html|p|div|span|table|br|body|b|a|ul|ol|h[1-6])\b`)
	mailShape       = regexp.MustCompile(`(?i)^(from|received|return-path|subject|to|message-id|mime-version|date|content-type|x-[a-z-]+): `)
	serialisedShape = regexp.MustCompile(`^(---[ \n]|[aOs]:\d+:|\{:[a-z]|\x04\x08)`)
	fileShape       = regexp.MustCompile(`^[^\n/\\]{1,200}\.[A-Za-z][A-Za-z0-9]{1,4}$`)
	numberShape     = regexp.MustCompile(`^-?\d{1,18}([.,]\d+)?$`)
)

// looks says what a text looks like; "" is nothing in particular. country is where a number without its country's code is.
func looks(s, country string) string {
	switch {
	case emailShape.MatchString(s):
		return likeEmail
	case dateShape.MatchString(s):
		return likeDate
	case hashShape.MatchString(s):
		return likeHash
	case serialisedShape.MatchString(s):
		return likeSerialised
	case htmlShape.MatchString(s):
		return likeHTML
	case mailShape.MatchString(s):
		return likeMail
	case strings.HasPrefix(s, "http://"), strings.HasPrefix(s, "https://"), strings.HasPrefix(s, "www."):
		return likeURL
	}
	if _, err := netip.ParseAddr(s); err == nil {
		return likeIP
	}
	if len(s) <= 15 {
		if _, err := personnummer.Parse(s); err == nil {
			return likePersonnummer
		}
	}
	if orgShape.MatchString(s) {
		if _, err := personnummer.OrgNumber(s); err == nil {
			return likeOrgNumber
		}
	}
	if postcodeShape.MatchString(s) {
		return likePostcode
	}
	if phoneShape.MatchString(s) && digits(s) >= 7 {
		if n, err := phonenumbers.Parse(s, country); err == nil && phonenumbers.IsValidNumber(n) {
			return likePhone
		}
	}
	switch words := strings.Fields(s); {
	case numberShape.MatchString(s):
		return likeNumber
	case len(words) >= 4:
		if emailInside.MatchString(s) {
			return likeAddressed
		}
		return likeProse
	case base64Shape.MatchString(s) && mixed(s):
		return likeBase64
	case emailInside.MatchString(s):
		return likeAddressed
	case fileShape.MatchString(s):
		return likeFile
	}
	return ""
}

func digits(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// mixed says that small and large letters and digits stand in a text, as in a random one.
func mixed(s string) bool {
	var lower, upper, digit bool
	for _, r := range s {
		lower, upper, digit = lower || unicode.IsLower(r), upper || unicode.IsUpper(r), digit || unicode.IsDigit(r)
	}
	return lower && upper && digit
}

// magic says what the first bytes of a file tell, in hexadecimal as the sample holds them.
func magic(hex string) string {
	for _, m := range []struct{ begin, kind string }{
		{"25504446", "pdf"},
		{"504b0304", "zip"},
		{"89504e47", "image"},
		{"ffd8ff", "image"},
		{"47494638", "image"},
		{"1f8b", "gzip"},
		{"78da", "zlib"},
		{"789c", "zlib"},
		{"7801", "zlib"},
		{"70737430", "serialised"},
		{"0408", "serialised"},
	} {
		if strings.HasPrefix(hex, m.begin) {
			return m.kind
		}
	}
	return "bytes"
}
