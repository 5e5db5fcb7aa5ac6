package adminweb

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/pgxstore"
	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/account"
	"insyn/internal/dsar"
)

// What a session knows.
const (
	sessionAccount  = "account"  // the account's id
	sessionPassword = "password" // when its password was set, in microseconds: a later change ends the session
	sessionLanguage = "language" // of a visitor who has not logged in
	sessionFlash    = "flash"    // one message for the next page
)

const (
	idleTimeout     = 30 * time.Minute
	sessionLifetime = 8 * time.Hour
)

func newSessions(pool *pgxpool.Pool) *scs.SessionManager {
	m := scs.New()
	// Expired rows are swept at each login and by the scheduler, so the store needs no goroutine of its own.
	m.Store = pgxstore.NewWithCleanupInterval(pool, 0)
	m.HashTokenInStore = true
	m.IdleTimeout = idleTimeout
	m.Lifetime = sessionLifetime
	m.Cookie.Name = "__Host-insyn"
	m.Cookie.Path = "/"
	m.Cookie.HttpOnly = true
	m.Cookie.Secure = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Persist = false
	return m
}

// whoIs gives the account behind the session, or nil. A session whose account was disabled or whose password was changed
// since is over.
func (s *site) whoIs(ctx context.Context) (*account.Account, error) {
	id := s.sessions.GetInt64(ctx, sessionAccount)
	if id == 0 {
		return nil, nil
	}
	a, err := account.Get(ctx, s.Pool, id)
	if errors.Is(err, dsar.ErrNotFound) || (err == nil && (a.DisabledAt != nil || a.PasswordChangedAt.UnixMicro() != s.sessions.GetInt64(ctx, sessionPassword))) {
		return nil, s.sessions.Destroy(ctx)
	}
	if err != nil {
		return nil, err
	}
	return &a, nil
}

// enter begins a session for the account, under a new token so that one planted before the login is worth nothing.
func (s *site) enter(ctx context.Context, a account.Account) error {
	if err := s.sessions.RenewToken(ctx); err != nil {
		return err
	}
	s.sessions.Put(ctx, sessionAccount, a.ID)
	s.sessions.Put(ctx, sessionPassword, a.PasswordChangedAt.UnixMicro())
	_, err := s.Pool.Exec(ctx, `delete from insyn.sessions where expiry < now()`)
	return err
}

// watching loads the session without touching it: what a page asks for by itself must not keep a session alive that
// nobody sits at.
func (s *site) watching(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := ""
		if c, err := r.Cookie(s.sessions.Cookie.Name); err == nil {
			token = c.Value
		}
		ctx, err := s.sessions.Load(r.Context(), token)
		if err != nil {
			s.sessions.ErrorFunc(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
