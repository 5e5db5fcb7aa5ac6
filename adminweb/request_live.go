package adminweb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"insyn/internal/dsar"
	"insyn/internal/request"
)

// delayedAfter is when work that nobody has begun is called late: the queue may be away.
const delayedAfter = 20 * time.Second

// live is the part of a request's page that changes by itself.
func (s *site) live(ctx context.Context, v *visit, r *request.Request) (livePart, error) {
	p := livePart{ID: r.ID, Events: "/requests/" + strconv.FormatInt(r.ID, 10) + "/events", Status: v.status(r), version: r.Version}
	list, err := s.Store.Jobs(ctx, r.ID)
	if err != nil {
		return p, err
	}
	p.Explain = v.explain(r, list)
	for _, j := range list {
		if j.State == "done" || j.State == "cancelled" {
			continue // what is over stands in the timeline
		}
		l := jobLine{Kind: v.jobKind(j.Kind), State: v.T("admin.jobstate." + j.State), Stage: j.Stage, Progress: j.Progress, Total: j.Total, Started: j.StartedAt}
		if key := "admin.stage." + j.Stage; v.has(key) {
			l.Stage = v.T(key)
		}
		l.Code, l.Stages = v.codeWords(j.Code), v.stages(j)
		l.Tone = map[string]string{"done": "good", "failed": "bad", "working": "plain"}[j.State]
		p.Jobs = append(p.Jobs, l)
		if j.State == "queued" && j.Attempt == 0 && j.Code == "" && time.Since(j.CreatedAt) > delayedAfter {
			p.Delayed = true
		}
	}
	return p, nil
}

func (v *visit) jobKind(kind string) string {
	if key := "admin.job." + kind; v.has(key) {
		return v.T(key)
	}
	return kind
}

// codeWords is a short code in words; one without words stands as it is.
func (v *visit) codeWords(code string) string {
	if key := "admin.code." + code; code != "" && v.has(key) {
		return v.T(key)
	}
	return code
}

// explain says what the request waits for, and what the visitor can do about it.
func (v *visit) explain(r *request.Request, list []request.Job) string {
	switch {
	case len(r.Subjects) == 0 && !r.Closed():
		return v.T("admin.explain.no_person")
	case r.WaitingFor == dsar.ForApproval && (r.Ground == "" || r.VerifiedHow == "" || r.RequestedBy == 0):
		return v.T("admin.explain.no_ground")
	case r.WaitingFor == dsar.ForDelivery && r.MisdeliveredAt != nil:
		return v.T("admin.explain.misdelivered")
	case r.WaitingFor == dsar.ForDelivery && r.RefusalGround != "":
		return v.T("admin.explain.refused_by_hand")
	case r.WaitingFor == dsar.ForHold:
		return v.T("admin.explain.waiting_hold")
	case r.AwaitsDecision():
		return v.T("admin.code.tied_cards")
	case r.State == dsar.Waiting:
		if code := lastCode(list); !r.Asks() && v.has("admin.code."+code) {
			return v.T("admin.code." + code)
		}
		return v.T("admin.explain.waiting_" + string(r.WaitingFor))
	}
	return v.T("admin.explain." + string(r.State))
}

// lastCode is how the newest work on the request ended. What older work said may be settled since.
func lastCode(list []request.Job) string {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Kind != "mail" && list[i].Kind != "code" && list[i].State != "cancelled" {
			return list[i].Code
		}
	}
	return ""
}

const (
	eventsEvery = 700 * time.Millisecond
	eventsFor   = time.Minute // then the browser asks again, and the login is looked at again
)

// requestEvents sends the live part whenever it changes, and tells when the request has moved on.
func (s *site) requestEvents(w http.ResponseWriter, v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(v.Context(), eventsFor)
	defer cancel()
	r, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	first, last := r.Version, ""
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(w)
	_ = out.SetWriteDeadline(time.Now().Add(eventsFor + 10*time.Second)) // the server's own is for pages; where it cannot be moved, the browser asks again
	tick := time.NewTicker(eventsEvery)
	defer tick.Stop()
	for {
		part, err := s.live(ctx, v, r)
		if err != nil {
			return nil //nolint:nilerr // the stream has begun: it ends, and the browser asks again
		}
		b, err := s.render(v, "request", "live", part)
		if err != nil {
			return err
		}
		if b.String() != last {
			last = b.String()
			if err := send(w, out, "live", last); err != nil {
				return nil //nolint:nilerr // nobody listens any more
			}
		}
		if r.Version != first {
			_ = send(w, out, "moved", "")
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if r, err = s.Store.Get(ctx, id); err != nil {
			return nil //nolint:nilerr // as above
		}
	}
}

func send(w http.ResponseWriter, out *http.ResponseController, name, html string) error {
	data, err := json.Marshal(html) // one line, whatever the page holds
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, data); err != nil {
		return err
	}
	if err := out.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}
