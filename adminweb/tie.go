package adminweb

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/jobs"
)

// shownTies bounds how many pairs of cards a page shows; the next ones come when these are decided.
const shownTies = 10

// tiePart is what a request's page says of other cards that share identifiers with the person.
type tiePart struct {
	Open    []tieBox
	More    int
	None    *form // one answer for all
	WhyNot  string
	Decided []tieLine
}

// tieBox is a pair of cards side by side.
type tieBox struct {
	ID           int64
	Ours, Theirs subjectLink
	Kinds        []string // what ties them, in words
	Rows         []compareRow
	Gone         bool
	Form         *form
}

// tieLine is a card that somebody has decided about.
type tieLine struct {
	subjectLink
	What  string
	Again *form
}

// ties shows what is undecided and what was decided. tried is the form that was refused, and why.
func (s *site) ties(ctx context.Context, v *visit, r *request.Request, tried string, bad error) (p tiePart, err error) {
	list, err := s.Store.Ties(ctx, r.ID)
	if err != nil || len(list) == 0 {
		return p, err
	}
	names, _, err := s.names(ctx)
	if err != nil {
		return p, err
	}
	for _, t := range list {
		switch {
		case t.Decision != "":
			p.Decided = append(p.Decided, v.decidedTie(ctx, r, t, names))
		case r.Closed() || r.WaitingFor != dsar.ForIdentity: // the work that is going on looks again
		case len(p.Open) == shownTies:
			p.More++
		default:
			b, err := v.tieBox(ctx, r, t, tried, bad)
			if err != nil {
				return p, err
			}
			p.Open = append(p.Open, b)
		}
	}
	if len(p.Open) == 0 {
		return p, nil
	}
	if !v.can(decide) {
		p.WhyNot = v.T("admin.tie.dpo_decides")
	} else if len(p.Open) > 1 {
		typed := v.PostForm
		v.PostForm = nil
		p.None = v.form(tiePath(r.ID), "admin.tie.none")
		v.codeByHand(p.None, r, slices.ContainsFunc(list, func(t request.Tie) bool { return slices.Contains(t.Kinds, "email") }))
		p.None.prefix = "ties-"
		v.PostForm = typed
	}
	// Who looked at another person's card stands in the log, as when the card itself is opened.
	return p, audit.Write(ctx, s.Pool, audit.Entry{Actor: v.who.ID, Action: "person.compared", Detail: audit.Detail{"cards": int64(len(p.Open))}})
}

func tiePath(id int64) string { return "/requests/" + strconv.FormatInt(id, 10) + "/ties" }

// tieBox reads both cards.
func (v *visit) tieBox(ctx context.Context, r *request.Request, t request.Tie, tried string, bad error) (tieBox, error) {
	b := tieBox{ID: t.ID}
	for _, k := range t.Kinds {
		b.Kinds = append(b.Kinds, v.T("admin.tie.kind."+k))
	}
	with := r.Person()
	for _, u := range r.Subjects {
		if string(u.HMAC) == string(t.With) {
			with = u
		}
	}
	ours, err := v.cardOf(ctx, with.Source, with.Key)
	if err != nil {
		return b, err
	}
	theirs, err := v.cardOf(ctx, t.Source, t.Key)
	if err != nil {
		return b, err
	}
	b.Gone = ours == nil || theirs == nil
	if !b.Gone {
		b.Ours, b.Theirs = v.linkTo(ours), v.linkTo(theirs)
		if b.Rows, err = v.compare(ctx, ours, theirs); err != nil {
			return b, err
		}
	}
	if !v.can(decide) {
		return b, nil
	}
	name := "tie-" + strconv.FormatInt(t.ID, 10)
	typed := v.PostForm
	if tried != name {
		v.PostForm = nil // what was typed belongs to one form alone
	}
	defer func() { v.PostForm = typed }()
	b.Form = v.form(tiePath(r.ID)+"/"+strconv.FormatInt(t.ID, 10), "admin.tie.do")
	b.Form.prefix = name + "-"
	if b.Gone {
		b.Form.Submit = v.T("admin.tie.gone_do")
		b.Form.add("hidden", "tie_answer", "different")
		return b, nil
	}
	answers := []string{"same", "different"}
	if r.Asked && !r.Asks() {
		answers = append(answers, "ask")
	}
	b.Form.choose("radio", "tie_answer", "", answers...).must()
	v.codeByHand(b.Form, r, slices.Contains(t.Kinds, "email"))
	if r.Asked && !r.Asks() {
		b.Form.add("area", "tie_reason", "")
		b.Form.add("area", "tie_ask", "")
	}
	if tried == name {
		return b, b.Form.mark(bad)
	}
	return b, nil
}

// codeByHand asks how the link is opened, where two people read the mailbox: then nobody is asked about it again.
func (v *visit) codeByHand(f *form, r *request.Request, mailbox bool) {
	if mailbox && sendable(r) && r.Assurance == "B" && r.AnswerBy != "paper" {
		value := "yes"
		if v.PostForm != nil {
			value = v.field("code_by_hand")
		}
		f.add("check", "code_by_hand", value)
	}
}

