//go:build schemas

package schemas

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"html"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// view is a reading of a stored value: way says what was undone to get there.
type view struct{ way, text string }

// depth is how many encodings may lie inside one another: bytea, Base64, a mail, its quoted-printable part.
const depth = 5

// views gives every reading of a value that somebody with standard tools would try.
func views(value string) []view {
	var out []view
	seen := map[string]bool{}
	var open func(way, text string, left int)
	open = func(way, text string, left int) {
		if text == "" || seen[text] {
			return
		}
		seen[text] = true
		out = append(out, view{way, latin1(text)})
		if left == 0 {
			return
		}
		for _, d := range decoders() {
			for _, inner := range d.decode(text) {
				if inner != text {
					open(strings.TrimPrefix(way+"/"+d.name, "plain/"), inner, left-1)
				}
			}
		}
	}
	open("plain", value, depth)
	return out
}

type decoder struct {
	name   string
	decode func(string) []string
}

func decoders() []decoder {
	return []decoder{
		{"bytea", fromHex},
		{"zlib", inflated(func(r io.Reader) (io.ReadCloser, error) { return zlib.NewReader(r) }, "\x78")},
		{"gzip", inflated(func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }, "\x1f\x8b")},
		{"zip", unzipped},
		{"base64", fromBase64},
		{"quoted-printable", fromQuotedPrintable},
		{"encoded word", fromEncodedWords},
		{"percent", fromPercent},
		{"escapes", fromEscapes},
		{"html", fromHTML},
	}
}

func fromHex(s string) []string {
	rest, ok := strings.CutPrefix(s, `\x`)
	b, err := hex.DecodeString(rest)
	if !ok || err != nil {
		return nil
	}
	return []string{string(b)}
}

func inflated(reader func(io.Reader) (io.ReadCloser, error), magic string) func(string) []string {
	return func(s string) []string {
		if !strings.HasPrefix(s, magic) {
			return nil
		}
		r, err := reader(strings.NewReader(s))
		if err != nil {
			return nil
		}
		b, err := io.ReadAll(r)
		if err != nil {
			return nil
		}
		return []string{string(b)}
	}
}

func unzipped(s string) []string {
	if !strings.HasPrefix(s, "PK") {
		return nil
	}
	z, err := zip.NewReader(bytes.NewReader([]byte(s)), int64(len(s)))
	if err != nil {
		return nil
	}
	var out []string
	for _, f := range z.File {
		out = append(out, f.Name)
		if r, err := f.Open(); err == nil {
			if b, err := io.ReadAll(r); err == nil {
				out = append(out, string(b))
			}
		}
	}
	return out
}

// base64Run is long enough not to be a word; its lines may be broken.
var base64Run = regexp.MustCompile(`[A-Za-z0-9+/]{24,}(?:\r?\n[A-Za-z0-9+/]+)*={0,2}`)

func fromBase64(s string) []string {
	var out []string
	for _, run := range base64Run.FindAllString(s, -1) {
		run = strings.TrimRight(strings.NewReplacer("\r", "", "\n", "").Replace(run), "=")
		run = run[:len(run)-len(run)%4+[]int{0, 0, 2, 3}[len(run)%4]]
		if b, err := base64.RawStdEncoding.DecodeString(run); err == nil {
			out = append(out, string(b))
		}
	}
	return out
}

var quoted = regexp.MustCompile(`=(?:\r?\n|[0-9A-F]{2})`)

func fromQuotedPrintable(s string) []string {
	if !quoted.MatchString(s) {
		return nil
	}
	b, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(s)))
	if err != nil { // not all of it is quoted-printable: undo what looks like it
		s = regexp.MustCompile(`=\r?\n`).ReplaceAllString(s, "")
		b = regexp.MustCompile(`=[0-9A-F]{2}`).ReplaceAllFunc([]byte(s), func(m []byte) []byte {
			c, _ := hex.DecodeString(string(m[1:]))
			return c
		})
	}
	return []string{string(b)}
}

func fromEncodedWords(s string) []string {
	if !strings.Contains(s, "=?") {
		return nil
	}
	text, err := new(mime.WordDecoder).DecodeHeader(regexp.MustCompile(`\r?\n[ \t]+`).ReplaceAllString(s, " "))
	if err != nil {
		return nil
	}
	return []string{text}
}

func fromPercent(s string) []string {
	if !regexp.MustCompile(`%[0-9A-Fa-f]{2}`).MatchString(s) {
		return nil
	}
	if text, err := url.QueryUnescape(s); err == nil {
		return []string{text}
	}
	return nil
}

var escape = regexp.MustCompile(`\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})`)

// fromEscapes undoes what JSON, YAML and program text write for a letter.
func fromEscapes(s string) []string {
	if strings.HasPrefix(s, `\x`) || !escape.MatchString(s) {
		return nil
	}
	return []string{escape.ReplaceAllStringFunc(s, func(m string) string {
		n, err := strconv.ParseUint(m[2:], 16, 32)
		if err != nil {
			return m
		}
		return string(rune(n))
	})}
}

var tag = regexp.MustCompile(`<[^<>]*>`)

func fromHTML(s string) []string {
	if !strings.Contains(s, "<") && !strings.Contains(s, "&") {
		return nil
	}
	// A tag may part words or stand within one, so both readings are tried.
	return []string{html.UnescapeString(tag.ReplaceAllString(s, "")), html.UnescapeString(tag.ReplaceAllString(s, " "))}
}

// latin1 reads bytes that are not UTF-8 as ISO 8859-1.
func latin1(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	out := make([]rune, len(s))
	for i := range len(s) {
		out[i] = rune(s[i])
	}
	return string(out)
}
