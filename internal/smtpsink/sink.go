// Package smtpsink is a mail server that delivers nothing: it keeps what it is sent, answers as
// it is told, and shows the mails on an inbox page. The demo and the tests use it.
package smtpsink

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Limit is how many messages a sink keeps; the oldest go first.
const Limit = 1000

// Options say how a sink behaves. The zero value offers no TLS, wants no login and accepts
// everything.
type Options struct {
	StartTLS bool   // offer STARTTLS with a certificate of our own making
	Implicit bool   // speak TLS from the first byte
	CertHost string // the name in the certificate; empty: localhost, 127.0.0.1 and ::1
	Expired  bool   // the certificate ended yesterday
	User     string // with Password: wanted as AUTH PLAIN before any mail
	Password string
	Script   Script // nil accepts everything
}

// Sink is a running server.
type Sink struct {
	server   *smtp.Server
	listener net.Listener
	pool     *x509.CertPool
	done     chan struct{}
	served   chan struct{}
	closing  sync.Once

	mu       sync.Mutex
	script   Script
	user     string
	password string
	attempts int
	lastID   int
	messages []Message
	news     chan struct{} // closed and renewed when a message comes in
}

// Start listens on addr, such as 127.0.0.1:0, and serves until Close.
func Start(addr string, o Options) (*Sink, error) {
	s := &Sink{
		script: o.Script, user: o.User, password: o.Password,
		done: make(chan struct{}), served: make(chan struct{}), news: make(chan struct{}),
	}
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{sink: s, conn: c}, nil
	}))
	s.server.Domain = "sink.example"
	s.server.MaxMessageBytes = 16 << 20
	s.server.MaxRecipients = 100
	s.server.ReadTimeout = 5 * time.Minute
	s.server.AllowInsecureAuth = true // a sink on loopback, without anything to protect
	s.server.ErrorLog = log.New(io.Discard, "", 0)

	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for mail: %w", err)
	}
	if o.StartTLS || o.Implicit {
		cert, pool, err := certificate(o.CertHost, o.Expired)
		if err != nil {
			return nil, errors.Join(err, listener.Close())
		}
		s.pool = pool
		config := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
		if o.Implicit {
			listener = tls.NewListener(listener, config)
		} else {
			s.server.TLSConfig = config
		}
	}
	s.listener = listener
	go func() {
		defer close(s.served)
		_ = s.server.Serve(listener) // ends with an error when the listener is closed, as it should
	}()
	return s, nil
}

// Addr is the address that the sink listens on.
func (s *Sink) Addr() string { return s.listener.Addr().String() }

// Port is the port that the sink listens on.
func (s *Sink) Port() int {
	addr, ok := s.listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0
	}
	return addr.Port
}

// RootCAs holds the certificate of the sink, or is nil where it speaks no TLS.
func (s *Sink) RootCAs() *x509.CertPool { return s.pool }

// Close ends all connections, also those that hang by script.
func (s *Sink) Close() error {
	var err error
	s.closing.Do(func() {
		close(s.done)
		err = s.server.Close()
		<-s.served
	})
	return err
}

// Answer changes the script from now on.
func (s *Sink) Answer(script Script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = script
}

// Attempts is how many times a recipient has been named to the sink.
func (s *Sink) Attempts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attempts
}

// Messages gives what the sink holds, oldest first.
func (s *Sink) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.messages...)
}

// Message finds one by its number.
func (s *Sink) Message(id int) (Message, bool) {
	for _, m := range s.Messages() {
		if m.ID == id {
			return m, true
		}
	}
	return Message{}, false
}

// Wait gives the first message for which match is true, waiting for it until ctx ends.
func (s *Sink) Wait(ctx context.Context, match func(Message) bool) (Message, error) {
	for {
		s.mu.Lock()
		messages, news := s.messages, s.news
		s.mu.Unlock()
		for _, m := range messages {
			if match(m) {
				return m, nil
			}
		}
		select {
		case <-news:
		case <-ctx.Done():
			return Message{}, fmt.Errorf("wait for a mail: %w", ctx.Err())
		}
	}
}

func (s *Sink) keep(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastID++
	m.ID = s.lastID
	// A new slice: Wait reads the old one without the lock.
	kept := s.messages
	if len(kept) >= Limit {
		kept = kept[len(kept)-Limit+1:]
	}
	s.messages = append(append(make([]Message, 0, len(kept)+1), kept...), m)
	close(s.news)
	s.news = make(chan struct{})
}

func (s *Sink) next(to string) Answer {
	s.mu.Lock()
	script := s.script
	s.attempts++
	n := s.attempts
	s.mu.Unlock()
	if script == nil {
		return Answer{}
	}
	return script(n, to)
}
