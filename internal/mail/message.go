package mail

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	netmail "net/mail"
	"regexp"
	"strings"
	"unicode"

	gomail "github.com/wneessen/go-mail"
)

// Message is one mail to one person. There are no other headers and no attachments: data leaves
// by the page, never by mail.
type Message struct {
	To        string
	ReplyTo   string // a mailbox that somebody reads; empty: none
	FromName  string // shown before the sender's address
	Subject   string
	Text      string
	HTML      []byte // empty: a mail of text alone
	MessageID string // without angle brackets; fixed before the dialogue, kept when it is repeated
}

// ErrMessage tells that a message cannot be sent as it is; its text names the field alone.
var ErrMessage = errors.New("message cannot be sent")

// NewMessageID makes an identifier that says nothing about the machine or the person.
func NewMessageID(domain string) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:]) + "@" + domain
}

// write renders the whole mail before the first byte goes out, so that a message that cannot be
// written does not leave a server waiting half-way.
func (m Message) write(from string) (raw []byte, to string, err error) {
	bad := func(field string) ([]byte, string, error) { return nil, "", fmt.Errorf("%w: %s", ErrMessage, field) }
	to, err = ValidAddress(m.To)
	if err != nil {
		return bad("recipient")
	}
	if !regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}@[A-Za-z0-9.-]{1,100}$`).MatchString(m.MessageID) {
		return bad("message id")
	}
	subject := oneLine(m.Subject)
	if subject == "" {
		return bad("subject")
	}
	if strings.TrimSpace(m.Text) == "" {
		return bad("text")
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&netmail.Address{Name: oneLine(m.FromName), Address: from})
	msg.ToMailAddress(&netmail.Address{Address: to})
	if m.ReplyTo != "" {
		replyTo, err := ValidAddress(m.ReplyTo)
		if err != nil {
			return bad("reply to")
		}
		msg.ReplyToMailAddress(&netmail.Address{Address: replyTo})
	}
	msg.Subject(subject)
	msg.SetMessageIDWithValue(m.MessageID)
	msg.SetDate()
	msg.SetUserAgent("Insyn")
	// So that no out-of-office answer comes back, and none of ours goes to a machine (RFC 3834).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if len(m.HTML) > 0 {
		msg.AddAlternativeString(gomail.TypeTextHTML, string(m.HTML))
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return bad("writing it")
	}
	return b.Bytes(), to, nil
}

// oneLine makes a header value: no line breaks, no control characters, no more than fits.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 200 {
		s = string(runes[:200])
	}
	return s
}
