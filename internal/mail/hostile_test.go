package mail

import (
	"bufio"
	"bytes"
	"errors"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"

	"insyn/internal/smtpsink"
)

// hostileAddresses are not addresses that we send to: more than one, quoted, routed, folded, or
// made to look like another.
func hostileAddresses() []string {
	a := []string{
		"", " ", "@", "a@", "@b.example", "a", "a@b", "a@b@c.example", "a@b.example,c@d.example", "a@b.example;c@d.example",
		"a@b.example, c@d.example", "a@b.example c@d.example", "Ada <a@b.example>", "<a@b.example>", "a@b.example>",
		`"a b"@c.example`, `"a"@c.example`, `"a@b.example> RCPT TO:<c"@d.example`, `"a\"b"@c.example`, `a"b@c.example`,
		"a(comment)@b.example", "a@b.example(comment)", "a@[127.0.0.1]", "a@[IPv6:::1]", "a@127.0.0.1", "a@1.2.3",
		"a..b@c.example", ".a@b.example", "a.@b.example", "a@.b.example", "a@b..example", "a@b.example.", "a@-b.example", "a@b-.example",
		"a@b_c.example", "a@b example", "a b@c.example", "a%b.example@c.example", "b.example!a@c.example", "@x.example:a@b.example",
		"a@b.example\r\nBcc: c@d.example", "a@b.example\nBcc: c@d.example", "a@b.example\r", "\na@b.example", "a\r\n@b.example",
		"a@b.exa\rmple", "a@b.example\x00", "a\x00@b.example", "a\t@b.example", "a@b.example\x7f", "a\x1b[2J@b.example",
		"a@b.example%0d%0aBcc:c@d.example", "a@b.example\u2028Bcc: c@d.example", "a@b.example\u0085x", "a\u200b@b.example",
		"a@b\u200b.example", "a@b\u00ad.example", "\u202ea@b.example", "a\ufeff@b.example", "a＠b.example", "å@b.example", "а@b.example",
		"a@b.example> SIZE=1", "a@b.example> NOTIFY=NEVER", "-oQ/tmp@b.example", "-X/tmp/x@b.example", "a|id@b.example", "a`id`@b.example",
		"a;id@b.example", "a\\b@c.example", "a,b@c.example", "a:b@c.example", "a<b@c.example", "mailto:a@b.example", "a@b.example?bcc=c@d.example",
		"undisclosed-recipients:;", "group:a@b.example,c@d.example;", "=?utf-8?q?a?=@b.example\n", "a@=?utf-8?q?b?=.example", "a@b.example/c", "a@b.example#c",
		"a@b:25.example", "a@b.example:25", "a@xn--.example", "a@xn--zzzzzzzzz-.example", "a@.", "a@..", "a@b.123", "\xff@b.example", "a@\xff.example",
		strings.Repeat("a", 65) + "@b.example", "a@" + strings.Repeat("b", 64) + ".example", "a@" + strings.Repeat("b.", 130) + "example",
		strings.Repeat("a", 2000) + "@b.example",
	}
	return a
}

// hostileTexts go into subject, name and body, where any text is allowed and none may do harm.
func hostileTexts() []string {
	return []string{
		"x\r\nBcc: c@d.example", "x\nBcc: c@d.example", "x\rBcc: c@d.example", "x\r\n\r\nbody", "x\n\nbody", "x\r\n Bcc: c@d.example",
		"x\r\n\tBcc: c@d.example", "\r\nBcc: c@d.example", "x\x00y", "x\u2028Bcc: c@d.example", "x\u2029Bcc: c@d.example", "x\u0085Bcc: c@d.example",
		"x\x0b\x0cBcc: c@d.example", "\u010d\u010aBcc: c@d.example", "=?utf-8?q?x=0D=0ABcc:_c@d.example?=", "=?utf-8?b?DQpCY2M6IGNAZC5leGFtcGxl?=",
		"x%0d%0aBcc: c@d.example", `x" <c@d.example>, "y`, "x <c@d.example>", "<c@d.example>", "c@d.example, e@f.example", `x\r\nBcc: c@d.example`,
		"x\r\n.\r\nMAIL FROM:<x@y.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n", "x\n.\nRSET\n", ".", "..", "\r\n.\r\n",
		"x\r\nContent-Type: text/html", "x\r\nSender: c@d.example", "x\r\nReply-To: c@d.example", "x\r\nTo: c@d.example", "x\r\nX-Evil: 1",
		strings.Repeat("å", 500), strings.Repeat("word ", 300) + "\r\nBcc: c@d.example", strings.Repeat("x", 998) + "\r\nBcc: c@d.example",
		"\xff\xfe\r\nBcc: c@d.example", "x\x1b[31m", "\u202egnirts", "👩\u200d👩\u200d👧 familj", "--boundary\r\nContent-Type: text/html",
		"x;\r\n boundary=y", "x\r\nAuto-Submitted: no", "x\r\nMessage-ID: <evil@d.example>", "{{.To}}", "<script>alert(1)</script>",
	}
}

