package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"insyn/internal/democrm"
	"insyn/internal/smtpsink"
)

// script gives the next answers to a recipient, one after another; then, and to others, the mail is accepted.
type script struct {
	mu      sync.Mutex
	answers map[string][]smtpsink.Answer
	asked   map[string]int
}

func (w *world) script() *script {
	s := &script{answers: map[string][]smtpsink.Answer{}, asked: map[string]int{}}
	w.sink.Answer(func(_ int, to string) smtpsink.Answer {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked[to]++
		list := s.answers[to]
		if len(list) == 0 {
			return smtpsink.Answer{}
		}
		s.answers[to] = list[1:]
		return list[0]
	})
	return s
}

func (s *script) set(to string, answers ...smtpsink.Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[to] = answers
}

func (s *script) times(to string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[to]
}

// now lets a job that waits for its time run at once.
func (w *world) now(request int64) {
	w.exec(w.insyn, `update insyn.job set run_at = now(), relay_at = now() where request_id = $1 and state = 'queued'`, request)
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{calm: true, guarded: true})
	mails := w.script()
	handler := w.login(oskar)
	requestPage := func(id int64) answer { return handler.get("/requests/" + itoa(id)) }
	first := func(id int64) string { return democrm.KnownPerson(id).Emails[0] }

	t.Run("an unknown person", func(t *testing.T) {
		w := w.in(t)
		out, code := w.run("request", "access", "--person", "crm:999999", "--as", oskar)
		if code != 1 || !strings.Contains(out, "not_found") {
			t.Errorf("got exit %d, %q; want 1 and not_found", code, out)
		}
		out, code = w.run("request", "access", "--person", "erp:1", "--as", oskar)
		if code != 1 || !strings.Contains(out, `no source "erp"`) {
			t.Errorf("got exit %d, %q; want 1 and the name of the source", code, out)
		}
		if a := handler.get("/person/crm/bm9ib2R5"); a.status != http.StatusNotFound {
			t.Errorf("an invented address of a card: got %d, want 404", a.status)
		} else {
			a.says(t, "This page does not exist")
		}
		if n := one[int](w, w.insyn, `select count(*) from insyn.request`); n != 0 {
			t.Errorf("got %d requests, want none", n)
		}
	})

	for _, c := range []struct {
		name   string
		person int64
		state  string
		says   string
	}{
		{"no mail address", democrm.NoMail, "waiting delivery", "There is no mail address on file"},
		{"an invalid mail address", democrm.InvalidMail, "waiting delivery", "The mail address on file is not valid"},
		{"an address that two cards share", democrm.SharedMailboxA, "waiting identity", "Another card shares identifiers with the person"},
		{"a role mailbox", democrm.RoleMailbox, "waiting identity", "The mail address is a shared mailbox"},
		{"an address that bounced", democrm.Bounced, "waiting identity", "A message to the mail address has bounced"},
		{"an address of nine days", democrm.MailChanged, "waiting identity", "changed less than 30 days ago"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := w.in(t)
			s := w.ask("access", c.person, oskar)
			w.reach(s.ID, c.state)
			requestPage(s.ID).says(t, c.says)
			if n := one[int](w, w.insyn, `select count(*) from insyn.link where request_id = $1`, s.ID); n != 0 {
				t.Errorf("got %d links, want none", n)
			}
		})
	}

	t.Run("the mail server refuses for good", func(t *testing.T) {
		w := w.in(t)
		to := first(democrm.SameNameA)
		mails.set(to, smtpsink.Answer{Action: smtpsink.Refuse, Code: 550, Status: [3]int{5, 1, 1}})
		s := w.ask("access", democrm.SameNameA, oskar)
		w.eventually(20*time.Second, "the mail does not fail", func() bool {
			return one[int](w, w.insyn, `select count(*) from insyn.mail where request_id = $1 and template = 'mail.link' and state = 'failed'`, s.ID) == 1
		})
		w.reach(s.ID, "waiting delivery")
		if got := mails.times(to); got != 1 {
			t.Errorf("got %d tries, want 1", got)
		}
		if why := one[string](w, w.insyn, `select coalesce(revoked_why, 'live') from insyn.link where request_id = $1`, s.ID); why != "undeliverable" {
			t.Errorf("the link is %s, want it revoked as undeliverable", why)
		}
		if n := one[int](w, w.insyn, `select count(*) from insyn.job where request_id = $1 and kind = 'mail' and state in ('queued', 'working')
			and mail_id in (select id from insyn.mail where template = 'mail.link')`, s.ID); n != 0 {
			t.Error("the mail is tried again")
		}
		told := w.mail(oskar, regexp.MustCompile(`/requests/`+itoa(s.ID)))
		for _, secret := range []string{to, "Lindqvist"} {
			if strings.Contains(told.Text+told.Subject, secret) {
				t.Errorf("the mail to the handler names %q", secret)
			}
		}
		if n := one[int](w, w.insyn, `select count(*) from insyn.mail where token is not null and request_id = $1`, s.ID); n != 0 {
			t.Error("the token of the dead link is kept")
		}
	})

	t.Run("the mail server refuses for now, then accepts", func(t *testing.T) {
		w := w.in(t)
		to := first(democrm.SameNameB)
		mails.set(to, smtpsink.Answer{Action: smtpsink.Refuse, Code: 451, Status: [3]int{4, 3, 0}})
		s := w.ask("access", democrm.SameNameB, oskar)
		w.eventually(20*time.Second, "the mail does not wait", func() bool {
			return one[int](w, w.insyn, `select count(*) from insyn.job where request_id = $1 and kind = 'mail' and state = 'queued' and run_at > now() + interval '20 seconds'`, s.ID) == 1
		})
		link := one[int64](w, w.insyn, `select id from insyn.link where request_id = $1 and revoked_at is null`, s.ID)
		w.now(s.ID)
		w.reach(s.ID, "answered")
		if got := mails.times(to); got != 2 {
			t.Errorf("got %d tries, want 2", got)
		}
		if one[int64](w, w.insyn, `select id from insyn.link where request_id = $1 and revoked_at is null`, s.ID) != link {
			t.Error("the second try has another link")
		}
		w.open(w.link(to), to)
	})

	t.Run("a map that names a missing column", func(t *testing.T) {
		w := w.in(t)
		wrong := bytes.Replace(democrm.Map(), []byte("          nickname: "), []byte("          shoe_size: "), 1)
		path := filepath.Join(w.dir, "wrong.yaml")
		if err := os.WriteFile(path, wrong, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, process := range []string{"worker", "web"} {
			old := w.env["INSYN_MAP"]
			w.env["INSYN_MAP"] = path
			c := w.launch(process, "wrong "+process)
			w.env["INSYN_MAP"] = old
			select {
			case <-c.ended:
			case <-time.After(20 * time.Second):
				t.Fatalf("%s starts with a map that does not fit", process)
			}
			out := c.output.String()
			if code := c.cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(out, "crm.person") || !strings.Contains(out, "shoe_size") {
				t.Errorf("%s: exit %d; want 1 and the table and column in:\n%s", process, code, out)
			}
		}
	})

	t.Run("a wrong code five times", func(t *testing.T) {
		w := w.in(t)
		to := first(democrm.Colleague)
		s := w.ask("access", democrm.Colleague, oskar)
		w.reach(s.ID, "answered")
		path := w.link(to)
		v := newVisitor(t, w.share)
		v.get(path)
		code := w.wantCode(v, path, to)
		w.eventually(5*time.Second, "the code is not valid yet", func() bool {
			return one[bool](w, w.insyn, `select coalesce(valid_until > now(), false) from insyn.code order by id desc limit 1`)
		})
		for i := range 5 {
			a := v.post(path+"/open", url.Values{"answer": {"NOT-RIGHT"}})
			if i < 4 {
				if a.status != http.StatusUnprocessableEntity {
					t.Fatalf("wrong code %d: got %d, want 422", i+1, a.status)
				}
				a.says(t, "The code is wrong", "Tries left: "+strconv.Itoa(4-i))
				continue
			}
			if a.status != http.StatusTooManyRequests {
				t.Errorf("the fifth: got %d, want 429", a.status)
			}
			a.says(t, "Too many tries")
		}
		if a := v.post(path+"/open", url.Values{"answer": {code}}); a.status == http.StatusOK {
			t.Errorf("the right code opens after five wrong ones: %s", a.url.Path)
		}
		if a := v.get("/v"); a.status == http.StatusOK {
			t.Error("the page is open")
		}
		if other := w.open(path, to); other.get("/v").status != http.StatusOK {
			t.Error("another browser is locked out too")
		}
	})

	t.Run("an expired link", func(t *testing.T) {
		w := w.in(t)
		to := first(democrm.English)
		s := w.ask("access", democrm.English, oskar)
		w.reach(s.ID, "answered")
		path := w.link(to)
		v := w.open(path, to)
		w.exec(w.insyn, `update insyn.link set expires_at = now() - interval '1 second' where request_id = $1`, s.ID)
		if a := v.get("/v"); a.status == http.StatusOK || strings.Contains(a.body, democrm.KnownPerson(democrm.English).Surname) {
			t.Errorf("an open page shows data after its end (%d)", a.status)
		}
		if a := v.get("/v/download.csv"); a.status == http.StatusOK {
			t.Error("the file can be had after the link's end")
		}
		dead, never := v.get(path), v.get("/s/"+strings.Repeat("A", 43))
		if dead.status != http.StatusNotFound || never.status != http.StatusNotFound {
			t.Errorf("got %d for the link, %d for one that never was; want 404", dead.status, never.status)
		}
		dead.says(t, "This link cannot be used", "Send a new link")
		if words(dead.body) != words(never.body) {
			t.Errorf("a dead link can be told from one that never was:\n%s\n%s", words(dead.body), words(never.body))
		}
		if a := v.post(path+"/code", nil); len(w.codes(to)) != 1 {
			t.Errorf("a dead link sends codes (%d)", a.status)
		}
		// The dead page itself gives a new link, to the address on file.
		v.post(path+"/new", v.form(dead, path))
		w.eventually(20*time.Second, "no new link came", func() bool {
			n := 0
			for _, m := range w.sink.Messages() {
				if m.To[0] == to && linkText.MatchString(m.Text) {
					n++
				}
			}
			return n == 2
		})
	})

	t.Run("a form sent twice", func(t *testing.T) {
		w := w.in(t)
		card := handler.card(democrm.KnownPerson(democrm.Norwegian).FullName())
		form := handler.form(handler.get(card+"/share"), card+"/share")
		form.Set("language", "en")
		one1, one2 := handler.post(card+"/share", form), handler.post(card+"/share", form)
		if one1.status != http.StatusOK || one1.url.Path != one2.url.Path || !strings.HasPrefix(one1.url.Path, "/requests/") {
			t.Errorf("got %d %s and %d %s, want one request", one1.status, one1.url.Path, one2.status, one2.url.Path)
		}
		id, _ := strconv.ParseInt(strings.TrimPrefix(one1.url.Path, "/requests/"), 10, 64)
		w.reach(id, "answered")
		if n := one[int](w, w.insyn, `select count(*) from insyn.request where id >= $1`, id); n != 1 {
			t.Errorf("got %d requests, want 1", n)
		}
		if got := mails.times(first(democrm.Norwegian)); got != 1 {
			t.Errorf("got %d mails, want 1", got)
		}
	})

	t.Run("two edits at once", func(t *testing.T) {
		w := w.in(t)
		other := w.login(maria)
		card := handler.card(democrm.KnownPerson(democrm.Finnish).FullName())
		const field = "new.crm.person.title"
		mine, theirs := handler.form(handler.get(card+"/edit"), card+"/edit"), other.form(other.get(card+"/edit"), card+"/edit")
		mine.Set(field, "Sales director")
		theirs.Set(field, "Head of purchasing")
		a := handler.post(card+"/edit", mine)
		won, _ := strconv.ParseInt(strings.TrimPrefix(a.url.Path, "/requests/"), 10, 64)
		w.reach(won, "answered")
		b := other.post(card+"/edit", theirs)
		lost, err := strconv.ParseInt(strings.TrimPrefix(b.url.Path, "/requests/"), 10, 64)
		if err != nil {
			t.Fatalf("the second edit: %d %s\n%s", b.status, b.url.Path, words(b.body))
		}
		w.reach(lost, "waiting review")
		requestPage(lost).says(t, "A value was changed meanwhile and was not overwritten")
		other.get(fmt.Sprintf("/requests/%d/correct", lost)).says(t, "Sales director")
		if got := one[string](w, w.crm, `select title from crm.person where id = $1`, democrm.Finnish); got != "Sales director" {
			t.Errorf("the card says %q, want the first edit", got)
		}
	})

	t.Run("Redis is down", func(t *testing.T) { w.in(t).withoutRedis(t, handler) })
	t.Run("PostgreSQL is down", func(t *testing.T) { w.in(t).withoutPostgres(t, handler) })
}

