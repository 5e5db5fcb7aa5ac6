package share

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

func TestActions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, id, _ := w.open(fillWith("Anna Provberg", 30))
	v.get("/v?lang=en")
	for _, c := range []struct {
		path, kind string
		form       url.Values
		status     int
		answer     string
		want       EventBody
	}{
		{
			"/v/proposal", Proposal,
			url.Values{"section": {"crm.person"}, "entry": {"1"}, "field": {"name"}, "new": {" Anna Provlund "}, "comment": {"Married"}, "once": {"x1"}},
			200, "Thank you, we have received your proposal",
			EventBody{
				Lang: "en", Once: "x1", Section: "crm.person", SectionLabel: "Contact details", Entry: 1,
				Field: "name", FieldLabel: "Name", Today: "Anna Provberg", New: "Anna Provlund", Comment: "Married",
			},
		},
		{"/v/proposal", Proposal, url.Values{"comment": {"You have the wrong person"}}, 200, "received your proposal", EventBody{Lang: "en", Comment: "You have the wrong person"}},
		{"/v/proposal", Proposal, url.Values{"section": {"crm.person"}, "entry": {"1"}, "field": {""}, "comment": {""}, "new": {"kept text"}}, 422, "kept text", EventBody{}},
		{"/v/proposal", Proposal, url.Values{"section": {"crm.person"}, "entry": {"1"}, "field": {"salary"}, "comment": {"x"}}, 400, "", EventBody{}},
		{"/v/proposal", Proposal, url.Values{"section": {"hr.secret"}, "entry": {"1"}, "comment": {"x"}}, 404, "", EventBody{}},
		{"/v/optout", OptOut, url.Values{"once": {"x2"}}, 200, "stop sending you newsletters", EventBody{Lang: "en", Once: "x2"}},
		{"/v/objection", Objection, url.Values{"marketing": {"1"}}, 200, "direct marketing at once", EventBody{Lang: "en", Marketing: true}},
		{"/v/objection", Objection, url.Values{"interest": {"1"}, "comment": {"My reason"}}, 200, "we store the data but do not use it", EventBody{Lang: "en", Interest: true, Comment: "My reason"}},
		{"/v/objection", Objection, url.Values{"comment": {"nothing ticked"}}, 422, "Tick at least one", EventBody{}},
		{"/v/erasure", Erasure, url.Values{"comment": {"I left"}}, 200, "We have received your request for erasure", EventBody{Lang: "en", Comment: "I left"}},
		{"/v/question", Question, url.Values{"message": {"Who sold you this?"}}, 200, "Ines Provdal", EventBody{Lang: "en", Message: "Who sold you this?"}},
		{"/v/question", Question, url.Values{"message": {"  "}}, 422, "Write your question first", EventBody{}},
		{"/v/question", Question, url.Values{"message": {strings.Repeat("x", textLimit+1)}}, 413, "too long", EventBody{}},
		{"/v/question", Question, url.Values{"message": {strings.Repeat("x", 2*maxBody)}}, 413, "too long", EventBody{}},
	} {
		before := len(w.events(id, c.kind))
		a := v.post(c.path, c.form)
		if a.status != c.status || !strings.Contains(a.body, c.answer) {
			t.Errorf("%s: got %d, want %d; %q on the page: %v", c.path, a.status, c.status, c.answer, strings.Contains(a.body, c.answer))
		}
		events := w.events(id, c.kind)
		if c.status != http.StatusOK {
			if len(events) != before {
				t.Errorf("%s %d: an event was left", c.path, c.status)
			}
			continue
		}
		if len(events) != before+1 {
			t.Fatalf("%s: got %d events, want %d", c.path, len(events), before+1)
		}
		if c.want.Once != "" && events[before].Once != "" {
			c.want.Once = events[before].Once // its value says nothing
		}
		if d := cmp.Diff(c.want, events[before]); d != "" {
			t.Errorf("%s: %s", c.path, d)
		}
	}
}

// A double click is one wish; another wish out of the same page is another.
func TestOnceTellsDoubles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, id, _ := w.open(fillWith("Anna Provberg", 1))
	form := url.Values{"message": {"Why?"}, "once": {"abc"}}
	v.post("/v/question", form)
	v.post("/v/question", form)
	form.Set("message", "And since when?")
	v.post("/v/question", form)
	v.post("/v/optout", url.Values{"once": {"abc"}})
	q, o := w.events(id, Question), w.events(id, OptOut)
	if len(q) != 3 || len(o) != 1 {
		t.Fatalf("got %d questions and %d refusals", len(q), len(o))
	}
	if q[0].Once == "" || q[0].Once != q[1].Once || q[1].Once == q[2].Once || q[0].Once == o[0].Once {
		t.Errorf("got %q %q %q and %q", q[0].Once, q[1].Once, q[2].Once, o[0].Once)
	}
}

