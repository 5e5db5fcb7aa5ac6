package adminweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
)

// consentBox is one of the two boxes of a card: its state, since when, how we know, and the form that changes it.
type consentBox struct {
	Box, Label, State, Explain string
	Mark                       consentMark
	Since                      string
	How, Wording, By           string
	Form                       *form
	Open                       bool
}

// consentStates are the states that a box can be set to.
func consentStates(box string) []string {
	if box == "newsletter" {
		return []string{"unknown", "yes", "no", "withdrawn", "objected"}
	}
	return []string{"unknown", "yes", "no", "objected", "restricted"}
}

// consentHows are the ways in which a state comes to be known.
func consentHows() []string {
	return []string{"", "web_form", "mail", "phone", "letter", "visit", "event"}
}

// consentBoxes are both boxes; names are those of our accounts, failed is the form that was posted and refused.
func (v *visit) consentBoxes(p *person, names map[int64]string, failed *form) []consentBox {
	var out []consentBox
	for _, x := range []struct {
		box string
		c   records.Consent
	}{{"newsletter", p.card.Newsletter}, {"processing", p.card.Processing}} {
		if x.c.State == "" {
			x.c.State = "unknown"
		}
		b := consentBox{
			Box: x.box, Label: v.T(consentKey(x.box) + ".label"), State: v.consentState(x.box, x.c.State), Explain: v.T("admin.consent." + x.box),
			Mark: v.consentMark(p.path, x.box, x.c.State, p.source != nil && p.card.Touched), Since: v.when(x.c.At), How: v.howWords(x.c.How), Wording: x.c.Wording, By: v.byWords(x.c.By, names),
			Form: v.consentForm(p, x.box, x.c.State),
		}
		if failed != nil && failed.Action == b.Form.Action {
			b.Form, b.Open = failed, true
		}
		out = append(out, b)
	}
	return out
}

func (v *visit) howWords(how string) string {
	if key := "admin.choice.how." + how; how != "" && v.has(key) {
		return v.T(key)
	}
	return how
}

// byWords is who noted it: an account of ours, the person, or whom the source names.
func (v *visit) byWords(by string, names map[int64]string) string {
	if by == "share_page" {
		return v.T("admin.audit.subject")
	}
	account, ours := strings.CutPrefix(by, "insyn:")
	if !ours {
		return by
	}
	id, _ := strconv.ParseInt(account, 10, 64)
	return or(names[id], v.text("admin.audit.account", "id", account))
}

func (v *visit) consentForm(p *person, box, state string) *form {
	f := v.form(p.path+"/consent/"+box, "admin.consent.save")
	f.prefix = box + "-"
	in := f.add("radio", "state", state)
	for _, s := range consentStates(box) {
		in.Options = append(in.Options, option{Value: s, Label: v.consentState(box, s), Hint: v.hint("admin.consent." + box + "_" + s), Selected: s == in.Value})
	}
	f.choose("select", "how", "", consentHows()...)
	f.add("date", "at", v.today().String())
	f.add("text", "wording", "")
	return f
}

// hint is a text that need not be there.
func (v *visit) hint(key string) string {
	if v.has(key) {
		return v.T(key)
	}
	return ""
}

// setConsent lets a worker write one box into the source. A yes to newsletters is worth nothing without when and how.
func (s *site) setConsent(w http.ResponseWriter, v *visit) error {
	p, err := v.person()
	if err != nil {
		return err
	}
	box := v.PathValue("box")
	if box != "newsletter" && box != "processing" {
		return dsar.ErrNotFound
	}
	f := v.consentForm(p, box, "")
	state, how := v.field("state"), v.field("how")
	if !slices.Contains(consentStates(box), state) {
		f.wrong("state", "choice")
	}
	if !slices.Contains(consentHows(), how) {
		f.wrong("how", "choice")
	}
	if how == "" && state != "unknown" {
		f.wrong("how", "required")
	}
	at, err := dsar.ParseDate(v.field("at"))
	switch {
	case err != nil && state != "unknown":
		f.wrong("at", "date")
	case at.After(v.today()):
		f.wrong("at", "future")
	}
	if len(v.field("wording")) > 500 {
		f.wrong("wording", "too_long")
	}
	if f.failed() {
		return s.showPerson(w, v, http.StatusBadRequest, p, f)
	}
	_, _, err = s.Desk.Submit(v.Context(), consentRequest(v, p, box, state, how, at))
	if err != nil {
		return err
	}
	v.flash("consent_saved")
	return v.seeOther(w, p.path)
}

// consentRequest is the change of a box as a request: an objection and a restriction have a legal date, the rest is a note
// of ours.
func consentRequest(v *visit, p *person, box, state, how string, at dsar.Date) request.New {
	n := request.New{
		Kind: dsar.Objection, Channel: "mail", CreatedBy: v.who.ID, Handler: v.who.ID, Language: p.language(), IdempotencyKey: v.field("once"),
		Proposal: request.Proposal{Box: box, State: state, How: how, Wording: v.field("wording"), At: at.String()},
		Subjects: []request.NewSubject{p.subject()},
	}
	if state == "restricted" {
		n.Kind = dsar.Restriction
	}
	n.Asked = state == "objected" || state == "restricted"
	if c := map[string]string{"phone": "phone", "letter": "letter", "visit": "visit"}[how]; c != "" {
		n.Channel = c
	}
	if n.Asked && !at.IsZero() && at.AddDays(365).After(dsar.DateOf(time.Now(), v.loc)) {
		n.ReceivedOn = at
	}
	return n
}
