package adminweb

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/refdata"
	"insyn/internal/request"
)

// cardRows is how many entries of a section the card shows.
const cardRows = 3

// person is somebody whom a page is about: a card of a source, or an entry of the register.
type person struct {
	ref    records.Ref
	path   string
	card   records.Person // zero for somebody known from the register only
	entry  *refdata.Person
	source *records.Source // nil for the register
}

func (p *person) name() string {
	if p.source == nil {
		return strings.TrimSpace(p.entry.Given + " " + p.entry.Surname)
	}
	return p.card.Name
}

// subject is the person as a request names them.
func (p *person) subject() request.NewSubject {
	return request.NewSubject{Source: p.ref.Source, Key: p.ref.Key, Name: p.name()}
}

// language is the person's, if ours has a text in it.
func (p *person) language() string {
	if strings.HasPrefix(strings.ToLower(p.card.Language), "en") {
		return "en"
	}
	return "sv"
}

// person finds who the address means.
func (v *visit) person() (*person, error) {
	ref, err := v.site.ref(v.PathValue("source"), v.PathValue("token"))
	if err != nil {
		return nil, err
	}
	p := &person{ref: ref, path: "/person/" + ref.Source + "/" + v.PathValue("token")}
	if ref.Source == request.RegisterSource {
		if v.site.Register == nil {
			return nil, dsar.ErrNotFound
		}
		entry, err := v.site.Register.Get(v.Context(), ref.Key)
		if err != nil {
			return nil, err
		}
		p.entry = &entry
		return p, nil
	}
	p.source = v.site.source(ref.Source)
	p.card, err = p.source.Person(v.Context(), ref.Key)
	return p, err
}

type cardPage struct {
	frame
	Person       cardFacts
	Boxes        []consentBox
	Sections     []section
	Requests     []requestRow
	Duplicates   []personRow
	Actions      []cardAction
	Receiver     int64 // a case that looks for its person
	Join         *form
	Hold         holdPart
	RegisterOnly string
	Erased       int64 // the request that made the card anonymous
	ErasedOn     string
	Entry        string // what the register shows about a person of ours
}

// cardFacts is who it is.
type cardFacts struct {
	Name, Organisation, CustomerNo, Personnummer, Language, Origin, Address string
	Emails                                                                  []emailFact
	Phones                                                                  []string
	Protected, SoleTrader, Merged                                           bool
	Marks                                                                   []consentMark
}

// emailFact is an address and what speaks against sending to it.
type emailFact struct {
	Address string
	Notes   []string
}

// cardAction is a button of the card; Why says why it is not there for the visitor.
type cardAction struct {
	Path, Label, Why string
	Danger, Main     bool
}

func (s *site) personPage(w http.ResponseWriter, v *visit) error {
	p, err := v.person()
	if err != nil {
		return err
	}
	ctx := v.Context()
	if p.source == nil {
		for _, src := range s.Sources { // somebody has got a card meanwhile
			key, err := src.ByRegisterID(ctx, p.ref.Key)
			if err == nil {
				http.Redirect(w, v.Request, s.personPath(records.Ref{Source: src.Name, Key: key}), http.StatusSeeOther)
				return nil
			}
			if !errors.Is(err, dsar.ErrNotFound) {
				return err
			}
		}
	}
	return s.showPerson(w, v, http.StatusOK, p, nil)
}

