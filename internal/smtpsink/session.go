package smtpsink

import (
	"errors"
	"io"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// errClosed ends a command whose connection is gone: no answer reaches anybody.
var errClosed = errors.New("connection closed by script")

type session struct {
	sink   *Sink
	conn   *smtp.Conn
	authed bool
	from   string
	to     []string
	answer Answer
}

// AuthMechanisms offers PLAIN where the sink wants a login.
func (s *session) AuthMechanisms() []string {
	if s.sink.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth checks the login.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.sink.user || password != s.sink.password {
			return smtp.ErrAuthFailed
		}
		s.authed = true
		return nil
	}), nil
}

// Mail takes the sender.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.sink.user != "" && !s.authed {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

// Rcpt takes a recipient and asks the script about it.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.answer = s.sink.next(to)
	if err := s.act(AtRecipient); err != nil {
		return err
	}
	s.to = append(s.to, to)
	return nil
}

// Data takes the message.
func (s *session) Data(r io.Reader) error {
	received := time.Now()
	if err := s.act(AtData); err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	failed := s.answer.Stage == AfterData && s.answer.Action != Accept
	if !failed || s.answer.Keep {
		s.sink.keep(newMessage(s.from, s.to, raw, received))
	}
	return s.act(AfterData)
}

// Reset forgets the mail that was begun.
func (s *session) Reset() { s.from, s.to, s.answer = "", nil, Answer{} }

// Logout has nothing to free.
func (s *session) Logout() error { return nil }

func (s *session) act(at Stage) error {
	if s.answer.Stage != at {
		return nil
	}
	if s.answer.Delay > 0 {
		select {
		case <-time.After(s.answer.Delay):
		case <-s.sink.done:
			return errClosed
		}
	}
	switch s.answer.Action {
	case Refuse:
		return s.answer.refusal()
	case Hang:
		<-s.sink.done
		return errClosed
	case Drop:
		// Closed below the library: its own Close would say goodbye to the session that is
		// in the middle of this call.
		_ = s.conn.Conn().Close()
		return errClosed
	case Accept:
	}
	return nil
}
