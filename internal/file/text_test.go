package file

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

func TestPlainTextInCharsets(t *testing.T) {
	t.Parallel()
	const before, after = "Hej Åsa Öström, på måndag\r\nkl. 8.\r\n", "Hej [dold], på måndag\r\nkl. 8.\r\n"
	for name, enc := range map[string]encoding.Encoding{
		"utf-8":        encoding.Nop,
		"utf-8 bom":    unicode.UTF8BOM,
		"utf-16 le":    unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		"utf-16 be":    unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
		"utf-16 bare":  littleEndian,
		"windows-1252": charmap.Windows1252,
		"iso-8859-15":  charmap.ISO8859_15,
		"macintosh":    charmap.Macintosh,
		"dos 850":      charmap.CodePage850,
		"dos 437":      charmap.CodePage437,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := enc.NewEncoder().Bytes([]byte(before))
			if err != nil {
				t.Fatal(err)
			}
			want, err := enc.NewEncoder().Bytes([]byte(after))
			if err != nil {
				t.Fatal(err)
			}
			wantTexts(t, b, before)
			if got := mustHide(t, b); !bytes.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// What the charset lacks becomes something that it has, and what means nothing in it keeps its bytes.
func TestCharsetWithoutTheLetter(t *testing.T) {
	t.Parallel()
	b := []byte("\x81\x8d Anna \xe5\n")
	out, changed, err := Rewrite(b, func(s string) string { return strings.ReplaceAll(s, "Anna", "Łódź…ж") })
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	// Ł has no letter below its mark; the ellipsis is in the charset.
	if want := "\x81\x8d ?\xf3d\x7a\x85? \xe5\n"; string(out) != want {
		t.Errorf("got %q, want %q", out, want)
	}
}

func TestUnchangedIsTheSame(t *testing.T) {
	t.Parallel()
	b := []byte("Bo kommer på måndag.")
	out, changed, err := Rewrite(b, hide)
	if err != nil || changed || &out[0] != &b[0] {
		t.Errorf("got %q, changed %v, error %v", out, changed, err)
	}
}

// A long text is asked for in parts that end at empty lines.
func TestLongTextInChunks(t *testing.T) {
	t.Parallel()
	b := []byte(strings.Repeat("Åsa\nÖström och Åsa Öström\n\n", 10_000))
	list := texts(t, b)
	if len(list) < 2 || strings.Join(list, "") != string(b) {
		t.Fatalf("%d parts", len(list))
	}
	for _, s := range list {
		if !strings.HasSuffix(s, "\n\n") {
			t.Errorf("a part ends with %q", s[len(s)-10:])
		}
	}
	out := mustHide(t, b)
	if want := strings.Repeat("Åsa\nÖström och [dold]\n\n", 10_000); string(out) != want {
		t.Error("something else changed")
	}
}

func TestDetect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		b    string
		want Kind
	}{
		{"", Text},
		{"Hej", Text},
		{"Subject: ring Bo\n\nimorgon", Text},
		{"1 < 2 och a > b", Text},
		{"hej <b>Bo</b>", HTML},
		{"<?xml version=\"1.0\"?><kund>Bo</kund>", HTML},
		{"\xef\xbb\xbf<!DOCTYPE html><title>x</title>", HTML},
		{"From: a@b.example\nTo: c@d.example\nSubject: x\n\nhej", Mail},
		{"From a@b.example Mon Jan  1\nReceived: from x\n\tby y\nFrom: b\nTo: c\n\n", Mail},
		{"%PDF-1.4\n", PDF},
		{"PK\x03\x04 broken", ZIP},
		{"\x89PNG\r\n\x1a\n\x00\x00", Binary},
		{"{\\rtf1 Bo}", Binary},
	} {
		if got := Detect([]byte(c.b)); got != c.want {
			t.Errorf("Detect(%.20q) = %s, want %s", c.b, got, c.want)
		}
	}
}
