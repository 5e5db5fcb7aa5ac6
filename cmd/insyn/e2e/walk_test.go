package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"insyn/internal/democrm"
)

// TestWalk is the whole product as people use it: a handler, the person, the data protection officer, an administrator,
// each in a browser of their own.
func TestWalk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{review: "on"})
	u := democrm.KnownPerson(democrm.Unique)
	shots := 0
	handler, person := newSurfer(t, w.web, &shots), newSurfer(t, w.share, &shots)

	handler.visit("/login")
	handler.shot("login")
	handler.login(oskar)
	handler.shot("today")
	handler.search("Ylvali")
	handler.reads(u.FullName(), u.Emails[0])
	handler.shot("search")
	handler.press(`main a[href^="/person/crm/"]`)
	handler.reads(u.FullName(), u.CustomerNo)
	handler.shot("card")
	handler.press(`main .buttons a[href$="/share"]`)
	handler.pick(`input[name=language][value=en]`)
	handler.shot("share")
	handler.press(`main form[action$="/share"] .do button`)
	access := numberIn(t, handler.path())
	w.reach(access, "waiting review")
	handler.visit(handler.path())
	handler.reads("Records of others mention the person")
	handler.shot("request")
	handler.press(fmt.Sprintf(`main a[href="/requests/%d/review"]`, access))
	if strings.Contains(handler.text(), "Håkansson") {
		t.Error("the copy names another person")
	}
	if handler.count(fmt.Sprintf(`main form[action="/requests/%d/send"]`, access)) > 0 {
		t.Error("the copy can be sent before the passages from records of others are decided on")
	}
	handler.shot("review")
	shown, left := w.decidePassages(t, handler, access, &shots)
	handler.visit(fmt.Sprintf("/requests/%d/review", access))
	handler.press(fmt.Sprintf(`main form[action="/requests/%d/send"] button`, access))
	w.reach(access, "answered")
	mail := w.mail(u.Emails[0], linkText)
	path := linkText.FindStringSubmatch(mail.Text)[1]

	person.visit(path)
	if strings.Contains(person.text(), u.Given) {
		t.Error("the link alone shows a name")
	}
	person.shot("link")
	person.press(fmt.Sprintf(`form[action="%s/code"] button`, path))
	w.eventually(20e9, "no code came", func() bool {
		return len(w.codes(u.Emails[0])) == 1 && one[bool](w, w.insyn, `select coalesce(valid_until > now(), false) from insyn.code`)
	})
	person.fill("#answer", w.codes(u.Emails[0])[0])
	person.shot("code")
	person.press(fmt.Sprintf(`form[action="%s/open"] button`, path))
	person.unfold()
	person.reads(u.Given, u.CustomerNo, "Maria Lind", "Nordlyft AB", "Mentions of you in other records", shown)
	if strings.Contains(person.text(), left) {
		t.Errorf("the page shows %q, which the data protection officer left out", left)
	}
	person.shot("page")
	person.visit("/v/section/mentions")
	person.reads(shown)
	person.shot("mentions")
	person.visit("/v")
	w.download(t, person, u)

	person.visit("/v/proposal?section=crm.person")
	person.pick(`input[name=field][value=title]`)
	person.fill("#new", "Head of purchasing")
	person.fill("#comment", "I was promoted.")
	person.shot("proposal")
	person.press(`form[action="/v/proposal"] button`)
	person.shot("thanks")
	correction := w.arrived("rectification")
	handler.visit("/")
	handler.reads(itoa(correction))
	handler.visit(fmt.Sprintf("/requests/%d/correct", correction))
	handler.reads("I was promoted.", "Head of purchasing")
	handler.shot("correction")
	handler.press(fmt.Sprintf(`main form[action="/requests/%d/correct"] .do button`, correction))
	w.reach(correction, "answered")
	if got := one[string](w, w.crm, `select title from crm.person where id = $1`, u.ID); got != "Head of purchasing" {
		t.Errorf("the card says %q, want what was proposed", got)
	}
	corrected := w.mail(u.Emails[0], regexp.MustCompile(`(?i)correct`))
	if strings.Contains(corrected.Text, "Head of purchasing") {
		t.Error("the notice of the correction names the value")
	}
	person.visit("/v")
	person.press(`form[action="/v/close"] button`)
	person.shot("closed")
	w.walkErasure(t, u, &shots)
}