// withoutRedis: requests are accepted, wait, and are done when Redis is back.
func (w *world) withoutRedis(t *testing.T, handler *visitor) {
	w.redis.stop()
	card := handler.card(democrm.KnownPerson(democrm.Danish).FullName())
	form := handler.form(handler.get(card+"/share"), card+"/share")
	begun := time.Now()
	a := handler.post(card+"/share", form)
	took := time.Since(begun)
	id, err := strconv.ParseInt(strings.TrimPrefix(a.url.Path, "/requests/"), 10, 64)
	if a.status != http.StatusOK || err != nil {
		t.Fatalf("without Redis: %d %s\n%s", a.status, a.url.Path, words(a.body))
	}
	if took > 5*time.Second {
		t.Errorf("the page takes %s without Redis", took)
	}
	s := w.ask("access", democrm.Bare, oskar)
	if degraded := newVisitor(t, "http://"+w.figures["web"]).get("/readyz"); degraded.status != http.StatusOK || !strings.Contains(degraded.body, "degraded") {
		t.Errorf("readyz says %d %q, want 200 and degraded", degraded.status, degraded.body)
	}
	time.Sleep(500 * time.Millisecond)
	for _, r := range []int64{id, s.ID} {
		if got := w.state(r); got != "working" {
			t.Errorf("request %d is %q without Redis, want working", r, got)
		}
	}
	w.redis.start()
	w.reach(id, "answered")
	w.reach(s.ID, "answered")
}

