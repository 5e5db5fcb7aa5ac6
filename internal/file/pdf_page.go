package file

import (
	"strings"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

func (p pdfReader) page(i int) error {
	page := requests.Page{ByIndex: &requests.PageByIndex{Document: p.ref, Index: i}}
	loaded, err := p.in.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: page})
	if err != nil {
		return broken(err)
	}
	n, err := p.in.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: loaded.TextPage})
	if err != nil {
		return broken(err)
	}
	if err := p.spend(2 * n.Count); err != nil {
		return err
	}
	t, err := p.in.FPDFText_GetText(&requests.FPDFText_GetText{TextPage: loaded.TextPage, Count: n.Count})
	if err != nil {
		return broken(err)
	}
	if err := p.fixed(joined(t.Text)); err != nil {
		return err
	}
	if err := p.letters(loaded.TextPage, n.Count); err != nil {
		return err
	}
	if _, err := p.in.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: loaded.TextPage}); err != nil {
		return broken(err)
	}
	if strings.TrimSpace(t.Text) == "" {
		if err := p.picture(page); err != nil {
			return err
		}
	}
	return p.annotations(page)
}

// picture of a page: a letter that was scanned and holds no text for a search. It was not read.
func (p pdfReader) picture(page requests.Page) error {
	n, err := p.in.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: page})
	if err != nil {
		return broken(err)
	}
	for i := range n.Count {
		o, err := p.in.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: page, Index: i})
		if err != nil {
			return broken(err)
		}
		kind, err := p.in.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: o.PageObject})
		if err != nil {
			return broken(err)
		}
		if kind.Type == enums.FPDF_PAGEOBJ_IMAGE || kind.Type == enums.FPDF_PAGEOBJ_FORM {
			return p.miss(unreadable("pdf of pictures", ErrUnreadable))
		}
	}
	return nil
}

// word is how many glyphs in a row without a meaning make a text that was not read; one or two are bullets and ornaments.
const word = 3

// letters refuses a page with a font whose glyphs stand for no letters: it shows a name to the eye and something else, or nothing, to a search.
func (p pdfReader) letters(text references.FPDF_TEXTPAGE, count int) error {
	row := 0
	for i := range count {
		e, err := p.in.FPDFText_HasUnicodeMapError(&requests.FPDFText_HasUnicodeMapError{TextPage: text, Index: i})
		if err != nil {
			return broken(err)
		}
		if row++; !e.HasUnicodeMapError {
			row = 0
		}
		if row >= word {
			return p.miss(unreadable("pdf font", ErrUnreadable))
		}
	}
	return nil
}

// joined puts words together again that a line end cut: PDFium marks the hyphen that it takes for one of those.
var hyphens = strings.NewReplacer("\x02\r\n", "", "\ufffe\r\n", "", "\u00ad\r\n", "", "\x02", "", "\ufffe", "")

func joined(s string) string { return hyphens.Replace(s) }
