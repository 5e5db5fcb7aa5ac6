// Package adminweb is the web app of those who answer: DPO, handler and administrator, and of ops. Pages are rendered on
// the server and work without script. It reads the sources and our own tables; what changes a source is a worker's job.
package adminweb

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"

	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/account"
	"insyn/internal/records"
	"insyn/internal/refdata"
	"insyn/internal/request"
	"insyn/internal/wording"
	"insyn/jobs"
)

// Config is what the web app stands on. All but Register, Queues and ClientIP is required.
type Config struct {
	Pool    *pgxpool.Pool
	Desk    *jobs.Desk
	Store   *request.Store
	Sources []*records.Source
	// Register is the reference register; nil where there is none.
	Register refdata.Register
	Texts    *wording.Texts
	// Queues shows the task queues (asynqmon mounted at /queues); nil hides the page.
	Queues http.Handler
	// BaseURL is where visitors reach this app, ShareURL where customers reach the share site.
	BaseURL, ShareURL string
	// ClientIP tells the visitor's address behind a proxy; nil takes the connection's.
	ClientIP func(*http.Request) string
	Log      *slog.Logger
}

// site is the running app.
type site struct {
	Config
	door     *account.Door
	sessions *scs.SessionManager
	pages    *pageSet
	assets   *assetSet
	queues   http.Handler
}

// New makes the handler of the whole app. It parses all pages, so that a broken one is told at start.
func New(c Config) (http.Handler, error) {
	if c.Pool == nil || c.Store == nil || c.Texts == nil || c.Log == nil {
		return nil, errors.New("adminweb: pool, store, texts and log are required")
	}
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("adminweb: the address of the web app is not a URL")
	}
	if c.ClientIP == nil {
		c.ClientIP = connectionIP
	}
	assets, err := loadAssets()
	if err != nil {
		return nil, err
	}
	pages, err := loadPages(c.Texts, assets)
	if err != nil {
		return nil, err
	}
	s := &site{
		Config:   c,
		door:     &account.Door{Pool: c.Pool, Keys: c.Store.Keys},
		sessions: newSessions(c.Pool),
		pages:    pages,
		assets:   assets,
	}
	s.sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) { s.fail(w, s.stranger(r), err) }
	if c.Queues != nil {
		s.queues = readOnly(c.Queues)
	}
	return s.protect(base, s.mux()), nil
}

func connectionIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
