package adminweb

import (
	"net/http"
	"strconv"
	"strings"

	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
)

// personForm is a page with one form about a person: share, export, anonymise, register.
type personForm struct {
	frame
	Name, Back string
	Intro      []string
	Form       *form
}

func (s *site) showPersonForm(w http.ResponseWriter, v *visit, status int, p *person, title string, f *form, intro ...string) error {
	page := personForm{frame: v.frame(title), Name: p.name(), Back: p.path, Form: f, Intro: intro}
	return s.show(w, v, status, "person_form", page)
}

// otherCards offers the cards that could be the same person, so that one answer holds all.
func (v *visit) otherCards(f *form, p *person) error {
	if p.source == nil {
		return nil
	}
	hits, err := p.source.Duplicates(v.Context(), p.ref.Key)
	if err != nil {
		return err
	}
	in := &input{Kind: "checks", Name: "also", ID: "also", Label: v.T("admin.field.also"), Hint: v.T("admin.hint.also")}
	for _, h := range hits {
		if h.Why == "merged" { // comes along by itself
			continue
		}
		hint := strings.Trim(h.Organisation+", "+h.Email, ", ")
		in.Options = append(in.Options, option{Value: h.Ref.Source + " " + v.site.token(h.Ref), Label: h.Name, Hint: hint})
	}
	if len(in.Options) > 0 {
		f.Inputs = append(f.Inputs, in)
	}
	return nil
}

// subjects are the person and the other cards that were ticked.
func (v *visit) subjects(p *person) ([]request.NewSubject, error) {
	out := []request.NewSubject{p.subject()}
	for _, also := range v.PostForm["also"] {
		sub, err := v.subjectOf(also)
		if err != nil {
			return nil, err
		}
		out = append(out, sub)
	}
	return out, nil
}

// subjectOf opens "source token" and reads the name on the card.
func (v *visit) subjectOf(s string) (request.NewSubject, error) {
	source, token, _ := strings.Cut(s, " ")
	ref, err := v.site.ref(source, token)
	if err != nil {
		return request.NewSubject{}, err
	}
	sub := request.NewSubject{Source: ref.Source, Key: ref.Key}
	if src := v.site.source(ref.Source); src != nil {
		card, err := src.Person(v.Context(), ref.Key)
		sub.Name = card.Name
		return sub, err
	}
	entry, err := v.site.Register.Get(v.Context(), ref.Key)
	sub.Name = (&person{ref: records.Ref{}, entry: &entry}).name()
	return sub, err
}

func (v *visit) shareForm(p *person, kind string) (*form, error) {
	f := v.form(p.path+"/"+kind, "admin."+kind+".do")
	if kind == "share" {
		f.choose("radio", "asked", "yes", "yes", "no")
	}
	f.add("date", "received_on", v.today().String())
	f.choose("select", "channel", "mail", "mail", "phone", "letter", "visit")
	f.choose("radio", "language", p.language(), "sv", "en").Label = v.T("admin.field.answer_language")
	answer := "mail"
	if p.source == nil {
		answer = "paper"
	}
	f.choose("radio", "answer_by", answer, "mail", "paper")
	f.choose("radio", "assurance", "B", "B", "C")
	return f, v.otherCards(f, p)
}

func (s *site) sharePage(w http.ResponseWriter, v *visit) error { return s.showShare(w, v, "share") }

func (s *site) exportPage(w http.ResponseWriter, v *visit) error { return s.showShare(w, v, "export") }

func (s *site) showShare(w http.ResponseWriter, v *visit, kind string) error {
	p, err := v.person()
	if err != nil {
		return err
	}
	f, err := v.shareForm(p, kind)
	if err != nil {
		return err
	}
	return s.showPersonForm(w, v, http.StatusOK, p, "admin."+kind+".title", f, v.T("admin."+kind+".intro"))
}

// share registers an access request, or information that we share on our own initiative.
func (s *site) share(w http.ResponseWriter, v *visit) error {
	return s.submitShare(w, v, "share", dsar.Access)
}

// export registers a request for portability.
func (s *site) export(w http.ResponseWriter, v *visit) error {
	return s.submitShare(w, v, "export", dsar.Portability)
}

