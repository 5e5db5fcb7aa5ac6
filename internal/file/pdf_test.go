package file

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/goregular"
)

// printed is a PDF as programs write it: compressed streams, page text in a built-in font, properties, a link, a bookmark, an attached document.
func printed(tb testing.TB, change func(*fpdf.Fpdf)) []byte {
	tb.Helper()
	p := fpdf.New("P", "mm", "A4", "")
	latin := p.UnicodeTranslatorFromDescriptor("")
	p.SetTitle("Brev till Åsa Öström", true)
	p.SetAuthor("Örjan Ek", true)
	p.AddPage()
	p.SetFont("Helvetica", "", 12)
	p.Bookmark(latin("Kapitel om Åsa"), 0, 0)
	p.Write(8, latin("Kära Åsa "))
	p.SetFont("Helvetica", "B", 12)
	p.Write(8, latin("Öst"))
	p.SetFont("Helvetica", "I", 12)
	p.Write(8, latin("röm, välkommen till Växjö"))
	p.LinkString(10, 50, 20, 10, "mailto:%C3%85sa@post.example")
	if change != nil {
		change(p)
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestPDF(t *testing.T) {
	t.Parallel()
	b := printed(t, func(p *fpdf.Fpdf) {
		p.SetXmpMetadata([]byte(`<?xpacket begin=""?><x:xmpmeta><rdf:li>Om Öström, Åsa</rdf:li></x:xmpmeta>`))
	})
	wantTexts(t, b, "Kära Åsa Öström, välkommen till Växjö", "Brev till Åsa Öström", "Örjan Ek", "mailto:Åsa@post.example", "Om Öström, Åsa", "Kapitel om Åsa")
}

// A font that holds only the letters in use, numbered as they came, which a ToUnicode table tells.
func TestPDFEmbeddedFont(t *testing.T) {
	t.Parallel()
	font := goregular.TTF
	b := printed(t, func(p *fpdf.Fpdf) {
		p.AddUTF8FontFromBytes("go", "", font)
		p.AddPage()
		p.SetFont("go", "", 12)
		p.MultiCell(60, 6, "Åsa Öström, Łódź och Ёж på Ängsvägen i Växjö", "", "", false)
	})
	got := strings.Join(texts(t, b), "|")
	for _, want := range []string{"Åsa Öström", "Łódź", "Ёж", "Ängsvägen", "Växjö"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
}

func TestPDFNotRewritable(t *testing.T) {
	t.Parallel()
	b := printed(t, nil)
	wantErr(t, "pdf", b, ErrNotRewritable)
	out, changed, err := Rewrite(b, func(s string) string { return strings.ReplaceAll(s, "Bo", "[dold]") })
	if err != nil || changed || &out[0] != &b[0] {
		t.Errorf("a PDF without the name: changed %v, error %v", changed, err)
	}
	wantErr(t, "zip", zipped(t, entry{"a.txt", "Åsa Öström"}, entry{"b.pdf", string(b)}), ErrNotRewritable)
}

func TestPDFEncrypted(t *testing.T) {
	t.Parallel()
	closed := printed(t, func(p *fpdf.Fpdf) { p.SetProtection(0, "hemlig", "agare") })
	if kind, err := Texts(closed, func(string) error { return nil }); kind != PDF || !errors.Is(err, ErrEncrypted) {
		t.Errorf("with a password: %s, %v", kind, err)
	}
	// Protected against printing only: it opens without a password.
	open := printed(t, func(p *fpdf.Fpdf) { p.SetProtection(0, "", "agare") })
	if got := texts(t, open); !slices.Contains(got, "Kära Åsa Öström, välkommen till Växjö") {
		t.Errorf("protected: %q", got)
	}
}

// form is a PDF written by hand: a field that inherits its value, a comment, an object stream of nothing.
func TestPDFFormAndComment(t *testing.T) {
	t.Parallel()
	b := byHand(
		"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]/DA(/F 0 Tf)>>>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Annots[4 0 R 6 0 R]>>",
		"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(Ring \\305sa)/T(\xfe\xff\x00\xd6\x00r\x00j\x00a\x00n)/P 3 0 R>>",
		"<</FT/Tx/T(namn)/V(\\305sa \\326str\\366m)/Kids[6 0 R]>>",
		"<</Type/Annot/Subtype/Widget/Rect[9 9 90 20]/Parent 5 0 R/P 3 0 R>>",
	)
	wantTexts(t, b, "Ring Åsa", "Örjan", "Åsa Öström")
}

// A file may hang on the document or on a place in a page.
func TestPDFAttachments(t *testing.T) {
	t.Parallel()
	attached := func(what string) []byte {
		spec := "<</Type/Filespec/F(Om Bo.txt)/EF<</F 5 0 R>>>>"
		return byHand("<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a)"+spec+"]>>>>>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
			"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Annots[4 0 R]>>", "<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS"+spec+">>",
			fmt.Sprintf("<</Type/EmbeddedFile/Length %d>>stream\n%s\nendstream", len(what), what))
	}
	b := attached("<p>Nyckeln hos <b>Åsa</b> Öström</p>")
	list := texts(t, b)
	for _, want := range []string{"Om Bo.txt", "Nyckeln hos Åsa Öström"} {
		if n := len(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s != want })); n != 2 {
			t.Errorf("%q stands %d times in %q, want 2", want, n, list)
		}
	}
	wantErr(t, "attached", b, ErrNotRewritable)
	wantErr(t, "attached and encrypted", attached("%PDF-1.4 broken"), ErrUnreadable)
	// fpdf names the file in a way that PDFium does not follow: then it was not searched.
	lost := printed(t, func(p *fpdf.Fpdf) { p.SetAttachments([]fpdf.Attachment{{Content: []byte("x"), Filename: "a.txt"}}) })
	if _, err := Texts(lost, func(string) error { return nil }); !errors.Is(err, ErrUnreadable) {
		t.Errorf("lost: %v", err)
	}
}

func byHand(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var table strings.Builder
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table.String(), len(objects)+1, at)
	return b.Bytes()
}

