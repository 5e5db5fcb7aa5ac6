package adminweb

import (
	"context"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"

	"insyn/internal/account"
	"insyn/internal/audit"
	"insyn/internal/dsar"
)

const auditPageSize = 100

type auditPage struct {
	frame
	Lines          []auditLine
	Action         string
	Request, Actor string
	From, To       string
	Accounts       []option
	Actions        []option
	Older          string
}

// auditLine is one line in words.
type auditLine struct {
	At      time.Time
	Who     string
	What    string
	Request int64
	Detail  string
}

// names gives the name behind an account's id.
func (s *site) names(ctx context.Context) (map[int64]string, []account.Account, error) {
	list, err := account.List(ctx, s.Pool)
	if err != nil {
		return nil, nil, err
	}
	names := make(map[int64]string, len(list))
	for _, a := range list {
		names[a.ID] = a.Name
	}
	return names, list, nil
}

func (v *visit) auditLine(r audit.Row, names map[int64]string) auditLine {
	l := auditLine{At: r.At, Request: r.RequestID, What: v.actionWords(r.Action)}
	switch {
	case r.Actor != 0:
		if l.Who = names[r.Actor]; l.Who == "" {
			l.Who = v.text("admin.audit.account", "id", strconv.FormatInt(r.Actor, 10))
		}
	case r.Subject:
		l.Who = v.T("admin.audit.subject")
	default:
		l.Who = v.T("admin.audit.system")
	}
	keys := make([]string, 0, len(r.Detail))
	for k := range r.Detail {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		if l.Detail != "" {
			l.Detail += " · "
		}
		l.Detail += v.countWord(k) + ": " + v.n(r.Detail[k])
	}
	return l
}

// actionWords is what was done, in words; a name that has none yet stands as it is.
func (v *visit) actionWords(name string) string {
	if key := "admin.did." + name; v.has(key) {
		return v.T(key)
	}
	// A message's line is named for its text: mail.link.accepted.
	for _, end := range []string{"accepted", "undelivered"} {
		if template, ok := strings.CutSuffix(name, "."+end); ok && v.has("admin.template."+template) {
			return v.text("admin.did.mail."+end, "what", v.T("admin.template."+template))
		}
	}
	return name
}

func (v *visit) countWord(name string) string {
	if key := "admin.count." + name; v.has(key) {
		return v.T(key)
	}
	return name
}

func (s *site) audit(w http.ResponseWriter, v *visit) error {
	names, accounts, err := s.names(v.Context())
	if err != nil {
		return err
	}
	q := v.URL.Query()
	num := func(name string) int64 { n, _ := strconv.ParseInt(q.Get(name), 10, 64); return n }
	f := audit.Filter{RequestID: num("request"), Actor: num("actor"), Action: q.Get("action"), Before: num("before"), Limit: auditPageSize}
	if d, err := dsar.ParseDate(q.Get("from")); err == nil {
		f.From = time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, v.loc)
	}
	if d, err := dsar.ParseDate(q.Get("to")); err == nil {
		f.To = time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, v.loc)
	}
	rows, err := audit.List(v.Context(), s.Pool, f)
	if err != nil {
		return err
	}
	p := auditPage{frame: v.frame("admin.nav.audit"), Action: f.Action, Request: q.Get("request"), From: q.Get("from"), To: q.Get("to")}
	for _, r := range rows {
		p.Lines = append(p.Lines, v.auditLine(r, names))
	}
	p.Accounts = []option{{Value: "", Label: v.T("admin.audit.everybody")}}
	for _, a := range accounts {
		p.Accounts = append(p.Accounts, option{Value: strconv.FormatInt(a.ID, 10), Label: a.Name, Selected: a.ID == f.Actor})
	}
	for _, a := range []string{"", "login.", "account.", "settings.", "search.", "person.", "request.", "state.", "link.", "mail.", "erasure.", "consent.", "hold."} {
		key := "admin.audit.kind." + a
		if a == "" {
			key = "admin.audit.everything"
		} else {
			key = key[:len(key)-1]
		}
		p.Actions = append(p.Actions, option{Value: a, Label: v.T(key), Selected: a == f.Action})
	}
	if len(rows) == auditPageSize {
		older := url.Values{}
		for _, k := range []string{"request", "actor", "action", "from", "to"} {
			if q.Get(k) != "" {
				older.Set(k, q.Get(k))
			}
		}
		older.Set("before", strconv.FormatInt(rows[len(rows)-1].ID, 10))
		p.Older = "/audit?" + older.Encode()
	}
	return s.show(w, v, http.StatusOK, "audit", p)
}
