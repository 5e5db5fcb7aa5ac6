package records

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime/quotedprintable"
	"slices"
	"strings"

	"insyn/internal/datamap"
	"insyn/internal/file"
	"insyn/internal/mention"
)

// maxUnpacked bounds what a compressed value may become.
const maxUnpacked = 64 << 20

// wrapped says that a column's value is a document, or a text in some encoding, and not just a text.
func wrapped(t *datamap.PlannedTable, c *datamap.Column) bool {
	return c.Encoding != "" || c.Document != "" || t.Types[c.Name].Base == "bytea"
}

// encodingColumns are the columns that say how the values of others are encoded, each once.
func encodingColumns(t *datamap.PlannedTable, columns []*datamap.Column) []string {
	var out []string
	for _, c := range columns {
		if t.Column(c.Encoding) != nil && !slices.Contains(out, c.Encoding) {
			out = append(out, c.Encoding)
		}
	}
	return out
}

// encodingOf is the encoding of the value of a column in a row whose texts were read with textsSQL.
func encodingOf(t *datamap.PlannedTable, columns []*datamap.Column, c *datamap.Column, texts []*string) string {
	i := slices.Index(encodingColumns(t, columns), c.Encoding)
	if i < 0 {
		return c.Encoding
	}
	if value := texts[len(columns)+i]; value != nil {
		return strings.ToLower(strings.TrimSpace(*value))
	}
	return ""
}

// document gives a stored document without the mentions of the person, in its own format and encoding. Where they cannot
// be taken out, or nobody can look inside, the map says whether the document goes or the desk is told.
func (r *run) document(in cell, find func(string) []mention.Span) (*string, error) {
	replace := func(text string) string { return r.replaced(text, find(text)) }
	raw, err := unwrap(in)
	if err == nil {
		var out []byte
		var changed bool
		if out, changed, err = file.Rewrite(raw, replace); err == nil {
			if !changed && in.c.Document == "blank" && file.Detect(raw) == file.Binary {
				out, changed = file.Cover(raw, func(text string) [][2]int { return places(find(text)) })
			}
			if !changed {
				return in.text, nil
			}
			text, err := wrap(in, out)
			return &text, err
		}
	}
	if in.c.Document == "delete" && in.alone {
		if in.t.Types[in.c.Name].NotNull {
			empty := ""
			return &empty, nil
		}
		return nil, nil
	}
	kind := "document_unreadable"
	if errors.Is(err, file.ErrNotRewritable) {
		kind = "document_names"
	}
	r.warned(kind, in.t)
	return in.text, nil
}

// places are spans as from and to.
func places(spans []mention.Span) [][2]int {
	out := make([][2]int, len(spans))
	for i, s := range spans {
		out[i] = [2]int{s.Start, s.End}
	}
	return out
}

// warned counts one more row of a table that the desk should know of.
func (r *run) warned(kind string, t *datamap.PlannedTable) {
	for i := range r.warnings {
		if r.warnings[i].Kind == kind && r.warnings[i].Table == t.Name {
			r.warnings[i].Rows++
			return
		}
	}
	r.warnings = append(r.warnings, Warning{Kind: kind, Table: t.Name, Label: t.Label, Rows: 1})
}

// unwrap takes a value out of its column's type and encoding.
func unwrap(in cell) ([]byte, error) {
	raw := []byte(*in.text)
	if in.t.Types[in.c.Name].Base == "bytea" {
		var err error
		if raw, err = hex.DecodeString(strings.TrimPrefix(*in.text, `\x`)); err != nil {
			return nil, fmt.Errorf("read a document: %w", err)
		}
	}
	var from io.Reader
	var err error
	switch in.encoding {
	case "base64", "storable":
		from = base64.NewDecoder(base64.StdEncoding, bytes.NewReader(raw))
	case "quoted-printable":
		from = quotedprintable.NewReader(bytes.NewReader(raw))
	case "gzip", "zlib": // one is often called the other
		if bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
			from, err = gzip.NewReader(bytes.NewReader(raw))
		} else {
			from, err = zlib.NewReader(bytes.NewReader(raw))
		}
	default:
		return raw, nil
	}
	if err != nil {
		return nil, errors.New("a value is not in the encoding that the map says")
	}
	out, err := io.ReadAll(io.LimitReader(from, maxUnpacked+1))
	if err != nil || len(out) > maxUnpacked {
		return nil, errors.New("a value is not in the encoding that the map says, or too large")
	}
	return out, nil
}

// wrap puts a document back into the encoding and type of its column.
func wrap(in cell, doc []byte) (string, error) {
	var b bytes.Buffer
	var to io.WriteCloser
	switch in.encoding {
	case "base64", "storable":
		text := base64.StdEncoding.EncodeToString(doc)
		if strings.Contains(strings.TrimSpace(*in.text), "\n") { // in lines of 76, as mail has them
			for len(text) > 76 {
				b.WriteString(text[:76] + "\n")
				text = text[76:]
			}
			text += "\n"
		}
		b.WriteString(text)
	case "quoted-printable":
		to = quotedprintable.NewWriter(&b)
	case "gzip", "zlib":
		if raw, err := hex.DecodeString(strings.TrimPrefix((*in.text)[:min(6, len(*in.text))], `\x`)); err == nil && bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
			to = gzip.NewWriter(&b)
		} else {
			to = zlib.NewWriter(&b)
		}
	default:
		b.Write(doc)
	}
	if to != nil {
		if _, err := to.Write(doc); err != nil {
			return "", err
		}
		if err := to.Close(); err != nil {
			return "", err
		}
	}
	if in.t.Types[in.c.Name].Base == "bytea" {
		return `\x` + hex.EncodeToString(b.Bytes()), nil
	}
	return b.String(), nil
}

// namesAny says whether a document names the person, also one in a format that nobody reads as text.
func namesAny(in cell, names func(string) bool) bool {
	raw, err := unwrap(in)
	if err != nil {
		raw = []byte(*in.text)
	}
	found := false
	kind, err := file.Texts(raw, func(text string) error {
		found = found || names(text)
		return nil
	})
	if !found && (kind == file.Binary || err != nil) {
		found = names(strings.ToValidUTF8(string(raw), " "))
	}
	return found
}
