package file

import (
	"strings"
	"testing"
)

const (
	declare = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	types   = declare + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`
	core    = declare + `<cp:coreProperties xmlns:cp="x" xmlns:dc="y"><dc:title>Om Åsa Öström</dc:title><dc:creator>Bo Ek</dc:creator></cp:coreProperties>`
)

func docxWith(tb testing.TB, body string, more ...entry) []byte {
	tb.Helper()
	return zipped(tb, append([]entry{
		{"[Content_Types].xml", types},
		{"word/document.xml", declare + `<w:document xmlns:w="w"><w:body>` + body + `</w:body></w:document>`},
		{"docProps/core.xml", core},
	}, more...)...)
}

func TestDOCX(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, out string }{
		"runs": {
			`<w:p><w:r><w:t xml:space="preserve">Hej </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>Åsa Öst</w:t></w:r><w:proofErr/><w:r><w:t>röm!</w:t></w:r></w:p>`,
			`<w:p><w:r><w:t xml:space="preserve">Hej </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>[dold]</w:t></w:r><w:proofErr/><w:r><w:t>!</w:t></w:r></w:p>`,
		},
		"space at the end": {
			`<w:p><w:r><w:t>Åsa</w:t></w:r><w:r><w:t xml:space="preserve"> Öström</w:t></w:r><w:r><w:t>, och Åsa Öström</w:t></w:r></w:p>`,
			`<w:p><w:r><w:t>[dold]</w:t></w:r><w:r><w:t xml:space="preserve"></w:t></w:r><w:r><w:t>, och [dold]</w:t></w:r></w:p>`,
		},
		"deleted and field": {
			`<w:p><w:del w:author="Åsa Öström" w:id="1"><w:r><w:delText>Åsa Öström</w:delText></w:r></w:del><w:r><w:instrText> HYPERLINK "mailto:asa.ostrom@post.example" </w:instrText></w:r></w:p>`,
			`<w:p><w:del w:author="[dold]" w:id="1"><w:r><w:delText>[dold]</w:delText></w:r></w:del><w:r><w:instrText> HYPERLINK "mailto:[mailto]" </w:instrText></w:r></w:p>`,
		},
		"indented, entity, control, picture": {
			"<w:p>\n <w:r>\n  <w:t>Åsa &#214;st</w:t>\n </w:r>\n <w:r><w:t>röm &amp; Bo</w:t></w:r>\n <w:sdt><w:alias w:val=\"Åsa Öström\"/></w:sdt><w:drawing><docPr descr='Öström, Åsa'/><posOffset>12</posOffset></w:drawing></w:p>",
			"<w:p>\n <w:r>\n  <w:t>[dold]</w:t>\n </w:r>\n <w:r><w:t xml:space=\"preserve\"> &amp; Bo</w:t></w:r>\n <w:sdt><w:alias w:val=\"[dold]\"/></w:sdt><w:drawing><docPr descr='[dold]'/><posOffset>12</posOffset></w:drawing></w:p>",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := mustHide(t, docxWith(t, c.in))
			got := members(t, out)
			if want := members(t, docxWith(t, c.out)); got["word/document.xml"] != want["word/document.xml"] {
				t.Errorf("got %s\nwant %s", got["word/document.xml"], want["word/document.xml"])
			}
			if want := strings.ReplaceAll(core, "Åsa Öström", "[dold]"); got["docProps/core.xml"] != want {
				t.Errorf("core.xml: %s", got["docProps/core.xml"])
			}
		})
	}
}

func TestDOCXMembers(t *testing.T) {
	t.Parallel()
	b := docxWith(t, `<w:p/>`,
		entry{"word/comments.xml", `<w:comments xmlns:w="w"><w:comment w:author="Åsa Öström" w:initials="ÅÖ"><w:p><w:r><w:t>Ring</w:t></w:r></w:p></w:comment></w:comments>`},
		entry{"word/header1.xml", `<w:hdr xmlns:w="w"><w:p><w:r><w:t>Till Åsa Öström</w:t></w:r></w:p></w:hdr>`},
		entry{"word/_rels/document.xml.rels", `<Relationships><Relationship Id="1" Target="mailto:asa.ostrom@post.example" TargetMode="External"/><Relationship Id="2" Target="media/a.png"/></Relationships>`},
		entry{"word/embeddings/inre.docx", string(docxWith(t, `<w:p><w:r><w:t>inne i: Åsa Öström</w:t></w:r></w:p>`))},
		entry{"word/media/a.png", "\x89PNG\r\n\x1a\n\x00\x00"},
		entry{"docProps/thumbnail.jpeg", "\xff\xd8\xff\xe0 a picture of the first page"})
	out := members(t, mustHide(t, b))
	was := members(t, b)
	for _, name := range []string{"word/media/a.png", "[Content_Types].xml", "word/document.xml"} {
		if out[name] != was[name] {
			t.Errorf("%s changed", name)
		}
	}
	if strings.Contains(out["docProps/thumbnail.jpeg"], "picture") {
		t.Error("the picture of the first page stayed")
	}
	if len(out) != len(was) {
		t.Errorf("%d members, were %d", len(out), len(was))
	}
	wantTexts(t, []byte(out["word/embeddings/inre.docx"]), "inne i: [dold]")
}

func xlsxWith(tb testing.TB, sheet string, more ...entry) []byte {
	tb.Helper()
	return zipped(tb, append([]entry{
		{"[Content_Types].xml", types},
		{"xl/workbook.xml", declare + `<workbook><sheets><sheet name="Kunder" sheetId="1"/></sheets></workbook>`},
		{"xl/worksheets/sheet1.xml", declare + `<worksheet><sheetData><row r="1">` + sheet + `</row></sheetData></worksheet>`},
		{"xl/sharedStrings.xml", declare + `<sst count="2"><si><t>Bo</t></si><si><r><t>Åsa </t></r><r><rPr><b/></rPr><t>Öström</t></r></si></sst>`},
	}, more...)...)
}

func TestXLSX(t *testing.T) {
	t.Parallel()
	b := xlsxWith(t, `<c r="A1" t="s"><v>1</v></c><c r="B1" t="inlineStr"><is><t>Öström, Åsa</t></is></c><c r="C1" s="3"><v>8001011234</v></c><c r="D1" t="n"><v>8001011234</v></c>`+
		`<c r="E1" t="str"><f>A1&amp;"x"</f><v>Åsa Öström</v></c><c r="F1"><v>12</v></c>`)
	wantTexts(t, b, "Åsa Öström", "Öström, Åsa", "8001011234", "Kunder")
	out, changed, err := Rewrite(b, func(s string) string { return strings.ReplaceAll(hide(s), "8001011234", "[nr]") })
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	got := members(t, out)
	want := `<c r="A1" t="s"><v>1</v></c><c r="B1" t="inlineStr"><is><t>[dold]</t></is></c><c r="C1" s="3" t="str"><v>[nr]</v></c><c r="D1" t="str"><v>[nr]</v></c>` +
		`<c r="E1" t="str"><f>A1&amp;"x"</f><v>[dold]</v></c><c r="F1"><v>12</v></c>`
	if !strings.Contains(got["xl/worksheets/sheet1.xml"], want) {
		t.Errorf("sheet: %s", got["xl/worksheets/sheet1.xml"])
	}
	if want := `<si><r><t>[dold]</t></r><r><rPr><b/></rPr><t></t></r></si>`; !strings.Contains(got["xl/sharedStrings.xml"], want) {
		t.Errorf("shared strings: %s", got["xl/sharedStrings.xml"])
	}
}

func odfWith(tb testing.TB, kind, content string) []byte {
	tb.Helper()
	return zipped(tb, entry{"mimetype", "application/vnd.oasis.opendocument." + kind},
		entry{"content.xml", declare + `<office:document-content xmlns:office="o" xmlns:text="t">` + content + `</office:document-content>`},
		entry{"meta.xml", declare + `<office:document-meta><meta:initial-creator>Öström, Åsa</meta:initial-creator></office:document-meta>`},
		entry{"META-INF/manifest.xml", `<manifest:manifest/>`}, entry{"Thumbnails/thumbnail.png", "\x89PNG\r\n\x1a\n\x00 picture"})
}

func TestODF(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind, in, out string
		want          Kind
	}{
		"text": {
			"text",
			`<text:p>Hej<text:s/><text:span text:style-name="T1">Åsa</text:span> Öst<text:span>röm</text:span><office:annotation><dc:creator>Åsa Öström</dc:creator><text:p>Ring</text:p></office:annotation>, tack</text:p>`,
			`<text:p>Hej<text:s/><text:span text:style-name="T1">[dold]</text:span><text:span></text:span><office:annotation><dc:creator>[dold]</dc:creator><text:p>Ring</text:p></office:annotation>, tack</text:p>`,
			ODT,
		},
		"link":  {"text", `<text:a xlink:href="mailto:asa.ostrom@post.example">post</text:a>`, `<text:a xlink:href="mailto:[mailto]">post</text:a>`, ODT},
		"sheet": {"spreadsheet", `<table:table-cell office:value-type="string" office:string-value="Åsa Öström"><text:p>Åsa Öström</text:p></table:table-cell>`, `<table:table-cell office:value-type="string" office:string-value="[dold]"><text:p>[dold]</text:p></table:table-cell>`, ODS},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := odfWith(t, c.kind, c.in)
			if got := Detect(b); got != c.want {
				t.Errorf("kind %s, want %s", got, c.want)
			}
			out := mustHide(t, b)
			got, want := members(t, out), members(t, odfWith(t, c.kind, c.out))
			if got["content.xml"] != want["content.xml"] {
				t.Errorf("got %s\nwant %s", got["content.xml"], want["content.xml"])
			}
			if strings.Contains(got["meta.xml"], "Åsa") || strings.Contains(got["Thumbnails/thumbnail.png"], "picture") {
				t.Error("properties or picture stayed")
			}
			if string(out[30:38]) != "mimetype" {
				t.Error("the type is not the first member")
			}
		})
	}
}

// A number that becomes a text makes its cell a text, else the file is broken.
func TestODSNumber(t *testing.T) {
	t.Parallel()
	b := odfWith(t, "spreadsheet", `<table:table-cell office:value-type="float" office:value="8001011234"><text:p>8001011234</text:p></table:table-cell>`)
	out, _, err := Rewrite(b, func(s string) string { return strings.ReplaceAll(s, "8001011234", "[nr]") })
	if err != nil {
		t.Fatal(err)
	}
	if got, want := members(t, out)["content.xml"], `<table:table-cell office:value-type="string" office:value="[nr]"><text:p>[nr]</text:p>`; !strings.Contains(got, want) {
		t.Errorf("got %s", got)
	}
}

// What is referred to elsewhere, or has a syntax, is found and refused.
func TestOfficeNotRewritable(t *testing.T) {
	t.Parallel()
	for name, b := range map[string][]byte{
		"formula":       xlsxWith(t, `<c r="A1"><f>IF(B1="Åsa Öström",1,2)</f><v>1</v></c>`, entry{"xl/sharedStrings.xml", "<sst/>"}),
		"sheet":         zipped(t, entry{"xl/workbook.xml", `<workbook><sheet name="Åsa Öström"/></workbook>`}),
		"member name":   docxWith(t, `<w:p/>`, entry{"word/media/Åsa Öström.png", "\x89PNG\r\n\x1a\n\x00"}),
		"any attribute": docxWith(t, `<w:p><w:new w:unheard="Åsa Öström"/></w:p>`),
		"ods table":     odfWith(t, "spreadsheet", `<table:table table:name="Åsa Öström"/>`),
	} {
		wantErr(t, name, b, ErrNotRewritable)
	}
}
