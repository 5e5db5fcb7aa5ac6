// Package mail sends mails through the company's own mail server and says precisely what came of
// it: taken, refused for now or for good, never reached, or unknown. It writes them from the
// texts of package wording. No error or outcome holds an address or what a server said.
package mail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// How the way to the mail server is protected.
const (
	TLSMandatory = "mandatory" // STARTTLS, or no mail; the default
	TLSImplicit  = "implicit"  // TLS from the first byte, port 465
	TLSOff       = "off"       // clear text, to this machine only
)

// Config says which mail server to use and how.
type Config struct {
	Host     string
	Port     int    // 0: 587, or 465 with implicit TLS
	User     string // empty: no login
	Password string
	TLS      string // TLSMandatory when empty
	From     string // sender and bounce address
	HELO     string // the name we give to the server; empty: the domain of From
	RootCAs  *x509.CertPool
	Timeout  time.Duration // of a whole dialogue; 0: 60 s
}

// Sender sends mails. It holds no connection and may be shared.
type Sender struct {
	config Config
	addr   string
	tls    *tls.Config
}

// NewSender checks the configuration; its errors say which field to mend.
func NewSender(c Config) (*Sender, error) {
	if c.Host == "" || strings.ContainsAny(c.Host, " \r\n\t/@") {
		return nil, errors.New("mail server: host is missing or not a host name")
	}
	if c.TLS == "" {
		c.TLS = TLSMandatory
	}
	switch c.TLS {
	case TLSMandatory, TLSImplicit:
	case TLSOff:
		if !loopbackName(c.Host) {
			return nil, errors.New("mail server: TLS may be off only when the host is localhost, 127.0.0.1 or ::1")
		}
	default:
		return nil, errors.New("mail server: TLS must be mandatory, implicit or off")
	}
	if c.Port == 0 {
		c.Port = 587
		if c.TLS == TLSImplicit {
			c.Port = 465
		}
	}
	if c.Port < 1 || c.Port > 65535 {
		return nil, errors.New("mail server: port must be between 1 and 65535")
	}
	if c.User != "" && c.Password == "" {
		return nil, errors.New("mail server: a user is given but no password")
	}
	from, err := ValidAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("mail server: sender: %w", err)
	}
	c.From = from
	if c.HELO == "" {
		_, c.HELO, _ = strings.Cut(from, "@")
	}
	if strings.ContainsAny(c.HELO, " \r\n\t") {
		return nil, errors.New("mail server: HELO must be a host name")
	}
	if c.Timeout <= 0 {
		c.Timeout = 60 * time.Second
	}
	return &Sender{
		config: c,
		addr:   net.JoinHostPort(c.Host, strconv.Itoa(c.Port)),
		tls:    &tls.Config{ServerName: c.Host, RootCAs: c.RootCAs, MinVersion: tls.VersionTLS12},
	}, nil
}

// MessageID makes an identifier under the sender's domain.
func (s *Sender) MessageID() string {
	_, domain, _ := strings.Cut(s.config.From, "@")
	return NewMessageID(domain)
}

func loopbackName(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func loopbackConn(conn net.Conn) bool {
	addr, ok := conn.RemoteAddr().(*net.TCPAddr)
	return ok && addr.IP.IsLoopback()
}
