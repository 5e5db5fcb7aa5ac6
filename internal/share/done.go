package share

import (
	"net/http"

	"insyn/internal/wording"
)

// done is the answer to an action.
func (s *site) done(w http.ResponseWriter, r *http.Request, o opened) error {
	p, err := s.house(r, o)
	if err != nil {
		return err
	}
	vars := p.Vars(o.dossier.Meta())
	key := ""
	var forms []*form
	switch r.PathValue("what") {
	case "proposal":
		key = "page.proposal_received"
	case "optout":
		key = "share.optout_received"
	case "objection-marketing":
		key, vars["marketing"] = "page.objection_received", true
	case "objection-interest":
		key, vars["interest"] = "page.objection_received", true
	case "objection-both":
		key, vars["marketing"], vars["interest"] = "page.objection_received", true, true
	case "erasure":
		key, forms = "page.erasure_asked", []*form{{Action: "/v/close"}}
	case "question":
		key = "page.question_received"
	default:
		return errNotFound
	}
	pg := s.openedPage(o, s.Texts.Label(o.lang, "share.done_title"))
	n, err := s.notice(pg, key, vars, forms...)
	if err != nil {
		return err
	}
	n.Extra = &plain{page: pg, Next: "/v", Go: pg.T("share.back")}
	return s.show(w, r, http.StatusOK, "notice", n)
}

// closePage ends the link itself, for every browser, and clears this one. It answers without a redirect, because the
// session that a redirect would need is gone.
func (s *site) closePage(w http.ResponseWriter, r *http.Request, o opened) error {
	if err := s.record(r.Context(), o.link, Closed, nil, o.browser, EventBody{Lang: o.lang}); err != nil {
		return err
	}
	ref, err := s.sealCookie("new link", reference{Link: o.link.id})
	if err != nil {
		return err
	}
	p := s.openedPage(o, s.Texts.Label(o.lang, "share.closed_title"))
	p.Here = "/new"
	n, err := s.notice(p, "page.closed", wording.Vars{}, &form{Action: "/new", Hidden: []field{{"ref", ref}}})
	if err != nil {
		return err
	}
	b, err := s.render("notice", n)
	if err != nil {
		return err
	}
	w.Header().Del("Set-Cookie")
	for _, name := range []string{sessionCookie, browserCookie} {
		http.SetCookie(w, &http.Cookie{Name: name, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	}
	w.Header().Set("Clear-Site-Data", `"cache", "cookies", "storage"`)
	s.send(w, r, http.StatusOK, b)
	return nil
}
