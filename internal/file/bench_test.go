package file

import (
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
)

// BenchmarkTexts reads documents of about 1 MB of text; BenchmarkRewrite rewrites them where the person stands in one paragraph of a hundred.
// Speed is of the text, not of the compressed file.
func BenchmarkTexts(b *testing.B) {
	for name, d := range documents(b) {
		b.Run(name, func(b *testing.B) {
			size := 0
			for _, s := range texts(b, d) {
				size += len(s)
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Texts(d, func(string) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRewrite(b *testing.B) {
	for name, d := range documents(b) {
		if name == "pdf" {
			continue
		}
		b.Run(name, func(b *testing.B) {
			size := 0
			for _, s := range texts(b, d) {
				size += len(s)
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if _, changed, err := Rewrite(d, hide); err != nil || !changed {
					b.Fatal(changed, err)
				}
			}
		})
	}
}

func documents(tb testing.TB) map[string][]byte {
	const line = "Kunden ringde om fakturan och vill ha ett nytt avtal före måndag, och vi återkommer med ett förslag."
	var text, word, page strings.Builder
	for i := range 10_000 {
		who := "Bo Ek"
		if i%100 == 0 {
			who = "Åsa Öström"
		}
		first, last, _ := strings.Cut(who, " ")
		text.WriteString(who + ": " + line + "\r\n\r\n")
		word.WriteString(`<w:p><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">` + first + ` </w:t></w:r><w:r><w:t>` + last + ": " + line + `</w:t></w:r></w:p>`)
		page.WriteString("<p class=x><b>" + first + "</b> " + last + ": " + line + "</p>\n")
	}
	latin := make([]byte, 0, text.Len())
	for _, r := range text.String() {
		latin = append(latin, byte(r))
	}
	return map[string][]byte{
		"text": []byte(text.String()), "text in latin-1": latin, "html": []byte(page.String()), "docx": docxWith(tb, word.String()),
		"pdf": printed(tb, func(p *fpdf.Fpdf) {
			p.AddPage()
			p.SetFont("Helvetica", "", 10)
			for range 1_000 {
				p.MultiCell(0, 5, p.UnicodeTranslatorFromDescriptor("")(line), "", "", false)
			}
		}),
	}
}
