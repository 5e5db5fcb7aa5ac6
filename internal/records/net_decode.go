package records

import (
	"bytes"
	"encoding/hex"
	"html"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// encoded says whether a text may hold letters in another form than their own: escapes of json and C, entities, tags,
// percent signs, quoted-printable, UTF-8 that was taken for Windows-1252. It may be wrong only in saying yes.
func encoded(b []byte) bool {
	for _, c := range []byte{'\\', '&', '<', '%'} {
		if bytes.IndexByte(b, c) >= 0 {
			return true
		}
	}
	return quotedPrintable(b) || bytes.Contains(b, []byte("Ã")) || bytes.Contains(b, []byte("Â"))
}

// quotedPrintable is sure only of bytes beyond ASCII, a coded blank and a soft line end: "a=20" is found in other texts too.
func quotedPrintable(b []byte) bool {
	for i := 0; ; i++ {
		k := bytes.IndexByte(b[i:], '=')
		if k < 0 {
			return false
		}
		i += k
		rest := b[i+1:]
		switch {
		case len(rest) >= 2 && hexByte(rest) >= 0x80,
			len(rest) >= 3 && rest[0] == '2' && rest[1] == '0' && (rest[2] == '\n' || rest[2] == '\r'),
			len(rest) >= 1 && (rest[0] == '\n' || rest[0] == '\r'):
			return true
		}
	}
}

// decoding is a text on its way to letters in their own form.
type decoding struct {
	to    []byte
	aside []byte // attributes of tags that part no word
}

// decode appends the text with each letter in its own form. What was encoded twice takes a second call.
func decode(dst, b []byte) []byte {
	d := decoding{to: dst}
	quoted := quotedPrintable(b)
	for i := 0; i < len(b); {
		from := i
		for i < len(b) && !mayEncode[b[i]] {
			i++
		}
		d.to = append(d.to, b[from:i]...)
		if i == len(b) {
			break
		}
		n := 0
		switch b[i] {
		case '\\':
			n = d.backslash(b[i:])
		case '&':
			n = d.entity(b[i:])
		case '<':
			n = d.tag(b[i:])
		case '%':
			n = d.percent(b[i:])
		case '=':
			if quoted {
				n = d.quoted(b[i:])
			}
		case 0xc3:
			n = d.mistaken(b[i:])
		}
		if n == 0 {
			d.to = append(d.to, b[i])
			n = 1
		}
		i += n
	}
	return append(d.to, d.aside...)
}

// mayEncode are the bytes that an encoded letter begins with.
var mayEncode = [256]bool{'\\': true, '&': true, '<': true, '%': true, '=': true, 0xc3: true}

// hexByte reads two hexadecimal digits; -1 where there are none.
func hexByte(b []byte) int {
	if len(b) < 2 {
		return -1
	}
	var v [1]byte
	if _, err := hex.Decode(v[:], b[:2]); err != nil {
		return -1
	}
	return int(v[0])
}

func (d *decoding) put(b byte, n int) int {
	d.to = append(d.to, b)
	return n
}

func (d *decoding) percent(b []byte) int {
	if v := hexByte(b[1:]); v >= ' ' {
		return d.put(byte(v), 3)
	}
	return 0
}

func (d *decoding) quoted(b []byte) int {
	switch v := hexByte(b[1:]); {
	case v >= ' ':
		return d.put(byte(v), 3)
	case bytes.HasPrefix(b, []byte("=\r\n")):
		return 3
	case bytes.HasPrefix(b, []byte("=\n")):
		return 2
	}
	return 0
}

// backslash reads the escapes of json and of the text form of arrays, and bytea in hexadecimal.
func (d *decoding) backslash(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case 'n', 'r', 't', 'b', 'f':
		return d.put(' ', 2)
	case '\\', '/', '"':
		return d.put(b[1], 2)
	case 'u':
		r, ok := hexRune(b[2:])
		if !ok {
			return 0
		}
		n := 6
		if utf16.IsSurrogate(r) && len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
			if second, ok := hexRune(b[8:]); ok {
				r, n = utf16.DecodeRune(r, second), 12
			}
		}
		d.to = utf8.AppendRune(d.to, r)
		return n
	case 'x':
		n := 2
		for hexByte(b[n:]) >= 0 {
			n += 2
		}
		if n < 8 {
			return 0
		}
		d.to = append(d.to, ' ')
		d.to, _ = hex.AppendDecode(d.to, b[2:n])
		return d.put(' ', n)
	}
	return 0
}

func hexRune(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	v, err := strconv.ParseUint(string(b[:4]), 16, 32)
	return rune(v), err == nil
}

func (d *decoding) entity(b []byte) int {
	end := bytes.IndexByte(b[:min(len(b), 12)], ';')
	if end < 2 {
		return 0
	}
	name := string(b[:end+1])
	text := html.UnescapeString(name)
	if text == name {
		return 0
	}
	d.to = append(d.to, text...)
	return end + 1
}

// tag drops a tag: one that only marks letters parts no word, any other does.
func (d *decoding) tag(b []byte) int {
	i := 1
	if i < len(b) && b[i] == '/' {
		i++
	}
	begun := i
	for i < len(b) && (isLetter(b[i]|0x20) || isDigit(b[i])) && i-begun < 16 {
		i++
	}
	end := bytes.IndexByte(b[i:min(len(b), i+2000)], '>')
	if i == begun || end < 0 {
		return 0
	}
	if attributes := b[i : i+end]; bytes.IndexByte(attributes, '=') >= 0 {
		d.aside = append(append(d.aside, ' '), attributes...)
	}
	switch string(bytes.ToLower(b[begun:i])) {
	case "b", "i", "u", "em", "strong", "span", "font", "a", "small", "mark", "s", "sub", "sup", "code", "wbr":
	default:
		d.to = append(d.to, ' ')
	}
	return i + end + 1
}

// mistaken reads two letters that are one of UTF-8, each byte of it taken for a letter of Windows-1252.
func (d *decoding) mistaken(b []byte) int {
	first, n := utf8.DecodeRune(b)
	if first != 0xc2 && first != 0xc3 {
		return 0
	}
	second, m := utf8.DecodeRune(b[n:])
	v, ok := charmap.Windows1252.EncodeRune(second)
	if !ok && second < 0xc0 { // five bytes are no letter there
		v, ok = byte(second), true
	}
	if !ok || v < 0x80 || v > 0xbf {
		return 0
	}
	d.to = utf8.AppendRune(d.to, (first-0xc0)<<6|rune(v&0x3f))
	return n + m
}
