package share

import (
	"net/http"
	"net/url"
	"strconv"

	"insyn/internal/dossier"
)

// textLimit is the longest text of a form, in bytes.
const textLimit = 8 << 10

// proposalPage asks what is wrong, beside today's values.
type proposalPage struct {
	page
	Section, SectionLabel string
	Entry                 int64
	Choices               []choice
	Others                []dossierLink // other sections to pick an entry from
	Field, New, Comment   string
	Once                  string
	Problem               string
}

type choice struct {
	Field, Label, Today string
}

type dossierLink struct{ Label, Path string }

func (s *site) proposalForm(w http.ResponseWriter, r *http.Request, o opened) error {
	q := r.URL.Query()
	n, err := strconv.ParseInt(q.Get("entry"), 10, 64)
	if err != nil {
		n = 1
	}
	id := q.Get("section")
	if secs := o.dossier.Filled(); id == "" && len(secs) > 0 {
		id = secs[0].ID
	}
	p, err := s.proposalPage(r, o, id, n)
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "proposal", p)
}

// proposalPage reads today's values from the dossier itself, never from the form.
func (s *site) proposalPage(r *http.Request, o opened, section string, no int64) (proposalPage, error) {
	v := proposalPage{page: s.openedPage(o, s.Texts.Label(o.lang, "share.proposal_title")), Once: once()}
	v.Here = "/v/proposal"
	for _, info := range o.dossier.Filled() {
		v.Others = append(v.Others, dossierLink{Label: info.Label.In(o.lang), Path: "/v/section/" + url.PathEscape(info.ID)})
	}
	info, ok := o.dossier.Section(section)
	if !ok {
		if section == "" {
			return v, nil
		}
		return v, errNotFound
	}
	p, err := s.house(r, o)
	if err != nil {
		return v, err
	}
	v.Section, v.SectionLabel, v.Entry = info.ID, info.Label.In(o.lang), no
	for rec, err := range o.dossier.Records(info.ID, no-1, 1) {
		if err != nil {
			return v, err
		}
		for i, f := range info.Fields {
			if rec.Values[i].Withheld == "" {
				v.Choices = append(v.Choices, choice{Field: f.Name, Label: f.Label.In(o.lang), Today: p.Value(f, rec.Values[i])})
			}
		}
	}
	return v, nil
}

func (s *site) propose(w http.ResponseWriter, r *http.Request, o opened) error {
	var section, entryNo, field, comment, newValue, key string
	err := formValues(r, map[string]*string{
		"section": &section, "entry": &entryNo, "field": &field, "new": &newValue, "comment": &comment, "once": &key,
	})
	if err != nil {
		return err
	}
	no, err := strconv.ParseInt(entryNo, 10, 64)
	if err != nil && section != "" {
		return errBody
	}
	p, err := s.proposalPage(r, o, section, no)
	if err != nil {
		return err
	}
	body := EventBody{Lang: o.lang, Once: key, New: newValue, Comment: comment}
	if section != "" {
		body.Section, body.SectionLabel, body.Entry = p.Section, p.SectionLabel, no
	}
	known := field == ""
	for _, c := range p.Choices {
		if c.Field == field {
			known = true
			body.Field, body.FieldLabel, body.Today = c.Field, c.Label, s.exact(o, section, no, field)
		}
	}
	switch {
	case !known:
		return errBody
	case field == "" && comment == "":
		p.Problem = s.Texts.Label(o.lang, "share.proposal_empty")
	case field != "" && newValue == "" && comment == "":
		p.Problem = s.Texts.Label(o.lang, "share.proposal_no_value")
	}
	if p.Problem != "" {
		p.Field, p.New, p.Comment = field, newValue, comment
		return s.show(w, r, http.StatusUnprocessableEntity, "proposal", p)
	}
	return s.act(w, r, o, Proposal, body, "proposal")
}

// exact is today's value as the database holds it, so that it can be compared there.
func (s *site) exact(o opened, section string, no int64, field string) string {
	info, _ := o.dossier.Section(section)
	for rec, err := range o.dossier.Records(section, no-1, 1) {
		if err != nil {
			return ""
		}
		for i, f := range info.Fields {
			if f.Name == field {
				return dossier.Printer{Texts: s.Texts, Lang: o.lang}.Cell(dossier.Field{}, rec.Values[i])
			}
		}
	}
	return ""
}