// Erasure asks first, and a look at the question asks for nothing.
func TestErasureAsksFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, id, _ := w.open(fillWith("Anna Provberg", 1))
	if a := v.get("/v"); !strings.Contains(a.body, `href="/v/erasure"`) || strings.Contains(a.body, `action="/v/erasure"`) {
		t.Error("the page erases without asking")
	}
	if a := v.get("/v/erasure"); !strings.Contains(a.body, `action="/v/erasure"`) || len(w.events(id, Erasure)) != 0 {
		t.Error("the question is not asked, or was taken for a yes")
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, id, token := w.open(fillWith("Anna Provberg", 1))
	other := w.visitor()
	a := v.post("/v/close", nil)
	if a.status != http.StatusOK || !strings.Contains(a.header.Get("Clear-Site-Data"), "cookies") {
		t.Errorf("closing: %d %v", a.status, a.header)
	}
	var why string
	if err := w.db.QueryRow(context.Background(), `select revoked_why from insyn.link where id = $1`, id).Scan(&why); err != nil || why != "subject" {
		t.Errorf("the link was not revoked: %q %v", why, err)
	}
	if got := other.get("/s/" + token.Text()); got.status != http.StatusNotFound {
		t.Errorf("the link after closing: %d", got.status)
	}
	if got := v.get("/v"); got.status != http.StatusForbidden {
		t.Errorf("the page after closing: %d", got.status)
	}
	ref := regexp.MustCompile(`name="ref" value="([^"]+)"`).FindStringSubmatch(a.body)
	if ref == nil {
		t.Fatal("the closed page offers no new link")
	}
	if got := v.post("/new", url.Values{"ref": {ref[1]}}); got.status != http.StatusOK || len(w.events(id, LinkWanted)) != 1 {
		t.Errorf("asking for a new link after closing: %d", got.status)
	}
	if got := v.post("/new", url.Values{"ref": {ref[1][:20] + "x"}}); got.status != http.StatusOK || len(w.events(id, LinkWanted)) != 1 {
		t.Errorf("asking with a forged reference: %d", got.status)
	}
}

func TestActionsAreLimited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, id, _ := w.open(fillWith("Anna Provberg", 1))
	var last answer
	for range anHour + 3 {
		last = v.post("/v/question", url.Values{"message": {"again"}})
	}
	if n := len(w.events(id, Question)); n != anHour || last.status != http.StatusTooManyRequests {
		t.Errorf("got %d questions and %d, want %d and 429", n, last.status, anHour)
	}
}

func TestOpeningsAreShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, id, _ := w.open(fillWith("Anna Provberg", 1))
	v.get("/v/download.csv")
	w.exec(`insert into insyn.share_event (link_id, kind, browser) values ($1, 'opened', '\x01')`, id)
	a := v.get("/v/opened?lang=en")
	for _, want := range []string{"opened, in this browser", "file downloaded, in this browser", "opened, in another browser"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("%q is not shown", want)
		}
	}
}

func TestHeadLeavesNoTrace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, id, _ := w.open(fillWith("Anna Provberg", 1))
	a := v.do(http.MethodHead, "/v/download.csv", nil)
	if a.status != http.StatusOK || len(w.events(id, Downloaded)) != 0 || a.body != "" {
		t.Errorf("got %d and %d events", a.status, len(w.events(id, Downloaded)))
	}
}

func TestWithoutADatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, _, token := w.open(fillWith("Anna Provberg", 1))
	var name string
	if err := w.db.QueryRow(context.Background(), `select current_database()`).Scan(&name); err != nil {
		t.Fatal(err)
	}
	cfg := w.db.Config().ConnConfig.Copy()
	cfg.Database = "postgres"
	c, err := pgx.ConnectConfig(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.Background()) }()
	for _, sql := range []string{
		`alter database ` + name + ` allow_connections false`,
		`select pg_terminate_backend(pid) from pg_stat_activity where datname = '` + name + `'`,
	} {
		if _, err := c.Exec(context.Background(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"/s/" + token.Text(), "/v", "/readyz"} {
		if a := v.get(path); a.status != http.StatusServiceUnavailable {
			t.Errorf("%s: got %d, want 503\n%s", path, a.status, w.logs)
		}
	}
	if a := v.get("/livez"); a.status != http.StatusOK {
		t.Errorf("/livez: %d", a.status)
	}
	if strings.Contains(w.logs.String(), token.Text()) {
		t.Error("the token is in the log")
	}
}
