package adminweb

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
)

// correctPage shows the values of today, and beside them what shall stand there.
type correctPage struct {
	frame
	Name, Back string
	Comment    []string    // what the person wrote
	Asked      []changeRow // what the person proposed
	Conflict   string
	Form       *form
}

// old and new stand in the form under these prefixes: what was seen is compared again by the worker.
const (
	oldField = "old."
	newField = "new."
)

// editFields adds a field a value that can be corrected, filled with what is proposed or with today's value.
func (v *visit) editFields(f *form, fields []records.EditField, proposed map[string]string) {
	seen := map[string]int{}
	for _, x := range fields {
		in := &input{Kind: fieldKind(x), Name: newField + x.ID, ID: x.ID, Label: v.in(x.Label), Value: x.Value, Old: x.Value}
		if seen[in.Label]++; seen[in.Label] > 1 { // a second address: the summary has to tell them apart
			in.Label += " " + strconv.Itoa(seen[in.Label])
		}
		if p, ok := proposed[x.ID]; ok {
			in.Value = p
		}
		if v.PostForm.Has(in.Name) {
			in.Value = v.PostForm.Get(in.Name)
		}
		if x.Kind == "choice" {
			in.Kind, in.Old = "select", v.languageName(x.Value)
			in.Options = append(in.Options, option{Value: "", Label: v.T("admin.choice.none"), Selected: in.Value == ""})
			for _, c := range x.Choices {
				in.Options = append(in.Options, option{Value: c, Label: v.languageName(c), Selected: c == in.Value})
			}
		}
		f.Inputs = append(f.Inputs, &input{Kind: "hidden", Name: oldField + x.ID, Value: x.Value}, in)
	}
}

// fieldKind is the field in which a value is edited. A line field would drop line breaks, and so change the value.
func fieldKind(x records.EditField) string {
	switch {
	case x.Kind == "email", x.Kind == "date":
		return x.Kind
	case x.Kind == "phone":
		return "tel"
	case x.Kind == "text" && (len(x.Value) > 80 || strings.ContainsAny(x.Value, "\r\n")):
		return "area"
	}
	return "text"
}

// changes are the fields that were changed, checked; wrong ones are marked.
func (v *visit) changes(f *form, fields []records.EditField) []request.Change {
	var out []request.Change
	for _, x := range fields {
		if !v.PostForm.Has(newField + x.ID) {
			continue
		}
		was, typed := x.Value, unixLines(v.field(newField+x.ID))
		if seen := unixLines(v.PostForm.Get(oldField + x.ID)); v.PostForm.Has(oldField+x.ID) && seen != unixLines(was) {
			was = seen // changed meanwhile: the worker will meet the difference and stop
		}
		if typed == strings.TrimSpace(unixLines(was)) {
			continue
		}
		value, problem := records.Validate(x.Kind, typed)
		if problem != "" {
			f.wrong(newField+x.ID, problem)
			continue
		}
		if value != was {
			out = append(out, request.Change{ID: x.ID, Label: x.Label.In(v.Lang), Old: was, New: value})
		}
	}
	if len(out) == 0 && !f.failed() {
		f.wrong("", "no_change")
	}
	return out
}

// unixLines undoes what browsers make of line breaks in a form.
func unixLines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

func (v *visit) correctForm(action string) *form {
	f := v.form(action, "admin.correct.do")
	return f
}

func (s *site) editPage(w http.ResponseWriter, v *visit) error {
	return s.showEdit(w, v, http.StatusOK, nil)
}

// showEdit shows the card's values for correction; f is the form that was refused.
func (s *site) showEdit(w http.ResponseWriter, v *visit, status int, f *form) error {
	p, err := v.erasable()
	if err != nil {
		return err
	}
	if f == nil {
		if f, _, err = v.editForm(p); err != nil {
			return err
		}
	}
	page := correctPage{frame: v.frame("admin.correct.title"), Name: p.name(), Back: p.path, Form: f}
	return s.show(w, v, status, "correct", page)
}

func (v *visit) editForm(p *person) (*form, []records.EditField, error) {
	fields, err := p.source.EditForm(v.Context(), p.ref.Key)
	if err != nil {
		return nil, nil, err
	}
	f := v.correctForm(p.path + "/edit")
	v.editFields(f, fields, nil)
	f.choose("radio", "asked", "yes", "yes", "no")
	f.add("date", "received_on", v.today().String())
	f.choose("select", "channel", "phone", "mail", "phone", "letter", "visit")
	f.choose("radio", "language", p.language(), "sv", "en").Label = v.T("admin.field.answer_language")
	return f, fields, nil
}

