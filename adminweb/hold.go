package adminweb

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/jobs"
)

// holdBox is a legal hold as pages show it.
type holdBox struct {
	ID       int64
	Person   subjectLink
	Ground   string
	Reason   []string
	Placed   string // by whom, when
	Review   string
	Due      bool   // the review date has come
	Released string // by whom, when; empty while it is in force
	Why      []string
	Form     *form // to release it, for those who may
}

type holdsPage struct {
	frame
	Holds    []holdBox
	Released bool // the released ones are shown too
}

// holdBox words a hold; action is where its release is posted.
func (v *visit) holdBox(h request.Hold, names map[int64]string, action string) holdBox {
	b := holdBox{
		ID: h.ID, Ground: v.T("admin.choice.hold_ground." + h.Ground), Reason: text(h.Reason), Review: v.day(h.ReviewOn), Due: !h.ReviewOn.After(v.today()),
		Placed: or(names[h.PlacedBy], v.T("admin.audit.system")) + ", " + v.when(h.PlacedAt), Why: text(h.ReleasedReason),
		Person: subjectLink{Name: or(h.Name, v.T("admin.requests.blanked")), Origin: v.sourceLabel(h.Source)},
	}
	if h.Key != "" {
		b.Person.Path = v.site.personPath(records.Ref{Source: h.Source, Key: h.Key})
	}
	if h.ReleasedAt != nil {
		b.Released = or(names[h.ReleasedBy], v.T("admin.audit.system")) + ", " + v.when(h.ReleasedAt)
	} else if v.can(decide) && action != "" {
		b.Form = v.form(action, "admin.hold.release_do")
		b.Form.prefix = "hold-" + strconv.FormatInt(h.ID, 10) + "-"
		b.Form.add("area", "release_reason", "").must()
	}
	return b
}

// holdsOn are the holds in force on people, without a form.
func (s *site) holdsOn(ctx context.Context, v *visit, hashes ...[]byte) ([]holdBox, error) {
	list, err := s.Store.HoldsOn(ctx, s.Pool, hashes...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	names, _, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]holdBox, 0, len(list))
	for _, h := range list {
		out = append(out, v.holdBox(h, names, ""))
	}
	return out, nil
}

// holdsOfRequest are those on the people of a request.
func (s *site) holdsOfRequest(ctx context.Context, v *visit, r *request.Request) ([]holdBox, error) {
	if r.Kind != dsar.Erasure || r.Closed() {
		return nil, nil
	}
	var hashes [][]byte
	for _, u := range r.Subjects {
		hashes = append(hashes, u.HMAC)
	}
	return s.holdsOn(ctx, v, hashes...)
}

// holdPart is what a card says of holds: the one in force, or the form to place one.
type holdPart struct {
	Now     []holdBox
	Place   *form
	Open    bool // the form was posted and refused
	Why     string
	Address string
}

func (v *visit) holdPart(ctx context.Context, p *person, failed *form) (out holdPart, err error) {
	if p.source == nil {
		return out, nil
	}
	cards, err := p.source.SamePerson(ctx, []string{p.ref.Key})
	if err != nil {
		return out, err
	}
	hashes := make([][]byte, 0, len(cards))
	for _, k := range cards {
		hashes = append(hashes, v.site.Store.Keys.Subject(p.ref.Source, k))
	}
	list, err := v.site.Store.HoldsOn(ctx, v.site.Pool, hashes...)
	if err != nil {
		return out, err
	}
	names, _, err := v.site.names(ctx)
	if err != nil {
		return out, err
	}
	for _, h := range list {
		b := v.holdBox(h, names, p.path+"/release/"+strconv.FormatInt(h.ID, 10))
		if failed != nil && b.Form != nil && failed.Action == b.Form.Action {
			b.Form = failed
		}
		out.Now = append(out.Now, b)
	}
	if len(list) > 0 || !v.can(decide) {
		return out, nil
	}
	out.Place = v.holdForm(p)
	if failed != nil && failed.Action == out.Place.Action {
		out.Place, out.Open = failed, true
	}
	return out, nil
}

func (v *visit) holdForm(p *person) *form {
	f := v.form(p.path+"/hold", "admin.hold.place_do")
	f.prefix = "hold-"
	f.choose("radio", "hold_ground", "", request.HoldGrounds...).must()
	f.add("area", "hold_reason", "").must()
	f.add("date", "review_on", v.today().AddDays(180).String()).must()
	return f
}

