package adminweb

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/jobs"
)

// rehearsalPage shows what an erasure will do, and then asks.
type rehearsalPage struct {
	frame
	ID       int64
	Person   string
	Found    bool // a rehearsal has been run
	At       time.Time
	Took     string
	Sources  []rehearsedSource
	Total    int
	Kept     int
	Warnings []string
	Refusals []string
	Holds    []holdBox
	Review   request.MentionCounts // places that somebody is asked about
	Problem  string
	Approve  *form
	WhyNot   string
	Again    *form
	Live     livePart
}

// rehearsedSource is the rehearsal in one source.
type rehearsedSource struct {
	Name     string
	Tables   []tableRow
	Kept     []keptRow
	Shared   []sharedRow
	Mentions []mentionRow
	More     int // mentions that are not shown
	Triggers []string
}

type tableRow struct {
	Label, What string
	Rows        int
}

type sharedRow struct {
	Label        string
	Rows, Others int
}

// mentionRow is a place in a text, with what stands around it.
type mentionRow struct {
	Where, Before, Match, After string
}

// shownMentions bounds the list of places.
const shownMentions = 200

// storedRehearsal is how a worker keeps it: one result a source.
type storedRehearsal struct {
	Sources []struct {
		Source string             `json:"source"`
		Result *records.Rehearsal `json:"result"`
	} `json:"sources"`
}

// planned finds an erasure that has not run, and its newest rehearsal; nil when there is none yet.
func (s *site) planned(v *visit) (*request.Request, *request.StoredRehearsal, error) {
	r, stored, err := s.searched(v)
	if err == nil && r.Kind != dsar.Erasure {
		return nil, nil, dsar.ErrNotFound
	}
	return r, stored, err
}

// searched finds an erasure, or an access request, and what was last found for it.
func (s *site) searched(v *visit) (*request.Request, *request.StoredRehearsal, error) {
	id, err := v.id("id")
	if err != nil {
		return nil, nil, err
	}
	r, err := s.Store.Get(v.Context(), id)
	if err != nil {
		return nil, nil, err
	}
	if r.Kind != dsar.Erasure && r.Kind != dsar.Access {
		return nil, nil, dsar.ErrNotFound
	}
	stored, err := s.Store.Rehearsal(v.Context(), id)
	if errors.Is(err, dsar.ErrNotFound) {
		return r, nil, nil
	}
	return r, stored, err
}

func (s *site) rehearsalPage(w http.ResponseWriter, v *visit) error {
	return s.showRehearsal(w, v, http.StatusOK, "")
}

func (s *site) showRehearsal(w http.ResponseWriter, v *visit, status int, problem string) error {
	r, stored, err := s.planned(v)
	if err != nil {
		return err
	}
	path := "/requests/" + strconv.FormatInt(r.ID, 10)
	p := rehearsalPage{frame: v.frame("admin.term.rehearsal"), ID: r.ID, Person: v.subjectName(r), Problem: problem}
	p.Scripts = append(p.Scripts, "live.js")
	if p.Live, err = s.live(v.Context(), v, r); err != nil {
		return err
	}
	if r.ErasedAt == nil && r.State != dsar.Working && !r.Closed() && r.WaitingFor != dsar.ForHold && r.Undecided == 0 {
		p.Again = v.form(path+"/rehearse", "admin.step.rehearse_do")
	}
	if stored != nil && len(stored.Body) > 0 {
		var body storedRehearsal
		if err := json.Unmarshal(stored.Body, &body); err != nil {
			return errors.New("a stored rehearsal cannot be read")
		}
		p.Found, p.At = true, stored.At
		v.addRehearsal(&p, body)
	}
	if p.Review, err = s.Store.Mentions(v.Context(), s.Pool, r.ID); err != nil {
		return err
	}
	if p.Holds, err = s.holdsOfRequest(v.Context(), v, r); err != nil {
		return err
	}
	if p.Found && r.ErasedAt == nil {
		if p.WhyNot = v.whyNot(r); p.WhyNot == "" && p.Review.Undecided > 0 {
			p.WhyNot = v.T("admin.rehearsal.undecided")
		}
		if p.WhyNot == "" {
			p.Approve = v.form(path+"/approve", "admin.rehearsal.title")
			p.Approve.Submit = v.text("admin.rehearsal.approve", "rows", p.Total+p.Review.Accepted, "kept", p.Kept)
			p.Approve.Danger = true
			p.Approve.add("hidden", "plan", base64.RawURLEncoding.EncodeToString(stored.Shown()))
		}
	}
	return s.show(w, v, status, "rehearsal", p)
}

