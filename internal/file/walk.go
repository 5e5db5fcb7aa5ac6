package file

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
)

// walk goes through a document once. Reading and rewriting are the same walk, so that no place can be read and not rewritten, or the other
// way round.
type walk struct {
	replace  func(string) (string, error)
	left     int64 // bytes that may still be unpacked
	parts    int
	inside   bool          // in replace: a panic is the caller's then
	missed   error         // the first part that could not be read
	patience time.Duration // with a PDF
}

func newWalk(replace func(string) (string, error)) *walk {
	return &walk{replace: replace, left: MaxUnpacked, patience: pdfSeconds * time.Second}
}

// whole document, with the panics of libraries made errors. What they say is dropped, since it may quote the document.
func (w *walk) whole(b []byte) (out []byte, changed bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			if w.inside {
				panic(p)
			}
			out, changed, err = b, false, fmt.Errorf("a reader gave up: %w", ErrUnreadable)
		}
	}()
	if len(b) > MaxSize {
		return b, false, ErrTooLarge
	}
	if out, changed, err = w.document(b, 0); err == nil {
		err = w.missed
	}
	return out, changed, err
}

// miss a part that cannot be read, and go on, so that what the others hold is known; the error is the whole document's all the same.
func (w *walk) miss(err error) error {
	if !errors.Is(err, ErrUnreadable) && !errors.Is(err, ErrEncrypted) {
		return err
	}
	if w.missed == nil {
		w.missed = err
	}
	return nil
}

func (w *walk) document(b []byte, depth int) ([]byte, bool, error) {
	if depth > MaxDepth {
		return b, false, ErrTooLarge
	}
	kind := Detect(b)
	out, changed, err := b, false, error(nil)
	switch kind {
	case Text:
		out, changed, err = w.plain(b, codings(b, ""))
	case HTML:
		out, changed, err = w.html(b, codings(b, declared(b)))
	case Mail:
		out, changed, err = w.mail(b, depth)
	case PDF:
		err = w.pdf(b, depth)
	case Binary:
		err = binary(b, depth)
	default:
		out, changed, err = w.archive(b, kind, depth)
	}
	if err != nil && depth > 0 {
		return b, false, w.miss(err)
	}
	if err != nil {
		return b, false, err
	}
	return out, changed, nil
}

// text asks for one text. What holds no letter and no digit is nobody's.
func (w *walk) text(s string) (string, error) {
	if strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0 {
		return s, nil
	}
	w.inside = true
	out, err := w.replace(s)
	w.inside = false
	return out, err
}

// fixed text can be read and not rewritten.
func (w *walk) fixed(s string) error {
	out, err := w.text(s)
	if err == nil && out != s {
		return ErrNotRewritable
	}
	return err
}

// spend counts what was unpacked.
func (w *walk) spend(n int) error {
	w.left -= int64(n)
	if w.left < 0 {
		return ErrTooLarge
	}
	return nil
}

// part counts a member or an attachment.
func (w *walk) part() error {
	w.parts++
	if w.parts > MaxParts {
		return ErrTooLarge
	}
	return nil
}

// unpack reads a compressed or encoded part as far as the limit allows. Whatever the library says is ErrUnreadable.
func (w *walk) unpack(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, w.left+1))
	if spent := w.spend(len(b)); spent != nil {
		return nil, spent
	}
	if err != nil {
		return nil, unreadable("part", err)
	}
	return b, nil
}

// unreadable says which reader gave up. It keeps our own sentinels and drops a library's text, which may quote the document.
func unreadable(what string, err error) error {
	for _, own := range []error{ErrTooLarge, ErrEncrypted, ErrNotRewritable} {
		if errors.Is(err, own) {
			return err
		}
	}
	return fmt.Errorf("%s: %w", what, ErrUnreadable)
}
