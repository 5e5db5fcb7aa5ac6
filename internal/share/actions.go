package share

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"

	"insyn/internal/wording"
)

// askPage is a page with one field of text: a question, or why data should be erased.
type askPage struct {
	page
	Blocks  []wording.Block
	Action  string
	Field   string
	Label   string
	Button  string
	Value   string
	Once    string
	Problem string
}

// act leaves an event and leads to its answer.
func (s *site) act(w http.ResponseWriter, r *http.Request, o opened, kind string, body EventBody, answer string) error {
	if body.Once != "" {
		body.Once = fingerprint(kind, body)
	}
	if err := s.record(r.Context(), o.link, kind, nil, o.browser, body); err != nil {
		return err
	}
	http.Redirect(w, r, "/v/done/"+answer, http.StatusSeeOther)
	return nil
}

// fingerprint tells a form sent twice from a form that was changed and sent again, and from another one of the same page.
func fingerprint(kind string, body EventBody) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %#v", kind, body))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

func (s *site) optOut(w http.ResponseWriter, r *http.Request, o opened) error {
	key, err := formValue(r, "once", 100)
	if err != nil {
		return err
	}
	return s.act(w, r, o, OptOut, EventBody{Lang: o.lang, Once: key}, "optout")
}

// objectTo takes an objection: to marketing, to what rests on a legitimate interest, or both.
func (s *site) objectTo(w http.ResponseWriter, r *http.Request, o opened) error {
	var marketing, interest, comment, key string
	err := formValues(r, map[string]*string{"marketing": &marketing, "interest": &interest, "comment": &comment, "once": &key})
	if err != nil {
		return err
	}
	body := EventBody{Lang: o.lang, Once: key, Marketing: marketing != "", Interest: interest != "", Comment: comment}
	var answer string
	switch {
	case body.Marketing && body.Interest:
		answer = "objection-both"
	case body.Marketing:
		answer = "objection-marketing"
	case body.Interest:
		answer = "objection-interest"
	default:
		p := s.openedPage(o, s.Texts.Label(o.lang, "share.object_title"))
		p.Here = "/v"
		return s.show(w, r, http.StatusUnprocessableEntity, "plain", plain{
			page: p, Text: s.Texts.Label(o.lang, "share.object_empty"), Next: "/v#object", Go: s.Texts.Label(o.lang, "share.back"),
		})
	}
	return s.act(w, r, o, Objection, body, answer)
}

func (s *site) erasurePage(o opened) askPage {
	t := func(key string) string { return s.Texts.Label(o.lang, key) }
	return askPage{
		page: s.openedPage(o, t("share.erasure_title")), Blocks: []wording.Block{paragraph(t("share.erasure_ask"))},
		Action: "/v/erasure", Field: "comment", Label: t("share.erasure_label"), Button: t("share.erasure_button"), Once: once(),
	}
}

// erasureForm asks first: what is erased cannot be brought back.
func (s *site) erasureForm(w http.ResponseWriter, r *http.Request, o opened) error {
	return s.show(w, r, http.StatusOK, "ask", s.erasurePage(o))
}

func (s *site) askErasure(w http.ResponseWriter, r *http.Request, o opened) error {
	var comment, key string
	if err := formValues(r, map[string]*string{"comment": &comment, "once": &key}); err != nil {
		return err
	}
	return s.act(w, r, o, Erasure, EventBody{Lang: o.lang, Once: key, Comment: comment}, "erasure")
}

func (s *site) questionPage(o opened) askPage {
	t := func(key string) string { return s.Texts.Label(o.lang, key) }
	return askPage{
		page: s.openedPage(o, t("share.question_title")), Blocks: []wording.Block{paragraph(t("share.question_ask"))},
		Action: "/v/question", Field: "message", Label: t("share.question_label"), Button: t("share.question_button"), Once: once(),
	}
}

func (s *site) questionForm(w http.ResponseWriter, r *http.Request, o opened) error {
	return s.show(w, r, http.StatusOK, "ask", s.questionPage(o))
}

func (s *site) askQuestion(w http.ResponseWriter, r *http.Request, o opened) error {
	var message, key string
	if err := formValues(r, map[string]*string{"message": &message, "once": &key}); err != nil {
		return err
	}
	if message == "" {
		p := s.questionPage(o)
		p.Problem = s.Texts.Label(o.lang, "share.question_empty")
		return s.show(w, r, http.StatusUnprocessableEntity, "ask", p)
	}
	return s.act(w, r, o, Question, EventBody{Lang: o.lang, Once: key, Message: message}, "question")
}