// withoutPostgres: 503 with Retry-After on both sites, and all is well when it is back.
func (w *world) withoutPostgres(t *testing.T, handler *visitor) {
	w.door.shut()
	stranger := newVisitor(t, w.share)
	for name, a := range map[string]answer{
		"today": handler.get("/"), "search": handler.post("/search", url.Values{"q": {"Anna"}}),
		"a link": stranger.get("/s/" + strings.Repeat("B", 43)), "readyz": newVisitor(t, "http://"+w.figures["web"]).get("/readyz"),
	} {
		if a.status != http.StatusServiceUnavailable {
			t.Errorf("%s: got %d, want 503\n%s", name, a.status, words(a.body))
		}
		if name != "readyz" && a.header.Get("Retry-After") == "" {
			t.Errorf("%s: no Retry-After", name)
		}
		if strings.Contains(a.body, "SQLSTATE") || strings.Contains(a.body, "e2e_") {
			t.Errorf("%s shows an error of the database:\n%s", name, words(a.body))
		}
	}
	if out, code := w.run("request", "list"); code != 1 {
		t.Errorf("the command line: exit %d\n%s", code, out)
	}
	if err := w.door.unlock(); err != nil {
		t.Fatal(err)
	}
	w.eventually(20*time.Second, "the pages do not come back", func() bool { return handler.get("/").status == http.StatusOK })
	s := w.ask("access", democrm.Consented, oskar)
	w.reach(s.ID, "answered")
}
