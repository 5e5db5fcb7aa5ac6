package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"insyn/internal/smtpsink"
)

// canaryPerson is the row that the words stand in; nobody of the sample has the number.
const canaryPerson = 900001

// canaries are words that exist nowhere else, one in each field that may hold something about a person.
type canaries map[string]string

// word is the canary of a field.
func (c canaries) word(field string) string {
	if c[field] == "" {
		c[field] = "qvarz" + strings.ReplaceAll(field, "_", "")
	}
	return c[field]
}

// plant makes a person of canaries with one row in every table of the sample CRM.
func (c canaries) plant(w *world) {
	w.t.Helper()
	word := c.word
	c["mail"], c["mail2"] = "qvarzmail@post.example", "qvarzprivate@post.example"
	c["phone"], c["personnummer"] = "0701740698", "19121212-1212"
	w.exec(w.crm, `update crm.person_phone set number = '+46 70 174 06 97' where number like '%174 06 98%'`)
	w.exec(w.crm, `
		insert into crm.organisation (id, kind, name, org_number, vat_number, street, postcode, city, phone, email, website, note)
		values (900001, 'sole_trader', $1, $2, $3, $4, '999 01', $5, '070-174 06 98', $6, $7, $8)`,
		word("firm"), c["personnummer"], word("vat"), word("firm_street"), word("firm_city"), word("firm_mail")+"@post.example", "https://"+word("site")+".example", word("firm_note"))
	w.exec(w.crm, `
		insert into crm.person (id, customer_no, given_name, surname, former_surname, nickname, title, organisation_id, street, postcode, city, personnummer,
			birth_date, tags, custom, language, source, newsletter, newsletter_at, newsletter_how, newsletter_wording, newsletter_by, processing_how, processing_wording, processing_by)
		values (900001, $1, $2, $3, $4, $5, $6, 900001, $7, '999 02', $8, $9, '1912-12-12', array[$10], jsonb_build_object('linkedin', $11::text, 'other', $12::text), 'en', $13,
			'yes', now(), $14, $15, $16, $17, $18, $19)`,
		word("customer"), word("given"), word("surname"), word("former"), word("nick"), word("title"), word("street"), word("city"), c["personnummer"],
		word("tag"), word("handle"), word("custom"), word("source"), word("how"), word("wording"), word("by"), word("processing_how"), word("processing_wording"), word("processing_by"))
	full := word("given") + " " + word("surname")
	for _, s := range []struct {
		sql  string
		args []any
	}{
		{`insert into crm.person_email (person_id, address, is_primary, changed_at) values (900001, $1, true, now() - interval '1 year'), (900001, $2, false, now() - interval '1 year')`, []any{c["mail"], c["mail2"]}},
		{`insert into crm.person_phone (person_id, number, is_primary) values (900001, '+46 70 174 06 98', true)`, nil},
		{`insert into crm.history (id, kind, at, subject, body) values (900001, 'call', now() - interval '90 days', $1, $2)`, []any{word("subject") + " " + full, word("body") + " " + full + ", 070-174 06 98"}},
		{`insert into crm.history_person (history_id, person_id) values (900001, 900001)`, nil},
		{`insert into crm.todo (person_id, text) values (900001, $1)`, []any{word("todo") + " " + full}},
		{`insert into crm.deal (id, title, stage, description, lost_reason, closed_on) values (900001, $1, 'lost', $2, $3, now()::date - 90)`, []any{word("deal"), word("description") + " " + full, word("lost")}},
		{`insert into crm.deal_person (deal_id, person_id) values (900001, 900001)`, nil},
		{`insert into crm.document (file_name, body, person_id) values ($1, $2, 900001)`, []any{word("file") + ".txt", word("document") + " " + full}},
		{`insert into crm.newsletter_log (person_id, email, campaign, sent_at) values (900001, $1, 'Nyhetsbrev', now())`, []any{c["mail"]}},
		{`insert into crm.invoice (id, number, buyer_person_id, buyer_name, buyer_address, issued_on, financial_year_end, total) values (900001, 'F-900001', 900001, $1, $2, now()::date - 90, now()::date + 40, 10)`, []any{full, word("invoice_street")}},
		{`insert into crm.invoice_line (invoice_id, position, description, quantity, unit_price) values (900001, 1, $1, 1, 10)`, []any{word("line")}},
		{`insert into crm.consent_log (person_id, channel, state, at, how, wording_version, by) values (900001, 'newsletter', 'yes', now(), $1, $2, $3)`, []any{word("log_how"), word("log_wording"), word("log_by")}},
		{`insert into crm.todo (person_id, text) values (40, $1)`, []any{word("elsewhere") + " " + full}}, // a passage in another's record
		{`update crm.person set street = $1 where id = 900001`, []any{word("new_street")}},
	} {
		w.exec(w.crm, s.sql, s.args...)
	}
}

func TestCanaries(t *testing.T) {
	t.Parallel()
	c := canaries{}
	w := newWorld(t, options{review: "on", prepare: func(w *world) { c.plant(w) }})
	bug := w.listen()

	c.life(w)
	heard := bug.stop()
	for _, source := range []string{"redis", "redis keys", "logs", "metrics", "asynqmon", "arguments"} {
		if len(heard[source]) < 20 {
			t.Errorf("nothing was heard of %s: %q", source, heard[source])
		}
		for field, word := range c {
			if i := strings.Index(strings.ToLower(heard[source]), strings.ToLower(word)); i >= 0 {
				t.Errorf("%s holds the %s: …%s…", source, field, heard[source][max(0, i-200):min(len(heard[source]), i+100)])
			}
		}
	}
	if !strings.Contains(heard["redis"], `"collect"`) && !strings.Contains(heard["redis"], "collect") {
		t.Error("Redis was not listened to: no job was seen")
	}

	for _, x := range w.dump(w.insyn) {
		for field, word := range c {
			if strings.Contains(strings.ToLower(x.value), strings.ToLower(word)) {
				t.Errorf("after the erasure %s holds the %s", x.place, field)
			}
		}
	}
	w.nothingSealed()
}

