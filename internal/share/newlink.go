package share

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"insyn/internal/settings"
)

// askNewLink asks the workers for a new link to the address on file. The answer is the same for any token.
func (s *site) askNewLink(w http.ResponseWriter, r *http.Request) error {
	began := time.Now()
	v, err := s.visit(w, r)
	if err != nil {
		return err
	}
	if strings.HasSuffix(r.URL.Path, "/new") || r.PostFormValue("do") == "new" {
		if err := s.wantLink(r, v.link, v.lang); err != nil {
			return err
		}
		even(r.Context(), began, wishTime)
		http.Redirect(w, r, "/s/"+v.token.Text()+"/asked", http.StatusSeeOther)
		return nil
	}
	http.Redirect(w, r, "/s/"+v.token.Text(), http.StatusSeeOther)
	return nil
}

// wantLink leaves the wish where there is a link, dead or alive; whether the case is open is for the workers.
func (s *site) wantLink(r *http.Request, l link, lang string) error {
	if l.id == 0 {
		return nil
	}
	err := s.record(r.Context(), l, LinkWanted, nil, browserHash(r), EventBody{Lang: lang})
	if errors.Is(err, errTooMany) {
		return nil // the same answer
	}
	return err
}

func (s *site) newLinkAsked(w http.ResponseWriter, r *http.Request) error {
	began := time.Now()
	v, err := s.visit(w, r)
	if err != nil {
		return err
	}
	even(r.Context(), began, lookTime)
	return s.showAsked(w, r, v.settings, v.lang)
}

func (s *site) showAsked(w http.ResponseWriter, r *http.Request, c settings.Settings, lang string) error {
	p := s.page(lang, c.Controller, s.Texts.Label(lang, "share.asked_title"))
	n, err := s.notice(p, "page.new_link_asked", controllerVars(c, lang))
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "notice", n)
}

// howToGetNewLink explains the way for somebody who has only the address of this page, out of a downloaded file.
func (s *site) howToGetNewLink(w http.ResponseWriter, r *http.Request) error {
	lang := s.lang(w, r, "")
	c, err := settings.Load(r.Context(), s.Pool)
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "plain", plain{
		page: s.page(lang, c.Controller, s.Texts.Label(lang, "share.new_title")), Text: s.Texts.Label(lang, "share.new_text"),
	})
}

// reference names a link in a form, sealed, after its page was closed and its session is gone.
type reference struct {
	Link int64 `json:"l"`
}

func (s *site) askNewLinkAfterClose(w http.ResponseWriter, r *http.Request) error {
	lang := s.lang(w, r, "")
	value, err := formValue(r, "ref", 500)
	if err != nil {
		return err
	}
	c, err := settings.Load(r.Context(), s.Pool)
	if err != nil {
		return err
	}
	var ref reference
	if s.openCookie("new link", value, &ref) {
		l, err := s.linkByID(r.Context(), ref.Link)
		if err != nil {
			return err
		}
		if err := s.wantLink(r, l, lang); err != nil {
			return err
		}
	}
	return s.showAsked(w, r, c, lang)
}
