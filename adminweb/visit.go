package adminweb

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"insyn/internal/account"
	"insyn/internal/dsar"
	"insyn/internal/settings"
)

// maxBody bounds what a form can send.
const maxBody = 1 << 20

// visit is one request by a visitor, with what every page needs.
type visit struct {
	*http.Request
	site *site
	who  *account.Account // nil before the login
	set  settings.Settings
	words
}

// stranger is a visitor of whom nothing is known, also while the database is away.
func (s *site) stranger(r *http.Request) *visit {
	return &visit{Request: r, site: s, set: settings.Defaults(), words: words{texts: s.Texts, Lang: acceptLanguage(r), loc: time.UTC}}
}

// visitor is who comes, by the session.
func (s *site) visitor(r *http.Request) (*visit, error) {
	v := s.stranger(r)
	ctx := r.Context()
	who, err := s.whoIs(ctx)
	if err != nil {
		return v, err
	}
	if v.set, err = settings.Load(ctx, s.Pool); err != nil {
		return v, err
	}
	v.loc = v.set.Location()
	v.who = who
	if who != nil {
		v.Lang = who.Language
	} else if l := s.sessions.GetString(ctx, sessionLanguage); l != "" {
		v.Lang = l
	}
	return v, nil
}

// acceptLanguage picks Swedish or English by which the browser names first; Swedish when it names neither.
func acceptLanguage(r *http.Request) string {
	for part := range strings.SplitSeq(strings.ToLower(r.Header.Get("Accept-Language")), ",") {
		for _, l := range []string{"sv", "en"} {
			if strings.HasPrefix(strings.TrimSpace(part), l) {
				return l
			}
		}
	}
	return "sv"
}

// can tells whether the visitor may do it.
func (v *visit) can(do action) bool { return can(v.who, do) }

// id reads a number of the path; anything else is not found.
func (v *visit) id(name string) (int64, error) {
	n, err := strconv.ParseInt(v.PathValue(name), 10, 64)
	if err != nil || n <= 0 {
		return 0, dsar.ErrNotFound
	}
	return n, nil
}

// field is a value of the posted form, without the spaces around it.
func (v *visit) field(name string) string { return strings.TrimSpace(v.PostFormValue(name)) }

// flash leaves a message, by its key, for the next page.
func (v *visit) flash(key string) { v.site.sessions.Put(v.Context(), sessionFlash, key) }

// seeOther answers a form: the browser fetches the page at path, so that going back or reloading sends nothing twice.
func (v *visit) seeOther(w http.ResponseWriter, path string) error {
	if once := v.PostFormValue("once"); once != "" {
		v.site.remember(v.Context(), once, path)
	}
	http.Redirect(w, v.Request, path, http.StatusSeeOther)
	return nil
}

// localPath lets through a path of this site, else "/".
func localPath(p string) string {
	u, err := url.Parse(p)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n") {
		return "/"
	}
	return p
}
