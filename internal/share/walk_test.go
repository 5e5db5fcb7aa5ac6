package share

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"insyn/internal/dossier"
)

func TestWalk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, id, token := w.open(fillWith("Anna Provberg", 450))
	page := v.get("/v?lang=en")
	for _, want := range []string{
		"Anna Provberg", "Norrsken Handel AB", "7 April 1981", "Utskick Prov AB", "two years after", "Article 21", "Integritetsskyddsmyndigheten",
		"stays within the EU", "No machine", "Registerprov AB", "Call number 20.", "partly covered", "Ines Provdal", "Legitimate interest", `/v/section/crm.history`,
	} {
		if !strings.Contains(page.body, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if strings.Contains(page.body, "Call number 21.") || strings.Contains(page.body, "⟦") || strings.Contains(page.body, "<script") {
		t.Error("too many entries, a text without words, or a script on the page")
	}
	if p := v.get("/v?lang=sv"); !strings.Contains(p.body, "7 april 1981") || !strings.Contains(p.body, `lang="sv"`) {
		t.Error("the page is not in Swedish when asked for")
	}
	if p := v.get("/v/section/crm.history?page=3"); !strings.Contains(p.body, "Call number 450.") || !strings.Contains(p.body, "401 till 450 av 450") {
		t.Errorf("the third page of a section: %d", p.status)
	}
	for path, want := range map[string]string{
		"/v/download.csv": "Anna Provberg", "/v/download.json": `"name":"Anna Provberg"`, "/v/portable.json": `"name":"Anna Provberg"`,
		"/v/download.zip": "PK", "/v/portable.zip": "PK",
	} {
		a := v.get(path)
		if a.status != http.StatusOK || !strings.Contains(a.body, want) || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment; filename=\"personuppgifter-1001") {
			t.Errorf("%s: %d %v", path, a.status, a.header)
		}
		if strings.HasSuffix(path, "json") && !json.Valid([]byte(a.body)) {
			t.Errorf("%s is not JSON", path)
		}
		if strings.HasPrefix(path, "/v/portable.json") && (strings.Contains(a.body, "Call number") || strings.Contains(a.body, "1740605")) {
			t.Errorf("%s holds what is not portable", path)
		}
	}
	if got := len(w.events(id, Downloaded)); got != 5 {
		t.Errorf("got %d downloads, want 5", got)
	}
	if logs := w.logs.String(); strings.Contains(logs, token.Text()) || strings.Contains(logs, "Anna") || !strings.Contains(logs, "/s/[redacted]/open") {
		t.Errorf("logs: %s", logs)
	}
}

// "We have nothing" is an answer too, with what was searched.
func TestNothingFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, _, _ := w.open(func(s dossier.Sink) error {
		m := testMeta()
		m.Nothing, m.Portable, m.Register = true, false, nil
		return s.Meta(m)
	})
	a := v.get("/v?lang=en")
	if a.status != http.StatusOK || !strings.Contains(a.body, "We have searched the customer register and found no personal data") {
		t.Errorf("got %d\n%s", a.status, w.logs)
	}
	for _, path := range []string{"/v/download.csv", "/v/download.zip", "/v/download.json", "/v/proposal"} {
		if b := v.get(path); b.status != http.StatusOK || b.body == "" {
			t.Errorf("%s: %d", path, b.status)
		}
	}
	if b := v.get("/v/portable.json"); b.status != http.StatusNotFound {
		t.Errorf("a portable export of nothing: %d", b.status)
	}
}
