package adminweb

import (
	"net/http"

	"insyn/internal/request"
)

type todayPage struct {
	frame
	Quiet   bool // nothing waits
	Drift   []driftNotice
	Review  int // holds whose review date has come
	Waiting []waitingBox
	DueSoon []requestRow
	Charts  []chartBox
}

// waitingBox is one reason to act, with the requests that give it.
type waitingBox struct {
	Title, Path string
	Count       int
	Rows        []requestRow
}

// boxRows is how many requests a box names before it only counts.
const boxRows = 5

func (s *site) today(w http.ResponseWriter, v *visit) error {
	if !v.can(seePeople) { // ops sees no people
		http.Redirect(w, v.Request, "/jobs", http.StatusSeeOther)
		return nil
	}
	t, err := s.Store.Today(v.Context())
	if err != nil {
		return err
	}
	names, _, err := s.names(v.Context())
	if err != nil {
		return err
	}
	p := todayPage{frame: v.frame("admin.nav.today"), DueSoon: v.rows(t.DueSoon, names), Charts: v.charts(t)}
	holds, err := s.Store.Holds(v.Context(), false)
	if err != nil {
		return err
	}
	for _, h := range holds {
		if !h.ReviewOn.After(v.today()) {
			p.Review++
		}
	}
	p.Quiet = p.Review == 0
	if v.can(manageUsers) {
		p.Drift = s.drift(v.Context(), v, "admin.drift.today", func(string) bool { return true })
	}
	for _, b := range []struct {
		name string
		list []request.Request
	}{
		{"failed", t.Failed}, {"approval", t.Approve}, {"review", t.Review}, {"tie", t.Ties}, {"received", t.New}, {"delivery", t.Undelivered}, {"identity", t.Identity}, {"hold", t.Held},
	} {
		if len(b.list) == 0 {
			continue
		}
		p.Quiet = false
		show := b.name
		path := "/requests?show=" + show
		switch show {
		case "received":
			path = "/requests"
		case "tie":
			path = "/requests?show=identity"
		}
		p.Waiting = append(p.Waiting, waitingBox{Title: v.T("admin.today." + b.name), Path: path, Count: len(b.list), Rows: v.rows(b.list[:min(len(b.list), boxRows)], names)})
	}
	return s.show(w, v, http.StatusOK, "today", p)
}
