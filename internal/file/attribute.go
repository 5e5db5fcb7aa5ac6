package file

import (
	"strings"

	"golang.org/x/net/html"
)

// attribute of a tag as it stands in the source.
type attribute struct {
	name     string // without prefix, lower case
	prefix   string
	value    string // unescaped
	from, to int    // of the value in the tag, quotes not included
	quoted   bool
}

// attributes of a tag's source, in HTML or XML. Nothing is checked: a tokenizer has read it before.
func attributes(tag string) []attribute {
	var out []attribute
	i := 1
	for i < len(tag) && !space(tag[i]) && tag[i] != '>' {
		i++
	}
	for i < len(tag) {
		for i < len(tag) && (space(tag[i]) || tag[i] == '/') {
			i++
		}
		start := i
		for i < len(tag) && !space(tag[i]) && tag[i] != '=' && tag[i] != '>' && (tag[i] != '/' || i == start) {
			i++
		}
		name := strings.ToLower(tag[start:i])
		for i < len(tag) && space(tag[i]) {
			i++
		}
		if i >= len(tag) || tag[i] == '>' {
			return out
		}
		if tag[i] != '=' {
			continue
		}
		i++
		for i < len(tag) && space(tag[i]) {
			i++
		}
		a := attribute{name: name}
		if i < len(tag) && (tag[i] == '"' || tag[i] == '\'') {
			a.quoted, a.from = true, i+1
			n := strings.IndexByte(tag[i+1:], tag[i])
			if n < 0 {
				n = len(tag) - i - 1
			}
			a.to = i + 1 + n
			i = min(a.to+1, len(tag))
		} else {
			a.from = i
			for i < len(tag) && !space(tag[i]) && tag[i] != '>' {
				i++
			}
			a.to = i
		}
		a.value = html.UnescapeString(tag[a.from:a.to])
		if n := strings.IndexByte(name, ':'); n >= 0 {
			a.prefix, a.name = name[:n], name[n+1:]
		}
		out = append(out, a)
	}
	return out
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

// edit gives the value in the source's own quotes.
func (a attribute) edit(at int, value string) edit {
	text := html.EscapeString(value)
	if !a.quoted {
		text = `"` + text + `"`
	}
	return edit{at + a.from, at + a.to, text}
}

// tag asks for the values of a tag's attributes. Each is a text of its own.
func (w *walk) tag(source string, at int) ([]edit, error) {
	var edits []edit
	for _, a := range attributes(source) {
		if styling[a.name] || a.prefix == "xmlns" {
			continue
		}
		value, err := w.address(a.value)
		if err != nil {
			return nil, err
		}
		if value != a.value {
			edits = append(edits, a.edit(at, value))
		}
	}
	return edits, nil
}

// styling attributes hold words of a closed list, or measures.
var styling = set("style class align valign width height bgcolor color face size border cellpadding cellspacing colspan rowspan dir lang xmlns type rel charset http-equiv method target tabindex")

// address is a value that may be a URL: then it is also asked for with its percent signs decoded, as in mailto:%C3%85sa@… .
func (w *walk) address(s string) (string, error) {
	out, err := w.text(s)
	if err != nil || !strings.Contains(out, "%") {
		return out, err
	}
	clear := percentDecode(out)
	if clear == out {
		return out, nil
	}
	after, err := w.text(clear)
	if err != nil || after == clear {
		return out, err
	}
	return percentEncode(after), nil
}

// percentDecode leaves what is no escape as it is.
func percentDecode(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hex(s[i+1]) >= 0 && hex(s[i+2]) >= 0 {
			out.WriteByte(byte(hex(s[i+1])<<4 | hex(s[i+2])))
			i += 2
			continue
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

func hex(c byte) int {
	if c >= 'A' && c <= 'F' {
		c += 'a' - 'A'
	}
	return strings.IndexByte("0123456789abcdef", c)
}

// percentEncode writes what no URL may hold. Reserved characters that had been escaped stay in clear: the address was a person's and leads nowhere now.
func percentEncode(s string) string {
	const digits = "0123456789ABCDEF"
	var out strings.Builder
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>%\\^`{|}", c) >= 0 {
			out.WriteByte('%')
			out.WriteByte(digits[c>>4])
			out.WriteByte(digits[c&15])
			continue
		}
		out.WriteByte(c)
	}
	return out.String()
}
