package adminweb

import (
	"errors"
	"net/http"
	"slices"

	"insyn/internal/dsar"
	"insyn/internal/wording"
)

type previewPage struct {
	frame
	Subject   string
	MailLang  string
	Blocks    []wording.Block
	Problem   string
	Languages []filterLink
}

// previews are the messages that can be looked at before anybody gets them.
func previews() []string {
	return []string{"link", "code", "received", "identity", "corrected", "erased", "refused", "extended", "optout"}
}

func (v *visit) mailLinks() []mailLink {
	var out []mailLink
	for _, name := range previews() {
		out = append(out, mailLink{Path: "/settings/mail/" + name, Label: v.T("admin.preview." + name)})
	}
	return out
}

// mailPreview shows a message with the controller's own facts and an invented case.
func (s *site) mailPreview(w http.ResponseWriter, v *visit) error {
	name := v.PathValue("name")
	if !slices.Contains(previews(), name) {
		return dsar.ErrNotFound
	}
	lang := v.URL.Query().Get("language")
	if lang != "sv" && lang != "en" {
		lang = v.Lang
	}
	p := previewPage{frame: v.frame("admin.preview." + name), MailLang: lang}
	for _, l := range wording.Langs() {
		p.Languages = append(p.Languages, filterLink{"/settings/mail/" + name + "?language=" + l, v.T("admin.choice.language." + l), l == lang})
	}
	vars := v.exampleVars(lang)
	subject, err := s.Texts.Text(lang, "mail."+name+".subject", vars)
	if err == nil {
		p.Blocks, err = s.Texts.Blocks(lang, "mail."+name+".body", vars)
	}
	var missing *wording.MissingError
	switch {
	case errors.As(err, &missing):
		p.Problem = v.text("admin.preview.missing", "name", missing.Name)
	case err != nil:
		return err
	default:
		p.Subject = subject
	}
	return s.show(w, v, http.StatusOK, "mail_preview", p)
}

// exampleVars are the controller's facts, and an invented value for everything that a case would bring.
func (v *visit) exampleVars(lang string) wording.Vars {
	vars := wording.Vars{}
	for _, key := range v.texts.Keys() {
		for _, name := range v.texts.Placeholders(key) {
			name = placeholderName(name)
			if example := "admin.example." + name; v.texts.Has(example) {
				vars[name] = v.texts.Label(lang, example)
			} else {
				vars[name] = "‹" + name + "›"
			}
		}
	}
	day := v.today()
	for _, name := range []string{"received_date", "due_strict", "asked_date", "date", "new_due_strict", "answer_by", "as_of"} {
		vars[name] = day.In(lang)
	}
	for name, value := range v.controllerVars(lang) {
		vars[name] = value
	}
	vars["link"] = v.site.ShareURL + "/s/…"
	vars["code"] = "1234 5678"
	vars["case_id"] = "1001"
	if a := v.set.Authority[lang]; a != "" {
		vars["authority"] = a
	}
	return vars
}

func placeholderName(name string) string {
	for name != "" && (name[0] == '#' || name[0] == '^') {
		name = name[1:]
	}
	return name
}
