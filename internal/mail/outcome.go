package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"regexp"
)

// What came of a mail.
const (
	Accepted    = "accepted"    // the server has taken it on
	Temporary   = "temporary"   // refused for now (4xx)
	Permanent   = "permanent"   // refused for good (5xx), or not a mail that can be sent
	Ambiguous   = "ambiguous"   // all of it was sent, and no answer came: it may have been taken
	Unreachable = "unreachable" // the server was not reached, not trusted, or went away before the end
)

// Outcome is what came of a mail, safe to store and to log. Code is an SMTP code with its
// enhanced code where there is one ("250", "550 5.1.1"), or a word: dial, tls, auth, timeout,
// lost, protocol, cancelled, message.
type Outcome struct {
	State string
	Code  string
}

// String gives both in one line.
func (o Outcome) String() string { return o.State + " (" + o.Code + ")" }

// step is a stretch of the dialogue, for errors of Check and for what a code means.
type step string

const (
	connecting step = "connect"
	greeting   step = "greeting"
	encrypting step = "TLS"
	login      step = "login"
	mailing    step = "mail"
	idling     step = "check"
)

// fault is an error of a dialogue, reduced to what may be told. It wraps nothing: the texts of
// the errors below hold addresses and what the server said.
type fault struct {
	step step
	code string
	mend string
}

// Error names the step, the code and, where known, the mend.
func (f *fault) Error() string {
	s := fmt.Sprintf("mail server: %s failed (%s)", f.step, f.code)
	if f.mend != "" {
		s += ": " + f.mend
	}
	return s
}

// faultOf reduces an error of a step.
func faultOf(ctx context.Context, at step, err error) *fault {
	f := &fault{step: at, code: codeOf(ctx, err)}
	if f.code == "lost" {
		switch at {
		case connecting:
			f.code, f.mend = "dial", "check host and port"
		case encrypting:
			f.code = "tls"
		}
	}
	if f.code == "tls" {
		f.mend = "the certificate must be valid for the host name and signed by an authority that this machine trusts"
	}
	if at == login && f.code != "timeout" && f.code != "cancelled" && f.code != "lost" {
		f.mend = "check user and password"
	}
	return f
}

func codeOf(ctx context.Context, err error) string {
	var reply *textproto.Error
	var protocol textproto.ProtocolError
	var netErr net.Error
	switch {
	case errors.As(err, &reply):
		return replyCode(reply)
	case errors.As(err, &protocol):
		return "protocol"
	case errors.Is(ctx.Err(), context.Canceled):
		return "cancelled"
	case errors.Is(ctx.Err(), context.DeadlineExceeded),
		errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded),
		errors.As(err, &netErr) && netErr.Timeout():
		return "timeout"
	case tlsError(err):
		return "tls"
	}
	return "lost"
}

func tlsError(err error) bool {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &certificate) || errors.As(err, &record) || errors.As(err, &alert) ||
		errors.As(err, &authority) || errors.As(err, &name) || errors.As(err, &invalid)
}

// replyCode keeps the digits of an answer and nothing of its text.
func replyCode(reply *textproto.Error) string {
	code := fmt.Sprintf("%03d", reply.Code)
	enhanced := regexp.MustCompile(`^[245]\.[0-9]{1,3}\.[0-9]{1,3}\b`).FindString(reply.Msg)
	if enhanced != "" && enhanced[0] == code[0] {
		code += " " + enhanced
	}
	return code
}
