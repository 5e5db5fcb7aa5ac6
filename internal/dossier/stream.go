package dossier

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
)

// The stream is a row of frames: a byte for the kind, the length as uvarint, the payload. It begins with magic and ends
// with the index frame, the offset of that frame (8 bytes, big-endian) and tail. Meta, sections and the index are JSON;
// records are binary, because the bytes of their values must come out as they went in.
const (
	magic = "insyn-dossier/1\n"
	tail  = "dossier\n"

	frameMeta   = 'M'
	frameBegin  = 'B'
	frameRecord = 'R'
	frameEnd    = 'E'
	frameIndex  = 'X'

	footerSize = 8 + len(tail)

	// markEvery is how many records lie between two marks of the index: a page of records is found by reading at most
	// this many before it.
	markEvery = 200

	// maxFrame bounds what a damaged length can make us allocate.
	maxFrame = 256 << 20
)

// ErrDamaged tells that a stream is not what a Writer wrote.
var ErrDamaged = errors.New("dossier stream is damaged")

// index is the table of contents at the end.
type index[S any] struct {
	Sections []counted[S] `json:"sections"`
}

// counted is a section with its records counted: to the writer as the JSON that it has already written.
type counted[S any] struct {
	Section  S       `json:"section"`
	Count    int64   `json:"count"`
	Portable int64   `json:"portable"`
	Masked   int64   `json:"masked"`
	Withheld int64   `json:"withheld"`
	Marks    []int64 `json:"marks"` // offsets of records 0, markEvery, 2*markEvery …
}

type indexed = counted[Section]

const (
	flagPortable = 1 // of a record
	flagMasked   = 1 // of a value
	flagWithheld = 2 // of a value
)

func appendRecord(b []byte, r Record) []byte {
	var flags byte
	if r.Portable {
		flags |= flagPortable
	}
	b = append(b, flags)
	b = binary.AppendUvarint(b, uint64(len(r.Values)))
	for _, v := range r.Values {
		flags = 0
		if v.Masked {
			flags |= flagMasked
		}
		if v.Withheld != "" {
			flags |= flagWithheld
		}
		b = append(b, flags)
		b = appendBytes(b, v.JSON)
		if v.Withheld != "" {
			b = appendBytes(b, []byte(v.Withheld))
		}
	}
	return b
}

func appendBytes(b, p []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(p)))
	return append(b, p...)
}

// parseRecord reads what appendRecord wrote. The values point into b.
func parseRecord(b []byte) (Record, error) {
	var r Record
	d := decoder{b: b}
	r.Portable = d.byte()&flagPortable != 0
	n := d.uvarint()
	if n > uint64(len(b)) { // each value takes two bytes at least
		return r, ErrDamaged
	}
	r.Values = make([]Value, n)
	for i := range r.Values {
		flags := d.byte()
		r.Values[i].Masked = flags&flagMasked != 0
		r.Values[i].JSON = json.RawMessage(d.bytes())
		if flags&flagWithheld != 0 {
			r.Values[i].Withheld = string(d.bytes())
		}
	}
	if d.failed || len(d.b) != 0 {
		return Record{}, ErrDamaged
	}
	return r, nil
}

// decoder takes parts off b; after the first fault it gives zeroes.
type decoder struct {
	b      []byte
	failed bool
}

func (d *decoder) byte() byte {
	if len(d.b) == 0 {
		d.failed = true
		return 0
	}
	c := d.b[0]
	d.b = d.b[1:]
	return c
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.failed = true
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) bytes() []byte {
	n := d.uvarint()
	if d.failed || n > uint64(len(d.b)) {
		d.failed = true
		return nil
	}
	p := d.b[:n:n]
	d.b = d.b[n:]
	return p
}

func checkRecord(s *Section, r Record) error {
	if len(r.Values) != len(s.Fields) {
		return fmt.Errorf("section %s: a record has %d values for %d fields", s.ID, len(r.Values), len(s.Fields))
	}
	for i, v := range r.Values {
		if v.Withheld == "" && !plain(v.JSON) && !json.Valid(v.JSON) {
			return fmt.Errorf("section %s: field %s is not JSON", s.ID, s.Fields[i].Name)
		}
	}
	return nil
}

// plain knows most values to be JSON at a glance: null, true, false, whole numbers, and texts with nothing escaped but
// quotes and line breaks.
func plain(b []byte) bool {
	switch string(b) {
	case "null", "true", "false":
		return true
	}
	n := len(b)
	if n == 0 || n > 1 && b[0] == '0' {
		return false
	}
	if b[0] != '"' {
		for _, c := range b {
			if c < '0' || c > '9' {
				return false
			}
		}
		return true
	}
	if n < 2 || b[n-1] != '"' {
		return false
	}
	for i := 1; i < n-1; i++ {
		switch c := b[i]; {
		case c == '\\':
			if i++; i == n-1 || bytes.IndexByte([]byte(`"\/bfnrt`), b[i]) < 0 {
				return false
			}
		case c < ' ', c == '"':
			return false
		}
	}
	return true
}
