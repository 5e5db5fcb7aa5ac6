package mail

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"time"

	gosmtp "github.com/wneessen/go-mail/smtp"
)

// dialogue is one connection to the server, ready for a mail. Its steps are go-mail's; they are
// taken one by one here, because go-mail's own Send does not tell a connection that was lost
// before the end of a message from one lost after it.
type dialogue struct {
	conn   net.Conn
	client *gosmtp.Client
	stop   func() bool
}

// open connects, greets, encrypts and logs in. The deadline is that of the whole dialogue.
func (s *Sender) open(ctx context.Context) (*dialogue, *fault) {
	deadline := time.Now().Add(s.config.Timeout)
	if sooner, ok := ctx.Deadline(); ok && sooner.Before(deadline) {
		deadline = sooner
	}
	dialer := net.Dialer{Deadline: deadline}
	conn, err := dialer.DialContext(ctx, "tcp", s.addr)
	if err != nil {
		return nil, faultOf(ctx, connecting, err)
	}
	d := &dialogue{conn: conn}
	d.stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
	if f := s.prepare(ctx, d, deadline); f != nil {
		d.drop()
		return nil, f
	}
	return d, nil
}

func (s *Sender) prepare(ctx context.Context, d *dialogue, deadline time.Time) *fault {
	if s.config.TLS == TLSOff && !loopbackConn(d.conn) {
		return &fault{step: connecting, code: "tls", mend: "TLS is off, and the server is not on this machine"}
	}
	if err := d.conn.SetDeadline(deadline); err != nil {
		return faultOf(ctx, connecting, err)
	}
	conn := d.conn
	if s.config.TLS == TLSImplicit {
		secured := tls.Client(conn, s.tls)
		if err := secured.HandshakeContext(ctx); err != nil {
			return faultOf(ctx, encrypting, err)
		}
		conn = secured
	}
	client, err := gosmtp.NewClient(conn, s.config.Host)
	if err != nil {
		return faultOf(ctx, greeting, err)
	}
	d.client = client
	client.SkipSMTPUTF8(true) // all our addresses are ASCII
	if err := client.Hello(s.config.HELO); err != nil {
		return faultOf(ctx, greeting, err)
	}
	if s.config.TLS == TLSMandatory {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			return &fault{step: encrypting, code: "tls", mend: "the server does not offer STARTTLS, and we send nothing in clear text"}
		}
		if err := client.StartTLS(s.tls); err != nil {
			return faultOf(ctx, encrypting, err)
		}
		// Checked again rather than trusted: everything after this line is personal data.
		if state, ok := client.TLSConnectionState(); !ok || !state.HandshakeComplete {
			return &fault{step: encrypting, code: "tls"}
		}
	}
	return s.login(ctx, client)
}

func (s *Sender) login(ctx context.Context, client *gosmtp.Client) *fault {
	if s.config.User == "" {
		return nil
	}
	_, offered := client.Extension("AUTH")
	auth := s.mechanism(offered)
	if auth == nil {
		return &fault{step: login, code: "auth", mend: "the server offers no login that we know"}
	}
	if err := client.Auth(auth); err != nil {
		return faultOf(ctx, login, err)
	}
	return nil
}

// mechanism picks the way to log in, the plain ones first: the connection is encrypted, or does
// not leave this machine.
func (s *Sender) mechanism(offered string) gosmtp.Auth {
	c := s.config
	local := c.TLS == TLSOff
	offered = " " + strings.ToUpper(offered) + " "
	switch {
	case strings.Contains(offered, " PLAIN "):
		return gosmtp.PlainAuth("", c.User, c.Password, c.Host, local)
	case strings.Contains(offered, " LOGIN "):
		return gosmtp.LoginAuth(c.User, c.Password, c.Host, local)
	case strings.Contains(offered, " SCRAM-SHA-256 "):
		return gosmtp.ScramSHA256Auth(c.User, c.Password)
	case strings.Contains(offered, " CRAM-MD5 "):
		return gosmtp.CRAMMD5Auth(c.User, c.Password)
	}
	return nil
}

// quit says goodbye, within a moment: what was decided before does not change.
func (d *dialogue) quit() {
	if err := d.conn.SetDeadline(time.Now().Add(2 * time.Second)); err == nil {
		_ = d.client.Quit()
	}
	d.drop()
}

// drop closes the connection where it stands.
func (d *dialogue) drop() {
	d.stop()
	_ = d.conn.Close()
}
