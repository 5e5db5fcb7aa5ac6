package adminweb

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"insyn/internal/records"
	"insyn/internal/request"
)

// changeRow is one field of a correction that was made or that met a newer value.
type changeRow struct{ Label, Old, New, Note string }

// sourceReceipt is what an erasure did in one source, in counts.
type sourceReceipt struct {
	Source    string
	At        string
	Counts    []fact
	Kept      []keptRow
	Findings  []finding
	Retained  []finding
	Unread    []finding // what the search could not open
	Rescanned string
	Register  string // the reference register still shows the person
}

// keptRow is what a law keeps, and until when.
type keptRow struct {
	Label, Law, Sentence string
	Rows                 int
	Until                string
}

// finding is a place where the search afterwards still met the person. Retained ones a law keeps.
type finding struct {
	Where string
	Rows  int
}

// decision is a note of a person: a question, a decision.
type decision struct {
	Kind string
	At   time.Time
	Text []string
}

// requestParts adds links, mails, what was changed, receipts and failed jobs.
func (s *site) requestParts(ctx context.Context, v *visit, r *request.Request, p *requestPage) error {
	links, err := s.Store.Links(ctx, r.ID)
	if err != nil {
		return err
	}
	for _, l := range links {
		p.Links = append(p.Links, v.linkRow(r.ID, l))
	}
	mails, err := s.Store.Mails(ctx, r.ID)
	if err != nil {
		return err
	}
	for _, m := range mails {
		name := m.Template
		if key := "admin.template." + m.Template; v.has(key) {
			name = v.T(key)
		}
		p.Mails = append(p.Mails, mailRow{Name: name, State: v.T("admin.mailstate." + m.State), Code: v.mailCode(m), Tries: m.Tries, Created: m.CreatedAt, Accepted: m.AcceptedAt})
	}
	evidence, err := s.Store.Evidence(ctx, r.ID)
	if err != nil {
		return err
	}
	for _, e := range evidence {
		v.addEvidence(p, e)
	}
	for _, u := range r.Subjects {
		if len(u.Receipt) > 0 {
			p.Receipts = append(p.Receipts, v.receipt(u))
		}
	}
	list, err := s.Store.Jobs(ctx, r.ID)
	if err != nil {
		return err
	}
	for _, j := range list {
		if j.State == "failed" && v.can(takeRequests) {
			p.Retry = append(p.Retry, v.form("/requests/"+strconv.FormatInt(r.ID, 10)+"/retry/"+strconv.FormatInt(j.ID, 10), "admin.request.retry"))
		}
	}
	return nil
}

// mailCode is what went wrong with a message; that a server said 250 is no news beside "accepted".
func (v *visit) mailCode(m request.Mail) string {
	if m.State == "accepted" {
		return ""
	}
	return v.codeWords(m.Code)
}

func (v *visit) linkRow(id int64, l request.Link) linkRow {
	row := linkRow{ID: l.ID, Level: v.T("admin.choice.assurance." + l.Level), Created: l.CreatedAt, Expires: l.ExpiresAt, Opened: l.OpenedAt, Download: l.DownloadedAt}
	path := "/requests/" + strconv.FormatInt(id, 10) + "/links/" + strconv.FormatInt(l.ID, 10)
	pending := l.RevokedAt == nil && l.ExpiresAt == nil
	switch {
	case l.RevokedAt != nil:
		row.State = v.T("admin.link.revoked_" + or(l.RevokedWhy, "handler"))
	case l.Live:
		row.State, row.Tone = v.T("admin.link.live"), "good"
	case pending:
		row.State = v.T("admin.link.pending")
	default:
		row.State = v.T("admin.link.expired")
	}
	row.Open = l.Live || pending
	if row.Open && v.can(takeRequests) {
		row.Revoke = v.form(path+"/revoke", "admin.link.revoke")
		row.Revoke.Danger = true
		if l.Level == "C" {
			row.Code = v.form(path+"/code", "admin.link.code")
		}
	}
	return row
}