func TestHostileAddressesAreRefused(t *testing.T) {
	t.Parallel()
	for _, a := range hostileAddresses() {
		got, err := ValidAddress(a)
		if !errors.Is(err, ErrAddress) || got != "" {
			t.Errorf("%q: got %q, %v", a, got, err)
			continue
		}
		if len(a) > 3 && strings.Contains(err.Error(), a) {
			t.Errorf("%q: the error repeats the address", a)
		}
	}
}

func TestHostileMailsHaveOneRecipientAndNoExtraHeaders(t *testing.T) {
	t.Parallel()
	if n := len(hostileAddresses()) + len(hostileTexts()); n < 135 {
		t.Fatalf("only %d hostile values", n)
	}
	sink := start(t, smtpsink.Options{StartTLS: true})
	s := sender(t, sink, nil)
	want := []string{
		"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Reply-To", "Subject", "To", "User-Agent", "X-Mailer",
	}
	cases := 0
	try := func(field, evil string, m Message) {
		cases++
		sent := len(sink.Messages())
		outcome := s.Send(t.Context(), m)
		mails := sink.Messages()[sent:]
		if outcome.State != Accepted {
			if len(mails) != 0 {
				t.Errorf("%s %q: %v, and yet a mail arrived", field, evil, outcome)
			}
			if outcome != (Outcome{Permanent, "message"}) {
				t.Errorf("%s %q: got %v, want it refused before the dialogue", field, evil, outcome)
			}
			return
		}
		if len(mails) != 1 || len(mails[0].To) != 1 || mails[0].To[0] != m.To {
			t.Errorf("%s %q: got mails to %v", field, evil, mails)
			return
		}
		names := headerNames(mails[0].Raw)
		if !slices.Equal(names, want) {
			t.Errorf("%s %q: headers are %v", field, evil, names)
		}
		for line := range bytes.Lines(mails[0].Raw) {
			if len(line) > 1000 || !bytes.HasSuffix(line, []byte("\r\n")) && field != "html" {
				t.Errorf("%s %q: a line of %d bytes, ending in %q", field, evil, len(line), line[max(0, len(line)-2):])
			}
		}
		for name, is := range map[string]string{"To": m.To, "From": "insyn@bolaget.example", "Reply-To": m.ReplyTo} {
			list, err := netmail.ParseAddressList(mails[0].Header.Get(name))
			if err != nil || len(list) != 1 || list[0].Address != is {
				t.Errorf("%s %q: %s is %q (%v)", field, evil, name, mails[0].Header.Get(name), err)
			}
		}
		if mails[0].MessageID != m.MessageID {
			t.Errorf("%s %q: message id changed", field, evil)
		}
	}
	for _, evil := range hostileAddresses() {
		m := message(s)
		m.To = evil
		try("to", evil, m)
		m = message(s)
		m.ReplyTo = evil
		if evil == "" {
			continue // no Reply-To is allowed
		}
		try("reply to", evil, m)
	}
	for _, evil := range hostileTexts() {
		for field, set := range map[string]func(*Message){
			"subject":    func(m *Message) { m.Subject = evil },
			"name":       func(m *Message) { m.FromName = evil },
			"text":       func(m *Message) { m.Text = evil },
			"html":       func(m *Message) { m.HTML = []byte(evil) },
			"message id": func(m *Message) { m.MessageID = evil },
		} {
			m := message(s)
			set(&m)
			try(field, evil, m)
		}
	}
	if cases < 350 {
		t.Errorf("tried %d cases, want all", cases)
	}
	if sink.Attempts() != len(sink.Messages()) {
		t.Errorf("%d recipients named for %d mails", sink.Attempts(), len(sink.Messages()))
	}
}

// headerNames reads the names of a mail's headers line by line, without the leniency of a parser.
func headerNames(raw []byte) []string {
	var names []string
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Scan() && lines.Text() != "" {
		line := lines.Text()
		if line[0] == ' ' || line[0] == '\t' {
			continue
		}
		name, _, _ := strings.Cut(line, ":")
		parts := strings.Split(strings.ToLower(name), "-")
		for i, p := range parts {
			if p != "" {
				parts[i] = strings.ToUpper(p[:1]) + p[1:]
			}
		}
		names = append(names, strings.Join(parts, "-"))
	}
	slices.Sort(names)
	return names
}

func FuzzValidAddress(f *testing.F) {
	for _, a := range hostileAddresses() {
		f.Add(a)
	}
	f.Add("anna.ek@kund.example")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ValidAddress(s)
		if err != nil {
			return
		}
		again, err := ValidAddress(got)
		if err != nil || again != got {
			t.Errorf("%q gives %q, which gives %q, %v", s, got, again, err)
		}
		parsed, err := netmail.ParseAddress(got)
		if err != nil || parsed.Address != got || parsed.Name != "" {
			t.Errorf("%q gives %q, which reads as %v, %v", s, got, parsed, err)
		}
	})
}
