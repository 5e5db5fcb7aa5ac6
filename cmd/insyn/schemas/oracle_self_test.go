//go:build schemas

package schemas

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"mime"
	"mime/quotedprintable"
	"strings"
	"testing"
)

// An oracle that finds nothing proves nothing: here it must find the person behind every encoding that the two systems use.
func TestOracleReadsEveryEncoding(t *testing.T) {
	t.Parallel()
	c := newCast(20, 1)
	p := c.scattered
	line := strings.Repeat("x", 60) + " Enligt " + p.name() + " ska det vara klart."
	var qp, deflated bytes.Buffer
	w := quotedprintable.NewWriter(&qp)
	_, _ = w.Write([]byte(line))
	_ = w.Close()
	z := zlib.NewWriter(&deflated)
	_, _ = z.Write([]byte(line))
	_ = z.Close()
	b64 := base64.StdEncoding.EncodeToString([]byte(line))
	for name, value := range map[string]string{
		"plain":                    line,
		"upper case":               strings.ToUpper(line),
		"surname first":            "Kontakt: Månestråle, Ingegärd",
		"broken line":              "hälsar Ingegärd\n Månestråle",
		"quoted-printable":         qp.String(),
		"base64":                   b64,
		"base64 in lines":          b64[:30] + "\n" + b64[30:80] + "\n" + b64[80:],
		"bytea":                    `\x` + hex.EncodeToString([]byte(line)),
		"base64 in bytea":          `\x` + hex.EncodeToString([]byte(b64)),
		"zlib in bytea":            `\x` + hex.EncodeToString(deflated.Bytes()),
		"encoded word":             "From: " + mime.QEncoding.Encode("utf-8", p.name()) + " <x@y.example>",
		"encoded word in a part":   "Subject: ok\nTo: " + mime.BEncoding.Encode("utf-8", p.name()),
		"Latin-1 in base64":        base64.StdEncoding.EncodeToString([]byte("Detta skrev Inggan M\xe5nestr\xe5le ")),
		"ASCII twin":               "241120_CV_Ingegard_Manestrale.pdf",
		"html":                     "<b>M&aring;nestr&aring;le</b>",
		"html within":              "<p>Mån<i>estråle</i></p>",
		"json":                     `{"n":"M\u00e5nestr\u00e5le"}`,
		"percent":                  "/q?name=M%C3%A5nestr%C3%A5le",
		"phone, international":     "ring +46761965420",
		"phone, national":          "ring 076-196 54 20 idag",
		"phone with 00":            "tel 0046 76 196 54 20.",
		"login in an address path": "/home/imanestrale/x",
	} {
		if !names(newOracle(c).value(value, finding{}), p) {
			t.Errorf("%s: not found in %q", name, value)
		}
	}
	for name, value := range map[string]string{
		"longer name":  "Torun Hagelbergson",
		"other name":   "Ingegärd Månestrand",
		"longer login": "thagelberg2",
		"longer phone": "08-505 17 3265",
		"given name":   "Hej Torun!",
	} {
		for _, s := range c.subjects() {
			if names(newOracle(c).value(value, finding{}), s) {
				t.Errorf("%s: %q is not %s", name, value, s.login)
			}
		}
	}
}

func names(found []finding, p *person) bool {
	for _, f := range found {
		if f.person == p {
			return true
		}
	}
	return false
}
