package file

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// apply makes the edits of s, which is b decoded, in b's own charset. What is not edited keeps its bytes, also those that mean nothing in the charset.
// escape gives a rune that the charset lacks, e.g. as a character reference.
func (c coding) apply(b []byte, s string, edits []edit, escape func(rune) string) ([]byte, error) {
	for i := range edits {
		edits[i].text = c.fit(edits[i].text, escape)
	}
	edits = inOrder(edits)
	mark := b[:min(c.mark, len(b))]
	switch enc := c.enc.(type) {
	case nil:
		return append(bytes.Clone(mark), splice(s, edits)...), nil
	case *charmap.Charmap:
		return spliceBytes(b, s, edits, enc), nil
	default:
		// Charsets with states or surrogates: all of it is written anew, if that gives the same for the old text.
		same, err := enc.NewEncoder().Bytes([]byte(s))
		if err != nil || !bytes.Equal(same, b[len(mark):]) {
			return nil, ErrNotRewritable
		}
		out, err := enc.NewEncoder().Bytes([]byte(splice(s, edits)))
		if err != nil {
			return nil, ErrNotRewritable
		}
		return append(bytes.Clone(mark), out...), nil
	}
}

// spliceBytes goes by characters, of which each is one byte.
func spliceBytes(b []byte, s string, edits []edit, enc *charmap.Charmap) []byte {
	out := make([]byte, 0, len(b))
	at, char := 0, 0 // the same place in s and in b
	for _, e := range edits {
		from := char + utf8.RuneCountInString(s[at:e.from])
		out = append(out, b[char:from]...)
		for _, r := range e.text {
			x, ok := enc.EncodeRune(r)
			if !ok {
				x = '?'
			}
			out = append(out, x)
		}
		char = from + utf8.RuneCountInString(s[e.from:e.to])
		at = e.to
	}
	return append(out, b[char:]...)
}

// fit replaces what the charset lacks: by a reference where the format has them, else by the letter without its marks, else by a question mark.
func (c coding) fit(s string, escape func(rune) string) string {
	if c.enc == nil && !c.ascii {
		return s
	}
	var out strings.Builder
	for _, r := range s {
		switch {
		case c.has(r):
			out.WriteRune(r)
		case escape != nil:
			out.WriteString(escape(r))
		default:
			out.WriteString(bare(r))
		}
	}
	return out.String()
}

func (c coding) has(r rune) bool {
	switch {
	case r < 0x80:
		return true
	case c.ascii:
		return false
	case c.enc == nil:
		return true
	}
	if enc, ok := c.enc.(*charmap.Charmap); ok {
		_, ok = enc.EncodeRune(r)
		return ok
	}
	_, err := c.enc.NewEncoder().String(string(r))
	return err == nil
}

// bare is a letter without its marks.
func bare(r rune) string {
	switch r {
	case '–', '—':
		return "-"
	case '…':
		return "..."
	case '’', '‘':
		return "'"
	case '”', '“':
		return `"`
	}
	out := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(string(r)))
	if !isASCII(out) {
		return "?"
	}
	return out
}
