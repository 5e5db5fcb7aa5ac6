package adminweb

import (
	"errors"
	"net/http"
	"strconv"

	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/jobs"
)

// step is one thing that a person can do with a request. Its words are admin.step.NAME (what), _text (what happens then)
// and _do (the button).
type step struct {
	name string
	do   action
	// fits tells whether the request is where the step makes sense; the desk checks it again.
	fits   func(r *request.Request) bool
	fields func(f *form, r *request.Request)
	run    func(v *visit, id int64) error
	danger bool
	// first: it stands above the others, because the request waits for it.
	first func(r *request.Request) bool
}

func never(*request.Request) bool { return false }

func open(r *request.Request) bool { return !r.Closed() }

func sendable(r *request.Request) bool { return r.Kind == dsar.Access || r.Kind == dsar.Portability }

// whoAsks tells whether the request waits for the person's identity, and not for whose another card is.
func whoAsks(r *request.Request) bool {
	return r.WaitingFor == dsar.ForIdentity && !r.AwaitsDecision()
}

func noFields(*form, *request.Request) {}

// steps lists them in the order of the page.
func (s *site) steps() []step {
	return []step{
		{
			name: "verify", do: takeRequests, fits: open, first: whoAsks,
			fields: func(f *form, r *request.Request) {
				f.choose("radio", "verified_how", r.VerifiedHow, "login", "code_on_file", "call_back", "in_person", "known_mail").must()
			},
			run: func(v *visit, id int64) error {
				if v.field("verified_how") == "" {
					return &dsar.Invalid{Field: "verified_how", Problem: "required"}
				}
				return s.Desk.Verify(v.Context(), id, v.who.ID, v.field("verified_how"))
			},
		},
		{
			name: "resume", do: takeRequests, first: func(*request.Request) bool { return true },
			fits: func(r *request.Request) bool {
				return r.WaitingFor == dsar.ForClarification || r.WaitingFor == dsar.ForIdentity && !r.AwaitsDecision()
			},
			fields: noFields,
			run:    func(v *visit, id int64) error { return s.Desk.Resume(v.Context(), id, v.who.ID) },
		},
		{
			name: "nothing", do: takeRequests, first: never, danger: true,
			fits:   func(r *request.Request) bool { return open(r) && len(r.Subjects) == 0 },
			fields: noFields,
			run:    func(v *visit, id int64) error { return s.Desk.NothingFound(v.Context(), id, v.who.ID) },
		},
		{
			name: "assurance", do: takeRequests, first: whoAsks,
			fits:   func(r *request.Request) bool { return open(r) && sendable(r) && len(r.Subjects) > 0 },
			fields: func(f *form, r *request.Request) { f.choose("radio", "assurance", r.Assurance, "B", "C") },
			run: func(v *visit, id int64) error {
				return s.Desk.SetAssurance(v.Context(), id, v.who.ID, v.field("assurance"))
			},
		},
		{
			name: "anew", do: takeRequests, first: never,
			fits: func(r *request.Request) bool {
				return sendable(r) && r.Person().Key != "" && r.State != dsar.Withdrawn && r.State != dsar.Refused && r.WaitingFor != dsar.ForReview
			},
			fields: noFields,
			run:    func(v *visit, id int64) error { return s.Desk.SendAnew(v.Context(), id, v.who.ID) },
		},
		{
			name: "ground", do: planErasure, first: func(r *request.Request) bool { return r.Ground == "" || r.RequestedBy == 0 || r.VerifiedHow == "" },
			fits: func(r *request.Request) bool {
				return open(r) && r.Kind == dsar.Erasure && r.ApprovedBy == 0 && r.ErasedAt == nil
			},
			fields: func(f *form, r *request.Request) {
				f.choose("radio", "ground", r.Ground, "a", "b", "c", "d", "e", "f").must()
				f.choose("radio", "verified_how", r.VerifiedHow, "login", "code_on_file", "call_back", "in_person", "known_mail").must()
				f.add("check", "no_wait", yes(r.NoWait))
			},
			run: func(v *visit, id int64) error {
				if err := v.required("ground", "verified_how"); err != nil {
					return err
				}
				return s.Desk.RequestErasure(v.Context(), id, v.who.ID, v.field("ground"), v.field("verified_how"), v.field("no_wait") == "yes")
			},
		},
		{
			name: "rehearse", do: planErasure, first: ruled,
			fits: func(r *request.Request) bool {
				return open(r) && r.WaitingFor != dsar.ForHold && r.Undecided == 0 && r.Kind == dsar.Erasure && r.ErasedAt == nil && r.State != dsar.Working && len(r.Subjects) > 0
			},
			fields: noFields,
			run:    func(v *visit, id int64) error { return s.Desk.Rehearse(v.Context(), id, v.who.ID) },
		},
		{
			name: "uphold", do: decide, first: func(*request.Request) bool { return true },
			fits: func(r *request.Request) bool {
				return r.Kind == dsar.Objection && r.WaitingFor == dsar.ForReview
			},
			fields: noFields,
			run:    func(v *visit, id int64) error { return s.Desk.Uphold(v.Context(), id, v.who.ID) },
		},
		{
			name: "search_again", do: planErasure, first: func(*request.Request) bool { return true },
			fits: func(r *request.Request) bool {
				return r.ErasedAt != nil && r.RescannedAt == nil && r.WaitingFor == dsar.ForReview
			},
			fields: noFields,
			run:    func(v *visit, id int64) error { return s.Desk.SearchAgain(v.Context(), id, v.who.ID) },
		},
		{
			name: "assign", do: takeRequests, first: never, fits: open,
			fields: func(f *form, r *request.Request) {
				in := f.add("select", "handler", strconv.FormatInt(r.Handler, 10))
				list, err := s.handlers(f.v)
				if err != nil {
					s.Log.Warn("no list of handlers", "cause", cause(err))
				}
				for _, o := range list {
					o.Selected = o.Value == in.Value
					in.Options = append(in.Options, o)
				}
			},
			run: func(v *visit, id int64) error {
				handler, err := strconv.ParseInt(v.field("handler"), 10, 64)
				if err != nil {
					return &dsar.Invalid{Field: "handler", Problem: "choice"}
				}
				return s.Desk.Assign(v.Context(), id, v.who.ID, handler)
			},
		},
		{
			name: "pause", do: takeRequests, first: never,
			fits: func(r *request.Request) bool {
				return open(r) && r.Asked && r.WaitingFor != dsar.ForIdentity && r.WaitingFor != dsar.ForClarification
			},
			fields: func(f *form, _ *request.Request) {
				f.choose("radio", "why", "identity", "identity", "clarification")
				f.add("area", "reason", "")
				f.add("area", "ask", "")
			},
			run: func(v *visit, id int64) error {
				return s.Desk.Pause(v.Context(), id, v.who.ID, v.field("why"), v.field("reason"), v.field("ask"))
			},
		},
		{
			name: "extend", do: decide, first: ruled,
			fits:   func(r *request.Request) bool { return open(r) && r.Asked && r.ExtendedAt == nil },
			fields: func(f *form, _ *request.Request) { f.add("area", "reason", "").must() },
			run:    func(v *visit, id int64) error { return s.Desk.Extend(v.Context(), id, v.who.ID, v.field("reason")) },
		},
		{
			name: "refuse", do: decide, first: ruled, danger: true,
			fits: func(r *request.Request) bool { return open(r) && r.ErasedAt == nil && r.RefusalGround == "" },
			fields: func(f *form, r *request.Request) {
				ground, reason, facts := f.v.prefill(r)
				grounds := []string{"excessive", "unfounded", "identity", "claim", "others_rights"}
				if r.Kind == dsar.Erasure {
					grounds = append(grounds, "needed")
				}
				f.choose("radio", "refusal", ground, grounds...).must()
				f.add("text", "asked_to", f.v.hint("admin.asked_to."+r.Language+"."+string(r.Kind))).must()
				f.add("area", "refusal_reason", reason).must()
				f.add("area", "facts", facts).must()
				f.add("area", "done", "")
				f.add("text", "decider", f.v.who.Name).must()
				f.choose("select", "dpo_advice", "not_asked", "followed", "not_followed", "not_asked")
			},
			run: func(v *visit, id int64) error {
				if err := v.required("refusal", "asked_to", "refusal_reason", "facts", "decider"); err != nil {
					return err
				}
				err := s.Desk.Refuse(v.Context(), id, v.who.ID, jobs.Refusal{
					Ground: v.field("refusal"), Reason: v.field("refusal_reason"), Facts: v.field("facts"), Decider: v.field("decider"),
					DPOAdvice: v.field("dpo_advice"), AskedTo: v.field("asked_to"), Done: v.field("done"),
				})
				return renamed(renamed(err, "ground", "refusal"), "reason", "refusal_reason")
			},
		},
		{
			name: "paper", do: takeRequests, first: func(r *request.Request) bool { return r.WaitingFor == dsar.ForDelivery },
			fits:   func(r *request.Request) bool { return open(r) && !r.Promised() },
			fields: noFields,
			run:    func(v *visit, id int64) error { return s.Desk.AnsweredOnPaper(v.Context(), id, v.who.ID) },
		},
		{
			name: "withdraw", do: takeRequests, first: never, danger: true,
			fits:   func(r *request.Request) bool { return open(r) && r.ErasedAt == nil },
			fields: noFields,
			run:    func(v *visit, id int64) error { return s.Desk.Withdraw(v.Context(), id, v.who.ID) },
		},
		{
			name: "bounced", do: takeRequests, first: never, danger: true,
			fits: func(r *request.Request) bool {
				return r.State.Closed() && r.State != dsar.Withdrawn && r.ErasedAt == nil && r.Person().Address != ""
			},
			fields: noFields,
			run:    func(v *visit, id int64) error { return s.Desk.Bounced(v.Context(), id, v.who.ID) },
		},
		{
			name: "misdelivered", do: takeRequests, first: never, danger: true,
			fits: func(r *request.Request) bool {
				return sendable(r) && len(r.Subjects) > 0 && r.State != dsar.Withdrawn && r.State != dsar.Refused && r.WaitingFor != dsar.ForReview
			},
			fields: noFields,
			run:    func(v *visit, id int64) error { return s.Desk.Misdelivered(v.Context(), id, v.who.ID) },
		},
	}
}