// evidenceBody is what the desk and the workers keep with a request; each kind fills its own part.
type evidenceBody struct {
	Changes  []request.Change `json:"changes"`
	Conflict string           `json:"conflict"`
	Current  string           `json:"current"`
	Text     string           `json:"text"`
	Message  string           `json:"message"`
	Comment  string           `json:"comment"`
}

func (v *visit) addEvidence(p *requestPage, e request.Evidence) {
	if len(e.Body) == 0 {
		return // purged, or erased with the person
	}
	newest := len(p.Changes) == 0
	var b evidenceBody
	if json.Unmarshal(e.Body, &b) != nil {
		return
	}
	for _, c := range b.Changes {
		row := changeRow{Label: or(c.Label, c.ID), Old: c.Old, New: c.New, Note: v.when(e.At)}
		if c.ID == b.Conflict {
			p.Conflict = newest
			row.Note = v.text("admin.correct.conflict", "current", or(b.Current, "–"))
		}
		p.Changes = append(p.Changes, row)
	}
	if t := or(or(b.Text, b.Message), b.Comment); t != "" {
		p.Decisions = append(p.Decisions, decision{Kind: v.T("admin.evidence." + e.Kind), At: e.At, Text: lines(t)})
	}
}

// receiptBody is a receipt as the erasure writes it.
type receiptBody struct {
	At           time.Time         `json:"at"`
	Counts       map[string]int    `json:"counts"`
	Kept         []records.Kept    `json:"kept"`
	Findings     []records.Finding `json:"findings"`
	RescannedAt  *time.Time        `json:"rescanned_at"`
	RegisterNote bool              `json:"register_note"`
}

func (v *visit) receipt(u request.Subject) sourceReceipt {
	var b receiptBody
	out := sourceReceipt{Source: v.sourceLabel(u.Source)}
	if json.Unmarshal(u.Receipt, &b) != nil {
		return out
	}
	out.At, out.Rescanned = v.when(b.At), v.when(b.RescannedAt)
	for _, k := range sortedNames(b.Counts) {
		out.Counts = append(out.Counts, fact{v.countedWhat(k), v.n(b.Counts[k])})
	}
	for _, k := range b.Kept {
		out.Kept = append(out.Kept, v.kept(k))
	}
	for _, f := range b.Findings {
		at := finding{Where: v.where(f.Table, f.Column), Rows: f.Rows}
		switch {
		case f.Unreadable > 0:
			at.Where, at.Rows = strings.TrimSuffix(at.Where, ", "), f.Unreadable
			out.Unread = append(out.Unread, at)
		case f.Retained:
			out.Retained = append(out.Retained, at)
		default:
			out.Findings = append(out.Findings, at)
		}
	}
	if b.RegisterNote && v.site.Register != nil {
		out.Register = v.text("admin.receipt.register", "provider", v.site.Register.Provider().Name)
	}
	return out
}

func (v *visit) kept(k records.Kept) keptRow {
	return keptRow{Label: v.in(k.Label), Law: v.in(k.Law), Sentence: v.in(k.LawSentence), Rows: k.Rows, Until: k.Until.In(v.Lang)}
}

// sortedNames are the keys of a map of counts in order.
func sortedNames(m map[string]int) []string {
	return slices.Sorted(maps.Keys(m))
}

// countedWhat is a table, or a table and what was done to its rows, in words.
func (v *visit) countedWhat(key string) string {
	table, what, _ := strings.Cut(key, " ")
	for _, src := range v.site.Sources {
		if t := src.Plan().Table(table); t != nil {
			table = or(v.in(t.Label), table)
		}
	}
	if what != "" {
		table += ": " + v.erasureAction(what)
	}
	return table
}

// erasureAction is what a run does to rows, in words.
func (v *visit) erasureAction(name string) string {
	if key := "admin.does." + name; v.has(key) {
		return v.T(key)
	}
	return name
}
