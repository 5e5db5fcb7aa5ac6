package share

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"insyn/internal/dossier"
	"insyn/internal/postgres"
)

func TestHeadersOnEveryResponse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, _, token := w.open(fillWith("Anna Provberg", 3))
	want := map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "X-Content-Type-Options": "nosniff",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Permissions-Policy": "camera=()",
		"Strict-Transport-Security": "max-age=31536000", "Content-Security-Policy": "default-src 'none'; style-src 'self'",
	}
	for _, path := range []string{
		"/s/" + token.Text(), "/s/x", "/v", "/v/download.csv", "/v/nothing", "/style.css", "/robots.txt", "/livez", "/readyz", "/", "/v/section/nothing", "/new",
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			a := v.do(method, path, nil)
			for name, value := range want {
				if !strings.Contains(a.header.Get(name), value) {
					t.Errorf("%s %s: %s is %q", method, path, name, a.header.Get(name))
				}
			}
			if csp := a.header.Get("Content-Security-Policy"); strings.Contains(csp, "script-src") || strings.Contains(csp, "unsafe") {
				t.Errorf("%s: scripts are let in: %s", path, csp)
			}
		}
	}
}

// Unknown, expired, revoked, unsent and malformed tokens cannot be told apart.
func TestDeadLinksAreAlike(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.visitor()
	paths := map[string]string{"unknown": NewToken().Text(), "malformed": "x", "long": strings.Repeat("a", 500)}
	for name, sql := range map[string]string{
		"expired": `update insyn.link set expires_at = now() - interval '1 second' where id = $1`,
		"revoked": `update insyn.link set revoked_at = now(), revoked_why = 'handler' where id = $1`,
		"unsent":  `update insyn.link set expires_at = null where id = $1`,
		"purged":  `update insyn.artefact set salt = null where id = (select artefact_id from insyn.link where id = $1)`,
	} {
		id, token := w.link(LevelCode, fillWith("Anna Provberg", 1))
		if a := v.get("/s/" + token.Text()); a.status != http.StatusOK {
			t.Fatalf("a live link: %d", a.status)
		}
		w.exec(sql, id)
		paths[name] = token.Text()
	}
	first := v.get("/s/" + NewToken().Text())
	if !strings.Contains(first.body, `name="do" value="new"`) {
		t.Error("the dead-link page offers no new link")
	}
	asked := v.post("/s/"+NewToken().Text()+"/new", nil)
	for name, token := range paths {
		a := v.get("/s/" + token)
		if a.status != first.status || a.body != first.body {
			t.Errorf("%s: %d, another page than for an unknown token", name, a.status)
		}
		for _, b := range []answer{v.post("/s/"+token+"/new", nil), v.post("/s/"+token, url.Values{"do": {"new"}})} {
			if b.status != http.StatusOK || b.body != asked.body {
				t.Errorf("%s: asking for a new link: %d, another answer than for an unknown token", name, b.status)
			}
		}
		for _, action := range []string{"/code", "/open"} {
			if b := v.post("/s/"+token+action, url.Values{"answer": {"1"}}); b.body != first.body {
				t.Errorf("%s%s: another page", name, action)
			}
		}
	}
	var wanted int
	if err := w.db.QueryRow(context.Background(), `select count(*) from insyn.share_event where kind = 'link_wanted'`).Scan(&wanted); err != nil || wanted != 8 {
		t.Errorf("got %d wishes for a new link, want 8 (two for each of four known tokens): %v", wanted, err)
	}
}

// Opening and looking uses nothing up: mail scanners do it.
func TestGetChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, token := w.link(LevelCode, fillWith("Anna Provberg", 1))
	v := w.visitor()
	for range 50 {
		v.get("/s/" + token.Text())
		v.do(http.MethodHead, "/s/"+token.Text(), nil)
		v.get("/s/" + token.Text() + "/code")
	}
	var n int
	if err := w.db.QueryRow(context.Background(), `select count(*) from insyn.share_event`).Scan(&n); err != nil || n != 0 {
		t.Errorf("got %d events, want none: %v", n, err)
	}
	if a := v.get("/v"); a.status != http.StatusForbidden || strings.Contains(a.body, "Provberg") {
		t.Errorf("the page without a session: %d", a.status)
	}
}

