package adminweb

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
)

type requestPage struct {
	frame
	ID        int64
	Kind      string
	Closed    bool
	Live      livePart
	People    []subjectLink
	Find      bool // nobody is found yet
	Together  []int64
	Waits     []int64 // the requests whose open copy an approved erasure waits for
	Breach    *breach
	Drift     []driftNotice
	Ties      tiePart
	Holds     []holdBox
	Elsewhere bool     // the hold is on another card of the person
	Refusals  []string // rules of the map that keep the person from being erased
	Letters   []letter
	Look      []cardAction
	Due       *dueFacts
	Facts     []fact
	Wish      []string
	Notes     []string
	Now       []stepBox
	Steps     []stepBox
	Links     []linkRow
	Mails     []mailRow
	Changes   []changeRow
	Conflict  bool // one of the changes met a newer value, so none was written
	Receipts  []sourceReceipt
	Decisions []decision
	Timeline  []auditLine
	Retry     []*form
}

// livePart is what changes by itself: where the request stands, and the work that is going on.
type livePart struct {
	ID      int64
	Events  string
	Status  badge
	Explain string
	Jobs    []jobLine
	Delayed bool
	version int
}

// jobLine is a piece of work in words.
type jobLine struct {
	Kind, State, Stage, Code string
	Tone                     string
	Progress, Total          int64
	Started                  *time.Time
	Stages                   []stageLine
}

type subjectLink struct{ Path, Name, Origin string }

// breach is an answer that went to somebody else: when it was reported, and when the authority has to know.
type breach struct{ Reported, Until string }

// authorityTime is how long the controller has to tell the authority (GDPR Art. 33(1)).
const authorityTime = 72 * time.Hour

// fact is a line of the list beside the state.
type fact struct{ Label, Value string }

// dueFacts is the legal date and how it was reached.
// Left is counted to the strict date, and stands beside it.
type dueFacts struct{ Day, Left, Tone, Explain, Strict, NoticeBy string }

type linkRow struct {
	ID                        int64
	Level, State, Tone        string
	Open                      bool // works, or will when its mail is accepted
	Created                   time.Time
	Expires, Opened, Download *time.Time
	Revoke, Code              *form
}

type mailRow struct {
	Name, State, Code string
	Tries             int
	Created           time.Time
	Accepted          *time.Time
}

func (s *site) requestPage(w http.ResponseWriter, v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return s.showRequest(w, v, http.StatusOK, id, "", nil)
}

// showRequest shows a request; tried is a step that was refused, and why.
func (s *site) showRequest(w http.ResponseWriter, v *visit, status int, id int64, tried string, bad error) error {
	ctx := v.Context()
	r, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	names, _, err := s.names(ctx)
	if err != nil {
		return err
	}
	row := v.row(r, names)
	p := requestPage{frame: v.frame("admin.nav.requests"), ID: id, Kind: row.Kind, Closed: r.Closed(), Find: len(r.Subjects) == 0 && !r.Closed()}
	p.Title = v.text("admin.search.request", "id", strconv.FormatInt(id, 10)) + ": " + row.Kind
	p.Scripts = append(p.Scripts, "live.js")
	if p.Live, err = s.live(ctx, v, r); err != nil {
		return err
	}
	if p.Together, err = s.Store.Together(ctx, id); err != nil {
		return err
	}
	if p.Waits, err = s.waitsFor(ctx, r); err != nil {
		return err
	}
	if r.MisdeliveredAt != nil {
		p.Breach = &breach{Reported: v.when(r.MisdeliveredAt), Until: v.when(r.MisdeliveredAt.Add(authorityTime))}
	}
	p.Drift = s.driftOf(ctx, v, r)
	if p.Letters, err = s.letters(ctx, v, r); err != nil {
		return err
	}
	if p.Ties, err = s.ties(ctx, v, r, tried, bad); err != nil {
		return err
	}
	if p.Holds, err = s.holdsOfRequest(ctx, v, r); err != nil {
		return err
	}
	p.Elsewhere = r.WaitingFor == dsar.ForHold && len(p.Holds) == 0
	if p.Refusals, err = s.refusals(ctx, v, r, v.Lang); err != nil {
		return err
	}
	for _, u := range r.Subjects {
		l := subjectLink{Name: u.Name, Origin: v.sourceLabel(u.Source)}
		if u.Key != "" {
			l.Path = s.personPath(records.Ref{Source: u.Source, Key: u.Key})
		}
		if u.Name == "" {
			l.Name = v.T("admin.requests.blanked")
		}
		p.People = append(p.People, l)
	}
	if r.Asked {
		if p.Due, err = s.due(ctx, v, r); err != nil {
			return err
		}
	}
	p.Facts, p.Wish, p.Notes = v.requestFacts(r, names), text(r.Wish), text(r.Notes)
	p.Look = v.look(r)
	if p.Now, p.Steps, err = v.stepBoxes(r, tried, bad); err != nil {
		return err
	}
	if err := s.requestParts(ctx, v, r, &p); err != nil {
		return err
	}
	v.countClosed(&p)
	rows, err := s.Store.Timeline(ctx, id)
	if err != nil {
		return err
	}
	for _, a := range rows {
		p.Timeline = append(p.Timeline, v.auditLine(a, names))
	}
	return s.show(w, v, status, "request", p)
}

