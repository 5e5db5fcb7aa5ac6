package adminweb

import (
	"errors"
	"net/http"
	"strconv"

	"insyn/internal/dsar"
)

type codePage struct {
	frame
	ID   int64
	Code string
}

// linkOf is a link of the request in the address; a link of another is not found.
func (s *site) linkOf(v *visit) (id, link int64, err error) {
	if id, err = v.id("id"); err != nil {
		return 0, 0, err
	}
	if link, err = v.id("link"); err != nil {
		return 0, 0, err
	}
	list, err := s.Store.Links(v.Context(), id)
	if err != nil {
		return 0, 0, err
	}
	for _, l := range list {
		if l.ID == link {
			return id, link, nil
		}
	}
	return 0, 0, dsar.ErrNotFound
}

func (s *site) revokeLink(w http.ResponseWriter, v *visit) error {
	id, link, err := s.linkOf(v)
	if err != nil {
		return err
	}
	if err := s.Desk.RevokeLink(v.Context(), link, v.who.ID); err != nil {
		return err
	}
	v.flash("link_revoked")
	return v.seeOther(w, "/requests/"+strconv.FormatInt(id, 10))
}

// giveCode shows a code once, to be read out on a number on file. It is answered directly: a code in a redirect's page
// could be fetched again.
func (s *site) giveCode(w http.ResponseWriter, v *visit) error {
	id, link, err := s.linkOf(v)
	if err != nil {
		return err
	}
	code, err := s.Desk.GiveCode(v.Context(), link, v.who.ID)
	if err != nil {
		return err
	}
	p := codePage{frame: v.frame("admin.link.code_title"), ID: id, Code: code}
	return s.show(w, v, http.StatusOK, "code", p)
}

// addPerson puts somebody who was found into a request that was registered without a person.
func (s *site) addPerson(w http.ResponseWriter, v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if _, err := s.Store.Get(v.Context(), id); err != nil {
		return err
	}
	sub, err := v.subjectOf(v.field("person"))
	if err != nil {
		return err
	}
	if err := s.Desk.AddSubject(v.Context(), id, v.who.ID, sub); err != nil {
		return err
	}
	others, err := s.Store.Together(v.Context(), id)
	if err != nil {
		return err
	}
	for _, other := range others { // one call, several wishes, one person
		r, err := s.Store.Get(v.Context(), other)
		if err != nil {
			return err
		}
		if len(r.Subjects) > 0 || r.Closed() {
			continue
		}
		if err := s.Desk.AddSubject(v.Context(), other, v.who.ID, sub); err != nil && !errors.Is(err, dsar.ErrConflict) {
			return err
		}
	}
	v.flash("person_added")
	return v.seeOther(w, "/requests/"+strconv.FormatInt(id, 10))
}
