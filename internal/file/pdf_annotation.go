package file

import (
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// annotations of a page: comments with their authors, links, form fields, attached files.
func (p pdfReader) annotations(page requests.Page) error {
	n, err := p.in.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: page})
	if err != nil {
		return broken(err)
	}
	form := false
	for i := range n.Count {
		if err := p.part(); err != nil {
			return err
		}
		got, err := p.in.FPDFPage_GetAnnot(&requests.FPDFPage_GetAnnot{Page: page, Index: i})
		if err != nil {
			return broken(err)
		}
		kind, err := p.in.FPDFAnnot_GetSubtype(&requests.FPDFAnnot_GetSubtype{Annotation: got.Annotation})
		if err != nil {
			return broken(err)
		}
		form = form || kind.Subtype == enums.FPDF_ANNOT_SUBTYPE_WIDGET
		if err := p.annotation(got.Annotation, kind.Subtype); err != nil {
			return err
		}
		if _, err := p.in.FPDFPage_CloseAnnot(&requests.FPDFPage_CloseAnnot{Annotation: got.Annotation}); err != nil {
			return broken(err)
		}
	}
	if form {
		return p.form(page)
	}
	return nil
}

// said are the keys of an annotation that hold text: contents, author, subject, rich text, value, tooltip.
var said = []string{"Contents", "T", "Subj", "RC", "V", "DV", "TU"}

func (p pdfReader) annotation(a references.FPDF_ANNOTATION, kind enums.FPDF_ANNOTATION_SUBTYPE) error {
	for _, key := range said {
		has, err := p.in.FPDFAnnot_HasKey(&requests.FPDFAnnot_HasKey{Annotation: a, Key: key})
		if err != nil {
			return broken(err)
		}
		if !has.HasKey {
			continue
		}
		v, err := p.in.FPDFAnnot_GetStringValue(&requests.FPDFAnnot_GetStringValue{Annotation: a, Key: key})
		if err != nil {
			return broken(err)
		}
		if err := p.say(v.Value); err != nil {
			return err
		}
	}
	switch kind {
	case enums.FPDF_ANNOT_SUBTYPE_LINK:
		return p.link(a)
	case enums.FPDF_ANNOT_SUBTYPE_FILEATTACHMENT:
		return p.fileAttachment(a)
	}
	return nil
}

func (p pdfReader) link(a references.FPDF_ANNOTATION) error {
	link, err := p.in.FPDFAnnot_GetLink(&requests.FPDFAnnot_GetLink{Annotation: a})
	if err != nil {
		return nil // a link without a target
	}
	action, err := p.in.FPDFLink_GetAction(&requests.FPDFLink_GetAction{Link: link.Link})
	if err != nil || action.Action == nil {
		return nil
	}
	uri, err := p.in.FPDFAction_GetURIPath(&requests.FPDFAction_GetURIPath{Document: p.ref, Action: *action.Action})
	if err != nil || uri.URIPath == nil {
		return nil
	}
	if err := p.say(*uri.URIPath); err != nil {
		return err
	}
	return p.say(percentDecode(*uri.URIPath))
}

func (p pdfReader) fileAttachment(a references.FPDF_ANNOTATION) error {
	got, err := p.in.FPDFAnnot_GetFileAttachment(&requests.FPDFAnnot_GetFileAttachment{Document: p.ref, Annotation: a})
	if err != nil {
		return broken(err)
	}
	name, err := p.in.FPDFAttachment_GetName(&requests.FPDFAttachment_GetName{Attachment: got.Attachment})
	if err != nil {
		return broken(err)
	}
	if err := p.say(name.Name); err != nil {
		return err
	}
	content, err := p.in.FPDFAttachment_GetFile(&requests.FPDFAttachment_GetFile{Attachment: got.Attachment})
	if err != nil {
		return broken(err)
	}
	return p.attached(content.Contents)
}

// form fields may inherit their value from a parent, which only the form knows.
func (p pdfReader) form(page requests.Page) error {
	form, err := p.in.GetForm(&requests.GetForm{Page: page})
	if err != nil {
		return broken(err)
	}
	for _, f := range form.Fields {
		texts := append([]string{f.Name, f.ToolTip}, append(f.Values, f.Options...)...)
		if f.Value != nil {
			texts = append(texts, *f.Value)
		}
		for _, s := range texts {
			if err := p.say(s); err != nil {
				return err
			}
		}
	}
	return nil
}
