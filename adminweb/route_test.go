package adminweb

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"insyn/internal/dsar"
)

func idText(id int64) string { return strconv.FormatInt(id, 10) }

// expected is the table of rights, written a second time and by route, so that a change of one has to be a decision.
func expected(pattern string) string {
	switch {
	case pattern == "GET /login", pattern == "POST /login", pattern == "POST /logout", pattern == "POST /language":
		return "anyone"
	case pattern == "GET /{$}", strings.Contains(pattern, " /account"):
		return "administrator dpo handler ops"
	case strings.Contains(pattern, " /users"):
		return "administrator"
	case strings.HasSuffix(pattern, "/approve"), strings.HasSuffix(pattern, "/erase"):
		return "administrator"
	case strings.Contains(pattern, "/ties"), strings.HasSuffix(pattern, "/hold"), strings.Contains(pattern, "/release"):
		return "administrator dpo"
	case strings.Contains(pattern, " /settings"), strings.Contains(pattern, " /audit"),
		strings.HasSuffix(pattern, "/extend"), strings.HasSuffix(pattern, "/refuse"), strings.HasSuffix(pattern, "/rehearsal"),
		strings.HasSuffix(pattern, "/rehearse"), strings.HasSuffix(pattern, "/mentions"), strings.HasSuffix(pattern, "/ground"), strings.HasSuffix(pattern, "/uphold"),
		strings.HasSuffix(pattern, "/search_again"):
		return "administrator dpo"
	case strings.Contains(pattern, " /jobs"), strings.Contains(pattern, " /queues"):
		return "administrator ops"
	}
	return "administrator dpo handler"
}

func TestRolesByRoute(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	for _, role := range dsar.Roles {
		a.user(string(role), role)
	}
	browsers := map[string]*browser{"": a.browser()}
	for _, role := range dsar.Roles {
		browsers[string(role)] = a.login(string(role))
	}
	routes := (&site{}).routes()
	if len(routes) < 25 {
		t.Fatalf("got %d routes, want the whole site map", len(routes))
	}
	for _, rt := range routes {
		method, path, _ := strings.Cut(rt.pattern, " ")
		if rt.pattern == "POST /logout" {
			continue // it would end the session under test
		}
		path = strings.NewReplacer("{$}", "", "{id}", "999999", "{name}", "nothing", "{source}", "crm", "{token}", "AAAA", "{job}", "999999", "{tie}", "999999", "{hold}", "999999", "{link}", "999999").Replace(path)
		for role, b := range browsers {
			allowed := expected(rt.pattern) == "anyone" || (role != "" && strings.Contains(" "+expected(rt.pattern)+" ", " "+role+" "))
			var form url.Values
			if method == "POST" {
				form = url.Values{"once": {newOnce()}}
			}
			r := b.do(method, path, form)
			refused := r.status == http.StatusForbidden || (role == "" && r.status == http.StatusSeeOther && strings.HasPrefix(r.location, "/login"))
			if refused == allowed {
				t.Errorf("%s as %q: got %d to %q, want allowed %v", rt.pattern, role, r.status, r.location, allowed)
			}
			if r.status >= 500 {
				t.Errorf("%s as %q: got %d: %s", rt.pattern, role, r.status, r.body)
			}
		}
	}
}

func TestOtherSitesCannotPost(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.user("admin", dsar.Administrator)
	b := a.login("admin")
	form := url.Values{"language": {"sv"}}
	for name, head := range map[string][]string{
		"fetch metadata": {"Sec-Fetch-Site", "cross-site"},
		"origin alone":   {"Sec-Fetch-Site", "", "Origin", "https://evil.example"},
	} {
		if r := b.do("POST", "/language", form, head...); r.status != http.StatusForbidden {
			t.Errorf("%s: got %d, want 403", name, r.status)
		}
	}
	if r := b.post("/language", form); r.status != http.StatusSeeOther {
		t.Errorf("own form: got %d, want 303", r.status)
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.user("admin", dsar.Administrator)
	b := a.login("admin")
	for _, path := range []string{"/", "/login", "/settings", "/nowhere", "/requests/999999"} {
		r := b.get(path)
		if p := r.header.Get("Content-Security-Policy"); p != pagePolicy {
			t.Errorf("%s: got policy %q", path, p)
		}
		if r.header.Get("Cache-Control") != "no-store" && !strings.Contains(r.header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: got Cache-Control %q, want no-store", path, r.header.Get("Cache-Control"))
		}
		for _, inline := range []string{" style=", "<style", " onclick=", "<script>"} {
			if strings.Contains(r.body, inline) {
				t.Errorf("%s: the policy forbids %q", path, inline)
			}
		}
	}
	q := b.get("/queues/")
	if p := q.header.Get("Content-Security-Policy"); p != queuesPolicy {
		t.Errorf("queues: got policy %q", p)
	}
	if r := b.post("/queues/api/queues/work:pause", url.Values{}); r.status < 400 {
		t.Errorf("pause a queue: got %d, want a refusal", r.status)
	}
}
