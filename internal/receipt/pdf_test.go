package receipt_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"insyn/internal/dossier"
	"insyn/internal/receipt"
	"insyn/internal/wording"
)

func words(t *testing.T, lang string) receipt.Words {
	t.Helper()
	texts, err := wording.Load()
	if err != nil {
		t.Fatal(err)
	}
	return receipt.Words{Texts: texts, Lang: lang}
}

func pdf(t *testing.T, p receipt.Page) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.PDF(&b, sample().SignedAt); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Poppler reads the PDF as a visitor's reader does: letters that were embedded wrongly would not come out.
func TestThePDFSaysWhatThePageSays(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	d := sample()
	for i := range 60 { // more than a page
		d.Sources[0].Counts = append(d.Sources[0].Counts, receipt.Count{
			Table: "crm.t" + strconv.Itoa(i), Label: dossier.Label{"sv": "Övrigt " + strconv.Itoa(i), "en": "Other " + strconv.Itoa(i)}, Action: "delete", Rows: i,
		})
	}
	for lang, want := range map[string][]string{
		"sv": {"Kvitto på en radering, ärende 1042", "Nordlyft Åkeri & Söner AB", "Övrigt 59", "12 345", "Räkenskapsinformation bevaras", "31 december 2033", "Sida 2 av ", "artikel 17.1 c"},
		"en": {"Receipt of an erasure, case 1042", "Nordlyft Åkeri & Söner AB", "Other 59", "12,345", "31 December 2033", "Page 2 of ", "Article 17(1)(c)"},
	} {
		w := words(t, lang)
		page := w.Page(&d, "kid-of-the-key")
		file := filepath.Join(t.TempDir(), "receipt.pdf")
		b := pdf(t, page)
		if len(b) > 120_000 {
			t.Errorf("%s: the PDF has %d bytes, want the letters that are used only", lang, len(b))
		}
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), tool, "-layout", file, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(out), "\u00a0", " ")
		for _, s := range want {
			if !strings.Contains(text, s) {
				t.Errorf("%s: the PDF lacks %q:\n%s", lang, s, text)
			}
		}
		if strings.Contains(text, "⟦") || strings.Contains(text, "{pages}") {
			t.Errorf("%s: a text is missing:\n%s", lang, text)
		}
	}
}

// What stands in the document stands on the page: every label, law and number.
func TestThePageLeavesNothingOut(t *testing.T) {
	t.Parallel()
	d := sample()
	d.Stages = []receipt.Stage{{Number: 1, At: d.SignedAt, Rows: 5000}}
	p := words(t, "en").Page(&d, "kid")
	var all strings.Builder
	for _, s := range p.Parts {
		all.WriteString(s.Title + "\n" + strings.Join(s.Text, "\n") + "\n")
		for _, f := range s.Facts {
			all.WriteString(f.Label + " " + f.Value + "\n")
		}
		if s.Table != nil {
			for _, r := range s.Table.Rows {
				all.WriteString(strings.Join(r, " | ") + "\n")
			}
		}
	}
	for _, want := range []string{
		"1042", "account 2 (data protection officer)", "account 3 (administrator)", "History | freed of this person’s part | 12,345", "Invoices | Bookkeeping Act ch. 7 s. 2: Accounting information",
		"31 December 2033", "1 | 20 November 2026", "122 columns of 31 tables, in 4.2 s", "Invoices, Buyer | BFL 7 kap. 2 § | 2", "20 December 2026", "Provregistret AB",
		"version 3, SHA-256 " + strings.Repeat("ab", 32), strings.Repeat("cd", 32), strings.Repeat("ef", 32), "17", "RFC 7515",
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("the page lacks %q:\n%s", want, all.String())
		}
	}
}
