package smtpsink

import (
	"context"
	"errors"
	"fmt"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func start(t *testing.T, o Options) *Sink {
	t.Helper()
	s, err := Start("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func send(s *Sink, to, subject, rest string) error {
	body := "From: a@b.example\r\nTo: " + to + "\r\nSubject: " + subject + "\r\nMessage-ID: <1@b.example>\r\n" + rest
	return smtp.SendMail(s.Addr(), nil, "a@b.example", []string{to}, []byte(body))
}

const alternative = "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=xyz\r\n\r\n" +
	"--xyz\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
	"R=C3=A4kning: https://exempel.example/s/abc.\r\nKlart=\r\n!\r\n" +
	"--xyz\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
	"PHA+SMOkciA8YSBocmVmPSJodHRwczovL2V4ZW1wZWwuZXhhbXBsZS8iPmzDpG5rPC9hPjxzY3Jp\r\ncHQ+YWxlcnQoMSk8L3NjcmlwdD48L3A+\r\n" +
	"--xyz--\r\n"

func TestSinkKeepsAndReadsMails(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	go func() {
		_ = send(s, "c@d.example", "Annat", "\r\nbody\r\n")
		_ = send(s, "e@f.example", "=?utf-8?q?R=C3=A4kning?=", alternative)
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	m, err := s.Wait(ctx, func(m Message) bool { return m.To[0] == "e@f.example" })
	if err != nil {
		t.Fatal(err)
	}
	if m.ID != 2 || m.From != "a@b.example" || m.Subject != "Räkning" || m.MessageID != "1@b.example" ||
		strings.TrimSpace(m.Text) != "Räkning: https://exempel.example/s/abc.\nKlart!" || !strings.HasPrefix(m.HTML, "<p>Här <a") {
		t.Errorf("got %+v", m)
	}
	if n := len(s.Messages()); n != 2 || s.Attempts() != 2 {
		t.Errorf("got %d mails, %d attempts", n, s.Attempts())
	}
	short, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer stop()
	if _, err := s.Wait(short, func(Message) bool { return false }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestSinkForgetsTheOldest(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	for i := range Limit + 5 {
		s.keep(newMessage("a@b.example", []string{"c@d.example"}, fmt.Appendf(nil, "Subject: %d\r\n\r\nx", i), time.Now()))
	}
	m := s.Messages()
	if len(m) != Limit || m[0].Subject != "5" || m[Limit-1].ID != Limit+5 {
		t.Errorf("got %d mails from %q to id %d", len(m), m[0].Subject, m[len(m)-1].ID)
	}
}

func TestScriptAnswers(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Script: func(n int, to string) Answer {
		switch {
		case n == 1:
			return Answer{Action: Refuse, Code: 451, Status: [3]int{4, 7, 1}, Text: "later"}
		case strings.HasPrefix(to, "gone"):
			return Answer{Action: Refuse, Code: 550}
		}
		return Answer{}
	}})
	if err := send(s, "c@d.example", "x", "\r\nx"); err == nil || !strings.HasPrefix(err.Error(), `451 "4.7.1 later"`) {
		t.Errorf("first: got %v", err)
	}
	if err := send(s, "gone@d.example", "x", "\r\nx"); err == nil || !strings.HasPrefix(err.Error(), "550") {
		t.Errorf("gone: got %v", err)
	}
	if err := send(s, "c@d.example", "x", "\r\nx"); err != nil {
		t.Errorf("third: got %v", err)
	}
	s.Answer(func(int, string) Answer { return Answer{Stage: AfterData, Action: Drop} })
	if err := send(s, "c@d.example", "x", "\r\nx"); err == nil {
		t.Error("dropped: got no error")
	}
	if n := len(s.Messages()); n != 1 {
		t.Errorf("got %d mails, want 1", n)
	}
}

func TestCloseFreesWhatHangs(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, err := Start("127.0.0.1:0", Options{StartTLS: true, Script: func(int, string) Answer {
		return Answer{Stage: AfterData, Action: Hang}
	}})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- dialClear(s) }()
	for s.Attempts() == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err == nil {
		t.Error("a hanging mail was accepted")
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

// dialClear sends without STARTTLS: the sink offers it and does not insist.
func dialClear(s *Sink) error {
	c, err := smtp.Dial(s.Addr())
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if err := errors.Join(c.Mail("a@b.example"), c.Rcpt("c@d.example")); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte("Subject: x\r\n\r\nx")); err != nil {
		return err
	}
	return w.Close()
}