// whyNot says why the visitor cannot approve now; nothing when they can.
func (v *visit) whyNot(r *request.Request) string {
	switch {
	case r.WaitingFor == dsar.ForHold:
		return v.T("admin.rehearsal.held")
	case r.WaitingFor == dsar.ForIdentity && r.Undecided > 0:
		return v.T("admin.rehearsal.tied")
	case r.WaitingFor != dsar.ForApproval:
		return v.T("admin.rehearsal.not_waiting")
	case r.Ground == "" || r.VerifiedHow == "" || r.RequestedBy == 0:
		return v.T("admin.rehearsal.no_ground")
	case !v.can(approve):
		return v.T("admin.rehearsal.only_admin")
	case r.RequestedBy == v.who.ID && v.set.Approval != "one":
		return v.T("admin.rehearsal.two_people")
	}
	return ""
}

func (v *visit) addRehearsal(p *rehearsalPage, body storedRehearsal) {
	var took time.Duration
	p.Refusals = v.refusals(body)
	for _, x := range body.Sources {
		if x.Result == nil {
			continue
		}
		src := rehearsedSource{Name: v.sourceLabel(x.Source), Triggers: x.Result.Triggers}
		for _, t := range x.Result.Tables {
			src.Tables = append(src.Tables, tableRow{Label: or(v.in(t.Label), t.Table), What: v.erasureAction(t.Action), Rows: t.Rows})
		}
		for _, k := range x.Result.Kept {
			src.Kept = append(src.Kept, v.kept(k))
			p.Kept += k.Rows
		}
		for _, h := range x.Result.Shared {
			src.Shared = append(src.Shared, sharedRow{Label: or(v.in(h.Label), h.Table), Rows: h.Rows, Others: h.Others})
		}
		for i, m := range x.Result.Mentions {
			if i == shownMentions {
				src.More = len(x.Result.Mentions) - shownMentions
				break
			}
			src.Mentions = append(src.Mentions, v.mention(m))
		}
		for _, w := range x.Result.Warnings {
			key := "admin.warning." + w.Kind
			if !v.has(key + ".one") {
				key = "admin.warning.other"
			}
			p.Warnings = append(p.Warnings, v.plural(key, w.Rows)+" ("+or(v.in(w.Label), w.Table)+")")
		}
		p.Sources = append(p.Sources, src)
		p.Total += x.Result.Total
		took += x.Result.Took
	}
	p.Took = strconv.FormatFloat(took.Seconds(), 'f', 1, 64)
	if v.Lang == "sv" {
		p.Took = comma(p.Took)
	}
}

func comma(s string) string {
	b := []byte(s)
	for i := range b {
		if b[i] == '.' {
			b[i] = ','
		}
	}
	return string(b)
}

func (v *visit) mention(m records.MentionHit) mentionRow {
	return mentionRow{Where: v.where(m.Table, m.Column), Before: m.Before, Match: m.Match, After: m.After}
}

// where names a table and a column in the map's words.
func (v *visit) where(table, column string) string {
	for _, src := range v.site.Sources {
		t := src.Plan().Table(table)
		if t == nil {
			continue
		}
		if c := t.Column(column); c != nil {
			column = or(v.in(c.Label), column)
		}
		table = or(v.in(t.Label), table)
		break
	}
	return table + ", " + column
}

// approve runs the erasure that was shown, and no other: the plan's hash comes with the form.
func (s *site) approve(w http.ResponseWriter, v *visit) error {
	r, _, err := s.planned(v)
	if err != nil {
		return err
	}
	hash, err := base64.RawURLEncoding.DecodeString(v.field("plan"))
	if err != nil || len(hash) == 0 {
		return &dsar.Invalid{Field: "plan", Problem: "form"}
	}
	err = s.Desk.Approve(v.Context(), r.ID, v.who.ID, hash)
	switch {
	case errors.Is(err, jobs.ErrTwoPeople):
		return s.showRehearsal(w, v, http.StatusForbidden, v.T("admin.rehearsal.two_people"))
	case errors.Is(err, jobs.ErrMentions):
		return s.showRehearsal(w, v, http.StatusConflict, v.T("admin.rehearsal.undecided"))
	case errors.Is(err, dsar.ErrConflict):
		return s.showRehearsal(w, v, http.StatusConflict, v.T("admin.rehearsal.changed"))
	case errors.Is(err, dsar.ErrInvalid):
		return s.showRehearsal(w, v, http.StatusBadRequest, v.T("admin.rehearsal.no_ground"))
	case err != nil:
		return err
	}
	v.flash("step.approve")
	return v.seeOther(w, "/requests/"+strconv.FormatInt(r.ID, 10))
}
