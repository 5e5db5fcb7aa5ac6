package adminweb

import (
	"errors"
	"net/http"
	"strconv"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/jobs"
)

// reviewRows is how many entries of a section the review shows.
const reviewRows = 50

// reviewPage is the copy as the person would get it now.
type reviewPage struct {
	frame
	ID       int64
	Person   string
	Sources  []reviewedSource
	Register *cardFacts
	Provider string
	Masked   int
	Rows     int
	Mentions request.MentionCounts // in records of others
	Send     *form
	Paper    bool
	Drift    []driftNotice
}

type reviewedSource struct {
	Name     string
	Sections []section
}

// reviewPage shows the copy before it leaves, and stands in the audit like an opened card.
func (s *site) reviewPage(w http.ResponseWriter, v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	ctx := v.Context()
	r, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	if !sendable(r) || r.Person().Key == "" {
		return dsar.ErrNotFound
	}
	p := reviewPage{frame: v.frame("admin.review.title"), ID: id, Person: v.subjectName(r), Paper: r.AnswerBy == "paper"}
	p.Drift = s.driftOf(ctx, v, r)
	for _, src := range s.Sources {
		keys, registerID, err := s.keysIn(v, r, src)
		if err != nil {
			return err
		}
		if len(keys) > 0 {
			sections, err := v.copied(ctx, src, keys, reviewRows, r.Kind == dsar.Portability)
			if err != nil {
				return err
			}
			p.Sources = append(p.Sources, reviewedSource{Name: v.sourceLabel(src.Name), Sections: sections})
			for _, x := range sections {
				p.Masked += x.Masked
				p.Rows += x.Count
			}
		}
		if err := s.addRegister(v, &p, registerID); err != nil {
			return err
		}
	}
	for _, u := range r.Subjects {
		if u.Source == request.RegisterSource {
			if err := s.addRegister(v, &p, u.Key); err != nil {
				return err
			}
		}
	}
	if p.Mentions, err = s.Store.Mentions(ctx, s.Pool, id); err != nil {
		return err
	}
	if r.WaitingFor == dsar.ForReview && p.Mentions.Undecided == 0 {
		p.Send = v.form("/requests/"+strconv.FormatInt(id, 10)+"/send", "admin.review.send")
		p.Send.Submit = v.text("admin.review.send_counts", "rows", p.Rows, "masked", p.Masked)
	}
	err = audit.Write(ctx, s.Pool, audit.Entry{Actor: v.who.ID, Action: "request.viewed_copy", RequestID: id, Detail: audit.Detail{"rows": int64(p.Rows)}})
	if err != nil {
		return err
	}
	return s.show(w, v, http.StatusOK, "review", p)
}

// keysIn are the request's cards in a source, and the register's id on them.
func (s *site) keysIn(v *visit, r *request.Request, src *records.Source) (keys []string, registerID string, err error) {
	for _, u := range r.Subjects {
		if u.Source != src.Name || u.Key == "" {
			continue
		}
		card, err := src.Person(v.Context(), u.Key)
		if err != nil {
			return nil, "", err
		}
		keys = append(keys, u.Key)
		registerID = or(registerID, card.RegisterID)
	}
	return keys, registerID, nil
}

// addRegister adds what the reference register shows.
func (s *site) addRegister(v *visit, p *reviewPage, id string) error {
	if id == "" || s.Register == nil || p.Register != nil {
		return nil
	}
	entry, err := s.Register.Get(v.Context(), id)
	if err != nil {
		return ignoreNotFound(err)
	}
	f := v.facts(&person{entry: &entry})
	p.Register, p.Provider = &f, s.Register.Provider().Name
	return nil
}

// send lets the reviewed copy go.
func (s *site) send(w http.ResponseWriter, v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if _, err := s.Store.Get(v.Context(), id); err != nil {
		return err
	}
	err = s.Desk.SendReviewed(v.Context(), id, v.who.ID)
	if errors.Is(err, jobs.ErrMentions) {
		return v.seeOther(w, mentionsPath(id))
	}
	if err != nil {
		return err
	}
	v.flash("step.send")
	return v.seeOther(w, "/requests/"+strconv.FormatInt(id, 10))
}
