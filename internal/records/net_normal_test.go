package records

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"insyn/internal/mention"
)

func normalText(text string) string {
	b, _ := normal([]byte("before"), []byte(text))
	return strings.TrimPrefix(string(b), "before")
}

// TestNormalIsNormalise holds the fast form against the one that the matcher compares texts in.
func TestNormalIsNormalise(t *testing.T) {
	t.Parallel()
	pieces := []string{
		" ", "  ", "\t", "\r\n", "\x1c", "\x00", "\x7f", "A", "Z", "[", "@", "`", "{", "a", "z", "0", "Wållin", "Wa\u030allin", "Ærø", "STRASSE", "ß", "\u00ad", "\u200b",
		"\u00a0", "\u2003", "\u2028", "\u0085", "\u00a8", "½", "–", "’", "“", "ﬁ", "ｗ", "Ω", "İ", "Жанна", "李小龍", "😀", "\U0001d400", "abcdefgh", "ABCDEFGHIJKLMNOP", "a b c d e f ",
	}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(pieces), rapid.String()), 0, 20).Draw(t, "pieces"), "")
		if got, want := normalText(text), mention.Normalise(text); got != want {
			t.Fatalf("%q: got %q, want %q", text, got, want)
		}
	})
}

func TestNormalOfEachRune(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= 0x1f000; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		for _, text := range []string{string(r), "a " + string(r) + " b", "abcdefg" + string(r) + "hijklmno"} {
			if got, want := normalText(text), mention.Normalise(text); got != want {
				t.Fatalf("%q: got %q, want %q", text, got, want)
			}
		}
	}
}

func TestNormalReadsWindows1252(t *testing.T) {
	t.Parallel()
	if got := normalText("W\xe5llin \x96 \xc4ngsv\xe4gen"); got != "wallin - angsvagen" {
		t.Errorf("got %q", got)
	}
}

func BenchmarkNormal(b *testing.B) {
	text := []byte(strings.Repeat("Ringde Tyra Brunfjällvik om leveransen i vecka 12. Bekräftelsen ska till tyra@bankprov.example, annars nås hon på 0980-319201. ", 10))
	var buf []byte
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		buf, _ = normal(buf[:0], text)
	}
}
