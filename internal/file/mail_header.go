package file

import (
	"bytes"
	"io"
	"mime"
	"regexp"
	"strings"

	"golang.org/x/net/html/charset"
)

// field asks for one header field: its value with encoded words read, and the parameters (the names of attachments) apart, since they may
// be written in a third way.
func (w *walk) field(source []byte) ([]byte, bool, error) {
	name, value, found := bytes.Cut(source, []byte(":"))
	if !found {
		return w.plain(source, codings(source, ""))
	}
	before := string(value)
	switch strings.ToLower(string(bytes.TrimSpace(name))) {
	case "content-transfer-encoding", "mime-version":
		return source, false, nil // words of a closed list
	case "content-type", "content-disposition":
		kind, params, err := mime.ParseMediaType(unfold(before))
		if err == nil && kind != "" {
			return w.params(source, name, kind, params)
		}
	}
	clear := decodeWords(unfold(before))
	after, err := w.text(clear)
	if err != nil || after == clear {
		return source, false, err
	}
	return line(name, encodeWords(after), source), true, nil
}

func (w *walk) params(source, name []byte, kind string, params map[string]string) ([]byte, bool, error) {
	changed := false
	for key, value := range params {
		if key == "boundary" || key == "charset" {
			continue
		}
		clear := decodeWords(value)
		after, err := w.text(clear)
		if err != nil {
			return source, false, err
		}
		if after != clear {
			params[key], changed = after, true
		}
	}
	if !changed {
		return source, false, nil
	}
	value := mime.FormatMediaType(kind, params)
	if value == "" {
		return source, false, ErrNotRewritable
	}
	return line(name, value, source), true, nil
}

// line of a header, folded at 76 characters where there is white space.
func line(name []byte, value string, source []byte) []byte {
	end := "\n"
	if bytes.Contains(source, []byte("\r\n")) {
		end = "\r\n"
	}
	out := bytes.NewBuffer(bytes.Clone(name))
	out.WriteByte(':')
	width := out.Len()
	for _, word := range strings.Fields(value) {
		if width+1+len(word) > 76 && width > len(name)+1 {
			out.WriteString(end)
			width = 0
		}
		out.WriteString(" " + word)
		width += 1 + len(word)
	}
	if bytes.HasSuffix(source, []byte("\n")) {
		out.WriteString(end)
	}
	return out.Bytes()
}

var folds = regexp.MustCompile(`\r?\n[ \t]`)

func unfold(s string) string {
	return strings.TrimSpace(folds.ReplaceAllString(s, " "))
}

var (
	encodedWord = regexp.MustCompile(`=\?([^?\s]+)\?([bBqQ])\?([^?]*)\?=`)
	decoder     = mime.WordDecoder{CharsetReader: func(_ string, r io.Reader) (io.Reader, error) { return r, nil }}
)

// decodeWords reads encoded words. Those that follow each other in one charset are put together as bytes first, because mailers cut characters
// in two. A charset that is unknown is tried as UTF-8 and Latin-1, like what stands there in clear.
func decodeWords(s string) string {
	var out strings.Builder
	var held []byte
	label := ""
	release := func() {
		if len(held) > 0 {
			out.WriteString(read(held, label))
			held = nil
		}
	}
	at := 0
	for _, m := range encodedWord.FindAllStringSubmatchIndex(s, -1) {
		between := s[at:m[0]]
		if len(held) == 0 || strings.TrimSpace(between) != "" {
			release()
			out.WriteString(read([]byte(between), ""))
		}
		set, _, _ := strings.Cut(strings.ToLower(s[m[2]:m[3]]), "*") // a language may follow
		if set != label {
			release()
		}
		b, err := wordBytes(s[m[4]:m[5]], s[m[6]:m[7]])
		if err != nil {
			release()
			out.WriteString(s[m[0]:m[1]])
		}
		held, label = append(held, b...), set
		at = m[1]
	}
	release()
	out.WriteString(read([]byte(s[at:]), ""))
	return out.String()
}

// wordBytes are what an encoded word stands for, before its charset is read.
func wordBytes(kind, text string) ([]byte, error) {
	if strings.EqualFold(kind, "b") {
		text = string(alphabet([]byte(text)))
	}
	s, err := decoder.Decode("=?x-raw?" + kind + "?" + strings.ReplaceAll(text, " ", "_") + "?=")
	return []byte(s), err
}

func read(b []byte, label string) string {
	if _, name := charset.Lookup(label); name == "utf-8" {
		return string(b)
	}
	return codings(b, label)[0].decode(b)
}

// encodeWords writes as encoded words what is not ASCII. Of neighbours the space between belongs to the second, because readers drop what is
// between two encoded words.
func encodeWords(s string) string {
	var out []string
	open := false
	for _, word := range strings.Fields(s) {
		plain := isASCII(word)
		switch {
		case plain:
			out = append(out, word)
		case open:
			out = append(out, mime.QEncoding.Encode("utf-8", " "+word))
		default:
			out = append(out, mime.QEncoding.Encode("utf-8", word))
		}
		open = !plain
	}
	return strings.Join(out, " ")
}