func TestParallelGuesses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, token := w.link(LevelCode, fillWith("Anna Provberg", 1))
	v := w.visitor()
	path := "/s/" + token.Text()
	v.post(path+"/code", nil)
	code := w.code(id)
	var wg sync.WaitGroup
	var mu sync.Mutex
	counted := 0
	for range 200 {
		wg.Go(func() {
			a := v.post(path+"/open", url.Values{"answer": {"00000000"}})
			mu.Lock()
			defer mu.Unlock()
			if strings.Contains(a.body, "Antal försök kvar") || strings.Contains(a.body, "Tries left") || a.status == http.StatusTooManyRequests {
				counted++
			}
		})
	}
	wg.Wait()
	var tries int
	if err := w.db.QueryRow(context.Background(), `select tries from insyn.code where link_id = $1`, id).Scan(&tries); err != nil || tries != 5 {
		t.Errorf("got %d tries counted, want 5: %v", tries, err)
	}
	if counted != 5 {
		t.Errorf("%d guesses were compared, want 5", counted)
	}
	if a := v.post(path+"/open", url.Values{"answer": {code}}); a.path == "/v" {
		t.Error("the right code opened after five wrong ones")
	}
}

func TestCodeIsForOneBrowserOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, token := w.link(LevelCode, fillWith("Anna Provberg", 1))
	path := "/s/" + token.Text()
	v, other := w.visitor(), w.visitor()
	v.post(path+"/code", nil)
	code := w.code(id)
	other.post(path+"/code", nil) // a scanner that presses the button
	w.code(id)
	if a := other.post(path+"/open", url.Values{"answer": {code}}); a.path == "/v" {
		t.Error("another browser opened with the code")
	}
	if a := v.post(path+"/open", url.Values{"answer": {" " + code[:4] + " " + code[4:] + " "}}); a.path != "/v" {
		t.Errorf("the right browser did not open: %d %s", a.status, a.path)
	}
	if a := v.post(path+"/open", url.Values{"answer": {code}}); a.path == "/v" {
		t.Error("the code opened twice")
	}
}

func TestCodesAreLimited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, token := w.link(LevelCode, fillWith("Anna Provberg", 1))
	path := "/s/" + token.Text()
	v := w.visitor()
	var last answer
	for range 6 {
		last = v.post(path+"/code?lang=en", nil)
	}
	if n := len(w.events(id, CodeWanted)); n != codesBrowser {
		t.Errorf("one browser got %d codes, want %d", n, codesBrowser)
	}
	if last.status != http.StatusTooManyRequests || !strings.Contains(last.body, "You can ask for a new code at") {
		t.Errorf("got %d: %s", last.status, last.body)
	}
	var wg sync.WaitGroup
	for range 60 {
		wg.Go(func() { w.visitor().post(path+"/code", nil) })
	}
	wg.Wait()
	if n := len(w.events(id, CodeWanted)); n != codesLink {
		t.Errorf("the link got %d codes, want %d", n, codesLink)
	}
}

func TestLevels(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for level, right := range map[string]string{LevelAddress: "anna@provberg.example", LevelGiven: "12345678"} {
		id, token := w.link(level, fillWith("Anna Provberg", 1))
		path := "/s/" + token.Text()
		hash, err := HashAnswer(right)
		if err != nil {
			t.Fatal(err)
		}
		w.exec(`insert into insyn.code (link_id, hash, valid_until, many) values ($1, $2, now() + interval '1 hour', $3)`, id, hash, level == LevelAddress)
		v := w.visitor()
		if a := v.get(path + "?lang=en"); !strings.Contains(a.body, `name="answer"`) || !strings.Contains(a.body, path+"/open") {
			t.Errorf("level %s: the start page has no field", level)
		}
		if a := v.post(path+"/open", url.Values{"answer": {"bo@provberg.example"}}); a.status != http.StatusUnprocessableEntity {
			t.Errorf("level %s: a wrong answer got %d at %s", level, a.status, a.path)
		}
		if a := v.post(path+"/open", url.Values{"answer": {strings.ToUpper(right) + " "}}); a.path != "/v" {
			t.Errorf("level %s: the right answer got %d at %s", level, a.status, a.path)
		}
		again := w.visitor().post(path+"/open", url.Values{"answer": {right}})
		if (again.path == "/v") != (level == LevelAddress) {
			t.Errorf("level %s: opened a second time: %v", level, again.path == "/v")
		}
	}
}

func TestSessionDiesWithTheLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, sql := range map[string]string{
		"expired": `update insyn.link set expires_at = now() - interval '1 second' where id = $1`,
		"revoked": `update insyn.link set revoked_at = now(), revoked_why = 'handler' where id = $1`,
		"epoch":   `update insyn.link set epoch = epoch + 1 where id = $1`,
		"purged":  `update insyn.artefact set salt = null where id = (select artefact_id from insyn.link where id = $1)`,
	} {
		v, id, _ := w.open(fillWith("Anna Provberg", 1))
		w.exec(sql, id)
		for _, path := range []string{"/v", "/v/download.csv", "/v/section/crm.person", "/v/proposal"} {
			if a := v.get(path); a.status != http.StatusForbidden || strings.Contains(a.body, "Provberg") {
				t.Errorf("%s %s: %d", name, path, a.status)
			}
		}
		if a := v.post("/v/optout", nil); a.status != http.StatusForbidden || len(w.events(id, OptOut)) != 0 {
			t.Errorf("%s: an action was taken: %d", name, a.status)
		}
	}
}

func TestIdleSessionIsOver(t *testing.T) {
	t.Parallel()
	s := &site{Config: Config{CookieKey: []byte(strings.Repeat("k", 32))}}
	w := newWorld(t)
	id, token := w.link(LevelCode, fillWith("Anna Provberg", 1))
	var salt []byte
	if err := w.db.QueryRow(context.Background(), `select salt from insyn.artefact`).Scan(&salt); err != nil {
		t.Fatal(err)
	}
	key := token.artefactKey(salt, id)
	for ago, want := range map[time.Duration]int{29 * time.Minute: http.StatusOK, 31 * time.Minute: http.StatusForbidden} {
		value, err := s.sealCookie("session", session{Link: id, Epoch: 1, Key: key[:], Seen: time.Now().Add(-ago).Unix()})
		if err != nil {
			t.Fatal(err)
		}
		v := w.visitor()
		at, _ := url.Parse(w.srv.URL)
		v.c.Jar.SetCookies(at, []*http.Cookie{{Name: sessionCookie, Value: value, Path: "/", Secure: true}})
		if a := v.get("/v"); a.status != want {
			t.Errorf("after %s: got %d, want %d", ago, a.status, want)
		}
	}
}

// The role of the site can do its work and nothing else.
func TestRoleHasNoMoreRights(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	pool, err := postgres.Open(ctx, w.db.Config().ConnString(), postgres.RoleShare)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	for _, sql := range []string{
		`select name from insyn.request_subject`, `select id from insyn.request`, `select vars from insyn.mail`, `select token from insyn.mail`,
		`select hash from insyn.code`, `select body from insyn.share_event`, `select id from insyn.account`, `select id from insyn.audit`,
		`update insyn.link set revoked_at = null`, `update insyn.code set tries = 0`, `delete from insyn.share_event`,
		`insert into insyn.link (request_id, subject_id, level, token_hash, hours) values (1, 1, 'B', 'x', 1)`, `select id from insyn.job`,
	} {
		if _, err := pool.Exec(ctx, sql); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: got %v, want permission denied", sql, err)
		}
	}
}

func TestOtherSitesCannotPost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, id, _ := w.open(fillWith("Anna Provberg", 1))
	for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, w.srv.URL+"/v/optout", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(name, value)
		res, err := v.c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusForbidden || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: got %d", name, res.StatusCode)
		}
	}
	if len(w.events(id, OptOut)) != 0 {
		t.Error("an action from another site was taken")
	}
}

func TestStoredMarkupIsText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, evil := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'><svg/onload=alert(1)>`, `javascript:alert(1)`, `</textarea><script>1</script>`,
		`</title><script>1</script>`, `{{.}}`, `[knapp]`, `<a href="https://evil.example">x</a>`, "\u202e<b>", `<!--`, `]]>`, `&lt;script&gt;`, `<style>*{display:none}</style>`,
	} {
		v, _, _ := w.open(func(s dossier.Sink) error {
			m := testMeta()
			m.Controller.DPOName, m.Register.Provider = "Ines "+evil, evil
			return fillWith(evil, 2)(&metaSink{Sink: s, meta: m})
		})
		for _, path := range []string{"/v", "/v/proposal?section=crm.person&entry=1", "/v/section/crm.person", "/v/question"} {
			a := v.get(path)
			if a.status != http.StatusOK {
				t.Fatalf("%s: %d %s", path, a.status, w.logs)
			}
			for _, bad := range []string{"<script", "<img", "<svg", "<style", "onerror=alert(1)>", `href="https://evil`, `href="javascript`} {
				if strings.Contains(a.body, bad) {
					t.Errorf("%s: %q got through as %q", path, evil, bad)
				}
			}
		}
	}
}

// metaSink puts another meta in the place of the one that is written.
type metaSink struct {
	dossier.Sink
	meta dossier.Meta
}

func (m *metaSink) Meta(dossier.Meta) error { return m.Sink.Meta(m.meta) }