// life goes through everything that may happen to a person: access, a refused mail, code, downloads, question, proposal,
// correction, notes, erasure.
func (c canaries) life(w *world) {
	t := w.t
	w.sink.Answer(func(n int, to string) smtpsink.Answer {
		if n > 1 {
			return smtpsink.Answer{}
		}
		// As real servers do, it quotes the address.
		return smtpsink.Answer{Action: smtpsink.Refuse, Code: 550, Status: [3]int{5, 1, 1}, Text: "<" + to + ">: " + c.word("given") + " is unknown here"}
	})
	handler, dpo, admin := w.login(oskar), w.login(maria), w.login(anna)
	card := handler.card(c["surname"])
	handler.get(card).says(t, c["given"], c["customer"])
	if a := handler.post("/search", url.Values{"q": {c["mail"]}}); a.status != http.StatusOK {
		t.Fatalf("search: %d", a.status)
	}
	form := handler.form(handler.get(card+"/register"), card+"/register")
	form.Set("kind", "access")
	form.Set("notes", c.word("notes"))
	form.Set("wish", c.word("wish"))
	access := w.posted(handler, card+"/register", form)
	w.eventually(20*time.Second, "the refused mail does not fail", func() bool {
		state := w.state(access)
		if state == "waiting review" {
			w.must("request", "mentions", itoa(access), "--rest", "person", "--as", maria)
			handler.post(fmt.Sprintf("/requests/%d/send", access), nil)
		}
		return one[int](w, w.insyn, `select count(*) from insyn.mail where request_id = $1 and state = 'failed'`, access) == 1
	})
	handler.post(fmt.Sprintf("/requests/%d/anew", access), nil)
	path := w.link(c["mail"])
	c["token"] = strings.TrimPrefix(path, "/s/")
	person := w.open(path, c["mail"])
	c["code"] = w.codes(c["mail"])[0]
	page := person.get("/v")
	page.says(t, c["given"], c["customer"], c["body"], c["elsewhere"])
	for _, file := range []string{"download.csv", "download.json", "download.zip"} {
		if a := person.get("/v/" + file); a.status != http.StatusOK || len(a.body) < 500 {
			t.Fatalf("%s: %d, %d bytes", file, a.status, len(a.body))
		}
	}
	question := person.form(person.get("/v/question"), "/v/question")
	question.Set("message", c.word("question"))
	person.post("/v/question", question)
	proposal := person.form(person.get("/v/proposal?section=crm.person"), "/v/proposal")
	proposal.Set("field", "title")
	proposal.Set("new", c.word("proposed"))
	proposal.Set("comment", c.word("comment"))
	person.post("/v/proposal", proposal)
	correction := w.arrived("rectification")
	correct := handler.form(handler.get(fmt.Sprintf("/requests/%d/correct", correction)), fmt.Sprintf("/requests/%d/correct", correction))
	handler.post(fmt.Sprintf("/requests/%d/correct", correction), correct)
	w.reach(correction, "answered")
	if got := one[string](w, w.crm, `select title from crm.person where id = $1`, canaryPerson); got != c["proposed"] {
		t.Errorf("the card says %q after the correction, want what was proposed", got)
	}
	export := w.ask("portability", canaryPerson, oskar)
	w.eventually(20*time.Second, "the export is not answered", func() bool {
		if w.state(export.ID) == "waiting review" {
			handler.post(fmt.Sprintf("/requests/%d/send", export.ID), nil)
		}
		return w.state(export.ID) == "answered"
	})

	wish := person.form(person.get("/v/erasure"), "/v/erasure")
	wish.Set("comment", c.word("goodbye"))
	person.post("/v/erasure", wish)
	erasure := w.arrived("erasure")
	w.reach(erasure, "waiting approval", "waiting review", "received", "waiting identity")
	at := fmt.Sprintf("/requests/%d/ground", erasure)
	ground := dpo.form(dpo.get(fmt.Sprintf("/requests/%d", erasure)), at)
	ground.Set("ground", "b")
	ground.Set("verified_how", "code_on_file")
	ground.Set("no_wait", "yes")
	dpo.post(at, ground)
	w.reach(erasure, "waiting approval")
	at = fmt.Sprintf("/requests/%d/approve", erasure)
	admin.post(at, admin.form(admin.get(fmt.Sprintf("/requests/%d/rehearsal", erasure)), at))
	w.reach(erasure, "answered", "partly")
	w.mail(c["mail"], regexp.MustCompile(`(?i)erased`))
}

// posted sends a form that registers a request, and gives its number.
func (w *world) posted(v *visitor, path string, form url.Values) int64 {
	w.t.Helper()
	a := v.post(path, form)
	id, err := strconv.ParseInt(strings.TrimPrefix(a.url.Path, "/requests/"), 10, 64)
	if err != nil {
		w.t.Fatalf("%s: %d at %s\n%s", path, a.status, a.url.Path, words(a.body))
	}
	return id
}

// arrived waits for a request from the share page.
func (w *world) arrived(kind string) int64 {
	w.t.Helper()
	w.eventually(20*time.Second, "the page's "+kind+" became no request", func() bool {
		return one[int](w, w.insyn, `select count(*) from insyn.request where kind = $1 and channel = 'share_page'`, kind) > 0
	})
	return one[int64](w, w.insyn, `select max(id) from insyn.request where kind = $1 and channel = 'share_page'`, kind)
}
