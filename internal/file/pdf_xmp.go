package file

import (
	"bytes"
	"compress/zlib"
	"regexp"
)

var (
	metadata  = regexp.MustCompile(`/Type\s*/Metadata\b`)
	streamEnd = []byte("endstream")
)

// xmp metadata, which PDFium does not give: packets of XML, each a stream of its own, in clear or deflated.
func (w *walk) xmp(b []byte) error {
	for _, at := range metadata.FindAllIndex(b, MaxParts) {
		dict, content := stream(b, at[0])
		if content == nil {
			continue // an entry of another dictionary
		}
		if bytes.Contains(dict, []byte("/FlateDecode")) {
			r, err := zlib.NewReader(bytes.NewReader(content))
			if err != nil {
				return ErrEncrypted
			}
			if content, err = w.unpack(r); err != nil {
				return err
			}
		}
		if !bytes.Contains(content, []byte("<")) && wide(content) == nil {
			return ErrEncrypted // the document opens without a password, its strings need the key all the same
		}
		if err := w.fixedMarkup(content); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) fixedMarkup(b []byte) error {
	_, changed, err := w.html(b, codings(b, declared(b)))
	if err == nil && changed {
		return ErrNotRewritable
	}
	return err
}

// stream of the object in whose dictionary at is.
func stream(b []byte, at int) (dict, content []byte) {
	end := bytes.Index(b[at:], []byte("stream"))
	if over := bytes.Index(b[at:], []byte("endobj")); end < 0 || over >= 0 && over < end {
		return nil, nil
	}
	from := max(0, bytes.LastIndex(b[:at], []byte(" obj")))
	dict = b[from : at+end]
	content = bytes.TrimLeft(b[at+end+len("stream"):], "\r\n")
	n := bytes.Index(content, streamEnd)
	if n < 0 {
		return nil, nil
	}
	return dict, content[:n]
}
