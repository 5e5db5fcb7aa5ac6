//go:build schemas

package schemas

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Storable writes Perl's data structures in network order, as nfreeze does: lengths before texts, so that a text cannot be
// exchanged within it for one of another length.
func storable(v any) []byte {
	var b bytes.Buffer
	b.Write([]byte{5, 11}) // major version 2 in network order; minor version 11
	freeze(&b, v)
	return b.Bytes()
}

// frozen is Storable in Base64 with lines of 76, as Request Tracker keeps attributes and sessions.
func frozen(v any) string {
	text := base64.StdEncoding.EncodeToString(storable(v))
	var out strings.Builder
	for len(text) > 76 {
		out.WriteString(text[:76] + "\n")
		text = text[76:]
	}
	return out.String() + text + "\n"
}

// blessed is an object of a Perl class.
type blessed struct {
	class string
	of    map[string]any
}

func freeze(b *bytes.Buffer, v any) {
	length := func(n int) { b.Write(binary.BigEndian.AppendUint32(nil, uint32(n))) }
	switch v := v.(type) {
	case string:
		kind := byte(10) // a short scalar of bytes
		if strings.ContainsFunc(v, func(r rune) bool { return r > unicode.MaxASCII }) {
			kind = 23 // a short text in UTF-8
		}
		if len(v) > 255 {
			b.WriteByte(map[byte]byte{10: 1, 23: 24}[kind])
			length(len(v))
		} else {
			b.Write([]byte{kind, byte(len(v))})
		}
		b.WriteString(v)
	case int:
		if v >= -128 && v < 128 {
			b.Write([]byte{8, byte(v + 128)})
			return
		}
		b.WriteByte(9)
		length(v)
	case []any:
		b.WriteByte(2)
		length(len(v))
		for _, e := range v {
			nested(b, e)
		}
	case map[string]any:
		b.WriteByte(3)
		length(len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			nested(b, v[k])
			length(len(k))
			b.WriteString(k)
		}
	case blessed:
		b.Write([]byte{17, byte(len(v.class))})
		b.WriteString(v.class)
		freeze(b, v.of)
	}
}

// nested writes a value inside a list or hash: what is not a scalar stands there as a reference.
func nested(b *bytes.Buffer, v any) {
	switch v.(type) {
	case string, int:
	default:
		b.WriteByte(4)
	}
	freeze(b, v)
}
