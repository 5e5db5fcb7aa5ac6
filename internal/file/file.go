// Package file is a document as bytes: what it is, which texts are in it, and the same document with texts rewritten.
//
// It serves two ends that allow no gap. A search that skipped something proves nothing, so what cannot be read whole is an error and never
// a shorter answer. And an erasure that broke the document, or left the name in a second place of it, is worse than none, so a rewritten
// document is read again before it is handed out. No error carries a text, a name or a path out of the document: these are personal data.
package file

import (
	"errors"
	"fmt"
)

// Kind is what a document is.
type Kind string

const (
	Text   Kind = "text" // in any charset
	HTML   Kind = "html" // and XML that is no office document
	Mail   Kind = "mail" // RFC 5322 with MIME
	ODT    Kind = "odt"
	ODS    Kind = "ods"
	ODP    Kind = "odp" // and the other formats of OpenDocument
	DOCX   Kind = "docx"
	XLSX   Kind = "xlsx"
	PPTX   Kind = "pptx"
	PDF    Kind = "pdf"
	ZIP    Kind = "zip"
	Binary Kind = "binary" // images and everything else in which no text is looked for
)

var (
	// ErrNotRewritable: the text was found, but cannot be replaced where it stands: in a PDF, a formula, the name of a sheet.
	ErrNotRewritable = errors.New("text cannot be rewritten in this document")
	// ErrTooLarge: one of the limits cut the reading off, so nothing is known of the rest.
	ErrTooLarge = errors.New("document is larger or deeper than the limits")
	// ErrEncrypted: a password or a key is needed to read it.
	ErrEncrypted = errors.New("document is encrypted")
	// ErrUnreadable: broken, or a format that holds text (old Word, RTF, 7z) and that this package cannot read.
	ErrUnreadable = errors.New("document cannot be read")
)

// Texts calls fn with each run of readable text of the document, metadata and names of members included. An error of fn ends the reading and
// is returned as it is. With ErrUnreadable or ErrEncrypted it has given what could be read. The kind is told even with an error.
func Texts(b []byte, fn func(text string) error) (Kind, error) {
	w := newWalk(func(s string) (string, error) { return s, fn(s) })
	_, _, err := w.whole(b)
	return Detect(b), err
}

// Rewrite calls replace with each text of the document and puts what it returns in that text's place; out is in the same format. Where no text
// changes, also in a PDF, out is b. replace must leave alone what it has itself returned: the new document is read once more with it,
// and if it still finds something to change there, the answer is ErrNotRewritable. So it is called more than once for a text.
// With any error out is b.
func Rewrite(b []byte, replace func(text string) string) (out []byte, changed bool, err error) {
	again := func(s string) (string, error) { return replace(s), nil }
	out, changed, err = newWalk(again).whole(b)
	if err != nil || !changed {
		return b, false, err
	}
	_, still, err := newWalk(again).whole(out)
	switch {
	case err != nil:
		return b, false, fmt.Errorf("read the rewritten document: %w", err)
	case still, !alike(Detect(b), Detect(out)):
		return b, false, fmt.Errorf("a text remained: %w", ErrNotRewritable)
	}
	return out, true, nil
}

// alike allows for a fragment of HTML whose only tag held the name, and which is plain text afterwards.
func alike(before, after Kind) bool {
	plain := func(k Kind) bool { return k == Text || k == HTML || k == Mail }
	return before == after || plain(before) && plain(after)
}
