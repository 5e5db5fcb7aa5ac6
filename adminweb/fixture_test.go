package adminweb

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/account"
	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/request"
	"insyn/internal/seal"
	"insyn/internal/settings"
	"insyn/internal/wording"
	"insyn/jobs"
)

const testPassword = "korrekt häst batteri"

// app is the whole web app over a database of its own.
type app struct {
	t     *testing.T
	pool  *pgxpool.Pool
	store *request.Store
	desk  *jobs.Desk
	url   string
	log   *strings.Builder
}

// newApp serves the app over TLS, since its cookie goes over nothing else.
func newApp(t *testing.T, change ...func(*Config)) *app {
	t.Helper()
	pool := pgtest.New(t)
	texts, err := wording.Load()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.New([]byte("0123456789abcdefghijklmnopqrstuv"))
	if err != nil {
		t.Fatal(err)
	}
	a := &app{t: t, pool: pool, store: &request.Store{Pool: pool, Keys: keys}, log: &strings.Builder{}}
	a.desk = &jobs.Desk{Store: a.store}
	web, err := postgres.Open(t.Context(), pgtest.DSN(pool), postgres.RoleWeb)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(web.Close)
	store := &request.Store{Pool: web, Keys: keys}
	cfg := Config{
		Pool: web, Store: store, Desk: &jobs.Desk{Store: store}, Texts: texts, BaseURL: "https://insyn.bolaget.example",
		ShareURL: "https://dela.bolaget.example", Log: slog.New(slog.NewTextHandler(a.log, nil)),
		Queues: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "queues") }),
	}
	for _, c := range change {
		c(&cfg)
	}
	handler, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	a.url = server.URL
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	return a
}

// user makes an account with roles; its address is NAME@bolaget.example.
func (a *app) user(name string, roles ...dsar.Role) account.Account {
	a.t.Helper()
	var acc account.Account
	err := postgres.InTx(a.t.Context(), a.pool, func(tx pgx.Tx) (err error) {
		acc, err = account.Create(a.t.Context(), tx, account.New{
			Email: name + "@bolaget.example", Name: "Test " + name, Password: testPassword, Roles: roles, Language: "en",
		}, 0)
		return err
	})
	if err != nil {
		a.t.Fatal(err)
	}
	return acc
}

// complete answers the checklist of the settings.
func (a *app) complete() {
	a.t.Helper()
	err := postgres.InTx(a.t.Context(), a.pool, func(tx pgx.Tx) error {
		s, err := settings.Load(a.t.Context(), tx)
		if err != nil {
			return err
		}
		s.Controller, s.Address, s.Switchboard = "Bolaget AB", "Storgatan 1\n111 11 Stockholm", "08-465 004 00"
		s.DPOName, s.DPOEmail, s.DPODesignated = "Nadja Prov", "dpo@bolaget.example", "yes"
		s.BasisText = dossier.Label{"sv": "Avtal och berättigat intresse.", "en": "Contract and legitimate interest."}
		s.Automated, s.Transfers, s.BackupDays = dossier.Answer{State: "no"}, dossier.Answer{State: "no"}, 30
		return settings.Save(a.t.Context(), tx, s, 1)
	})
	if err != nil {
		a.t.Fatal(err)
	}
}

// browser keeps cookies and follows no redirect.
type browser struct {
	t    *testing.T
	url  string
	http *http.Client
}

func (a *app) browser() *browser {
	a.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		a.t.Fatal(err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = insecure()
	a.t.Cleanup(transport.CloseIdleConnections)
	return &browser{t: a.t, url: a.url, http: &http.Client{
		Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// login gives a browser in which the user has logged in.
func (a *app) login(name string) *browser {
	a.t.Helper()
	b := a.browser()
	r := b.post("/login", url.Values{"email": {name + "@bolaget.example"}, "password": {testPassword}, "next": {"/"}})
	if r.status != http.StatusSeeOther {
		a.t.Fatalf("log in as %s: got %d, want 303: %s", name, r.status, r.body)
	}
	return b
}

// reply is an answer, read to its end.
type reply struct {
	status   int
	body     string
	location string
	header   http.Header
}

func (b *browser) do(method, path string, form url.Values, head ...string) reply {
	b.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(context.Background(), method, b.url+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	res, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return reply{status: res.StatusCode, body: string(text), location: res.Header.Get("Location"), header: res.Header}
}

func (b *browser) get(path string) reply { b.t.Helper(); return b.do("GET", path, nil) }
func (b *browser) post(path string, form url.Values) reply {
	b.t.Helper()
	return b.do("POST", path, form)
}

// want fails unless the answer has the status and all words.
func (b *browser) want(r reply, status int, words ...string) {
	b.t.Helper()
	if r.status != status {
		b.t.Fatalf("got status %d, want %d: %s", r.status, status, r.body)
	}
	for _, w := range words {
		if !strings.Contains(r.body, w) {
			b.t.Errorf("got a page without %q: %s", w, r.body)
		}
	}
	if strings.Contains(r.body, "⟦") {
		b.t.Errorf("a text is missing: %s", regexp.MustCompile("⟦[^⟧]*⟧").FindString(r.body))
	}
}

// once is the key in the form that is posted to action.
func once(t *testing.T, body, action string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, `action="`+action+`"`)
	m := regexp.MustCompile(`name="once" value="([^"]+)"`).FindStringSubmatch(rest)
	if !ok || m == nil {
		t.Fatalf("no form to %s in %s", action, body)
	}
	return m[1]
}

// values makes a form of name, value, name, value.
func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}
