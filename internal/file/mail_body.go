package file

import (
	"bytes"
	"encoding/base64"
	"mime/quotedprintable"
	"strings"
)

// body by its type. b begins with the empty line that ends the header.
func (w *walk) body(b []byte, e entity, depth, level int) ([]byte, bool, error) {
	if e.encrypted() {
		return b, false, ErrEncrypted
	}
	if strings.HasPrefix(e.kind, "multipart/") && e.params["boundary"] != "" {
		return w.multipart(b, e.params["boundary"], depth, level)
	}
	gap := 0 // the empty line
	switch {
	case bytes.HasPrefix(b, []byte("\r\n")):
		gap = 2
	case bytes.HasPrefix(b, []byte("\n")):
		gap = 1
	}
	clear, err := w.decode(b[gap:], e.transfer)
	if err != nil {
		return b, false, err
	}
	out, changed, err := w.decoded(clear, e, depth)
	if err != nil || !changed {
		return b, false, err
	}
	coded, err := encode(out, b[gap:], e.transfer)
	if err != nil {
		return b, false, err
	}
	return append(bytes.Clone(b[:gap]), coded...), true, nil
}

// decoded content. A text part is what it says, since its charset stands there; anything else is looked at.
func (w *walk) decoded(b []byte, e entity, depth int) ([]byte, bool, error) {
	switch {
	case e.kind == "message/rfc822" || e.kind == "message/global" || e.kind == "text/rfc822-headers":
		if depth >= MaxDepth {
			return b, false, ErrTooLarge
		}
		return w.mail(b, depth+1)
	case e.kind == "text/rtf" || e.kind == "text/richtext":
		return w.document(b, depth+1)
	case strings.HasPrefix(e.kind, "text/") || strings.HasPrefix(e.kind, "message/"):
		if bytes.Contains(b, []byte("-----BEGIN PGP MESSAGE-----")) {
			return b, false, ErrEncrypted
		}
		list := codings(b, e.params["charset"])
		if len(list) > 1 && e.kind == "text/html" {
			list = codings(b, declared(b))
		}
		if e.transfer != "base64" && e.transfer != "quoted-printable" && isASCII(b) {
			for i := range list {
				list[i].ascii = true // what was sent in seven bits stays in seven
			}
		}
		if e.kind == "text/html" || e.kind == "text/xml" {
			return w.html(b, list)
		}
		return w.plain(b, list)
	}
	return w.document(b, depth+1)
}

// multipart goes part by part. What stands before the first and after the last is text that old mailers showed.
func (w *walk) multipart(b []byte, boundary string, depth, level int) ([]byte, bool, error) {
	var out bytes.Buffer
	changed := false
	parts, lines := splitParts(b, boundary)
	for i, p := range parts {
		var now []byte
		var other bool
		var err error
		if i == 0 || i == len(parts)-1 && lines[i-1].last {
			now, other, err = w.plain(p, codings(p, ""))
		} else {
			now, other, err = w.entity(p, depth, level+1)
		}
		if err != nil {
			return b, false, err
		}
		if other {
			changed = true
			if again, _ := splitParts(now, boundary); len(again) != 1 {
				return b, false, ErrNotRewritable
			}
		}
		out.Write(now)
		if i < len(lines) {
			out.Write(lines[i].bytes)
		}
	}
	return out.Bytes(), changed, nil
}

// boundaryLine with the line end before it, which belongs to it.
type boundaryLine struct {
	bytes []byte
	last  bool
}

// splitParts gives one part more than lines: what is before, between and after them.
func splitParts(b []byte, boundary string) (parts [][]byte, lines []boundaryLine) {
	mark := []byte("--" + boundary)
	start := 0
	for at := 0; at < len(b); {
		end := len(b)
		if n := bytes.IndexByte(b[at:], '\n'); n >= 0 {
			end = at + n + 1
		}
		if bytes.HasPrefix(b[at:end], mark) {
			rest := bytes.TrimRight(b[at+len(mark):end], " \t\r\n")
			if last := string(rest) == "--"; last || len(rest) == 0 {
				from := at
				if from > start && b[from-1] == '\n' {
					from--
				}
				if from > start && b[from-1] == '\r' {
					from--
				}
				parts = append(parts, b[start:from])
				lines = append(lines, boundaryLine{b[from:end], last})
				start = end
				if last {
					break
				}
			}
		}
		at = end
	}
	return append(parts, b[start:]), lines
}

func (w *walk) decode(b []byte, transfer string) ([]byte, error) {
	switch transfer {
	case "", "7bit", "8bit", "binary":
		return b, nil
	case "base64":
		return w.unpack(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(alphabet(b))))
	case "quoted-printable":
		return w.unpack(quotedprintable.NewReader(bytes.NewReader(b)))
	}
	return nil, ErrUnreadable
}

// alphabet drops what does not belong to base64, as every mail program does, and mends the padding.
func alphabet(b []byte) []byte {
	out := make([]byte, 0, len(b)+2)
	for _, c := range b {
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' {
			out = append(out, c)
		}
	}
	if len(out)%4 == 1 {
		out = out[:len(out)-1]
	}
	for len(out)%4 != 0 {
		out = append(out, '=')
	}
	return out
}

// encode as it was before, with the line ends that were used.
func encode(b, before []byte, transfer string) ([]byte, error) {
	end := "\n"
	if bytes.Contains(before, []byte("\r\n")) {
		end = "\r\n"
	}
	switch transfer {
	case "base64":
		var out strings.Builder
		for text := base64.StdEncoding.EncodeToString(b); len(text) > 0; {
			n := min(76, len(text))
			out.WriteString(text[:n] + end)
			text = text[n:]
		}
		if !bytes.HasSuffix(before, []byte("\n")) {
			return []byte(strings.TrimSuffix(out.String(), end)), nil
		}
		return []byte(out.String()), nil
	case "quoted-printable":
		var out bytes.Buffer
		q := quotedprintable.NewWriter(&out)
		if _, err := q.Write(b); err != nil {
			return nil, err
		}
		if err := q.Close(); err != nil {
			return nil, err
		}
		if end == "\n" {
			return bytes.ReplaceAll(out.Bytes(), []byte("\r\n"), []byte("\n")), nil
		}
		return out.Bytes(), nil
	}
	return b, nil
}
