package share

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"insyn/internal/settings"
	"insyn/internal/wording"
)

//go:embed assets
var assets embed.FS

func parsePages() (*template.Template, error) {
	t, err := wording.Template()
	if err != nil {
		return nil, err
	}
	return t.Funcs(template.FuncMap{
		"entries": func(entries []entry, p page) entryList { return entryList{Entries: entries, Page: p} },
	}).ParseFS(assets, "assets/*.html")
}

// entryList is what the template of entries takes.
type entryList struct {
	Entries []entry
	Page    page
}

// page is what every page has.
type page struct {
	texts      *wording.Texts
	Lang       string
	Title      string
	Controller string
	Other      string // the other language's code, "" where there is no switch
	Style      string // the address of the style sheet
	Preview    bool   // for a handler, before it is sent
	Here       string // where the language switch leads; "" is the address itself
}

// T is a text of ours, for templates.
func (p page) T(key string) string { return p.texts.Label(p.Lang, key) }

// Self is the page, for templates that hand it on.
func (p page) Self() page { return p }

// Plural is a text of ours with a count.
func (p page) Plural(key string, n int) string { return p.texts.Plural(p.Lang, key, n) }

func (s *site) page(lang, controller, title string) page {
	other := wording.English
	if lang == wording.English {
		other = wording.Swedish
	}
	return page{texts: s.Texts, Lang: lang, Title: title, Controller: controller, Other: other, Style: "/style.css"}
}

// render writes a page to memory, so that a fault in the middle never shows half of it.
func (s *site) render(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := s.pages.ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return b.Bytes(), nil
}

func (s *site) send(w http.ResponseWriter, r *http.Request, status int, b []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b)
	}
}

func (s *site) show(w http.ResponseWriter, r *http.Request, status int, name string, data any) error {
	b, err := s.render(name, data)
	if err != nil {
		return err
	}
	s.send(w, r, status, b)
	return nil
}

// plain is a page of one text and at most a way on.
type plain struct {
	page
	Text string
	Next string // address
	Go   string // its words
}

// notice is a page of reference wording whose buttons are forms.
type notice struct {
	page
	Alert bool
	Parts []part
	Extra *plain
}

// part is a block of text or a form.
type part struct {
	Block wording.Block
	Form  *form
}

// form is one button of a notice. With an empty action it goes to the address itself, which keeps the token out of
// the page where pages have to be the same for every token.
type form struct {
	Action string
	Label  string
	Hidden []field
	Input  *input
	Quiet  bool
}

type field struct{ Name, Value string }

type input struct {
	Name, Label, Type, Mode, Complete string
	Max                               int
}

// notice fills the text key in and puts forms in the places of its buttons, in order.
func (s *site) notice(p page, key string, v wording.Vars, forms ...*form) (notice, error) {
	blocks, err := s.Texts.Blocks(p.Lang, key, v)
	if err != nil {
		return notice{}, err
	}
	n := notice{page: p}
	for _, b := range blocks {
		if b.Kind != wording.Button {
			n.Parts = append(n.Parts, part{Block: b})
			continue
		}
		if len(forms) == 0 {
			return notice{}, fmt.Errorf("text %s has more buttons than the page", key)
		}
		f := forms[0]
		forms = forms[1:]
		f.Label = b.Label
		// A short paragraph that ends in a colon is the name of the field that the button sends.
		if last := len(n.Parts) - 1; f.Input != nil && last >= 0 {
			if words := plainWords(n.Parts[last].Block); strings.HasSuffix(words, ":") {
				f.Input.Label = strings.TrimSuffix(words, ":")
				n.Parts = n.Parts[:last]
			}
		}
		n.Parts = append(n.Parts, part{Form: f})
	}
	return n, nil
}

func plainWords(b wording.Block) string {
	var s strings.Builder
	for _, in := range b.Inlines {
		s.WriteString(in.Text)
	}
	return strings.TrimSpace(s.String())
}

// controllerVars are the values of the texts before a dossier is open.
func controllerVars(c settings.Settings, lang string) wording.Vars {
	return wording.Vars{
		"controller":    c.Controller,
		"switchboard":   c.Switchboard,
		"dpo_name":      c.DPOName,
		"dpo_title":     c.DPOTitle().In(lang),
		"dpo_email":     c.DPOEmail,
		"dpo_phone":     c.DPOPhone,
		"links_per_day": c.LinksPerDay,
		"code_minutes":  codeMinutes,
	}
}
