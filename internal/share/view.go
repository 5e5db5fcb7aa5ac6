package share

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"insyn/internal/dossier"
	"insyn/internal/settings"
	"insyn/internal/wording"
)

const (
	firstEntries = 20  // of a section on the page
	pageEntries  = 200 // on a page of a section
)

// viewPage is the page of an opened dossier.
type viewPage struct {
	page
	Summary  dossier.Passage
	Lifetime []wording.Block
	Closes   string
	Case     string
	Refused  string
	Portable bool
	Nothing  bool
	Actions  actions
	Object   dossier.Passage
	Once     string
	Intro    string
	Sections []sectionView
	About    []dossier.Part
	Openings []opening
}

// actions are the words of the buttons.
type actions struct{ Everything, Move, Wrong, NoAds, Erase, Ask string }

// sectionView is one fold.
type sectionView struct {
	ID, Label string
	Path      string
	Count     string
	Facts     []dossier.Fact
	Entries   []entry
	All       string // address of all entries, "" when these are all
}

// entry is one record.
type entry struct {
	No     int64
	Wrong  string // address where this entry can be said to be wrong
	Values []shown
}

type shown struct {
	Label, Value string
	Masked, Left bool
}

func (s *site) printer(o opened, loc *time.Location, days int) dossier.Printer {
	return dossier.Printer{Texts: s.Texts, Lang: o.lang, Loc: loc, Closes: o.link.expires, NewLink: s.BaseURL + "/new", NewLinkDays: days}
}

// house is what the settings decide on the page of an opened dossier; who we are comes from the dossier itself.
func (s *site) house(r *http.Request, o opened) (dossier.Printer, error) {
	c, err := settings.Load(r.Context(), s.Pool)
	return s.printer(o, c.Location(), c.NewLinkDays), err
}

func (s *site) openedPage(o opened, title string) page {
	return s.page(o.lang, o.dossier.Meta().Controller.Name, title)
}

func (s *site) view(w http.ResponseWriter, r *http.Request, o opened) error {
	p, err := s.house(r, o)
	if err != nil {
		return err
	}
	v, err := s.viewPage(p, o, firstEntries)
	if err != nil {
		return err
	}
	if v.Openings, err = s.readOpenings(r.Context(), o, p.Loc); err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "view", v)
}

func (s *site) viewPage(p dossier.Printer, o opened, limit int64) (viewPage, error) {
	m := o.dossier.Meta()
	vars := p.Vars(m)
	title, err := s.Texts.Text(o.lang, "access.title", vars)
	if err != nil {
		return viewPage{}, err
	}
	v := viewPage{
		page: s.openedPage(o, title), Once: once(), Nothing: m.Nothing, Refused: m.Refused.In(o.lang),
		Closes: wording.DateTime(o.link.expires, p.Loc, o.lang), Portable: o.dossier.HasPortable(),
		Intro: s.Texts.Label(o.lang, "access.data_intro"),
	}
	if m.RequestID != 0 {
		v.Case = strconv.FormatInt(m.RequestID, 10)
	}
	if v.Summary, err = p.Summary(o.dossier); err != nil {
		return v, err
	}
	if v.Object, err = p.Object(o.dossier); err != nil {
		return v, err
	}
	if v.About, err = p.About(o.dossier); err != nil {
		return v, err
	}
	if v.Lifetime, err = p.Lifetime(m); err != nil {
		return v, err
	}
	if v.Actions, err = s.actions(o.lang, vars); err != nil {
		return v, err
	}
	for _, info := range o.dossier.Filled() {
		sec, err := s.sectionView(p, o, info, 0, limit)
		if err != nil {
			return v, err
		}
		if info.Count > limit {
			sec.All = sec.Path
		}
		v.Sections = append(v.Sections, sec)
	}
	return v, nil
}

func (s *site) actions(lang string, vars wording.Vars) (actions, error) {
	var a actions
	vars["portable"] = true
	for i, to := range []*string{&a.Everything, &a.Move, &a.Wrong, &a.NoAds, &a.Erase, &a.Ask} {
		_, body, err := s.Texts.Item(lang, "access.actions", i, vars)
		if err != nil {
			return a, err
		}
		*to = body
	}
	return a, nil
}

func (s *site) sectionView(p dossier.Printer, o opened, info dossier.SectionInfo, from, limit int64) (sectionView, error) {
	facts, err := p.Facts(o.dossier.Meta(), info.Section)
	if err != nil {
		return sectionView{}, err
	}
	v := sectionView{
		ID: info.ID, Label: info.Label.In(o.lang), Path: "/v/section/" + url.PathEscape(info.ID),
		Count: wording.Thousands(int(info.Count), o.lang), Facts: facts,
	}
	no := from
	for rec, err := range o.dossier.Records(info.ID, from, limit) {
		if err != nil {
			return v, err
		}
		no++
		e := entry{No: no, Wrong: fmt.Sprintf("/v/proposal?section=%s&entry=%d", url.QueryEscape(info.ID), no)}
		for i, val := range rec.Values {
			text := p.Value(info.Fields[i], val)
			if text == "" {
				continue
			}
			e.Values = append(e.Values, shown{
				Label: info.Fields[i].Label.In(o.lang), Value: text, Masked: val.Masked && val.Withheld == "", Left: val.Withheld != "",
			})
		}
		v.Entries = append(v.Entries, e)
	}
	return v, nil
}

// sectionPage is all of one section, a page at a time.
type sectionPage struct {
	page
	sectionView
	At             string // "1 to 200 of 1,234"
	Previous, Next string
}

func (s *site) section(w http.ResponseWriter, r *http.Request, o opened) error {
	info, ok := o.dossier.Section(r.PathValue("id"))
	if !ok {
		return errNotFound
	}
	p, err := s.house(r, o)
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(r.URL.Query().Get("page"), 10, 32)
	if err != nil || n < 1 {
		n = 1
	}
	last := max(1, (info.Count+pageEntries-1)/pageEntries)
	if n > last {
		return errNotFound
	}
	from := (n - 1) * pageEntries
	sec, err := s.sectionView(p, o, info, from, pageEntries)
	if err != nil {
		return err
	}
	v := sectionPage{page: s.openedPage(o, sec.Label), sectionView: sec}
	v.Here = sec.Path
	if n > 1 {
		v.Previous = fmt.Sprintf("%s?page=%d", sec.Path, n-1)
	}
	if n < last {
		v.Next = fmt.Sprintf("%s?page=%d", sec.Path, n+1)
	}
	v.At, err = s.Texts.Text(o.lang, "share.entries_at", wording.Vars{
		"from": int(min(from+1, info.Count)), "to": int(min(from+pageEntries, info.Count)), "count": sec.Count,
	})
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "section", v)
}

// once is drawn for each form that is shown: a form sent twice can be told from two wishes.
func once() string { return rand.Text() }
