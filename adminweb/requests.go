package adminweb

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"insyn/internal/dsar"
	"insyn/internal/request"
)

// badge is a state by word, icon and colour.
type badge struct{ Word, Tone, Icon string }

// requestRow is a request in a list.
type requestRow struct {
	ID      int64
	Kind    string
	Person  string
	Others  int // more people of the same request
	Status  badge
	Due     string
	Left    string
	Tone    string
	Handler string
	dueOn   string
	days    int
}

type requestsPage struct {
	frame
	Filters []filterLink
	Rows    []requestRow
	CSV     string
	Older   string
	Newer   string
}

type filterLink struct {
	Path, Label string
	Here        bool
}

const listSize = 100

// status words where a request stands.
func (v *visit) status(r *request.Request) badge {
	key := string(r.State)
	if r.State == dsar.Waiting {
		key = map[dsar.Wait]string{
			dsar.ForIdentity: "waiting_identity", dsar.ForClarification: "waiting_customer", dsar.ForReview: "waiting_review",
			dsar.ForApproval: "waiting_approval", dsar.ForDelivery: "waiting_delivery", dsar.ForHold: "waiting_hold",
		}[r.WaitingFor]
	}
	b := badge{Word: v.T("admin.status." + key), Tone: "plain", Icon: "wait"}
	switch r.State {
	case dsar.Received:
		b.Icon = "inbox"
	case dsar.Working:
		b.Icon = "work"
	case dsar.Answered:
		b.Tone, b.Icon = "good", "done"
	case dsar.Partly:
		b.Tone, b.Icon = "good", "done"
	case dsar.Refused, dsar.Withdrawn:
		b.Icon = "no"
	case dsar.Failed:
		b.Tone, b.Icon = "bad", "stop"
	case dsar.Waiting:
		if r.WaitingFor == dsar.ForReview || r.WaitingFor == dsar.ForApproval {
			b.Tone = "warn" // it waits for one of us
		}
		if r.WaitingFor == dsar.ForHold {
			b.Icon = "lock"
		}
		if r.AwaitsDecision() {
			b = badge{Word: v.T("admin.status.waiting_tie"), Tone: "warn", Icon: "wait"}
		}
	}
	return b
}

// today is the day it is for the controller.
func (v *visit) today() dsar.Date { return dsar.DateOf(time.Now(), v.loc) }

func (v *visit) row(r *request.Request, names map[int64]string) requestRow {
	row := requestRow{ID: r.ID, Kind: v.T("admin.kind." + string(r.Kind)), Person: v.subjectName(r), Others: max(len(r.Subjects)-1, 0), Status: v.status(r), Handler: names[r.Handler]}
	if !r.Asked && r.Kind == dsar.Access {
		row.Kind = v.T("admin.kind.shared")
	}
	if !r.Asked && (r.Kind == dsar.Objection || r.Kind == dsar.Restriction) {
		row.Kind = v.T("admin.kind.choice") // a note of ours about one of the two boxes
	}
	if r.DueStrict != nil {
		row.Due, row.dueOn = v.day(r.DueStrict), r.DueStrict.String()
		row.days = dsar.DaysLeft(v.today(), *r.DueStrict)
		if !r.Closed() {
			row.Left = v.texts.DueLabel(v.Lang, row.days)
			row.Tone = tone(dsar.Urgency(r.Country, r.ReceivedOn, *r.DueStrict, v.today()))
		}
	}
	return row
}

func tone(urgency string) string {
	return map[string]string{dsar.UrgencyGreen: "good", dsar.UrgencyAmber: "warn", dsar.UrgencyRed: "bad"}[urgency]
}

// subjectName is who it is about, as long as that may be known.
func (v *visit) subjectName(r *request.Request) string {
	switch {
	case len(r.Subjects) == 0:
		return v.T("admin.requests.no_person")
	case r.Person().Name == "":
		return v.T("admin.requests.blanked")
	}
	return r.Person().Name
}

func (v *visit) rows(list []request.Request, names map[int64]string) []requestRow {
	rows := make([]requestRow, len(list))
	for i := range list {
		rows[i] = v.row(&list[i], names)
	}
	return rows
}

// filter reads the list's filter from the address: words of ours and ids, never a name.
func (v *visit) filter() request.Filter {
	q := v.URL.Query()
	var f request.Filter
	open, closed := true, false
	switch q.Get("show") {
	case "", "open":
		f.Open = &open
	case "closed":
		f.Open = &closed
	case "overdue":
		f.Overdue = true
	case "soon":
		f.Open, f.DueWithin = &open, 14
	case "mine":
		f.Open, f.Handler = &open, v.who.ID
	case "approval", "review", "identity", "delivery", "clarification", "hold":
		f.WaitingFor = dsar.Wait(q.Get("show"))
	case "failed":
		f.State = dsar.Failed
	}
	if k := dsar.Kind(q.Get("kind")); k.Known() {
		f.Kind = k
	}
	f.Offset, _ = strconv.Atoi(q.Get("from"))
	f.Offset = max(f.Offset, 0)
	return f
}

func (s *site) requests(w http.ResponseWriter, v *visit) error {
	f := v.filter()
	f.Limit = listSize
	list, err := s.Store.List(v.Context(), f)
	if err != nil {
		return err
	}
	names, _, err := s.names(v.Context())
	if err != nil {
		return err
	}
	q := v.URL.Query()
	show, kind := q.Get("show"), q.Get("kind")
	if show == "" {
		show = "open"
	}
	address := func(path, show, kind string, from int) string {
		u := url.Values{}
		if show != "open" {
			u.Set("show", show)
		}
		if kind != "" {
			u.Set("kind", kind)
		}
		if from > 0 {
			u.Set("from", strconv.Itoa(from))
		}
		if len(u) == 0 {
			return path
		}
		return path + "?" + u.Encode()
	}
	p := requestsPage{frame: v.frame("admin.nav.requests"), Rows: v.rows(list, names), CSV: address("/requests.csv", show, kind, 0)}
	for _, x := range []string{"open", "overdue", "soon", "mine", "approval", "review", "identity", "delivery", "hold", "failed", "closed", "all"} {
		p.Filters = append(p.Filters, filterLink{address("/requests", x, kind, 0), v.T("admin.filter." + x), x == show})
	}
	if len(list) == listSize {
		p.Older = address("/requests", show, kind, f.Offset+listSize)
	}
	if f.Offset > 0 {
		p.Newer = address("/requests", show, kind, max(f.Offset-listSize, 0))
	}
	return s.show(w, v, http.StatusOK, "requests", p)
}