// edit registers a correction; a worker writes it, if nobody has changed the values meanwhile.
func (s *site) edit(w http.ResponseWriter, v *visit) error {
	p, err := v.erasable()
	if err != nil {
		return err
	}
	f, fields, err := v.editForm(p)
	if err != nil {
		return err
	}
	n := request.New{
		Kind: dsar.Rectification, Asked: v.field("asked") == "yes", ReceivedOn: v.receivedOn(f), Channel: v.field("channel"), Language: v.field("language"),
		CreatedBy: v.who.ID, Handler: v.who.ID, IdempotencyKey: v.field("once"), Subjects: []request.NewSubject{p.subject()},
	}
	n.Proposal = request.Proposal{Changes: v.changes(f, fields)}
	var id int64
	if !f.failed() {
		id, _, err = s.Desk.Submit(v.Context(), n)
		if err := f.mark(err); err != nil {
			return err
		}
	}
	if f.failed() {
		return s.showEdit(w, v, http.StatusBadRequest, f)
	}
	v.flash("registered")
	return v.seeOther(w, "/requests/"+strconv.FormatInt(id, 10))
}

// rectification finds a request for correction with its person.
func (s *site) rectification(v *visit) (*request.Request, *records.Source, error) {
	id, err := v.id("id")
	if err != nil {
		return nil, nil, err
	}
	r, err := s.Store.Get(v.Context(), id)
	if err != nil {
		return nil, nil, err
	}
	src := s.source(r.Person().Source)
	if r.Kind != dsar.Rectification || src == nil || r.Person().Key == "" {
		return nil, nil, dsar.ErrNotFound
	}
	return r, src, nil
}

func (s *site) correctPage(w http.ResponseWriter, v *visit) error {
	r, src, err := s.rectification(v)
	if err != nil {
		return err
	}
	f, _, err := s.proposalForm(v.Context(), v, r, src)
	if err != nil {
		return err
	}
	return s.showCorrect(w, v, http.StatusOK, r, f)
}

// proposalForm shows today's values with the proposed ones filled in.
func (s *site) proposalForm(ctx context.Context, v *visit, r *request.Request, src *records.Source) (*form, []records.EditField, error) {
	fields, err := src.EditForm(ctx, r.Person().Key)
	if err != nil {
		return nil, nil, err
	}
	p, err := request.ParseProposal(r.Proposal)
	if err != nil {
		return nil, nil, err
	}
	f := v.correctForm("/requests/" + strconv.FormatInt(r.ID, 10) + "/correct")
	v.editFields(f, fields, matched(p.Changes, fields))
	return f, fields, nil
}

// matched finds the field that each proposed change is about. A person's page names a section and a field; which row of
// it is told by the value that stood there.
func matched(changes []request.Change, fields []records.EditField) map[string]string {
	out := map[string]string{}
	for _, c := range changes {
		cut := strings.LastIndex(c.ID, ".")
		for _, x := range fields {
			row := cut > 0 && strings.HasPrefix(x.ID, c.ID[:cut]+":") && strings.HasSuffix(x.ID, ":"+c.ID[cut+1:]) && x.Value == c.Old
			if x.ID == c.ID || row {
				out[x.ID] = c.New
				break
			}
		}
	}
	return out
}

func (s *site) showCorrect(w http.ResponseWriter, v *visit, status int, r *request.Request, f *form) error {
	page := correctPage{frame: v.frame("admin.correct.title"), Name: v.text("admin.search.request", "id", strconv.FormatInt(r.ID, 10)), Back: "/requests/" + strconv.FormatInt(r.ID, 10), Form: f}
	p, err := request.ParseProposal(r.Proposal)
	if err != nil {
		return err
	}
	page.Comment = text(p.Comment)
	for _, c := range p.Changes {
		page.Asked = append(page.Asked, changeRow{Label: or(c.Label, c.ID), Old: c.Old, New: c.New})
	}
	return s.show(w, v, status, "correct", page)
}

// correct lets a worker apply what the handler has settled.
func (s *site) correct(w http.ResponseWriter, v *visit) error {
	r, src, err := s.rectification(v)
	if err != nil {
		return err
	}
	f, fields, err := s.proposalForm(v.Context(), v, r, src)
	if err != nil {
		return err
	}
	before, err := request.ParseProposal(r.Proposal)
	if err != nil {
		return err
	}
	changes := v.changes(f, fields)
	if !f.failed() {
		err := s.Desk.AcceptProposal(v.Context(), r.ID, v.who.ID, request.Proposal{Changes: changes, Comment: before.Comment})
		if errors.Is(err, dsar.ErrConflict) {
			return err
		}
		if err := f.mark(err); err != nil {
			return err
		}
	}
	if f.failed() {
		return s.showCorrect(w, v, http.StatusBadRequest, r, f)
	}
	v.flash("accepted")
	return v.seeOther(w, "/requests/"+strconv.FormatInt(r.ID, 10))
}
