package adminweb

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"insyn/internal/dsar"
	"insyn/internal/settings"
)

func settingsOf(version string) url.Values {
	return url.Values{
		"version": {version}, "controller": {"Bolaget AB"}, "address": {"Storgatan 1\r\n111 11 Stockholm"}, "switchboard": {"08-465 004 00"},
		"country": {"SE"}, "timezone": {"Europe/Stockholm"}, "dpo_designated": {"yes"}, "dpo_name": {"Nadja Prov"}, "dpo_email": {"dpo@bolaget.example"},
		"basis_text_sv": {"Avtal."}, "basis_text_en": {"Contract."}, "automated": {"no"}, "transfers": {"no"}, "link_hours": {"24"},
		"new_link_days": {"30"}, "links_per_day": {"3"}, "review": {"on"}, "approval": {"two"}, "row_cap": {"100000"}, "backup_days": {"30"},
		"in_flight_days": {"2"}, "eves": {"on"}, "case_years": {"3"}, "report_hour": {"8"},
	}
}

func TestSettingsAreAnsweredAndKept(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.user("admin", dsar.Administrator)
	b := a.login("admin")
	b.want(b.get("/settings"), 200, "Unanswered", `href="#f-controller"`)
	b.want(b.get("/"), 200, "questions about the company are unanswered")

	bad := settingsOf("1")
	bad.Set("link_hours", "900")
	bad.Set("controller", "Typed and kept")
	b.want(b.post("/settings", bad), 400, "too small or too large", "Typed and kept", `id="m-link_hours"`)

	if r := b.post("/settings", settingsOf("1")); r.status != http.StatusSeeOther {
		t.Fatalf("got %d, want 303: %s", r.status, r.body)
	}
	b.want(b.get("/settings"), 200, "Everything that must be answered is answered", "The settings are saved")
	s, err := settings.Load(t.Context(), a.pool)
	if err != nil || s.Address != "Storgatan 1\n111 11 Stockholm" || len(s.Missing()) != 0 {
		t.Errorf("got %+v, %v, want the answers stored", s, err)
	}
	b.want(b.get("/settings/mail/received?language=sv"), 200, "Bolaget AB", "Nadja Prov")
}

func TestTwoWhoEditSettingsAtOnce(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.user("admin", dsar.Administrator)
	a.user("dpo", dsar.DPO)
	first, second := a.login("admin"), a.login("dpo")
	if r := first.post("/settings", settingsOf("1")); r.status != http.StatusSeeOther {
		t.Fatalf("first: got %d, want 303", r.status)
	}
	late := settingsOf("1")
	late.Set("controller", "Andra Bolaget AB")
	r := second.post("/settings", late)
	second.want(r, 409, "Somebody else saved", "Andra Bolaget AB")
	s, err := settings.Load(t.Context(), a.pool)
	if err != nil || s.Controller != "Bolaget AB" {
		t.Errorf("got %q, %v, want the first save untouched", s.Controller, err)
	}
	if !strings.Contains(r.body, `name="version" value="2"`) {
		t.Errorf("the page must carry the version it was shown beside: %s", r.body)
	}
}