// decidedTie is one line: whose card, what was decided, by whom, when, and where.
func (v *visit) decidedTie(ctx context.Context, r *request.Request, t request.Tie, names map[int64]string) tieLine {
	l := tieLine{subjectLink: subjectLink{Name: v.T("admin.requests.blanked"), Origin: v.sourceLabel(t.Source)}}
	if p, err := v.cardOf(ctx, t.Source, t.Key); err == nil && p != nil {
		l.subjectLink = v.linkTo(p)
	}
	var kinds []string
	for _, k := range t.Kinds {
		kinds = append(kinds, v.T("admin.tie.kind."+k))
	}
	l.What = v.text("admin.tie.decided_"+t.Decision, "kinds", strings.Join(kinds, ", "), "who", or(names[t.DecidedBy], v.T("admin.audit.system")), "when", v.when(t.DecidedAt))
	if t.DecidedIn != 0 {
		l.What += " " + v.text("admin.tie.decided_in", "id", strconv.FormatInt(t.DecidedIn, 10))
	}
	if t.Decision == "different" && v.can(decide) && !r.Closed() && r.ErasedAt == nil && r.State != dsar.Working && r.RefusalGround == "" {
		l.Again = v.form(tiePath(r.ID)+"/"+strconv.FormatInt(t.ID, 10)+"/reopen", "admin.tie.again_do")
	}
	return l
}

// decideTie takes the answer about one card.
func (s *site) decideTie(w http.ResponseWriter, v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	tie, err := v.id("tie")
	if err != nil {
		return err
	}
	r, err := s.Store.Get(v.Context(), id)
	if err != nil {
		return err
	}
	flash := v.field("tie_answer")
	switch flash {
	case "same":
		err = s.includeTie(v, id, tie)
	case "different":
		err = s.Desk.DecideTie(v.Context(), id, tie, v.who.ID, jobs.TieAnswer{CodeByHand: v.field("code_by_hand") == "yes"})
	case "ask":
		flash, err = s.askAboutTie(v, r)
	default:
		err = &dsar.Invalid{Field: "tie_answer", Problem: "choice"}
	}
	if errors.Is(err, dsar.ErrInvalid) {
		return s.showRequest(w, v, http.StatusBadRequest, id, "tie-"+strconv.FormatInt(tie, 10), err)
	}
	if err != nil {
		return err
	}
	v.flash("tie." + flash)
	return v.seeOther(w, "/requests/"+strconv.FormatInt(id, 10))
}

// includeTie adds the card, under the name that stands on it.
func (s *site) includeTie(v *visit, id, tie int64) error {
	list, err := s.Store.Ties(v.Context(), id)
	if err != nil {
		return err
	}
	a := jobs.TieAnswer{Same: true}
	for _, t := range list {
		if t.ID != tie {
			continue
		}
		p, err := v.cardOf(v.Context(), t.Source, t.Key)
		if err != nil {
			return err
		}
		if p == nil {
			return dsar.ErrConflict // gone meanwhile: the page says so
		}
		a.Name = p.name()
	}
	return s.Desk.DecideTie(v.Context(), id, tie, v.who.ID, a)
}

// askAboutTie asks the person, by mail where there is an address. It gives the message for the next page.
func (s *site) askAboutTie(v *visit, r *request.Request) (flash string, err error) {
	if err := v.required("tie_reason", "tie_ask"); err != nil {
		return "", err
	}
	address := ""
	p, err := v.cardOf(v.Context(), r.Person().Source, r.Person().Key)
	if err != nil {
		return "", err
	}
	if p != nil {
		for _, e := range p.card.Emails {
			if address == "" && !e.Invalid && !e.Bounced {
				address = e.Address
			}
		}
	}
	mailed, err := s.Desk.AskAboutTie(v.Context(), r.ID, v.who.ID, v.field("tie_reason"), v.field("tie_ask"), address)
	if err != nil {
		return "", renamed(renamed(err, "why", "tie_answer"), "reason", "tie_reason")
	}
	if mailed {
		return "ask", nil
	}
	return "ask_by_hand", nil
}

// noneTheSame says of all the cards that they are other persons'.
func (s *site) noneTheSame(w http.ResponseWriter, v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if _, err := s.Store.Get(v.Context(), id); err != nil {
		return err
	}
	if err := s.Desk.NoneTheSame(v.Context(), id, v.who.ID, v.field("code_by_hand") == "yes"); err != nil {
		return err
	}
	v.flash("tie.different")
	return v.seeOther(w, "/requests/"+strconv.FormatInt(id, 10))
}

// reopenTie takes a decision back.
func (s *site) reopenTie(w http.ResponseWriter, v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	tie, err := v.id("tie")
	if err != nil {
		return err
	}
	if _, err := s.Store.Get(v.Context(), id); err != nil {
		return err
	}
	if err := s.Desk.ReopenTie(v.Context(), id, tie, v.who.ID); err != nil {
		return err
	}
	v.flash("tie.reopened")
	return v.seeOther(w, "/requests/"+strconv.FormatInt(id, 10))
}
