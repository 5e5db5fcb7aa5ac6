package file

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
)

// coding is a way to read bytes as text. The zero value is UTF-8.
type coding struct {
	enc   encoding.Encoding
	mark  int  // bytes of a byte order mark
	ascii bool // seven bits only may be written
}

var (
	littleEndian = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	bigEndian    = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
)

// codings are the charsets in which a document is to be read. A mark, a label or valid UTF-8 settles it. Eight bits without a label do not: the detectors
// that we tried (chardet in three ports) took short Swedish texts for Turkish and Chinese, and a wrong guess hides a name. So such a text is
// read in every charset that western programs have written, the likeliest first.
func codings(b []byte, label string) []coding {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return []coding{{mark: 3}}
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return []coding{{enc: littleEndian, mark: 2}}
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return []coding{{enc: bigEndian, mark: 2}}
	}
	if enc := wide(b[:min(len(b), head)]); enc != nil {
		return []coding{{enc: enc}}
	}
	valid := utf8.Valid(b)
	// What is labelled Latin-1 and is valid UTF-8 beyond ASCII was labelled wrongly: by chance that does not happen.
	if enc := labelled(label); enc != nil && (!valid || isASCII(b)) {
		return []coding{{enc: enc}}
	}
	if valid {
		return []coding{{}}
	}
	list := []coding{{enc: charmap.Windows1252}}
	if bytes.ContainsAny(b, "\xa4\xa6\xa8\xb4\xb8\xbc\xbd\xbe") {
		list = append(list, coding{enc: charmap.ISO8859_15})
	}
	return append(list, coding{enc: charmap.Macintosh}, coding{enc: charmap.CodePage850})
}

// labelled charset, nil for UTF-8 and for what is unknown. The names of the web come first (there Latin-1 is windows-1252, as it was meant), then
// those that only mail uses.
func labelled(label string) encoding.Encoding {
	enc, name := charset.Lookup(label)
	if enc == nil {
		enc, _ = ianaindex.MIME.Encoding(label)
	}
	if name == "utf-8" || name == "replacement" || strings.HasPrefix(name, "utf-16") || enc == unicode.UTF8 {
		return nil
	}
	return enc
}

func isASCII[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// wide is UTF-16 without a mark: in western text every other byte is NUL.
func wide(b []byte) encoding.Encoding {
	if len(b) < 4 {
		return nil
	}
	var zero [2]int
	for i, c := range b {
		if c == 0 {
			zero[i%2]++
		}
	}
	half := len(b) / 2
	switch {
	case zero[1]*10 > half*6 && zero[0]*20 < half:
		return littleEndian
	case zero[0]*10 > half*6 && zero[1]*20 < half:
		return bigEndian
	}
	return nil
}

var declaration = regexp.MustCompile(`(?i)<\?xml[^>]*encoding\s*=\s*["']([a-z0-9_:.-]+)|<meta[^>]*charset\s*=\s*["']?\s*([a-z0-9_:.-]+)`)

// declared is the label in a document's first lines.
func declared(b []byte) string {
	m := declaration.FindSubmatch(b[:min(len(b), 1024)])
	if m == nil {
		return ""
	}
	return string(m[1]) + string(m[2])
}

func (c coding) decode(b []byte) string {
	b = b[min(c.mark, len(b)):]
	switch enc := c.enc.(type) {
	case nil:
		return string(b)
	case *charmap.Charmap:
		var s strings.Builder
		s.Grow(len(b) + len(b)/8)
		for _, x := range b {
			s.WriteRune(enc.DecodeByte(x))
		}
		return s.String()
	default:
		out, err := enc.NewDecoder().Bytes(b)
		if err != nil {
			return string(b)
		}
		return string(out)
	}
}
