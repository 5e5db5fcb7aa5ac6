package e2e

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// visitor is a browser without scripts.
type visitor struct {
	t    *testing.T
	base string
	http *http.Client
}

// cookies keeps cookies by host. Unlike the standard jar it sends Secure ones to loopback, as browsers do.
type cookies struct {
	mu   sync.Mutex
	held map[string]map[string]string
}

func (c *cookies) SetCookies(u *url.URL, list []*http.Cookie) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held[u.Host] == nil {
		c.held[u.Host] = map[string]string{}
	}
	for _, x := range list {
		if x.MaxAge < 0 || x.Value == "" {
			delete(c.held[u.Host], x.Name)
			continue
		}
		c.held[u.Host][x.Name] = x.Value
	}
}

func (c *cookies) Cookies(u *url.URL) []*http.Cookie {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []*http.Cookie
	for name, value := range c.held[u.Host] {
		out = append(out, &http.Cookie{Name: name, Value: value})
	}
	return out
}

func newVisitor(t *testing.T, base string) *visitor {
	return &visitor{t: t, base: base, http: &http.Client{Jar: &cookies{held: map[string]map[string]string{}}, Timeout: 60 * time.Second}}
}

// answer is a page as it came.
type answer struct {
	status int
	header http.Header
	url    *url.URL // after redirects
	body   string
}

func (v *visitor) do(method, path string, form url.Values) answer {
	v.t.Helper()
	a, err := v.try(method, path, form)
	if err != nil {
		v.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

func (v *visitor) try(method, path string, form url.Values) (answer, error) {
	if strings.HasPrefix(path, "/") {
		path = v.base + path
	}
	r, err := http.NewRequestWithContext(context.Background(), method, path, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Accept-Language", "en")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := v.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	return answer{status: resp.StatusCode, header: resp.Header, url: resp.Request.URL, body: string(b)}, err
}

func (v *visitor) get(path string) answer { v.t.Helper(); return v.do(http.MethodGet, path, nil) }

func (v *visitor) post(path string, form url.Values) answer {
	v.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	return v.do(http.MethodPost, path, form)
}

// form reads the form of a page that is posted to action, with what is filled in already.
func (v *visitor) form(a answer, action string) url.Values {
	v.t.Helper()
	root, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		v.t.Fatal(err)
	}
	var found *html.Node
	var find func(n *html.Node)
	find = func(n *html.Node) {
		if n.Type == html.ElementNode && n.Data == "form" && found == nil {
			if got := attr(n, "action"); got == action || got == "" && a.url.Path == action {
				found = n
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			find(c)
		}
	}
	find(root)
	if found == nil {
		v.t.Fatalf("%s (%d) has no form for %s:\n%s", a.url.Path, a.status, action, words(a.body))
	}
	out := url.Values{}
	fields(found, out)
	return out
}

func fields(n *html.Node, out url.Values) {
	if n.Type == html.ElementNode {
		name := attr(n, "name")
		switch n.Data {
		case "input":
			kind := attr(n, "type")
			if (kind == "radio" || kind == "checkbox") && !has(n, "checked") {
				name = ""
			}
			if name != "" {
				out.Add(name, attr(n, "value"))
			}
		case "textarea":
			text := ""
			if n.FirstChild != nil {
				text = n.FirstChild.Data
			}
			out.Add(name, text)
		case "option":
			if has(n, "selected") && n.Parent != nil {
				out.Set(attr(n.Parent, "name"), attr(n, "value"))
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		fields(c, out)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

var tags = regexp.MustCompile(`(?s)<(script|style).*?</(script|style)>|<[^>]*>`)

// words is what a page says, without its markup.
func words(body string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(body, " "))), " ")
}

// says fails the test unless the page says all of the texts.
func (a answer) says(t *testing.T, texts ...string) {
	t.Helper()
	got := words(a.body)
	for _, want := range texts {
		if !strings.Contains(got, want) {
			t.Errorf("%s (%d) does not say %q:\n%s", a.url.Path, a.status, want, last(got, 1500))
		}
	}
}

// login gives a visitor of the admin pages.
func (w *world) login(email string) *visitor {
	w.t.Helper()
	v := newVisitor(w.t, w.web)
	a := v.post("/login", url.Values{"email": {email}, "password": {password}})
	if a.status != http.StatusOK || a.url.Path == "/login" {
		w.t.Fatalf("login of %s: %d at %s\n%s", email, a.status, a.url.Path, words(a.body))
	}
	return v
}

var cardPath = regexp.MustCompile(`/person/crm/[\w-]+`)

// card finds a person by search and gives the address of the card.
func (v *visitor) card(text string) string {
	v.t.Helper()
	a := v.post("/search", url.Values{"q": {text}})
	path := cardPath.FindString(a.body)
	if path == "" {
		v.t.Fatalf("search finds no card (%d):\n%s", a.status, words(a.body))
	}
	return path
}
