package file

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"testing"
)

func TestHostile(t *testing.T) {
	t.Parallel()
	const mailHead = "From: a@b.example\nTo: c@d.example\nSubject: x\n"
	nested := []byte("Åsa Öström")
	for range MaxDepth + 1 {
		nested = zipped(t, entry{"x", string(nested)})
	}
	forwarded := "x"
	for range MaxDepth + 1 {
		forwarded = mailHead + "Content-Type: message/rfc822\n\n" + forwarded
	}
	var parts, ends strings.Builder
	for i := range MaxMultipart + 1 {
		n := strconv.Itoa(i)
		parts.WriteString("Content-Type: multipart/mixed; boundary=b" + n + "\n\n--b" + n + "\n")
	}
	for i := MaxMultipart; i >= 0; i-- {
		ends.WriteString("\n--b" + strconv.Itoa(i) + "--\n")
	}
	for name, c := range map[string]struct {
		b    []byte
		want error
	}{
		"zip bomb":           {zipped(t, entry{"a", ""}, entry{"noll.txt", strings.Repeat(" ", MaxUnpacked+1)}), ErrTooLarge},
		"zip of zip bombs":   {zipped(t, entry{"a.zip", half(t)}, entry{"b.zip", half(t)}), ErrTooLarge},
		"docx bomb":          {docxWith(t, strings.Repeat(" ", MaxUnpacked)), ErrTooLarge},
		"lying size":         {lying(t), ErrUnreadable},
		"many members":       {many(t), ErrTooLarge},
		"zip in zip":         {nested, ErrTooLarge},
		"mail in mail":       {[]byte(forwarded), ErrTooLarge},
		"multipart":          {[]byte(mailHead + parts.String() + "\nx" + ends.String()), ErrTooLarge},
		"deep xml":           {docxWith(t, strings.Repeat("<w:p>", MaxElements+1)+strings.Repeat("</w:p>", MaxElements+1)), ErrTooLarge},
		"entities":           {zipped(t, entry{"word/document.xml", `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>`}), ErrUnreadable},
		"outside entity":     {zipped(t, entry{"word/document.xml", `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>`}), ErrUnreadable},
		"wrong nesting":      {docxWith(t, "<w:p></w:r>"), ErrUnreadable},
		"cut xml":            {zipped(t, entry{"word/document.xml", "<a><b"}), ErrUnreadable},
		"cut zip":            {zipped(t, entry{"a.txt", strings.Repeat("Bo", 100)})[:60], ErrUnreadable},
		"encrypted zip":      {flagged(t), ErrEncrypted},
		"encrypted odt":      {zipped(t, entry{"mimetype", "application/vnd.oasis.opendocument.text"}, entry{"META-INF/manifest.xml", "<m><encryption-data/></m>"}), ErrEncrypted},
		"encrypted docx":     {append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00"), "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"...), ErrEncrypted},
		"pgp mail":           {[]byte(mailHead + "Content-Type: multipart/encrypted; boundary=b\n\n--b\n\nx\n--b--\n"), ErrEncrypted},
		"s/mime":             {[]byte(mailHead + "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx"), ErrEncrypted},
		"old word":           {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00\x00"), ErrUnreadable},
		"old word in a mail": {[]byte(mailHead + "Content-Type: application/msword\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00\x00"))), ErrUnreadable},
		"unknown in a zip":   {zipped(t, entry{"a.dat", "\x00\x00\x01\x02\x03\x00\x00\x07"}), ErrUnreadable},
		"rtf":                {[]byte(`{\rtf1\ansi \'c5sa}`), ErrUnreadable},
		"unknown encoding":   {[]byte(mailHead + "Content-Transfer-Encoding: x-uue\n\nx"), ErrUnreadable},
		"no pdf after all":   {[]byte("%PDF-1.4\nnothing"), ErrUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Texts(c.b, func(string) error { return nil }); !errors.Is(err, c.want) {
				t.Errorf("Texts: %v, want %v", err, c.want)
			}
			if _, changed, err := Rewrite(c.b, hide); changed || !errors.Is(err, c.want) {
				t.Errorf("Rewrite: %v, %v, want %v", changed, err, c.want)
			}
		})
	}
}

// half of what may be unpacked in all, and a little.
func half(tb testing.TB) string {
	return string(zipped(tb, entry{"a", ""}, entry{"noll.txt", strings.Repeat(" ", MaxUnpacked/2+1)}))
}

func many(tb testing.TB) []byte {
	var list []entry
	for i := range MaxParts + 1 {
		list = append(list, entry{strconv.Itoa(i), ""})
	}
	return zipped(tb, list...)
}

// flagged says that its member is encrypted, in both headers.
func flagged(tb testing.TB) []byte {
	b := zipped(tb, entry{"a.txt", "hemligt"})
	b[6] |= 1
	b[bytes.Index(b, []byte("PK\x01\x02"))+8] |= 1
	return b
}

// lying says in its directory that its member is one byte long.
func lying(tb testing.TB) []byte {
	b := zipped(tb, entry{"a", ""}, entry{"noll.txt", strings.Repeat("x", 1<<20)})
	at := bytes.LastIndex(b, []byte("PK\x01\x02")) + 24
	copy(b[at:], []byte{1, 0, 0, 0})
	if r, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err != nil || r.File[1].UncompressedSize64 != 1 {
		tb.Fatal("not lying", err)
	}
	return b
}

// What can be read is given, although the whole is an error.
func TestTheReadablePartsAreGiven(t *testing.T) {
	t.Parallel()
	b := zipped(t, entry{"a.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}, entry{"b.eml", "From: a\nTo: b\nSubject: c\nContent-Transfer-Encoding: x-uue\n\nx"}, entry{"c.txt", "Åsa Öström"})
	var got []string
	_, err := Texts(b, func(s string) error {
		got = append(got, s)
		return nil
	})
	if !errors.Is(err, ErrUnreadable) || got[len(got)-1] != "Åsa Öström" {
		t.Errorf("%q, %v", got, err)
	}
	if _, changed, err := Rewrite(b, hide); changed || !errors.Is(err, ErrUnreadable) {
		t.Errorf("Rewrite: %v, %v", changed, err)
	}
}

// The errors and panics of the caller are the caller's.
func TestCallerStops(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	for name, b := range map[string][]byte{"mail": letter(t), "docx": docxWith(t, "<w:p/>"), "pdf": printed(t, nil), "text": []byte("Bo")} {
		n := 0
		_, err := Texts(b, func(string) error {
			n++
			return stop
		})
		if !errors.Is(err, stop) || n != 1 {
			t.Errorf("%s: %v after %d texts", name, err, n)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("the caller's panic was taken for a broken document")
		}
	}()
	_, _ = Texts([]byte("Bo"), func(string) error { panic("bug") })
}

// No error says anything out of the document.
func TestErrorsKeepQuiet(t *testing.T) {
	t.Parallel()
	for _, b := range [][]byte{docxWith(t, "<Åsa></Öström>"), zipped(t, entry{"word/document.xml", "<Öström attr>"}), []byte("From: Öström\nTo: x\nSubject: y\nContent-Transfer-Encoding: Öström\n\nx")} {
		if _, err := Texts(b, func(string) error { return nil }); err == nil || strings.Contains(err.Error(), "str") && strings.Contains(err.Error(), "Ö") {
			t.Errorf("error %v", err)
		}
	}
}
