package share

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/dossier"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/seal"
	"insyn/internal/wording"
)

// world is a database, a site with the rights of its own role alone, and what a worker would do.
type world struct {
	t    testing.TB
	db   *pgxpool.Pool
	keys *seal.Keys
	srv  *httptest.Server
	logs *strings.Builder
}

func newWorld(t testing.TB) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{t: t, db: pgtest.New(t), logs: &strings.Builder{}}
	key, err := seal.New([]byte("0123456789abcdefghijklmnopqrstuv"))
	if err != nil {
		t.Fatal(err)
	}
	w.keys = key
	public, err := key.Public()
	if err != nil {
		t.Fatal(err)
	}
	w.exec(`insert into insyn.share_key (public) values ($1)`, public)
	w.exec(`update insyn.setting set body = $1`, `{"controller": "Norrsken Handel AB", "switchboard": "08-465 004 00", "address": "Provgatan 1",
		"dpo_name": "Ines Provdal", "dpo_email": "dso@norrsken.example", "dpo_designated": "yes", "timezone": "Europe/Stockholm"}`)
	pool, err := postgres.Open(ctx, pgtest.DSN(w.db), postgres.RoleShare)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	texts, err := wording.Load()
	if err != nil {
		t.Fatal(err)
	}
	h, err := Handler(Config{
		Pool: pool, CookieKey: []byte(strings.Repeat("k", 32)), BaseURL: "https://share.norrsken.example", Texts: texts,
		Log: slog.New(slog.NewJSONHandler(w.logs, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.srv = httptest.NewTLSServer(h)
	t.Cleanup(w.srv.Close)
	return w
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.db.Exec(context.Background(), sql, args...); err != nil {
		w.t.Fatal(err)
	}
}

// link stores an artefact and makes a link to it that is alive for an hour.
func (w *world) link(level string, fill func(dossier.Sink) error) (id int64, token Token) {
	w.t.Helper()
	ctx := context.Background()
	token = NewToken()
	err := postgres.InTx(ctx, w.db, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			insert into insyn.link (request_id, subject_id, level, token_hash, hours, expires_at)
			values (1001, 1, $1, $2, 24, now() + interval '1 hour')
			returning id`, level, token.Hash()).Scan(&id)
		if err != nil {
			return err
		}
		_, _, err = Store(ctx, tx, 1001, id, token, fill)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return id, token
}

// code does what a worker does with code_wanted: a code for each browser that asked.
func (w *world) code(link int64) string {
	w.t.Helper()
	code := NewCode()
	hash, err := HashAnswer(code)
	if err != nil {
		w.t.Fatal(err)
	}
	w.exec(`
		insert into insyn.code (link_id, browser, hash, valid_until)
		select link_id, browser, $2, now() + interval '10 minutes'
		  from insyn.share_event
		 where link_id = $1 and kind = 'code_wanted'
		 order by id desc
		 limit 1`, link, hash)
	return code
}

// visitor is a browser.
type visitor struct {
	w *world
	c *http.Client
}

func (w *world) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	c := *w.srv.Client()
	c.Jar = jar
	c.Timeout = 20 * time.Second
	return &visitor{w: w, c: &c}
}

type answer struct {
	status int
	path   string
	body   string
	header http.Header
}

func (v *visitor) get(path string) answer { return v.do(http.MethodGet, path, nil) }

func (v *visitor) post(path string, form url.Values) answer {
	if form == nil {
		form = url.Values{}
	}
	return v.do(http.MethodPost, path, form)
}

func (v *visitor) do(method, path string, form url.Values) answer {
	v.w.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(context.Background(), method, v.w.srv.URL+path, body)
	if err != nil {
		v.w.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := v.c.Do(req)
	if err != nil {
		v.w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		v.w.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Request.URL.Path, string(b), res.Header}
}

// open walks from the mailed link to the page.
func (w *world) open(fill func(dossier.Sink) error) (*visitor, int64, Token) {
	w.t.Helper()
	id, token := w.link(LevelCode, fill)
	v := w.visitor()
	path := "/s/" + token.Text()
	if a := v.get(path); a.status != http.StatusOK {
		w.t.Fatalf("start: %d", a.status)
	}
	if a := v.post(path+"/code", nil); a.path != path+"/code" {
		w.t.Fatalf("code: %d at %s", a.status, a.path)
	}
	if a := v.post(path+"/open", url.Values{"answer": {w.code(id)}}); a.status != http.StatusOK || a.path != "/v" {
		w.t.Fatalf("open: %d at %s\n%s", a.status, a.path, w.logs)
	}
	return v, id, token
}

// events opens what the workers would read.
func (w *world) events(link int64, kind string) []EventBody {
	w.t.Helper()
	rows, err := w.db.Query(context.Background(), `select body from insyn.share_event where link_id = $1 and kind = $2 order by id`, link, kind)
	if err != nil {
		w.t.Fatal(err)
	}
	sealed, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		w.t.Fatal(err)
	}
	var out []EventBody
	for _, s := range sealed {
		plain, err := w.keys.OpenEvent(s)
		if err != nil {
			w.t.Fatal(err)
		}
		var b EventBody
		if err := json.Unmarshal(plain, &b); err != nil {
			w.t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

func testMeta() dossier.Meta {
	return dossier.Meta{
		RequestID: 1001, Kind: "access", AsOf: time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC), Language: "en", Portable: true,
		Controller: dossier.Controller{
			Name: "Norrsken Handel AB", Address: "Provgatan 1\n111 11 Provstad", Switchboard: "08-465 004 00", Country: "SE",
			DPOName: "Ines Provdal", DPOEmail: "dso@norrsken.example", DPOTitle: dossier.Label{"sv": "dataskyddsombud", "en": "data protection officer"},
		},
		Searched: []dossier.Label{{"sv": "kundregistret", "en": "the customer register"}},
		Purposes: map[string]dossier.Purpose{
			"sales": {
				Text: dossier.Label{"sv": "sköta kontakten med kunder", "en": "look after our customers"}, Basis: "legitimate_interest",
				Interest: dossier.Label{"sv": "att hålla kontakt med kunder", "en": "keeping in touch with customers"},
			},
			"news": {Text: dossier.Label{"sv": "skicka nyhetsbrev", "en": "send newsletters"}, Basis: "consent"},
		},
		Recipients: map[string]dossier.Recipient{"mailer": {
			Name: "Utskick Prov AB", Role: "processor", Country: "SE",
			Why: dossier.Label{"sv": "skicka e-post", "en": "send email"},
		}},
		Retention: map[string]dossier.Retention{"contact": {Text: dossier.Label{"sv": "två år efter den senaste kontakten", "en": "two years after the last contact"}}},
		BasisText: dossier.Label{"sv": "Vi behandlar uppgifter om kontaktpersoner.", "en": "We process data about contact persons."},
		Automated: dossier.Answer{State: "no"}, Transfers: dossier.Answer{State: "no"},
		Register: &dossier.RegisterInfo{Provider: "Registerprov AB", Contact: "kundtjanst@register.example"},
	}
}

func column(name, sv, en, kind string, portable bool) dossier.Field {
	f := dossier.Field{Name: name, Label: dossier.Label{"sv": sv, "en": en}, Category: "contact", Purpose: "sales", Provenance: "staff", Type: kind}
	if portable {
		f.Portable, f.Purpose, f.Provenance = true, "news", "provided"
	}
	return f
}

func text(s string) dossier.Value {
	b, _ := json.Marshal(s)
	return dossier.Value{JSON: b}
}

// fillWith gives a dossier with a person and n entries of history.
func fillWith(name string, n int) func(dossier.Sink) error {
	return func(s dossier.Sink) error {
		if err := s.Meta(testMeta()); err != nil {
			return err
		}
		person := dossier.Section{
			ID: "crm.person", Source: "crm", Label: dossier.Label{"sv": "Kontaktuppgifter", "en": "Contact details"}, Category: "contact",
			Purposes: []string{"sales", "news"}, Recipients: []string{"mailer"}, Retention: []string{"contact"}, Provenance: []string{"provided"},
			Fields: []dossier.Field{column("name", "Namn", "Name", "text", true), column("phone", "Telefon", "Phone", "text", false), column("born", "Född", "Born", "date", false)},
		}
		if err := s.Begin(person); err != nil {
			return err
		}
		rec := dossier.Record{Portable: true, Values: []dossier.Value{text(name), text("+46701740605"), text("1981-04-07")}}
		if err := s.Record(rec); err != nil {
			return err
		}
		if err := s.End(); err != nil {
			return err
		}
		history := dossier.Section{
			ID: "crm.history", Source: "crm", Label: dossier.Label{"sv": "Historik", "en": "History"}, Category: "history",
			Intro:    dossier.Label{"sv": "Samtal, möten och e-post med dig.", "en": "Calls, meetings and emails with you."},
			Purposes: []string{"sales"}, Retention: []string{"contact"}, Provenance: []string{"staff"},
			Fields: []dossier.Field{column("at", "Tid", "Time", "time", false), column("kind", "Slag", "Kind", "text", false), column("body", "Text", "Text", "text", false)},
		}
		if err := s.Begin(history); err != nil {
			return err
		}
		for i := range n {
			body := text(fmt.Sprintf("Call number %d. [other person] asked for an offer.", i+1))
			body.Masked = i%3 == 0
			err := s.Record(dossier.Record{Values: []dossier.Value{text("2026-02-03T10:15:00+00:00"), text("call"), body}})
			if err != nil {
				return err
			}
		}
		return s.End()
	}
}

func testPrinter(t testing.TB) dossier.Printer {
	t.Helper()
	texts, err := wording.Load()
	if err != nil {
		t.Fatal(err)
	}
	return dossier.Printer{Texts: texts, Lang: wording.Swedish, Loc: time.UTC}
}
