package adminweb

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"insyn/internal/dsar"
)

func TestLoginLetsInAndOut(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.user("dpo", dsar.DPO)
	b := a.browser()
	if r := b.get("/requests"); r.status != http.StatusSeeOther || r.location != "/login?next=%2Frequests" {
		t.Fatalf("without a login: got %d to %q, want 303 to the login", r.status, r.location)
	}
	b.want(b.get("/login?next=/requests"), 200, `name="next" value="/requests"`)
	b.want(b.post("/login", url.Values{"email": {"dpo@bolaget.example"}, "password": {"not the password"}}), 401, "lösenordet är fel", `value="dpo@bolaget.example"`)

	r := b.post("/login", url.Values{"email": {"dpo@bolaget.example"}, "password": {testPassword}, "next": {"/requests"}})
	if r.status != http.StatusSeeOther || r.location != "/requests" {
		t.Fatalf("got %d to %q, want 303 to /requests", r.status, r.location)
	}
	cookie := r.header.Get("Set-Cookie")
	for _, want := range []string{"__Host-insyn=", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %q", cookie, want)
		}
	}
	b.want(b.get("/requests"), 200, "Cases", "Log out")
	if r := b.post("/logout", url.Values{}); r.status != http.StatusSeeOther {
		t.Fatalf("log out: got %d, want 303", r.status)
	}
	if r := b.get("/requests"); r.status != http.StatusSeeOther {
		t.Errorf("after the logout: got %d, want 303 to the login", r.status)
	}
}

func TestNextNeverLeavesTheSite(t *testing.T) {
	t.Parallel()
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)", "evil", "/\r\nSet-Cookie: a=b"} {
		if got := localPath(next); got != "/" {
			t.Errorf("%q: got %q, want /", next, got)
		}
	}
	if got := localPath("/requests/1001"); got != "/requests/1001" {
		t.Errorf("got %q, want the path itself", got)
	}
}

func TestFailedLoginsAreSlowed(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.user("dpo", dsar.DPO)
	b := a.browser()
	wrong := url.Values{"email": {"dpo@bolaget.example"}, "password": {"not the password"}}
	for range 4 {
		b.post("/login", wrong)
	}
	right := url.Values{"email": {"dpo@bolaget.example"}, "password": {testPassword}}
	r := b.post("/login", right)
	if r.status != http.StatusTooManyRequests || r.header.Get("Retry-After") == "" {
		t.Errorf("got %d, want 429 with Retry-After", r.status)
	}
}

func TestPasswordChangeEndsOtherSessions(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.user("dpo", dsar.DPO)
	here, elsewhere := a.login("dpo"), a.login("dpo")
	here.want(here.post("/account/password", url.Values{"current_password": {"not mine at all"}, "new_password": {"en helt annan mening"}}), 400, "not your password")
	here.want(here.post("/account/password", url.Values{"current_password": {testPassword}, "new_password": {"kort"}}), 400, "at least 12")
	r := here.post("/account/password", url.Values{"current_password": {testPassword}, "new_password": {"en helt annan mening"}})
	if r.status != http.StatusSeeOther {
		t.Fatalf("got %d, want 303: %s", r.status, r.body)
	}
	here.want(here.get("/account"), 200, "The password is changed")
	if r := elsewhere.get("/account"); r.status != http.StatusSeeOther {
		t.Errorf("the other session: got %d, want 303 to the login", r.status)
	}
}

func TestDisabledAccountIsOutAtOnce(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.user("admin", dsar.Administrator)
	handler := a.user("handler", dsar.Handler)
	b, h := a.login("admin"), a.login("handler")
	h.want(h.get("/requests"), 200)
	r := b.post("/users/"+idText(handler.ID)+"/disable", url.Values{"once": {newOnce()}})
	if r.status != http.StatusSeeOther {
		t.Fatalf("close the account: got %d, want 303: %s", r.status, r.body)
	}
	if r := h.get("/requests"); r.status != http.StatusSeeOther || !strings.HasPrefix(r.location, "/login") {
		t.Errorf("closed account: got %d, want 303 to the login", r.status)
	}
}
