package file

import (
	"archive/zip"
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

// head is how far into a document its kind is looked for.
const head = 8 << 10

// Detect tells what a document is from its bytes; names and declared types lie too often.
func Detect(b []byte) Kind {
	switch {
	case bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-")):
		return PDF
	case bytes.HasPrefix(b, []byte("PK\x03\x04")), bytes.HasPrefix(b, []byte("PK\x05\x06")):
		return packed(b)
	case looksBinary(b):
		return Binary
	}
	start := beginning(b)
	switch {
	case isMail(start):
		return Mail
	case markup.MatchString(start):
		return HTML
	}
	return Text
}

// packed tells the office formats from a plain archive.
func packed(b []byte) Kind {
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return ZIP
	}
	for _, f := range r.File {
		switch {
		case f.Name == "mimetype" || f.Name == "META-INF/manifest.xml":
			if kind := openDocument(b); kind != "" {
				return kind
			}
		case strings.HasPrefix(f.Name, "word/document"):
			return DOCX
		case strings.HasPrefix(f.Name, "xl/workbook"):
			return XLSX
		case strings.HasPrefix(f.Name, "ppt/presentation"):
			return PPTX
		}
	}
	return ZIP
}

// openDocument reads the type where the format puts it: stored, as the first member, so that it stands in clear at the start of the file.
func openDocument(b []byte) Kind {
	start := string(b[:min(len(b), 256)])
	const family = "application/vnd.oasis.opendocument."
	_, rest, found := strings.Cut(start, family)
	switch {
	case !found:
		return ""
	case strings.HasPrefix(rest, "text"):
		return ODT
	case strings.HasPrefix(rest, "spreadsheet"):
		return ODS
	}
	return ODP
}

// beginning as text, whatever the charset: tags and header names are ASCII.
func beginning(b []byte) string {
	start := codings(b, "")[0].decode(b[:min(len(b), head)])
	if end := strings.LastIndexByte(start, '\n'); len(b) > head && end > 0 {
		start = start[:end+1] // whole lines
	}
	return start
}

// markup is a declaration at the start, or a tag that people and editors use.
var markup = regexp.MustCompile(`(?i)^\s*<(\?xml|!doctype|html|svg)|</?(html|head|body|p|br|hr|div|span|a|b|i|u|em|strong|small|font|table|tr|td|th|ul|ol|li|h[1-6]|blockquote|pre|img|title|meta|link|style|script|form|input|label|button|select|option|textarea|center|section|article|header|footer|nav|main|aside|dl|dt|dd|code|s|sub|sup|del|ins|mark|figure|o:p)(\s[^<>]*)?/?>`)

var headerLine = regexp.MustCompile(`^([!-9;-~]+)[ \t]*:`)

var mailHeaders = map[string]bool{
	"from": true, "to": true, "cc": true, "bcc": true, "subject": true, "date": true, "message-id": true, "mime-version": true, "content-type": true,
	"content-transfer-encoding": true, "received": true, "return-path": true, "delivered-to": true, "reply-to": true, "sender": true,
	"in-reply-to": true, "references": true, "dkim-signature": true, "x-mailer": true, "list-id": true, "user-agent": true,
}

// isMail wants header lines from the first line to an empty one (or to the end of what is looked at), three of them well known: a note that begins with
// "Subject:" is no mail.
func isMail(start string) bool {
	known := 0
	start = strings.TrimSuffix(start, "\n")
	for i, line := range strings.Split(start, "\n") {
		line = strings.TrimSuffix(line, "\r")
		switch {
		case line == "":
			return known >= 3
		case line[0] == ' ' || line[0] == '\t':
			if i == 0 {
				return false
			}
		case i == 0 && strings.HasPrefix(line, "From "):
		default:
			m := headerLine.FindStringSubmatch(line)
			if m == nil {
				return false
			}
			if mailHeaders[strings.ToLower(m[1])] {
				known++
			}
		}
	}
	return known >= 3
}

// looksBinary counts what no text has: NUL outside UTF-16, and control characters.
func looksBinary(b []byte) bool {
	for _, magic := range unread {
		if bytes.HasPrefix(b, []byte(magic)) {
			return true
		}
	}
	start := b[:min(len(b), head)]
	if wide(start) != nil {
		return false
	}
	control := 0
	for _, c := range start {
		switch {
		case c == 0:
			return true
		case c < 32 && !(c >= 8 && c <= 13) && c != 26 && c != 27:
			control++
		}
	}
	if utf8.Valid(b) {
		return control*20 > len(start)
	}
	return control*100 > len(start)
}