// showPerson shows a card; failed is the form of a box that was posted and refused.
func (s *site) showPerson(w http.ResponseWriter, v *visit, status int, p *person, failed *form) error {
	ctx := v.Context()
	names, _, err := s.names(ctx)
	if err != nil {
		return err
	}
	list, err := s.Store.List(ctx, request.Filter{Subject: s.Store.Keys.Subject(p.ref.Source, p.ref.Key)})
	if err != nil {
		return err
	}
	page := cardPage{frame: v.frame("admin.card.title"), Person: v.facts(p), Boxes: v.consentBoxes(p, names, failed), Actions: v.cardActions(p), Requests: v.rows(list, names)}
	page.Title = p.name()
	for _, r := range list {
		if r.ErasedAt != nil { // what is left is a row without a person: nothing can be done with it
			page.Erased, page.ErasedOn, page.Actions, page.Boxes = r.ID, v.when(r.ErasedAt), nil, nil
		}
	}
	page.Receiver, _ = strconv.ParseInt(v.URL.Query().Get("for"), 10, 64)
	if page.Receiver > 0 {
		page.Join = v.form("/requests/"+strconv.FormatInt(page.Receiver, 10)+"/person", "admin.card.join")
		page.Join.add("hidden", "person", p.ref.Source+" "+v.PathValue("token"))
	}
	if page.Erased == 0 {
		if page.Hold, err = v.holdPart(ctx, p, failed); err != nil {
			return err
		}
	}
	rows := 0
	if p.source == nil {
		page.RegisterOnly = v.text("admin.card.register_only", "provider", s.Register.Provider().Name)
	} else {
		if page.Sections, err = v.sections(ctx, p.source, p.ref.Key); err != nil {
			return err
		}
		for _, x := range page.Sections {
			rows += x.Count
		}
		hits, err := p.source.Duplicates(ctx, p.ref.Key)
		if err != nil {
			return err
		}
		for _, h := range hits {
			page.Duplicates = append(page.Duplicates, v.hitRow(h))
		}
		if p.card.RegisterID != "" && s.Register != nil {
			page.Entry = v.text("admin.card.register_too", "provider", s.Register.Provider().Name)
		}
	}
	err = audit.Write(ctx, s.Pool, audit.Entry{Actor: v.who.ID, Action: "person.opened", Detail: audit.Detail{"rows": int64(rows), "requests": int64(len(list))}})
	if err != nil {
		return err
	}
	return s.show(w, v, status, "person", page)
}

func (v *visit) facts(p *person) cardFacts {
	if p.source == nil {
		e := p.entry
		address := strings.TrimSpace(strings.Join([]string{e.Street, strings.TrimSpace(e.Postcode + " " + e.City), e.Country}, ", "))
		return cardFacts{Name: p.name(), Organisation: strings.Trim(e.Organisation+", "+e.Role, ", "), Origin: v.sourceLabel(request.RegisterSource), Address: strings.Trim(address, ", ")}
	}
	c := p.card
	f := cardFacts{
		Name: c.Name, Organisation: c.Organisation, CustomerNo: c.CustomerNo, Personnummer: c.Personnummer, Language: v.languageName(c.Language),
		Origin: v.sourceLabel(p.ref.Source), Phones: c.Phones, Protected: c.Protected, SoleTrader: c.SoleTrader, Merged: c.MergedInto != "",
		Marks: v.consentMarks(p.path, c.Newsletter.State, c.Processing.State, c.Touched),
	}
	for _, e := range c.Emails {
		x := emailFact{Address: e.Address}
		note := func(on bool, key string) {
			if on {
				x.Notes = append(x.Notes, v.T("admin.mailbox."+key))
			}
		}
		note(e.Invalid, "invalid")
		note(e.Bounced, "bounced")
		note(e.Role, "role")
		note(!e.Changed.IsZero() && time.Since(e.Changed) < 30*24*time.Hour, "new")
		if e.SharedBy > 0 {
			x.Notes = append(x.Notes, v.plural("admin.mailbox.shared", e.SharedBy))
		}
		f.Emails = append(f.Emails, x)
	}
	return f
}

func (v *visit) languageName(code string) string {
	if key := "admin.choice.language." + strings.ToLower(code); v.has(key) {
		return v.T(key)
	}
	return code
}

// cardActions are the buttons, and for those that are not the visitor's the reason.
func (v *visit) cardActions(p *person) []cardAction {
	actions := []cardAction{
		{Path: p.path + "/share", Label: v.T("admin.action.share"), Main: true},
		{Path: p.path + "/export", Label: v.T("admin.action.export")},
		{Path: p.path + "/edit", Label: v.T("admin.action.edit")},
		{Path: p.path + "/register", Label: v.T("admin.nav.register")},
	}
	if p.source == nil { // the register's own data is the provider's: shown, never changed or taken along
		return append(actions[:1:1], actions[3])
	}
	erase := cardAction{Label: v.T("admin.action.anonymise"), Danger: true, Path: p.path + "/erase"}
	switch {
	case v.can(approve):
	case v.can(planErasure):
		erase = cardAction{Why: v.T("admin.card.erase_dpo")}
	default:
		erase = cardAction{Why: v.T("admin.card.erase_handler")}
	}
	return append(actions, erase)
}