// decidePassages: a handler looks, the data protection officer lets the first passage through and leaves the others out.
func (w *world) decidePassages(t *testing.T, handler *surfer, id int64, shots *int) (shown, left string) {
	t.Helper()
	at := fmt.Sprintf("/requests/%d/mentions", id)
	handler.press(fmt.Sprintf(`main a[href="%s"]`, at))
	if handler.count(".place button") > 0 {
		t.Error("a handler can decide what is shown of others' records")
	}
	dpo := newSurfer(t, w.web, shots)
	dpo.login(maria)
	dpo.visit(at)
	dpo.shot("passages")
	passage := func() string {
		text, err := js[string](dpo, `document.querySelector(".place .said").innerText`)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	n := dpo.count(".place")
	if n < 2 {
		t.Fatalf("%d passages to decide on: the test proves nothing", n)
	}
	for i := range n {
		if i > 0 {
			dpo.visit(at)
		}
		answer := "person"
		if i > 0 {
			answer, left = "other", passage()
		} else {
			shown = passage()
		}
		dpo.pick(".place button[value=" + answer + "]")
		w.eventually(10e9, "the answer is not stored", func() bool {
			return one[int](w, w.insyn, `select count(*) from insyn.mention where request_id = $1 and accepted is not null`, id) == i+1
		})
	}
	dpo.await("the page does not say that everything is decided", func() bool { return strings.Contains(dpo.text(), "Everything is decided") })
	return shown, left
}

// download takes the file as the browser gives it.
func (w *world) download(t *testing.T, s *surfer, u democrm.Known) {
	t.Helper()
	s.pick(`a[href="/v/download.csv"]`)
	var file string
	s.await("no file came", func() bool {
		found, _ := filepath.Glob(filepath.Join(s.downloads, "*.csv"))
		if len(found) == 1 {
			file = found[0]
		}
		return file != ""
	})
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	if !strings.HasPrefix(text, "\ufeff") {
		t.Error("the file has no byte order mark: spreadsheets garble it")
	}
	for _, want := range []string{u.Given, u.Surname, u.Personnummer, u.Emails[1], u.CustomerNo} {
		if !strings.Contains(text, want) {
			t.Errorf("the file does not hold %q", want)
		}
	}
	if strings.Contains(text, "Håkansson") {
		t.Error("the file names another person")
	}
}

// walkErasure: the data protection officer registers it, looks at the rehearsal, an administrator approves it.
func (w *world) walkErasure(t *testing.T, u democrm.Known, shots *int) {
	t.Helper()
	dpo := newSurfer(t, w.web, shots)
	dpo.login(maria)
	dpo.search(u.CustomerNo)
	dpo.press(`main a[href^="/person/crm/"]`)
	dpo.press(`main .buttons a[href$="/register"]`)
	dpo.pick(`input[name=kind][value=erasure]`)
	dpo.pick(`input[name=language][value=en]`)
	dpo.shot("register")
	dpo.press(`main form[action$="/register"] .do button`)
	id := numberIn(t, dpo.path())
	w.reach(id, "waiting approval")
	at := fmt.Sprintf("/requests/%d", id)
	dpo.visit(at)
	form := fmt.Sprintf(`main form[action="%s/ground"]`, at)
	dpo.unfold()
	dpo.pick(form + ` input[name=ground][value=b]`)
	dpo.pick(form + ` input[name=verified_how][value=call_back]`)
	dpo.shot("ground")
	dpo.press(form + ` .do button`)
	dpo.visit(at + "/rehearsal")
	dpo.reads("Invoices", "Bokföringslagen", "An administrator approves")
	dpo.shot("rehearsal")

	admin := newSurfer(t, w.web, shots)
	admin.login(anna)
	admin.visit(at + "/rehearsal")
	admin.shot("approval")
	admin.press(fmt.Sprintf(`main form[action="%s/approve"] .do button`, at))
	w.reach(id, "partly")
	confirmation := w.mail(u.Emails[0], regexp.MustCompile(`(?i)erased`))
	for _, want := range []string{"Exempelregistret AB", "Bokföringslagen"} {
		if !strings.Contains(confirmation.Text, want) {
			t.Errorf("the confirmation does not name %q:\n%s", want, confirmation.Text)
		}
	}
	admin.visit(at)
	admin.reads("second search found nothing left")
	admin.shot("erased")
	for _, text := range []string{u.FullName(), u.CustomerNo, u.Emails[0], u.Personnummer} {
		admin.search(text)
		if admin.count(`a[href^="/person/crm/"]`) > 0 {
			t.Errorf("a search for what was hers finds a card:\n%s", admin.text())
		}
	}
	admin.search(u.FullName())
	admin.reads("Exempelregistret AB", "we cannot erase")
	admin.shot("searched")
}

func numberIn(t *testing.T, path string) int64 {
	t.Helper()
	id, err := strconv.ParseInt(strings.TrimPrefix(path, "/requests/"), 10, 64)
	if err != nil {
		t.Fatalf("%s is not the page of a request", path)
	}
	return id
}