// Metadata is a packet of its own, often deflated. One that is enciphered although the document opens is not passed over.
func TestPDFMetadata(t *testing.T) {
	t.Parallel()
	packet := func(filter string, content []byte) []byte {
		return byHand("<</Type/Catalog/Pages 2 0 R/Metadata 4 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
			fmt.Sprintf("<</Type/Metadata/Subtype/XML%s/Length %d>>stream\n%s\nendstream", filter, len(content), content))
	}
	var deflated bytes.Buffer
	z := zlib.NewWriter(&deflated)
	if _, err := z.Write([]byte(`<x:xmpmeta><dc:creator>Åsa Öström</dc:creator></x:xmpmeta>`)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	wantTexts(t, packet("/Filter/FlateDecode", deflated.Bytes()), "Åsa Öström")
	wantErr(t, "deflated", packet("/Filter/FlateDecode", deflated.Bytes()), ErrNotRewritable)
	wantErr(t, "enciphered", packet("", []byte("\x91\x02\xe0 nothing to read")), ErrEncrypted)
}

// A font whose glyphs stand for no letters would hide a name without a word of it.
func TestPDFWithoutLetters(t *testing.T) {
	t.Parallel()
	b := byHand("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
		"<</Length 65>>stream\nBT /F 12 Tf 10 100 Td <00240037002500260027002800290030> Tj ET    \nendstream",
		"<</Type/Font/Subtype/Type0/BaseFont/Abc/Encoding/Identity-H/DescendantFonts[6 0 R]>>",
		"<</Type/Font/Subtype/CIDFontType2/BaseFont/Abc/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor 7 0 R>>",
		"<</Type/FontDescriptor/FontName/Abc/Flags 4/FontBBox[0 0 1 1]/ItalicAngle 0/Ascent 1/Descent 0/CapHeight 1/StemV 1>>")
	kind, err := Texts(b, func(string) error { return nil })
	if kind != PDF || !errors.Is(err, ErrUnreadable) {
		t.Errorf("got %s, %v", kind, err)
	}
}

// A scanned letter is a picture: nothing is found in it, and that proves nothing.
func TestPDFOfPictures(t *testing.T) {
	t.Parallel()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	b := printed(t, func(p *fpdf.Fpdf) {
		p.AddPage() // empty pages are not suspicious
		p.AddPage()
		p.RegisterImageOptionsReader("a", fpdf.ImageOptions{ImageType: "PNG"}, &picture)
		p.Image("a", 10, 10, 100, 0, false, "", 0, "")
	})
	if _, err := Texts(b, func(string) error { return nil }); !errors.Is(err, ErrUnreadable) {
		t.Errorf("got %v", err)
	}
	wantTexts(t, printed(t, func(p *fpdf.Fpdf) { p.AddPage() }), "Örjan Ek")
}

func TestPDFFormInXML(t *testing.T) {
	t.Parallel()
	const data = "<xfa:datasets><namn>&#197;sa <b>Öström</b></namn></xfa:datasets>"
	b := byHand("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/XFA[(datasets) 4 0 R]>>>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(data), data))
	wantTexts(t, b, "Åsa Öström")
}

// Forms that draw the next form ten times, twenty levels deep: the reading is stopped, and the next document has a reader of its own.
func TestPDFWithoutEnd(t *testing.T) {
	t.Parallel()
	const levels = 20
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>>>>>", "<</Length 6>>stream\n/A Do \nendstream",
	}
	for i := range levels {
		draw := strings.Repeat("/A Do ", 10)
		objects = append(objects, fmt.Sprintf("<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A %d 0 R>>>>/Length %d>>stream\n%s\nendstream", 6+i, len(draw), draw))
	}
	objects = append(objects, "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 14>>stream\n0 0 m 1 1 l S \nendstream")
	w := newWalk(func(s string) (string, error) { return s, nil })
	w.patience = 50 * time.Millisecond
	if _, _, err := w.whole(byHand(objects...)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v", err)
	}
	wantTexts(t, printed(t, nil), "Örjan Ek")
}