// stepBox is a step as the page shows it: folded, with what happens then, and the button inside.
type stepBox struct {
	Name, Title, Text string
	Form              *form
	Open              bool
}

// stepBoxes are the steps that the visitor may take now: those that the request waits for, and the others. failed is the
// one that was tried, with what was wrong.
func (v *visit) stepBoxes(r *request.Request, tried string, bad error) (now, other []stepBox, err error) {
	for _, st := range v.site.steps() {
		if !v.can(st.do) || (!st.fits(r) && st.name != tried) {
			continue
		}
		typed := v.PostForm
		if st.name != tried {
			v.PostForm = nil // what was typed belongs to one form alone
		}
		b := stepBox{Name: st.name, Title: v.T("admin.step." + st.name), Text: v.T("admin.step." + st.name + "_text")}
		b.Form = v.form("/requests/"+strconv.FormatInt(r.ID, 10)+"/"+st.name, "admin.step."+st.name+"_do")
		b.Form.Danger, b.Form.prefix = st.danger, st.name+"-"
		st.fields(b.Form, r)
		v.PostForm = typed
		if st.name == tried {
			b.Open = true
			if err := b.Form.mark(bad); err != nil {
				return nil, nil, err
			}
		}
		if st.first(r) {
			now = append(now, b)
		} else {
			other = append(other, b)
		}
	}
	return now, other, nil
}

// take answers the form of a step.
func (s *site) take(st step) func(w http.ResponseWriter, v *visit) error {
	return func(w http.ResponseWriter, v *visit) error {
		id, err := v.id("id")
		if err != nil {
			return err
		}
		if _, err := s.Store.Get(v.Context(), id); err != nil {
			return err
		}
		err = st.run(v, id)
		if errors.Is(err, dsar.ErrInvalid) {
			return s.showRequest(w, v, http.StatusBadRequest, id, st.name, err)
		}
		if err != nil {
			return err
		}
		v.flash("step." + st.name)
		return v.seeOther(w, "/requests/"+strconv.FormatInt(id, 10))
	}
}
