package adminweb

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/account"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
)

type loginPage struct {
	frame
	Form *form
	Next string
}

// toLogin sends a visitor without a session to the login, and back afterwards.
func (s *site) toLogin(w http.ResponseWriter, v *visit) error {
	to := "/login"
	if v.Method == http.MethodGet && v.URL.Path != "/" {
		to += "?next=" + url.QueryEscape(v.URL.Path)
	}
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
	return nil
}

func (s *site) loginForm(v *visit) *form {
	f := v.form("/login", "admin.login.submit")
	f.Once = "" // a failed login may be sent again as it is
	f.add("email", "email", "").must().auto("username")
	f.add("password", "password", "").must().auto("current-password")
	next := v.URL.Query().Get("next")
	if v.PostForm != nil {
		next = v.PostForm.Get("next")
	}
	f.add("hidden", "next", localPath(next))
	return f
}

func (s *site) loginPage(w http.ResponseWriter, v *visit) error {
	if v.who != nil {
		http.Redirect(w, v.Request, "/", http.StatusSeeOther)
		return nil
	}
	return s.show(w, v, http.StatusOK, "login", loginPage{frame: v.frame("admin.login.title"), Form: s.loginForm(v)})
}

func (s *site) login(w http.ResponseWriter, v *visit) error {
	a, err := s.door.Authenticate(v.Context(), v.field("email"), v.PostFormValue("password"), s.ClientIP(v.Request))
	if err == nil {
		if err := s.enter(v.Context(), a); err != nil {
			return err
		}
		return v.seeOther(w, localPath(v.field("next")))
	}
	f := s.loginForm(v)
	status := http.StatusUnauthorized
	var delayed *account.Delayed
	switch {
	case errors.As(err, &delayed):
		status = http.StatusTooManyRequests
		seconds := int((delayed.For + time.Second - 1) / time.Second)
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		f.Wrong = append(f.Wrong, wrongField{Problem: v.plural("admin.login.delayed", seconds)})
	case errors.Is(err, dsar.ErrForbidden):
		f.wrong("", "login")
	default:
		return err
	}
	return s.show(w, v, status, "login", loginPage{frame: v.frame("admin.login.title"), Form: f})
}

func (s *site) logout(w http.ResponseWriter, v *visit) error {
	if err := s.sessions.Destroy(v.Context()); err != nil {
		return err
	}
	w.Header().Set("Clear-Site-Data", `"cache"`)
	http.Redirect(w, v.Request, "/login", http.StatusSeeOther)
	return nil
}

// language changes the language of the pages: of the account, or of the session before the login.
func (s *site) language(w http.ResponseWriter, v *visit) error {
	lang := v.field("language")
	if lang != "sv" && lang != "en" {
		return &dsar.Invalid{Field: "language", Problem: "choice"}
	}
	if v.who == nil {
		s.sessions.Put(v.Context(), sessionLanguage, lang)
		return v.seeOther(w, localPath(v.field("back")))
	}
	err := postgres.InTx(v.Context(), s.Pool, func(tx pgx.Tx) error {
		return account.SetLanguage(v.Context(), tx, v.who.ID, lang)
	})
	if err != nil {
		return err
	}
	return v.seeOther(w, localPath(v.field("back")))
}
