package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"insyn/internal/request"
	"insyn/internal/smtpsink"
	"insyn/jobs"
)

// standing is what the command line says about a request.
type standing struct {
	ID         int64  `json:"id"`
	State      string `json:"state"`
	WaitingFor string `json:"waiting_for"`
	Code       string `json:"code"`
}

// ask registers a request about a person of the CRM from the command line, in English, and does not wait.
func (w *world) ask(kind string, person int64, as string, more ...string) standing {
	w.t.Helper()
	args := append([]string{"request", kind, "--person", fmt.Sprintf("crm:%d", person), "--as", as, "--language", "en", "--json"}, more...)
	return w.standing(args...)
}

func (w *world) standing(args ...string) standing {
	w.t.Helper()
	out, code := w.run(args...)
	var s standing
	start := strings.Index(out, "{")
	if start < 0 || json.NewDecoder(strings.NewReader(out[start:])).Decode(&s) != nil {
		w.t.Fatalf("insyn %s: exit %d\n%s", strings.Join(args, " "), code, out)
	}
	return s
}

// reach waits until a request stands so: "answered", "waiting identity".
func (w *world) reach(id int64, want ...string) string {
	w.t.Helper()
	got := ""
	end := time.Now().Add(60 * time.Second)
	for !slices.Contains(want, got) {
		if time.Now().After(end) {
			w.t.Fatalf("request %d is %q, want %v\n%s", id, got, want, w.history(id))
		}
		time.Sleep(30 * time.Millisecond)
		got = w.state(id)
	}
	return got
}

func (w *world) state(id int64) string {
	w.t.Helper()
	return one[string](w, w.insyn, `select rtrim(state || ' ' || coalesce(waiting_for, '')) from insyn.request where id = $1`, id)
}

// history tells what became of a request, for a failed test.
func (w *world) history(id int64) string {
	return one[string](w, w.insyn, `
		select coalesce((select string_agg(kind || ' ' || state || ' ' || coalesce(code, '') || ' attempt ' || attempt || ' crashes ' || crashes, E'\n' order by id)
		                   from insyn.job where request_id = $1), 'no jobs')
		       || E'\n' || coalesce((select string_agg(template || ' ' || state || ' ' || coalesce(code, ''), E'\n' order by id)
		                               from insyn.mail where request_id = $1), 'no mails')
		       || coalesce((select E'\nleft over: ' || string_agg(receipt ->> 'findings', ' ') from insyn.request_subject where request_id = $1), '')`, id)
}

// desk does what the pages do, without a page.
func (w *world) desk() *jobs.Desk {
	return &jobs.Desk{Store: &request.Store{Pool: w.insyn, Keys: w.keys}}
}

// account is the id of a user.
func (w *world) account(email string) int64 {
	w.t.Helper()
	return one[int64](w, w.insyn, `select id from insyn.account where email = $1`, email)
}

// erase asks for an erasure by the DPO, waits for its rehearsal and approves it as an administrator.
func (w *world) erase(person int64, more ...string) int64 {
	w.t.Helper()
	s := w.ask("erasure", person, maria, append([]string{"--ground", "b", "--verified", "call_back"}, more...)...)
	w.reach(s.ID, "waiting approval")
	w.standing("request", "approve", itoa(s.ID), "--as", anna, "--json")
	w.reach(s.ID, "answered", "partly")
	return s.ID
}

// mail waits for a mail to an address whose text matches.
func (w *world) mail(to string, pattern *regexp.Regexp) smtpsink.Message {
	w.t.Helper()
	m, err := w.sink.Wait(w.within(60*time.Second), func(m smtpsink.Message) bool {
		return len(m.To) == 1 && strings.EqualFold(m.To[0], to) && pattern.MatchString(m.Text)
	})
	if err != nil {
		var got []string
		for _, m := range w.sink.Messages() {
			got = append(got, strings.Join(m.To, ",")+": "+m.Subject)
		}
		w.t.Fatalf("no mail to %s that matches %s (%v); there are:\n%s", to, pattern, err, strings.Join(got, "\n"))
	}
	return m
}

var (
	linkText = regexp.MustCompile(`http://127\.0\.0\.1:\d+(/s/[\w-]{43})`)
	codeText = regexp.MustCompile(`(?m)^\s*([A-Z0-9]{4,6}[- ]?[A-Z0-9]{3,6})\s*$`)
)

// link waits for the link mail and gives the path in it.
func (w *world) link(to string) string {
	w.t.Helper()
	return linkText.FindStringSubmatch(w.mail(to, linkText).Text)[1]
}

// codes counts the code mails to an address.
func (w *world) codes(to string) []string {
	var out []string
	for _, m := range w.sink.Messages() {
		if len(m.To) == 1 && m.To[0] == to && !linkText.MatchString(m.Text) {
			if c := codeText.FindStringSubmatch(m.Text); c != nil {
				out = append(out, c[1])
			}
		}
	}
	return out
}

// wantCode presses the button of the link's page and reads the code in the mail.
func (w *world) wantCode(v *visitor, path, to string) string {
	w.t.Helper()
	had := len(w.codes(to))
	if a := v.post(path+"/code", nil); a.status != http.StatusOK {
		w.t.Fatalf("ask for a code: %d\n%s", a.status, words(a.body))
	}
	w.eventually(30*time.Second, "no code came", func() bool { return len(w.codes(to)) > had })
	return w.codes(to)[had]
}

// open goes the whole way of a person: link, code, page.
func (w *world) open(path, to string) *visitor {
	w.t.Helper()
	v := newVisitor(w.t, w.share)
	if a := v.get(path); a.status != http.StatusOK {
		w.t.Fatalf("open the link: %d\n%s", a.status, words(a.body))
	}
	code := w.wantCode(v, path, to)
	var a answer
	// The code is valid from the commit after the server took its mail, a moment after the mail is here.
	w.eventually(10*time.Second, "the code does not open the page", func() bool {
		a = v.post(path+"/open", url.Values{"answer": {code}})
		return a.status == http.StatusOK && a.url.Path == "/v"
	})
	return v
}

// itoa writes a number.
func itoa(n int64) string { return strconv.FormatInt(n, 10) }
