package smtpsink

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func get(t *testing.T, s *Sink, path string) (*http.Response, string) {
	t.Helper()
	w := httptest.NewRecorder()
	s.Inbox().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	r := w.Result()
	return r, w.Body.String()
}

func TestInbox(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	if _, body := get(t, s, "/"); !strings.Contains(body, "No mail yet") {
		t.Error("an empty inbox does not say what would be there")
	}
	if err := send(s, "first@d.example", "First", "\r\nx"); err != nil {
		t.Fatal(err)
	}
	if err := send(s, "e@f.example", "<script>alert(1)</script>", alternative); err != nil {
		t.Fatal(err)
	}
	r, body := get(t, s, "/")
	if csp := r.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") {
		t.Errorf("got policy %q", csp)
	}
	if !strings.Contains(body, `href="m/2"`) || strings.Index(body, `href="m/2"`) > strings.Index(body, `href="m/1"`) {
		t.Error("the newest mail is not first")
	}
	if strings.Contains(body, "<script") {
		t.Error("a subject became a script")
	}

	_, body = get(t, s, "/m/2")
	for _, want := range []string{
		`<a href="https://exempel.example/s/abc" rel="noreferrer noopener">https://exempel.example/s/abc</a>.`,
		`<iframe src="2/html" sandbox="allow-popups allow-popups-to-escape-sandbox"`, `href="2/raw"`, `href="../"`, "Räkning",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("page of the mail lacks %s", want)
		}
	}
	r, body = get(t, s, "/m/2/html")
	if csp := r.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || strings.Contains(csp, "allow-scripts") {
		t.Errorf("got policy %q for the HTML part", csp)
	}
	if !strings.Contains(body, `<a target="_blank" rel="noreferrer noopener" href=`) {
		t.Error("links of the mail would open inside the frame")
	}
	r, body = get(t, s, "/m/2/raw")
	if r.Header.Get("Content-Type") != "text/plain; charset=utf-8" || r.Header.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(body, "boundary=xyz") {
		t.Error("the source is not shown as text")
	}
	for path, want := range map[string]int{"/m/3": 404, "/m/x": 404, "/nothing": 404, "/style.css": 200} {
		if r, _ := get(t, s, path); r.StatusCode != want {
			t.Errorf("%s: got %d, want %d", path, r.StatusCode, want)
		}
	}
}

func TestLinksInText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"see https://a.example/x.":         "https://a.example/x",
		"(https://a.example/x?y=1&z=2)":    "https://a.example/x?y=1&z=2",
		"javascript:alert(1)":              "",
		"https://a.example/\"onclick=\"x":  "https://a.example/",
		"http://localhost:8080/s/a_b-c, x": "http://localhost:8080/s/a_b-c",
	} {
		got := ""
		for _, line := range linked(text) {
			for _, p := range line {
				got += p.Link
			}
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestUnreadableMailIsKept(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "\x00", "no header", "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n", "Content-Type: ;;;\r\n\r\nx"} {
		m := newMessage("a@b.example", []string{"c@d.example"}, []byte(raw), time.Now())
		if string(m.Raw) != raw || m.To[0] != "c@d.example" {
			t.Errorf("%q: got %+v", raw, m)
		}
	}
}
