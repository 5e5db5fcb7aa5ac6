package share

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/crypto/chacha20poly1305"

	"insyn/internal/dossier"
)

const (
	sessionCookie = "__Host-share"
	browserCookie = "__Host-visit"
	idle          = 30 * time.Minute
)

// session is what the cookie of an opened page holds, sealed. The key is the artefact's, not the token: with the
// artefact's purge it is worth nothing.
type session struct {
	Link  int64  `json:"l"`
	Epoch int    `json:"e"`
	Key   []byte `json:"k"`
	Seen  int64  `json:"s"` // seconds, by the clock of the database
}

func (s *site) aead() (cipher.AEAD, error) { return chacha20poly1305.NewX(s.CookieKey) }

func (s *site) sealCookie(purpose string, v any) (string, error) {
	a, err := s.aead()
	if err != nil {
		return "", err
	}
	plain, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, a.NonceSize(), a.NonceSize()+len(plain)+a.Overhead())
	_, _ = rand.Read(nonce)
	return base64.RawURLEncoding.EncodeToString(a.Seal(nonce, nonce, plain, []byte(purpose))), nil
}

func (s *site) openCookie(purpose, value string, v any) bool {
	b, err := base64.RawURLEncoding.DecodeString(value)
	a, aerr := s.aead()
	if err != nil || aerr != nil || len(b) < a.NonceSize() {
		return false
	}
	plain, err := a.Open(nil, b[:a.NonceSize()], b[a.NonceSize():], []byte(purpose))
	return err == nil && json.Unmarshal(plain, v) == nil
}

func (s *site) setSession(w http.ResponseWriter, sess session) error {
	value, err := s.sealCookie("session", sess)
	if err != nil {
		return fmt.Errorf("seal the session of link %d: %w", sess.Link, err)
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	return nil
}

// opened is a request of somebody who has opened a link.
type opened struct {
	link    link
	lang    string
	dossier *dossier.Reader
	browser []byte
}

// withSession lets a request through whose cookie fits a link that is alive now, by the database.
func (s *site) withSession(next func(http.ResponseWriter, *http.Request, opened) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		var sess session
		c, err := r.Cookie(sessionCookie)
		if err != nil || !s.openCookie("session", c.Value, &sess) || len(sess.Key) != 32 {
			return errSession
		}
		l, err := s.linkByID(r.Context(), sess.Link)
		if err != nil {
			return err
		}
		if !l.alive || l.epoch != sess.Epoch || l.now.Sub(time.Unix(sess.Seen, 0)) > idle {
			return errSession
		}
		o := opened{link: l, browser: browserHash(r)}
		o.dossier, err = s.openDossier(r.Context(), l, sess.Key)
		if err != nil {
			return err
		}
		o.lang = s.lang(w, r, o.dossier.Meta().Language)
		sess.Seen = l.now.Unix()
		if err := s.setSession(w, sess); err != nil {
			return err
		}
		return next(w, r, o)
	}
}

func (s *site) openDossier(ctx context.Context, l link, key []byte) (*dossier.Reader, error) {
	return openArtefact(ctx, s.Pool, l.artefactID, l.size, [32]byte(key))
}

// browserHash is what the tables know of a browser; nil before it has asked for a code.
func browserHash(r *http.Request) []byte {
	c, err := r.Cookie(browserCookie)
	if err != nil || len(c.Value) != tokenLetter {
		return nil
	}
	sum := sha256.Sum256([]byte("browser " + c.Value))
	return sum[:]
}

// browser gives the browser's hash and sets the cookie where there is none.
func browser(w http.ResponseWriter, r *http.Request) []byte {
	if h := browserHash(r); h != nil {
		return h
	}
	c := &http.Cookie{
		Name: browserCookie, Value: NewToken().Text(), Path: "/", MaxAge: 24 * 3600,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
	http.SetCookie(w, c)
	sum := sha256.Sum256([]byte("browser " + c.Value))
	return sum[:]
}
