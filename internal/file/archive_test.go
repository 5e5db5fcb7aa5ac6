package file

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

func wantErr(tb testing.TB, name string, b []byte, want error) {
	tb.Helper()
	out, changed, err := Rewrite(b, hide)
	if !errors.Is(err, want) || changed || len(out) != len(b) {
		tb.Errorf("%s: changed %v, error %v, want %v", name, changed, err, want)
	}
	_, err = Texts(b, func(string) error { return nil })
	if errors.Is(want, ErrNotRewritable) != (err == nil) {
		tb.Errorf("%s: reading gives %v", name, err)
	}
}

func TestZIP(t *testing.T) {
	t.Parallel()
	b := zipped(t, entry{"a.txt", "Åsa Öström"}, entry{"Åsa Öström/", ""}, entry{"Åsa Öström/brev.html", "<p>Åsa <i>Öström</i></p>"}, entry{"[dold]/brev.html", "annan"},
		entry{"bild.png", "\x89PNG\r\n\x1a\n\x00"}, entry{"inre.zip", string(zipped(t, entry{"b.txt", "hos Öström, Åsa"}))})
	wantTexts(t, b, "Åsa Öström", "Åsa Öström/brev.html", "inre.zip", "hos Öström, Åsa")
	got := members(t, mustHide(t, b))
	want := []string{"[dold]/", "[dold]/brev-2.html", "[dold]/brev.html", "a.txt", "bild.png", "inre.zip"}
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, want) {
		t.Errorf("names %q, want %q", names, want)
	}
	if got["[dold]/brev-2.html"] != "<p>[dold]<i></i></p>" || got["[dold]/brev.html"] != "annan" || got["a.txt"] != "[dold]" {
		t.Errorf("contents %q", got)
	}
	if s := members(t, []byte(got["inre.zip"]))["b.txt"]; s != "hos [dold]" {
		t.Errorf("inner: %q", s)
	}
}

// A new name leads out of no folder.
func TestZIPNamesStayInside(t *testing.T) {
	t.Parallel()
	b := zipped(t, entry{"Bo/x.txt", "x"}, entry{"Bo", "y"})
	out, _, err := Rewrite(b, func(s string) string { return strings.ReplaceAll(s, "Bo", "../../N") })
	if err != nil {
		t.Fatal(err)
	}
	if names := slices.Sorted(maps.Keys(members(t, out))); !slices.Equal(names, []string{"N", "N/x.txt"}) {
		t.Errorf("names %q", names)
	}
}
