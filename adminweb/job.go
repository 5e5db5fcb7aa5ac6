package adminweb

import (
	"net/http"
	"strconv"
	"time"

	"insyn/internal/dsar"
)

// jobsPage shows the rows of work: kinds, states, codes and ids, never a person.
type jobsPage struct {
	frame
	Stats   []jobStat
	Filters []filterLink
	Rows    []jobRow
}

type jobStat struct {
	Kind, State, Tone string
	Count             int
	Oldest            string
}

type jobRow struct {
	ID, Request      int64
	Kind, State      string
	Tone, Code       string
	Attempt, Crashes int
	Age              string
	Retry, GiveUp    *form
}

// span is a time in the largest unit that fits.
func (v *visit) span(d time.Duration) string {
	for _, u := range []struct {
		of  time.Duration
		key string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if d >= u.of {
			return v.plural("admin.age."+u.key, int(d/u.of))
		}
	}
	return v.plural("admin.age.second", int(max(d, 0)/time.Second))
}

func jobTone(state string) string {
	return map[string]string{"done": "good", "failed": "bad", "working": "plain"}[state]
}

func (s *site) jobs(w http.ResponseWriter, v *visit) error {
	stats, err := s.Desk.JobStats(v.Context())
	if err != nil {
		return err
	}
	state := v.URL.Query().Get("state")
	p := jobsPage{frame: v.frame("admin.nav.jobs")}
	for _, x := range []string{"", "queued", "working", "failed", "done", "cancelled"} {
		l := filterLink{Path: "/jobs", Label: v.T("admin.filter.all"), Here: x == state}
		if x != "" {
			l.Path, l.Label = "/jobs?state="+x, v.T("admin.jobstate."+x)
		}
		p.Filters = append(p.Filters, l)
		if x == state && x == "" {
			state = ""
		}
	}
	for _, x := range stats {
		p.Stats = append(p.Stats, jobStat{Kind: v.jobKind(x.Kind), State: v.T("admin.jobstate." + x.State), Tone: jobTone(x.State), Count: x.Count, Oldest: v.span(time.Since(x.Oldest))})
	}
	rows, err := s.Desk.JobList(v.Context(), state)
	if err != nil {
		return err
	}
	for _, x := range rows {
		r := jobRow{
			ID: x.ID, Request: x.RequestID, Kind: v.jobKind(x.Kind), State: v.T("admin.jobstate." + x.State), Tone: jobTone(x.State), Code: x.Code,
			Attempt: x.Attempt, Crashes: x.Crashes, Age: v.span(time.Since(x.CreatedAt)),
		}
		path := "/jobs/" + strconv.FormatInt(x.ID, 10)
		if x.State == "failed" {
			r.Retry = v.form(path+"/retry", "admin.request.retry")
		}
		if x.State == "failed" || x.State == "queued" {
			r.GiveUp = v.form(path+"/giveup", "admin.jobs.give_up")
			r.GiveUp.Danger = true
		}
		p.Rows = append(p.Rows, r)
	}
	return s.show(w, v, http.StatusOK, "jobs", p)
}

func (s *site) retryJob(w http.ResponseWriter, v *visit) error {
	id, err := v.id("job")
	if err != nil {
		return err
	}
	if err := s.Desk.RetryJob(v.Context(), id, v.who.ID); err != nil {
		return err
	}
	v.flash("job_retried")
	return v.seeOther(w, "/jobs")
}

// retryOf runs a failed job of one request again, for those who handle it.
func (s *site) retryOf(w http.ResponseWriter, v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	job, err := v.id("job")
	if err != nil {
		return err
	}
	list, err := s.Store.Jobs(v.Context(), id)
	if err != nil {
		return err
	}
	for _, j := range list {
		if j.ID == job {
			if err := s.Desk.RetryJob(v.Context(), job, v.who.ID); err != nil {
				return err
			}
			v.flash("job_retried")
			return v.seeOther(w, "/requests/"+strconv.FormatInt(id, 10))
		}
	}
	return dsar.ErrNotFound
}

func (s *site) giveUpJob(w http.ResponseWriter, v *visit) error {
	id, err := v.id("job")
	if err != nil {
		return err
	}
	if err := s.Desk.GiveUpJob(v.Context(), id, v.who.ID); err != nil {
		return err
	}
	v.flash("job_given_up")
	return v.seeOther(w, "/jobs")
}