// waitsFor are the requests of the same person whose copy is on its way, when an approved erasure waits for one.
func (s *site) waitsFor(ctx context.Context, r *request.Request) ([]int64, error) {
	if r.Kind != dsar.Erasure || r.ApprovedBy == 0 || r.ErasedAt != nil || r.NoWait || len(r.Subjects) == 0 || r.Closed() {
		return nil, nil
	}
	list, err := s.Store.List(ctx, request.Filter{Subject: r.Person().HMAC})
	if err != nil {
		return nil, err
	}
	var out []int64
	for i := range list {
		if !sendable(&list[i]) {
			continue
		}
		links, err := s.Store.Links(ctx, list[i].ID)
		if err != nil {
			return nil, err
		}
		live := slices.ContainsFunc(links, func(l request.Link) bool { return l.Live })
		if live || !list[i].Closed() {
			out = append(out, list[i].ID)
		}
	}
	return out, nil
}

func text(s string) []string {
	if s == "" {
		return nil
	}
	return lines(s)
}

// countClosed says on the buttons that close links how many.
func (v *visit) countClosed(p *requestPage) {
	open := 0
	for _, l := range p.Links {
		if l.Open {
			open++
		}
	}
	for _, b := range slices.Concat(p.Now, p.Steps) {
		if (b.Name == "withdraw" || b.Name == "misdelivered") && open > 0 {
			b.Form.Submit += " (" + v.plural("admin.step.closes", open) + ")"
		}
	}
}

// look are the pages that belong to where the request stands.
func (v *visit) look(r *request.Request) []cardAction {
	path := "/requests/" + strconv.FormatInt(r.ID, 10)
	var out []cardAction
	if r.Kind == dsar.Erasure && r.ErasedAt != nil {
		out = append(out, cardAction{Path: path + "/receipt", Label: v.T("receipt.look"), Main: r.RescannedAt != nil})
	}
	if len(r.Subjects) == 0 || r.Person().Key == "" {
		return out
	}
	if sendable(r) {
		key := "admin.review.look"
		if r.WaitingFor == dsar.ForReview {
			key = "admin.review.now"
		}
		out = append(out, cardAction{Path: path + "/review", Label: v.T(key), Main: r.WaitingFor == dsar.ForReview})
	}
	if r.Kind == dsar.Rectification && !r.Closed() && r.State != dsar.Working {
		out = append(out, cardAction{Path: path + "/correct", Label: v.T("admin.correct.look"), Main: true})
	}
	if r.Kind == dsar.Erasure && v.can(planErasure) && r.ErasedAt == nil {
		out = append(out, cardAction{Path: path + "/rehearsal", Label: v.T("admin.rehearsal.look"), Main: r.WaitingFor == dsar.ForApproval})
	}
	return out
}

func (s *site) due(ctx context.Context, v *visit, r *request.Request) (*dueFacts, error) {
	d, err := s.Store.LegalDate(ctx, r)
	if err != nil {
		return nil, err
	}
	f := &dueFacts{Day: d.Due.Long(v.Lang), Explain: d.Explain(v.Lang)}
	if d.StrictWithoutPause != d.Due {
		f.Strict = d.StrictWithoutPause.Long(v.Lang)
	}
	if !r.Closed() {
		f.Left = v.texts.DueLabel(v.Lang, dsar.DaysLeft(v.today(), d.StrictWithoutPause))
		f.Tone = tone(dsar.Urgency(r.Country, r.ReceivedOn, d.StrictWithoutPause, v.today()))
		if r.ExtendedAt == nil && !v.today().After(d.FirstMonth) {
			f.NoticeBy = v.text("admin.request.notice_by", "day", d.FirstMonth.In(v.Lang))
		}
	}
	return f, nil
}

func (v *visit) requestFacts(r *request.Request, names map[int64]string) []fact {
	var out []fact
	add := func(label, value string) {
		if value != "" {
			out = append(out, fact{v.T("admin.fact." + label), value})
		}
	}
	choice := func(field, value string) string {
		if value == "" {
			return ""
		}
		return v.T("admin.choice." + field + "." + value)
	}
	channel := v.T("admin.channel." + r.Channel)
	if r.Asked {
		add("received", v.day(r.ReceivedOn)+", "+channel)
	} else {
		add("own_initiative", v.day(r.ReceivedOn))
	}
	if r.AskedBy != "self" {
		add("asked_by", choice("asked_by", r.AskedBy))
	}
	add("answer_language", choice("language", r.Language))
	add("answer_by", choice("answer_by", r.AnswerBy))
	if sendable(r) {
		add("assurance", choice("assurance", r.Assurance))
	}
	add("handler", or(names[r.Handler], v.T("admin.nobody")))
	add("created_by", or(names[r.CreatedBy], map[bool]string{true: v.T("admin.audit.subject"), false: v.T("admin.audit.system")}[r.Channel == "share_page"]))
	if r.VerifiedHow != "" {
		add("verified", choice("verified_how", r.VerifiedHow)+" ("+or(names[r.VerifiedBy], v.T("admin.audit.system"))+")")
	}
	add("ground", choice("ground", r.Ground))
	if r.Kind == dsar.Erasure {
		add("requested_by", names[r.RequestedBy])
		add("approved_by", names[r.ApprovedBy])
	}
	add("refusal", choice("refusal", r.RefusalGround))
	add("decided_by", r.DecidedBy)
	if r.ExtendedAt != nil {
		add("extended", v.when(r.ExtendedAt)+": "+r.ExtendedReason)
	}
	for _, p := range r.Pauses {
		until := v.T("admin.request.still")
		if p.AnsweredOn != nil {
			until = v.day(*p.AnsweredOn)
		}
		add("pause", choice("why", p.Why)+": "+v.day(p.AskedOn)+" – "+until)
	}
	if r.OriginRequestID != 0 {
		add("origin", strconv.FormatInt(r.OriginRequestID, 10))
	}
	return out
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