// placeHold keeps the person from being erased.
func (s *site) placeHold(w http.ResponseWriter, v *visit) error {
	p, err := v.erasable()
	if err != nil {
		return err
	}
	f := v.holdForm(p)
	day, err := dsar.ParseDate(v.field("review_on"))
	if err != nil {
		day = dsar.Date{}
	}
	_, err = s.Desk.PlaceHold(v.Context(), v.who.ID, jobs.NewHold{
		Source: p.ref.Source, Key: p.ref.Key, Name: p.name(), Ground: v.field("hold_ground"), Reason: v.field("hold_reason"), ReviewOn: day,
	})
	if errors.Is(err, jobs.ErrTooLate) {
		err = &dsar.Invalid{Field: "", Problem: "erased"}
	}
	if err := f.mark(err); err != nil {
		return err
	}
	if f.failed() {
		return s.showPerson(w, v, http.StatusBadRequest, p, f)
	}
	v.flash("hold.placed")
	return v.seeOther(w, p.path)
}

// releaseOnCard ends a hold from the person's card.
func (s *site) releaseOnCard(w http.ResponseWriter, v *visit) error {
	p, err := v.erasable()
	if err != nil {
		return err
	}
	h, f, err := s.release(v, p.path+"/release/"+v.PathValue("hold"))
	if err != nil {
		return err
	}
	if h.Source != p.ref.Source {
		return dsar.ErrNotFound
	}
	if f != nil {
		return s.showPerson(w, v, http.StatusBadRequest, p, f)
	}
	v.flash("hold.released")
	return v.seeOther(w, p.path)
}

// release ends the hold of the address; the form comes back when something is wrong with it.
func (s *site) release(v *visit, action string) (request.Hold, *form, error) {
	id, err := v.id("hold")
	if err != nil {
		return request.Hold{}, nil, err
	}
	h, err := s.Store.GetHold(v.Context(), s.Pool, id)
	if err != nil {
		return h, nil, err
	}
	err = s.Desk.ReleaseHold(v.Context(), id, v.who.ID, v.field("release_reason"))
	if !errors.Is(err, dsar.ErrInvalid) {
		return h, nil, err
	}
	f := v.holdBox(h, nil, action).Form
	if f == nil {
		return h, nil, dsar.ErrConflict
	}
	return h, f, f.mark(err)
}

func (s *site) holdsPage(w http.ResponseWriter, v *visit) error {
	return s.showHolds(w, v, http.StatusOK, nil)
}

// showHolds lists the holds in force; failed is the form that was refused.
func (s *site) showHolds(w http.ResponseWriter, v *visit, status int, failed *form) error {
	p := holdsPage{frame: v.frame("admin.hold.list"), Released: v.URL.Query().Get("show") == "all"}
	list, err := s.Store.Holds(v.Context(), p.Released)
	if err != nil {
		return err
	}
	names, _, err := s.names(v.Context())
	if err != nil {
		return err
	}
	typed := v.PostForm
	v.PostForm = nil
	for _, h := range list {
		b := v.holdBox(h, names, "/holds/"+strconv.FormatInt(h.ID, 10)+"/release")
		if failed != nil && b.Form != nil && b.Form.Action == failed.Action {
			b.Form = failed
		}
		p.Holds = append(p.Holds, b)
	}
	v.PostForm = typed
	return s.show(w, v, status, "holds", p)
}

func (s *site) releaseHold(w http.ResponseWriter, v *visit) error {
	_, f, err := s.release(v, "/holds/"+v.PathValue("hold")+"/release")
	if err != nil {
		return err
	}
	if f != nil {
		return s.showHolds(w, v, http.StatusBadRequest, f)
	}
	v.flash("hold.released")
	return v.seeOther(w, "/holds")
}

// markHeld notes which people of a list are held.
func (s *site) markHeld(ctx context.Context, people []personRow) error {
	hashes := make([][]byte, 0, len(people))
	for _, p := range people {
		if p.hash != nil {
			hashes = append(hashes, p.hash)
		}
	}
	list, err := s.Store.HoldsOn(ctx, s.Pool, hashes...)
	if err != nil {
		return err
	}
	for _, h := range list {
		for i := range people {
			people[i].Held = people[i].Held || string(people[i].hash) == string(h.HMAC)
		}
	}
	return nil
}
