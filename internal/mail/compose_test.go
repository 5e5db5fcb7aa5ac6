package mail

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"insyn/internal/smtpsink"
	"insyn/internal/wording"
)

func texts(t *testing.T) *wording.Texts {
	t.Helper()
	texts, err := wording.Load()
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// everything gives each placeholder of each text a value.
func everything(texts *wording.Texts) wording.Vars {
	v := wording.Vars{}
	for _, key := range texts.Keys() {
		for _, name := range texts.Placeholders(key) {
			if name = strings.TrimLeft(name, "#^"); !strings.Contains(name, ".") {
				v[name] = "värdet av " + name
			}
		}
	}
	v["link"] = "https://share.bolaget.example/s/Jx3fJ0o5T3m0v1mVq7Qm3b1d9nKkq0Yw8cZ2aR4sT6u"
	v["request_url"] = "https://insyn.bolaget.example/requests/17"
	v["report_url"] = "https://insyn.bolaget.example/report"
	v["dpo_email"] = "ombud@bolaget.example"
	v["code"] = "12345678"
	v["case_id"] = "2027-17"
	return v
}

// Every mail is written, sent and read again; the parts must say the same.
func TestEveryMailArrivesAlikeInTextAndHTML(t *testing.T) {
	t.Parallel()
	texts := texts(t)
	sink := start(t, smtpsink.Options{StartTLS: true})
	s := sender(t, sink, nil)
	tags := regexp.MustCompile(`(?s)<title>.*?</title>|<[^>]*>`)
	words := regexp.MustCompile(`[\pL\pN]+`)
	mails := 0
	for _, key := range texts.Keys() {
		base, isBody := strings.CutSuffix(key, ".body")
		if !isBody {
			continue
		}
		for _, lang := range wording.Langs() {
			subject, text, html, err := Compose(texts, lang, base, everything(texts))
			if err != nil {
				t.Fatal(err)
			}
			m := message(s)
			m.Subject, m.Text, m.HTML = subject, text, html
			if got := s.Send(t.Context(), m); got.State != Accepted {
				t.Fatalf("%s: %v", base, got)
			}
			mails++
			got := sink.Messages()[mails-1]
			if got.Subject != subject || got.Text != text || got.HTML != string(html) {
				t.Errorf("%s %s: arrived changed", base, lang)
			}
			inHTML := strings.Join(words.FindAllString(tags.ReplaceAllString(got.HTML, " "), -1), " ")
			for _, word := range words.FindAllString(got.Text, -1) {
				if !strings.Contains(inHTML, word) {
					t.Errorf("%s %s: HTML lacks %q of the text", base, lang, word)
				}
			}
			for _, bad := range []string{"<img", "<script", "src=", "url(", "@import", "<link", "{{", "<base"} {
				if strings.Contains(got.HTML, bad) {
					t.Errorf("%s %s: HTML holds %q", base, lang, bad)
				}
			}
		}
	}
	if mails < 28 {
		t.Errorf("sent %d mails, want all", mails)
	}
}

func TestLinkStandsAloneAndAsAButton(t *testing.T) {
	t.Parallel()
	texts := texts(t)
	v := everything(texts)
	subject, text, html, err := ComposeAs(texts, "sv", "mail.link.subject_reminder", "mail.link.body", v)
	if err != nil {
		t.Fatal(err)
	}
	link, _ := v["link"].(string)
	if !strings.Contains(text, "\n\n"+link+"\n\n") || strings.Count(text, link) != 1 {
		t.Errorf("the link does not stand on a line of its own:\n%s", text)
	}
	if n := strings.Count(string(html), `href="`+link+`"`); n != 2 {
		t.Errorf("got %d links, want the button and the address", n)
	}
	if !strings.Contains(string(html), ">Öppna sidan</a>") || !strings.Contains(string(html), ">"+link+"</a>") {
		t.Error("button or address is missing")
	}
	if subject != "Påminnelse: en ny länk från värdet av controller, ärende 2027-17" {
		t.Errorf("got subject %q", subject)
	}
	delete(v, "link")
	var missing *wording.MissingError
	if _, _, _, err := Compose(texts, "sv", "mail.link", v); !errors.As(err, &missing) {
		t.Errorf("got %v, want a missing value", err)
	}
}

func TestValuesStayTextInHTML(t *testing.T) {
	t.Parallel()
	texts := texts(t)
	for _, evil := range hostileTexts() {
		v := everything(texts)
		for _, name := range []string{"controller", "dpo_name", "request_sentence", "second_factor", "case_id"} {
			v[name] = "x" + evil
		}
		subject, _, html, err := Compose(texts, "en", "mail.link", v)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(subject, "\r\n\x00") || strings.Contains(string(html), "<script") {
			t.Errorf("%q: got subject %q", evil, subject)
		}
		if n := strings.Count(string(html), "href="); n != 4 {
			t.Errorf("%q: got %d links, want 4", evil, n)
		}
	}
}
