package mail

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"

	"insyn/internal/wording"
)

//go:embed mail.html
var mailHTML string

type htmlMail struct {
	Lang    string
	Subject string
	Parts   []htmlPart
}

// htmlPart is a block; a link that stands alone has a button above it, a code is written large.
type htmlPart struct {
	wording.Block
	Code   bool
	Link   string
	Button string
}

// Compose writes a mail from the texts key.subject and key.body ("mail.link", "mail.code" …): as
// plain text and as HTML of the same content.
func Compose(t *wording.Texts, lang, key string, v wording.Vars) (subject, text string, html []byte, err error) {
	return ComposeAs(t, lang, key+".subject", key+".body", v)
}

// ComposeAs is Compose for a text whose subject varies, such as mail.link.subject_reminder.
func ComposeAs(t *wording.Texts, lang, subjectKey, bodyKey string, v wording.Vars) (subject, text string, html []byte, err error) {
	subject, err = t.Text(lang, subjectKey, v)
	if err != nil {
		return "", "", nil, fmt.Errorf("compose mail: %w", err)
	}
	subject = oneLine(subject)
	text, err = t.Text(lang, bodyKey, v)
	if err != nil {
		return "", "", nil, fmt.Errorf("compose mail: %w", err)
	}
	blocks, err := t.Blocks(lang, bodyKey, v)
	if err != nil {
		return "", "", nil, fmt.Errorf("compose mail: %w", err)
	}
	page := htmlMail{Lang: lang, Subject: subject}
	for _, b := range blocks {
		part := htmlPart{Block: b}
		switch name := b.Only(); {
		case name == "code":
			part.Code = true
		case name != "" && b.Inlines[0].Link != "" && t.Has("mail.button."+name):
			part.Link, part.Button = b.Inlines[0].Link, t.Label(lang, "mail.button."+name)
		}
		page.Parts = append(page.Parts, part)
	}
	html, err = renderHTML(page)
	if err != nil {
		return "", "", nil, fmt.Errorf("compose mail %s: %w", bodyKey, err)
	}
	return subject, text + "\n", html, nil
}

func renderHTML(page htmlMail) ([]byte, error) {
	tmpl, err := template.New("mail").Parse(mailHTML)
	if err != nil {
		return nil, fmt.Errorf("read mail template: %w", err)
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, page); err != nil {
		// The error of a template may quote a value.
		return nil, fmt.Errorf("%w: HTML part", ErrMessage)
	}
	return b.Bytes(), nil
}
