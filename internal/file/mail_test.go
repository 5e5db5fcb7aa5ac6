package file

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"
)

// letter is a mail as programs write it: encoded words cut inside a letter, both text forms, a forwarded mail, an attached document with
// its name in three places.
func letter(tb testing.TB) []byte {
	tb.Helper()
	docx := base64.StdEncoding.EncodeToString(docxWith(tb, `<w:p><w:r><w:t>Avtal med Åsa Öström</w:t></w:r></w:p>`))
	s := `Received: from mx.example by post.example; Mon, 5 Jan 2026 08:00:00 +0100
From: =?utf-8?Q?=C3=85sa_=C3?=
 =?utf-8?Q?=96str=C3=B6m?= <asa.ostrom@post.example>
To: salj@firma.example
Subject: =?iso-8859-1?B?U3ZhciB0aWxsIMVzYSDWc3Ry9m0=?=
Message-ID: <1@post.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="yttre"

Detta är en MIME-text.
--yttre
Content-Type: multipart/alternative; boundary=inre

--inre
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Hej, jag heter =C5sa =D6st=
r=F6m och bor i V=E4xj=F6.

--inre
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

` + base64.StdEncoding.EncodeToString([]byte("<p>Hej, jag heter <b>Åsa</b> Öström</p>")) + `
--inre--

--yttre
Content-Type: application/vnd.openxmlformats-officedocument.wordprocessingml.document;
 name="=?utf-8?Q?Avtal_=C3=85sa_=C3=96str=C3=B6m.docx?="
Content-Disposition: attachment; filename*=utf-8''Avtal%20%C3%85sa%20%C3%96str%C3%B6m.docx
Content-Transfer-Encoding: base64

` + docx + `
--yttre
Content-Type: message/rfc822

From: asa.ostrom@post.example
To: bo@post.example
Subject: fwd
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Öström, Åsa skrev
--yttre--
slut
`
	return []byte(strings.ReplaceAll(s, "\n", "\r\n"))
}

func TestMail(t *testing.T) {
	t.Parallel()
	b := letter(t)
	wantTexts(t, b, "Åsa Öström <asa.ostrom@post.example>", "Svar till Åsa Öström", "Hej, jag heter Åsa Öström och bor i Växjö.\r\n", "Hej, jag heter Åsa Öström",
		"Avtal Åsa Öström.docx", "Avtal med Åsa Öström", "Öström, Åsa skrev", "\r\nDetta är en MIME-text.")
	out := mustHide(t, b)

	m, err := mail.ReadMessage(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"From": "[dold] <[mailto]>", "Subject": "Svar till [dold]", "To": "salj@firma.example", "Message-Id": "<1@post.example>",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	var names []string
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, p.FileName())
		if p.FileName() == "" {
			continue
		}
		docx, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, p))
		if err != nil {
			t.Fatal(err)
		}
		wantTexts(t, docx, "Avtal med [dold]")
	}
	if got, want := strings.Join(names, "|"), "|Avtal [dold].docx|"; got != want {
		t.Errorf("attachments %q, want %q", got, want)
	}
	if !bytes.Contains(out, []byte("Hej, jag heter [dold] och bor i V=E4xj=F6.\r\n")) {
		t.Error("the text part changed its charset or encoding")
	}
	if !bytes.HasPrefix(out, b[:bytes.Index(b, []byte("From:"))]) {
		t.Error("a field that did not change was written anew")
	}
}

func TestMailHeaders(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"=?utf-8?Q?=C3=85sa?= =?utf-8?Q?_Ek?=":    "Åsa Ek",
		"=?utf-8?B?w4XDhA==?= x =?utf-8?Q?=C3?=":  "ÅÄ x \xc3",
		"=?ISO-8859-1*sv?q?=C5sa?= Ek":            "Åsa Ek",
		"=?utf-8?b?w4U?=\t=?windows-1252?q?=E4?=": "Åä",
		"=?x-unknown?q?=E5?=":                     "å",
		"bar \xc5sa":                              "bar Åsa",
		"=?utf-8?x?a?=":                           "=?utf-8?x?a?=",
	} {
		if got := decodeWords(in); got != want {
			t.Errorf("decodeWords(%q) = %q, want %q", in, got, want)
		}
	}
	for _, s := range []string{"Åsa Ek", "Kära Åsa Öström på Ängö", "rent"} {
		got, err := new(mime.WordDecoder).DecodeHeader(encodeWords(s))
		if err != nil || got != s || decodeWords(encodeWords(s)) != s {
			t.Errorf("encodeWords(%q) = %q, read as %q", s, encodeWords(s), got)
		}
	}
}

// A part sent in seven bits stays in seven.
func TestMailSevenBits(t *testing.T) {
	t.Parallel()
	const head = "From: a@b.example\nTo: c@d.example\nSubject: x\nContent-Type: text/plain\n\n"
	out, _, err := Rewrite([]byte(head+"Anna kom"), func(s string) string { return strings.ReplaceAll(s, "Anna kom", "Någon kom") })
	if want := head + "Nagon kom"; err != nil || string(out) != want {
		t.Errorf("got %q, %v, want %q", out, err, want)
	}
}
