package adminweb

import (
	"net/http"
	"slices"
	"strconv"

	"insyn/internal/dsar"
	"insyn/internal/request"
)

// registerForm takes a request that came by mail, phone, letter or visit. p is the person, nil when nobody is found yet.
func (v *visit) registerForm(p *person, accounts []option) (*form, error) {
	action, language := "/register", v.Lang
	if p != nil {
		action, language = p.path+"/register", p.language()
	}
	f := v.form(action, "admin.register.do")
	var kinds []string
	for _, k := range dsar.Kinds {
		if k != dsar.Erasure || v.can(planErasure) {
			kinds = append(kinds, string(k))
		}
	}
	in := f.add("checks", "kind", "")
	for _, k := range kinds {
		in.Options = append(in.Options, option{Value: k, Label: v.T("admin.kind." + k), Hint: v.T("admin.register.kind_" + k), Selected: slices.Contains(v.PostForm["kind"], k)})
	}
	f.choose("radio", "against", "newsletter", "newsletter", "processing").When = "objection"
	if v.can(planErasure) {
		f.choose("select", "ground", "", "", "a", "b", "c", "d", "e", "f").When = "erasure"
		f.choose("select", "verified_how", "", "", "login", "code_on_file", "call_back", "in_person", "known_mail").Hint = v.T("admin.hint.verified_later")
	}
	f.add("date", "received_on", v.today().String())
	f.choose("select", "channel", "phone", "mail", "phone", "letter", "visit")
	f.choose("select", "asked_by", "self", "self", "agent", "guardian")
	f.choose("radio", "language", language, "sv", "en").Label = v.T("admin.field.answer_language")
	f.choose("radio", "answer_by", "mail", "mail", "paper")
	f.add("area", "wish", "")
	f.add("area", "notes", "")
	h := f.add("select", "handler", strconv.FormatInt(v.who.ID, 10))
	for _, o := range accounts {
		o.Selected = o.Value == h.Value
		h.Options = append(h.Options, o)
	}
	if p == nil {
		return f, nil
	}
	return f, v.otherCards(f, p)
}

// handlers are the accounts that can take a request.
func (s *site) handlers(v *visit) ([]option, error) {
	_, list, err := s.names(v.Context())
	if err != nil {
		return nil, err
	}
	out := []option{{Value: "0", Label: v.T("admin.nobody")}}
	for _, a := range list {
		if a.DisabledAt == nil && can(&a, takeRequests) {
			out = append(out, option{Value: strconv.FormatInt(a.ID, 10), Label: a.Name})
		}
	}
	return out, nil
}

func (s *site) registerPage(w http.ResponseWriter, v *visit) error {
	return s.showRegister(w, v, http.StatusOK, nil, nil)
}

func (s *site) registerPersonPage(w http.ResponseWriter, v *visit) error {
	p, err := v.person()
	if err != nil {
		return err
	}
	return s.showRegister(w, v, http.StatusOK, p, nil)
}

func (s *site) showRegister(w http.ResponseWriter, v *visit, status int, p *person, f *form) error {
	if f == nil {
		accounts, err := s.handlers(v)
		if err != nil {
			return err
		}
		if f, err = v.registerForm(p, accounts); err != nil {
			return err
		}
	}
	if p != nil {
		return s.showPersonForm(w, v, status, p, "admin.nav.register", f, v.T("admin.register.intro_person"))
	}
	page := personForm{frame: v.frame("admin.nav.register"), Name: v.T("admin.nav.requests"), Back: "/requests", Form: f, Intro: []string{v.T("admin.register.intro")}}
	return s.show(w, v, status, "person_form", page)
}

func (s *site) register(w http.ResponseWriter, v *visit) error { return s.takeIn(w, v, nil) }

func (s *site) registerPerson(w http.ResponseWriter, v *visit) error {
	p, err := v.person()
	if err != nil {
		return err
	}
	return s.takeIn(w, v, p)
}

// takeIn registers one request a kind that was ticked, and goes to the first.
func (s *site) takeIn(w http.ResponseWriter, v *visit, p *person) error {
	accounts, err := s.handlers(v)
	if err != nil {
		return err
	}
	f, err := v.registerForm(p, accounts)
	if err != nil {
		return err
	}
	kinds := v.PostForm["kind"]
	if len(kinds) == 0 {
		f.wrong("kind", "required")
	}
	handler, _ := strconv.ParseInt(v.field("handler"), 10, 64)
	n := request.New{
		Asked: true, ReceivedOn: v.receivedOn(f), Channel: v.field("channel"), AskedBy: v.field("asked_by"), Language: v.field("language"),
		AnswerBy: v.field("answer_by"), Handler: handler, CreatedBy: v.who.ID, Notes: v.field("notes"), Wish: v.field("wish"),
		VerifiedHow: v.field("verified_how"),
	}
	if len(n.Notes) > 10_000 || len(n.Wish) > 10_000 {
		f.wrong("wish", "too_long")
	}
	if p != nil {
		if n.Subjects, err = v.subjects(p); err != nil {
			return err
		}
	}
	first := int64(0)
	for _, kind := range kinds {
		if f.failed() {
			break
		}
		one := n
		one.Kind, one.IdempotencyKey = dsar.Kind(kind), v.field("once")+" "+kind
		if one.Kind == dsar.Erasure && !v.can(planErasure) {
			return dsar.ErrForbidden
		}
		if one.Kind == dsar.Erasure {
			one.Ground = v.field("ground")
		}
		one.Proposal = v.wanted(one.Kind)
		id, _, err := s.Desk.Submit(v.Context(), one)
		if err := f.mark(err); err != nil {
			return err
		}
		if first == 0 {
			first = id
		}
	}
	if f.failed() {
		return s.showRegister(w, v, http.StatusBadRequest, p, f)
	}
	v.flash("registered")
	if len(kinds) > 1 {
		v.flash("registered_several")
	}
	return v.seeOther(w, "/requests/"+strconv.FormatInt(first, 10))
}

// wanted is what an objection or a restriction asks of the two boxes; nil for the other kinds.
func (v *visit) wanted(k dsar.Kind) any {
	p := request.Proposal{Box: "processing", How: v.field("channel"), At: v.field("received_on")}
	switch k {
	case dsar.Restriction:
		p.State = "restricted"
	case dsar.Objection:
		p.State = "objected"
		if v.field("against") == "newsletter" {
			p.Box = "newsletter"
		}
	default:
		return nil
	}
	return p
}
