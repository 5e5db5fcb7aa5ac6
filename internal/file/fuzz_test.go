package file

import (
	"strings"
	"testing"
)

func seeds(f *testing.F) {
	f.Helper()
	for _, b := range [][]byte{
		[]byte("Hej Åsa Öström"), []byte("\xc5sa \xd6str\xf6m"), []byte("\xff\xfeA\x00n\x00n\x00a\x00"),
		[]byte("<p>Hej <b>An</b>na<br><a href='mailto:Anna%20x'>x</a><!-- Anna --><script>Anna</script>"),
		[]byte("<?xml version='1.0' encoding='iso-8859-1'?><a b=Anna>\xc5<![CDATA[Anna]]></a>"),
		letter(f), docxWith(f, `<w:p><w:r><w:t>An</w:t></w:r><w:r><w:t>na</w:t></w:r></w:p>`),
		xlsxWith(f, `<c t="inlineStr"><is><t>Anna</t></is></c><c><v>1</v></c>`), odfWith(f, "text", `<text:p>An<text:span>na</text:span></text:p>`),
		zipped(f, entry{"Anna.txt", "Anna"}),
		[]byte("From: =?utf-8?Q?Anna?=\nTo: b\nSubject: Anna\nContent-Type: multipart/mixed; boundary=b\n\nAnna\n--b\nContent-Disposition: attachment; filename=Anna.txt\n\nAnna\n--b--\n"),
	} {
		f.Add(b)
	}
}

func FuzzTexts(f *testing.F) {
	seeds(f)
	f.Add(printed(f, nil))
	f.Fuzz(func(_ *testing.T, b []byte) {
		_, _ = Texts(b, func(string) error { return nil })
	})
}

func FuzzRewrite(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if Detect(b) != PDF { // which is never rewritten
			rewritten(t, b)
		}
	})
}

// FuzzOffice changes the XML inside the archives, which random bytes of an archive seldom reach.
func FuzzOffice(f *testing.F) {
	for _, s := range []string{
		`<w:p><w:r><w:t>An</w:t></w:r><w:tab/><w:r><w:t xml:space="preserve">na </w:t></w:r></w:p>`, `<c t="inlineStr"><is><t>Anna</t></is></c><c r='A1'><f>A</f><v>Anna</v></c>`,
		`<text:p a:title="Anna">An<text:s/><text:span>na</text:span><annotation>Anna</annotation></text:p>`, `<table-cell office:value-type="float" office:value="Anna"/><!-- Anna -->`,
		`<x><![CDATA[An]]>na &#65;nna<v:textpath string='Anna'/></x>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		rewritten(t, docxWith(t, s))
		rewritten(t, odfWith(t, "text", s))
		rewritten(t, xlsxWith(t, s))
	})
}

// rewritten: without an error, the word is gone and the document can still be read.
func rewritten(t *testing.T, b []byte) {
	t.Helper()
	out, changed, err := Rewrite(b, func(s string) string { return strings.ReplaceAll(s, "Anna", "[x]") })
	if err != nil {
		return
	}
	if !changed && string(out) != string(b) {
		t.Fatal("changed without saying so")
	}
	if _, err := Texts(out, func(s string) error {
		if strings.Contains(s, "Anna") {
			t.Fatalf("remained in %q", s)
		}
		return nil
	}); err != nil {
		t.Fatalf("rewritten document: %v", err)
	}
}

// FuzzDifferences: whatever the texts are, and however they lie in pieces, the new text is what comes out.
func FuzzDifferences(f *testing.F) {
	f.Add("Hej Åsa Öström!", "Hej [x]!", uint8(3))
	f.Add("a b c d e f", "", uint8(0))
	f.Add("", "a b", uint8(1))
	f.Add("a a a b a a a", "a a a a b b a", uint8(2))
	f.Fuzz(func(t *testing.T, before, after string, cut uint8) {
		changes := differences(before, after)
		if got := splice(before, changes); got != after {
			t.Fatalf("splice gives %q, want %q", got, after)
		}
		var pieces []piece
		for at := 0; at < len(before); {
			n := min(int(cut%7)+1, len(before)-at)
			pieces = append(pieces, piece{from: at, to: at + n, text: before[at : at+n], write: func(s string) string { return s }})
			at += n
		}
		if len(pieces) == 0 {
			return
		}
		edits, err := place(pieces, changes)
		if err != nil {
			t.Fatal(err)
		}
		if got := splice(before, inOrder(edits)); got != after {
			t.Fatalf("pieces of %d give %q, want %q", cut%7+1, got, after)
		}
	})
}
