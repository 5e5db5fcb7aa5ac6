package file

import (
	"errors"
	"time"

	"github.com/klippa-app/go-pdfium"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// pdf reads all that a PDF says: pages, comments, form fields, bookmarks, attachments, properties. It cannot be rewritten: text lies there
// as placed glyphs of fonts that hold only the letters in use.
func (w *walk) pdf(b []byte, depth int) error {
	if len(b) > maxPDF {
		return ErrTooLarge
	}
	in, err := engine()
	if err != nil {
		return err
	}
	// The instance is thrown away, with whatever the document made of it. A reading that takes too long is stopped in the middle.
	late := time.AfterFunc(w.patience, func() { _ = in.Kill() })
	err = w.pdfium(in, b, depth)
	if !late.Stop() {
		return ErrTooLarge
	}
	_ = in.Close()
	if err == nil {
		err = w.xmp(b)
	}
	return err
}

func (w *walk) pdfium(in pdfium.Pdfium, b []byte, depth int) error {
	d, err := in.OpenDocument(&requests.OpenDocument{File: &b})
	switch {
	case errors.Is(err, pdfiumerrors.ErrPassword), errors.Is(err, pdfiumerrors.ErrSecurity):
		return ErrEncrypted
	case err != nil:
		return unreadable("pdf", ErrUnreadable)
	}
	p := pdfReader{walk: w, in: in, ref: d.Document, depth: depth}
	pages, err := in.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: p.ref})
	if err != nil {
		return unreadable("pdf", ErrUnreadable)
	}
	if pages.PageCount > MaxPages {
		return ErrTooLarge
	}
	steps := []func() error{p.properties, p.bookmarks, p.attachments, p.scripts, p.xfa}
	for i := range pages.PageCount {
		steps = append(steps, func() error { return p.page(i) })
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// pdfReader is a document that PDFium has open.
type pdfReader struct {
	*walk
	in    pdfium.Pdfium
	ref   references.FPDF_DOCUMENT
	depth int
}

// broken is what any failure of the library means: a part was not read.
func broken(err error) error {
	if err == nil {
		return nil
	}
	return unreadable("pdf", ErrUnreadable)
}

// properties that the format names. The library calls it an error where a document has none.
func (p pdfReader) properties() error {
	for _, tag := range []string{"Title", "Author", "Subject", "Keywords", "Creator", "Producer", "Company", "Manager", "Category", "Comments"} {
		got, err := p.in.FPDF_GetMetaText(&requests.FPDF_GetMetaText{Document: p.ref, Tag: tag})
		if err != nil {
			continue
		}
		if err := p.say(got.Value); err != nil {
			return err
		}
	}
	return nil
}

// say a text, which cannot be rewritten. It counts as unpacked, since PDFium unpacked it.
func (p pdfReader) say(s string) error {
	if err := p.spend(len(s)); err != nil {
		return err
	}
	return p.fixed(s)
}

func (p pdfReader) bookmarks() error {
	// A document without bookmarks gives an empty list.
	list, err := p.in.GetBookmarks(&requests.GetBookmarks{Document: p.ref})
	if err != nil {
		return broken(err)
	}
	for len(list.Bookmarks) > 0 {
		mark := list.Bookmarks[0]
		list.Bookmarks = append(list.Bookmarks[1:], mark.Children...)
		if err := p.part(); err != nil {
			return err
		}
		if err := p.say(mark.Title); err != nil {
			return err
		}
	}
	return nil
}

func (p pdfReader) attachments() error {
	list, err := p.in.GetAttachments(&requests.GetAttachments{Document: p.ref})
	if err != nil {
		return broken(err)
	}
	for _, a := range list.Attachments {
		if err := p.say(a.Name); err != nil {
			return err
		}
		if a.Content == nil { // PDFium does not find what the name stands for
			_ = p.miss(unreadable("pdf attachment", ErrUnreadable))
			continue
		}
		if err := p.attached(a.Content); err != nil {
			return err
		}
	}
	return nil
}

// attached document. It is rewritten for the question only: what would change stands in a PDF.
func (p pdfReader) attached(b []byte) error {
	if err := errors.Join(p.part(), p.spend(len(b))); err != nil {
		return ErrTooLarge
	}
	_, changed, err := p.walk.document(b, p.depth+1)
	if err == nil && changed {
		return ErrNotRewritable
	}
	return err
}

func (p pdfReader) scripts() error {
	list, err := p.in.GetJavaScriptActions(&requests.GetJavaScriptActions{Document: p.ref})
	if err != nil {
		return broken(err)
	}
	for _, a := range list.JavaScriptActions {
		if err := p.say(a.Script); err != nil {
			return err
		}
	}
	return nil
}

// xfa forms are XML beside the pages.
func (p pdfReader) xfa() error {
	n, err := p.in.FPDF_GetXFAPacketCount(&requests.FPDF_GetXFAPacketCount{Document: p.ref})
	if err != nil {
		return broken(err)
	}
	for i := range n.Count {
		packet, err := p.in.FPDF_GetXFAPacketContent(&requests.FPDF_GetXFAPacketContent{Document: p.ref, Index: i})
		if err != nil {
			return broken(err)
		}
		if err := errors.Join(p.part(), p.spend(len(packet.Content))); err != nil {
			return ErrTooLarge
		}
		if err := p.fixedMarkup(packet.Content); err != nil {
			return err
		}
	}
	return nil
}
