package file

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"
)

// entry of an archive that a test builds.
type entry struct{ name, text string }

// zipped stores the first member, as OpenDocument wants it, and deflates the others.
func zipped(tb testing.TB, entries ...entry) []byte {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if i == 0 {
			h.Method = zip.Store
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write([]byte(e.text)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// members of an archive by name.
func members(tb testing.TB, b []byte) map[string]string {
	tb.Helper()
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range r.File {
		content, err := r.Open(f.Name)
		if err != nil {
			out[f.Name] = ""
			continue
		}
		var text bytes.Buffer
		if _, err := text.ReadFrom(content); err != nil {
			tb.Fatal(err)
		}
		out[f.Name] = text.String()
	}
	return out
}

func texts(tb testing.TB, b []byte) []string {
	tb.Helper()
	var out []string
	if _, err := Texts(b, func(s string) error {
		out = append(out, s)
		return nil
	}); err != nil {
		tb.Fatalf("Texts: %v", err)
	}
	return out
}

// hide is the replacer of most tests: a person who is written in two ways.
func hide(s string) string {
	return strings.NewReplacer("Åsa Öström", "[dold]", "Öström, Åsa", "[dold]", "asa.ostrom@post.example", "[mailto]").Replace(s)
}

// mustHide rewrites and holds what every rewriting must hold.
func mustHide(tb testing.TB, b []byte) []byte {
	tb.Helper()
	out, changed, err := Rewrite(b, hide)
	if err != nil || !changed {
		tb.Fatalf("Rewrite: changed %v, error %v", changed, err)
	}
	if got, want := Detect(out), Detect(b); got != want {
		tb.Errorf("rewritten document is %s, was %s", got, want)
	}
	for _, s := range texts(tb, out) {
		if hide(s) != s {
			tb.Errorf("remained in %q", s)
		}
	}
	return out
}

func wantTexts(tb testing.TB, b []byte, want ...string) {
	tb.Helper()
	got := texts(tb, b)
	for _, s := range want {
		if !slices.Contains(got, s) {
			tb.Errorf("no text %q in %q", s, got)
		}
	}
}
