package share

import (
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/wording"
)

// Config is what the site needs. Pool has the rights of the role insyn_share.
type Config struct {
	Pool      *pgxpool.Pool
	CookieKey []byte // 32 bytes, the same on every machine of the site
	BaseURL   string // the address that stands in mails, without a slash at the end
	Texts     *wording.Texts
	Log       *slog.Logger // nil: slog.Default
}

// site answers the requests.
type site struct {
	Config
	pages   *template.Template
	hashing chan struct{} // bounds the memory that strangers can make us use
}

// hashingAtOnce times 19 MiB is what checking codes takes at most.
const hashingAtOnce = 8

// maxBody bounds what a form may send.
const maxBody = 64 << 10

// Handler gives the share site. It has no script, and GET changes nothing but the log of who opened and downloaded.
func Handler(c Config) (http.Handler, error) {
	if len(c.CookieKey) != 32 {
		return nil, errors.New("share: the cookie key must be 32 bytes")
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	pages, err := parsePages()
	if err != nil {
		return nil, fmt.Errorf("share: %w", err)
	}
	s := &site{Config: c, pages: pages, hashing: make(chan struct{}, hashingAtOnce)}
	guard := http.NewCrossOriginProtection()
	if c.BaseURL != "" {
		if err := guard.AddTrustedOrigin(c.BaseURL); err != nil {
			return nil, fmt.Errorf("share: address of the site: %w", err)
		}
	}
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, errForbidden)
	}))
	return s.logged(headers(guard.Handler(limited(s.routes())))), nil
}

// limited bounds bodies in the request itself: http.MaxBytesHandler hands on a copy, whose route the log would not see.
func limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

// routes is the map of the site.
func (s *site) routes() *http.ServeMux {
	mux := http.NewServeMux()
	handle := func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(w, r); err != nil {
				s.fail(w, r, err)
			}
		})
	}
	// Before anything is opened.
	handle("GET /s/{token}", s.start)
	handle("POST /s/{token}", s.askNewLink)
	handle("POST /s/{token}/new", s.askNewLink)
	handle("GET /s/{token}/asked", s.newLinkAsked)
	handle("POST /s/{token}/code", s.askCode)
	handle("GET /s/{token}/code", s.typeCode)
	handle("POST /s/{token}/open", s.open)
	handle("GET /new", s.howToGetNewLink)
	handle("POST /new", s.askNewLinkAfterClose)

	// With a session.
	handle("GET /v", s.withSession(s.view))
	handle("GET /v/section/{id}", s.withSession(s.section))
	handle("GET /v/opened", s.withSession(s.openings))
	for name := range downloads() {
		handle("GET /v/"+name, s.withSession(s.download(name)))
	}
	handle("GET /v/proposal", s.withSession(s.proposalForm))
	handle("POST /v/proposal", s.withSession(s.propose))
	handle("POST /v/optout", s.withSession(s.optOut))
	handle("POST /v/objection", s.withSession(s.objectTo))
	handle("GET /v/erasure", s.withSession(s.erasureForm))
	handle("POST /v/erasure", s.withSession(s.askErasure))
	handle("GET /v/question", s.withSession(s.questionForm))
	handle("POST /v/question", s.withSession(s.askQuestion))
	handle("GET /v/done/{what}", s.withSession(s.done))
	handle("POST /v/close", s.withSession(s.closePage))

	handle("GET /style.css", style)
	handle("GET /robots.txt", robots)
	handle("GET /livez", alive)
	handle("GET /readyz", s.ready)
	handle("/", func(http.ResponseWriter, *http.Request) error { return errNotFound })
	return mux
}

// Server gives an HTTP server with the timeouts of a site that strangers reach. Downloads lengthen theirs as they go.
func Server(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
}
