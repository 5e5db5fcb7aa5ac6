package mail

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"insyn/internal/smtpsink"
)

// secret words stand in every address and server text of these tests; none may come back.
const secret = "hemlig"

func start(t *testing.T, o smtpsink.Options) *smtpsink.Sink {
	t.Helper()
	sink, err := smtpsink.Start("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sink.Close() })
	return sink
}

func sender(t *testing.T, sink *smtpsink.Sink, change func(*Config)) *Sender {
	t.Helper()
	c := Config{Host: "127.0.0.1", Port: sink.Port(), From: "insyn@bolaget.example", RootCAs: sink.RootCAs(), Timeout: 5 * time.Second}
	if change != nil {
		change(&c)
	}
	s, err := NewSender(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func message(s *Sender) Message {
	return Message{
		To: secret + ".person@kund.example", ReplyTo: "ombud@bolaget.example", FromName: "Bolaget AB",
		Subject: "Din kod, ärende 17", Text: "Hej!\n\nKoden är 12345678.\n.\n..två\n", HTML: []byte("<p>Hej!</p>"),
		MessageID: s.MessageID(),
	}
}

func safe(t *testing.T, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if strings.Contains(s, secret) || strings.Contains(s, "@") || strings.Contains(s, ".example") {
			t.Errorf("%q tells an address or what the server said", s)
		}
	}
}

func TestSendOverStartTLS(t *testing.T) {
	t.Parallel()
	sink := start(t, smtpsink.Options{StartTLS: true, User: "u", Password: "p"})
	s := sender(t, sink, func(c *Config) { c.User, c.Password = "u", "p" })
	m := message(s)
	if got := s.Send(t.Context(), m); got != (Outcome{Accepted, "250"}) {
		t.Fatalf("got %v", got)
	}
	got := sink.Messages()[0]
	if got.Subject != m.Subject || got.Text != m.Text || got.HTML != string(m.HTML) || got.MessageID != m.MessageID ||
		got.From != "insyn@bolaget.example" || len(got.To) != 1 || got.To[0] != m.To {
		t.Errorf("got %+v", got)
	}
	for name, want := range map[string]string{
		"From": `"Bolaget AB" <insyn@bolaget.example>`, "To": "<" + m.To + ">", "Reply-To": "<ombud@bolaget.example>",
		"Auto-Submitted": "auto-generated", "User-Agent": "Insyn", "X-Mailer": "Insyn",
	} {
		if g := got.Header.Get(name); g != want {
			t.Errorf("%s: got %q, want %q", name, g, want)
		}
	}
	if strings.Contains(string(got.Raw), "go-mail") {
		t.Error("the mail names the library")
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSendOverImplicitTLSAndToLoopbackInClear(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		o   smtpsink.Options
		tls string
	}{
		"implicit": {smtpsink.Options{Implicit: true, User: "u", Password: "p"}, TLSImplicit},
		"off":      {smtpsink.Options{User: "u", Password: "p"}, TLSOff},
	} {
		sink := start(t, c.o)
		s := sender(t, sink, func(config *Config) { config.TLS, config.User, config.Password = c.tls, "u", "p" })
		if got := s.Send(t.Context(), message(s)); got.State != Accepted {
			t.Errorf("%s: got %v", name, got)
		}
		if err := s.Check(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingGoesToAServerThatIsNotTrusted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		o      smtpsink.Options
		change func(*Config)
		code   string
	}{
		"no STARTTLS":          {smtpsink.Options{}, nil, "tls"},
		"unknown authority":    {smtpsink.Options{StartTLS: true}, func(c *Config) { c.RootCAs = nil }, "tls"},
		"another host":         {smtpsink.Options{StartTLS: true, CertHost: "mail.annan.example"}, nil, "tls"},
		"expired":              {smtpsink.Options{StartTLS: true, Expired: true}, nil, "tls"},
		"implicit, untrusted":  {smtpsink.Options{Implicit: true}, func(c *Config) { c.TLS, c.RootCAs = TLSImplicit, nil }, "tls"},
		"implicit, clear text": {smtpsink.Options{}, func(c *Config) { c.TLS = TLSImplicit }, "tls"},
		"wrong password": {
			smtpsink.Options{StartTLS: true, User: "u", Password: "p"},
			func(c *Config) { c.User, c.Password = "u", secret }, "auth",
		},
		"no login offered": {smtpsink.Options{StartTLS: true}, func(c *Config) { c.User, c.Password = "u", secret }, "auth"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sink := start(t, c.o)
			s := sender(t, sink, c.change)
			got := s.Send(t.Context(), message(s))
			if got != (Outcome{Unreachable, c.code}) {
				t.Errorf("got %v, want unreachable (%s)", got, c.code)
			}
			if sink.Attempts() != 0 || len(sink.Messages()) != 0 {
				t.Errorf("the server was told a recipient")
			}
			err := s.Check(t.Context())
			if err == nil {
				t.Fatal("check found nothing wrong")
			}
			safe(t, got.String(), err.Error())
		})
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	told := "5.1.1 no " + secret + ".person@kund.example here"
	for name, c := range map[string]struct {
		answer smtpsink.Answer
		want   Outcome
		kept   int
	}{
		"4xx recipient": {smtpsink.Answer{Action: smtpsink.Refuse, Code: 451, Status: [3]int{4, 7, 1}, Text: told}, Outcome{Temporary, "451 4.7.1"}, 0},
		"5xx recipient": {smtpsink.Answer{Action: smtpsink.Refuse, Code: 550, Status: [3]int{5, 1, 1}, Text: told}, Outcome{Permanent, "550 5.1.1"}, 0},
		"5xx plain":     {smtpsink.Answer{Action: smtpsink.Refuse, Code: 554, Text: secret}, Outcome{Permanent, "554"}, 0},
		"code of another class": {
			smtpsink.Answer{Action: smtpsink.Refuse, Code: 450, Text: told}, Outcome{Temporary, "450"}, 0,
		},
		"4xx after data":     {smtpsink.Answer{Stage: smtpsink.AfterData, Action: smtpsink.Refuse, Code: 452, Text: secret}, Outcome{Temporary, "452"}, 0},
		"5xx after data":     {smtpsink.Answer{Stage: smtpsink.AfterData, Action: smtpsink.Refuse, Code: 554, Status: [3]int{5, 6, 0}}, Outcome{Permanent, "554 5.6.0"}, 0},
		"lost at recipient":  {smtpsink.Answer{Action: smtpsink.Drop}, Outcome{Unreachable, "lost"}, 0},
		"hang at recipient":  {smtpsink.Answer{Action: smtpsink.Hang}, Outcome{Unreachable, "timeout"}, 0},
		"lost after data":    {smtpsink.Answer{Stage: smtpsink.AfterData, Action: smtpsink.Drop}, Outcome{Ambiguous, "lost"}, 0},
		"lost, yet kept":     {smtpsink.Answer{Stage: smtpsink.AfterData, Action: smtpsink.Drop, Keep: true}, Outcome{Ambiguous, "lost"}, 1},
		"hang after data":    {smtpsink.Answer{Stage: smtpsink.AfterData, Action: smtpsink.Hang}, Outcome{Ambiguous, "timeout"}, 0},
		"slow but in time":   {smtpsink.Answer{Stage: smtpsink.AfterData, Delay: 200 * time.Millisecond}, Outcome{Accepted, "250"}, 1},
		"lost while sending": {smtpsink.Answer{Stage: smtpsink.AtData, Action: smtpsink.Drop}, Outcome{Ambiguous, "lost"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sink := start(t, smtpsink.Options{StartTLS: true, Script: func(int, string) smtpsink.Answer { return c.answer }})
			s := sender(t, sink, func(config *Config) { config.Timeout = 1500 * time.Millisecond })
			got := s.Send(t.Context(), message(s))
			if got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if n := len(sink.Messages()); n != c.kept {
				t.Errorf("sink holds %d messages, want %d", n, c.kept)
			}
			safe(t, got.String())
		})
	}
}

func TestRepeatedMailKeepsItsMessageID(t *testing.T) {
	t.Parallel()
	sink := start(t, smtpsink.Options{StartTLS: true, Script: func(n int, _ string) smtpsink.Answer {
		if n == 1 {
			return smtpsink.Answer{Stage: smtpsink.AfterData, Action: smtpsink.Drop, Keep: true}
		}
		return smtpsink.Answer{}
	}})
	s := sender(t, sink, nil)
	m := message(s)
	if got := s.Send(t.Context(), m); got.State != Ambiguous {
		t.Fatalf("got %v", got)
	}
	if got := s.Send(t.Context(), m); got.State != Accepted {
		t.Fatalf("got %v", got)
	}
	mails := sink.Messages()
	if len(mails) != 2 || mails[0].MessageID != mails[1].MessageID || mails[0].MessageID != m.MessageID {
		t.Errorf("got %d mails with different ids", len(mails))
	}
}

func TestServerOutOfReach(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	config := Config{Host: "127.0.0.1", Port: port, From: "insyn@bolaget.example", Timeout: 300 * time.Millisecond}
	s, err := NewSender(config)
	if err != nil {
		t.Fatal(err)
	}
	// It takes the connection and says nothing.
	if got := s.Send(t.Context(), message(s)); got != (Outcome{Unreachable, "timeout"}) {
		t.Errorf("silent server: got %v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if got := s.Send(ctx, message(s)); got != (Outcome{Unreachable, "cancelled"}) {
		t.Errorf("cancelled: got %v", got)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if got := s.Send(ctx, message(s)); got != (Outcome{Unreachable, "timeout"}) {
		t.Errorf("caller's deadline: got %v", got)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if got := s.Send(t.Context(), message(s)); got != (Outcome{Unreachable, "dial"}) {
		t.Errorf("closed port: got %v", got)
	}
	err = s.Check(t.Context())
	if err == nil || !strings.Contains(err.Error(), "check host and port") {
		t.Errorf("got %v, want the mend", err)
	}
}

// A greeting of 5xx is about us, not about the recipient: the mail is tried again.
func TestGreetings(t *testing.T) {
	t.Parallel()
	for greeting, want := range map[string]Outcome{
		"421 4.3.2 " + secret + " is full\r\n": {Temporary, "421 4.3.2"},
		"554 5.7.1 " + secret + " go away\r\n": {Unreachable, "554 5.7.1"},
		secret + " is not SMTP\r\n":            {Unreachable, "protocol"},
	} {
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			conn, err := listener.Accept()
			if err == nil {
				_, _ = conn.Write([]byte(greeting))
				_ = conn.Close()
			}
		}()
		s, err := NewSender(Config{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, From: "insyn@bolaget.example"})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Send(t.Context(), message(s)); got != want {
			t.Errorf("%q: got %v, want %v", greeting, got, want)
		}
		_ = listener.Close()
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	good := Config{Host: "mail.bolaget.example", From: "insyn@bolaget.example"}
	if _, err := NewSender(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"no host":            func(c *Config) { c.Host = "" },
		"host with a port":   func(c *Config) { c.Host = "a b" },
		"off, far away":      func(c *Config) { c.TLS = TLSOff },
		"off, named alike":   func(c *Config) { c.TLS, c.Host = TLSOff, "localhost.evil.example" },
		"unknown TLS":        func(c *Config) { c.TLS = "opportunistic" },
		"port":               func(c *Config) { c.Port = 70000 },
		"sender":             func(c *Config) { c.From = "Insyn <insyn@bolaget.example>" },
		"user, no password":  func(c *Config) { c.User = "u" },
		"HELO of two lines":  func(c *Config) { c.HELO = "a\r\nMAIL FROM:<x@y.example>" },
		"host of two lines":  func(c *Config) { c.Host = "a\r\nb" },
		"host with userinfo": func(c *Config) { c.Host = "a@b.example" },
	} {
		c := good
		change(&c)
		if _, err := NewSender(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