func (s *site) submitShare(w http.ResponseWriter, v *visit, kind string, k dsar.Kind) error {
	p, err := v.person()
	if err != nil {
		return err
	}
	if len(v.set.Missing()) > 0 {
		return dsar.ErrIncomplete
	}
	f, err := v.shareForm(p, kind)
	if err != nil {
		return err
	}
	n := request.New{
		Kind: k, Asked: k == dsar.Portability || v.field("asked") == "yes", Channel: v.field("channel"), Language: v.field("language"),
		AnswerBy: v.field("answer_by"), Assurance: v.field("assurance"),
	}
	if n.Asked {
		n.ReceivedOn = v.receivedOn(f)
	}
	return s.submit(w, v, p, n, f, "admin."+kind+".title")
}

// receivedOn reads the date of receipt; a wrong one is marked.
func (v *visit) receivedOn(f *form) dsar.Date {
	d, err := dsar.ParseDate(v.field("received_on"))
	if err != nil {
		f.wrong("received_on", "date")
	}
	return d
}

// submit registers a request about the person and goes to it; sent twice, it goes to the first.
func (s *site) submit(w http.ResponseWriter, v *visit, p *person, n request.New, f *form, title string) error {
	n.CreatedBy, n.Handler, n.IdempotencyKey = v.who.ID, v.who.ID, v.field("once")
	subjects, err := v.subjects(p)
	if err != nil {
		return err
	}
	n.Subjects = subjects
	var id int64
	if !f.failed() {
		id, _, err = s.Desk.Submit(v.Context(), n)
		if err := f.mark(err); err != nil {
			return err
		}
	}
	if f.failed() {
		return s.showPersonForm(w, v, http.StatusBadRequest, p, title, f)
	}
	v.flash("registered")
	return v.seeOther(w, "/requests/"+strconv.FormatInt(id, 10))
}

func (v *visit) eraseForm(p *person) (*form, error) {
	f := v.form(p.path+"/erase", "admin.erase.do")
	f.choose("radio", "asked", "yes", "yes", "no")
	f.add("date", "received_on", v.today().String())
	f.choose("select", "channel", "mail", "mail", "phone", "letter", "visit")
	f.choose("radio", "ground", "", "a", "b", "c", "d", "e", "f").must()
	f.choose("radio", "verified_how", "", "login", "code_on_file", "call_back", "in_person", "known_mail").must()
	f.choose("radio", "language", p.language(), "sv", "en").Label = v.T("admin.field.answer_language")
	f.choose("radio", "answer_by", "mail", "mail", "paper")
	f.add("check", "no_wait", "")
	return f, v.otherCards(f, p)
}

func (s *site) erasePage(w http.ResponseWriter, v *visit) error {
	p, err := v.erasable()
	if err != nil {
		return err
	}
	f, err := v.eraseForm(p)
	if err != nil {
		return err
	}
	return s.showPersonForm(w, v, http.StatusOK, p, "admin.erase.title", f, v.T("admin.erase.intro"))
}

// erasable is the person, if a source of ours holds them: in the register we cannot erase.
func (v *visit) erasable() (*person, error) {
	p, err := v.person()
	if err == nil && p.source == nil {
		return nil, dsar.ErrNotFound
	}
	return p, err
}

// erase registers an erasure. It changes nothing yet: a rehearsal follows, and somebody approves what it found.
func (s *site) erase(w http.ResponseWriter, v *visit) error {
	p, err := v.erasable()
	if err != nil {
		return err
	}
	f, err := v.eraseForm(p)
	if err != nil {
		return err
	}
	n := request.New{
		Kind: dsar.Erasure, Asked: v.field("asked") == "yes", ReceivedOn: v.receivedOn(f), Channel: v.field("channel"), Language: v.field("language"),
		AnswerBy: v.field("answer_by"), Ground: v.field("ground"), VerifiedHow: v.field("verified_how"), NoWait: v.field("no_wait") == "yes",
	}
	for _, name := range []string{"ground", "verified_how"} {
		if v.field(name) == "" {
			f.wrong(name, "required")
		}
	}
	return s.submit(w, v, p, n, f, "admin.erase.title")
}
