package file

import (
	"bytes"
	"mime"
	"strings"
)

// mail and the parts of a mail, which are built alike: header lines, an empty line, a body. The bytes are kept and only the fields and bodies
// that change are written, since mail libraries order and fold anew what nobody asked them to.
func (w *walk) mail(b []byte, depth int) ([]byte, bool, error) {
	return w.entity(b, depth, 0)
}

func (w *walk) entity(b []byte, depth, level int) ([]byte, bool, error) {
	if level > MaxMultipart {
		return b, false, ErrTooLarge
	}
	if err := w.part(); err != nil {
		return b, false, err
	}
	header, body := splitHeader(b)
	fields := splitFields(header)
	e := describe(fields)
	var out bytes.Buffer
	changed := false
	for _, f := range fields {
		line, other, err := w.field(f)
		if err != nil {
			return b, false, err
		}
		out.Write(line)
		changed = changed || other
	}
	content, other, err := w.body(body, e, depth, level)
	if err := w.miss(err); err != nil {
		return b, false, err
	}
	if !changed && !other {
		return b, false, nil
	}
	out.Write(content)
	return out.Bytes(), true, nil
}

// splitHeader gives the empty line to the body, so that both together are all bytes.
func splitHeader(b []byte) (header, body []byte) {
	for at := 0; at < len(b); {
		end := bytes.IndexByte(b[at:], '\n')
		if end < 0 {
			return b, nil
		}
		if line := bytes.TrimRight(b[at:at+end], "\r"); len(line) == 0 {
			return b[:at], b[at:]
		}
		at += end + 1
	}
	return b, nil
}

// splitFields keeps the folded lines of a field together, line ends included.
func splitFields(header []byte) [][]byte {
	var out [][]byte
	for len(header) > 0 {
		end := 0
		for {
			n := bytes.IndexByte(header[end:], '\n')
			if n < 0 {
				end = len(header)
				break
			}
			end += n + 1
			if end >= len(header) || header[end] != ' ' && header[end] != '\t' {
				break
			}
		}
		out = append(out, header[:end])
		header = header[end:]
	}
	return out
}

// entity of MIME, as its header describes it.
type entity struct {
	kind     string // media type, lower case
	params   map[string]string
	transfer string // encoding
}

func describe(fields [][]byte) entity {
	e := entity{kind: "text/plain"}
	for _, f := range fields {
		name, value, _ := strings.Cut(string(f), ":")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "content-type":
			// An error of the parameters still gives the type.
			if kind, params, err := mime.ParseMediaType(unfold(value)); kind != "" {
				e.kind, e.params = kind, params
				if err != nil {
					e.params = looseParams(unfold(value))
				}
			}
		case "content-transfer-encoding":
			e.transfer = strings.ToLower(strings.TrimSpace(unfold(value)))
		}
	}
	return e
}

// looseParams reads what broken mailers write: the two parameters without which nothing can be read.
func looseParams(value string) map[string]string {
	out := map[string]string{}
	for _, p := range strings.Split(value, ";")[1:] {
		name, v, _ := strings.Cut(p, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := out[name]; !twice && (name == "charset" || name == "boundary") {
			out[name] = strings.Trim(strings.TrimSpace(v), `"`)
		}
	}
	return out
}

func (e entity) encrypted() bool {
	switch e.kind {
	case "multipart/encrypted":
		return true
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		return e.params["smime-type"] != "signed-data" && e.params["smime-type"] != "certs-only"
	}
	return false
}
