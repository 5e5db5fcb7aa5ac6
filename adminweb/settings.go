package adminweb

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/settings"
)

type settingsPage struct {
	frame
	Missing []checkItem
	Form    *form
	Mails   []mailLink
}

// checkItem is one unanswered question; it leads to its field.
type checkItem struct{ Field, Label string }

// mailLink leads to a preview.
type mailLink struct{ Path, Label string }

// settingsForm shows the settings as s has them, or as they were typed.
func (v *visit) settingsForm(s settings.Settings) *form {
	f := v.form("/settings", "admin.settings.save")
	heading := func(key string) {
		in := &input{Kind: "heading", Name: "part-" + key, Label: v.T("admin.settings." + key)}
		if v.has("admin.settings." + key + "_hint") {
			in.Hint = v.T("admin.settings." + key + "_hint")
		}
		f.Inputs = append(f.Inputs, in)
	}
	num := func(name string, n, lo, hi int) { f.add("number", name, strconv.Itoa(n)).between(lo, hi).must() }
	f.Inputs = append(f.Inputs, &input{Kind: "hidden", Name: "version", Value: strconv.Itoa(s.Version)})

	heading("who")
	f.add("text", "controller", s.Controller).must()
	f.add("area", "address", s.Address).must()
	f.add("text", "switchboard", s.Switchboard).must()
	f.choose("select", "country", s.Country, "SE", "FI", "DK", "DE")
	f.add("text", "timezone", s.Timezone).must()
	f.add("text", "authority_sv", s.Authority["sv"])
	f.add("text", "authority_en", s.Authority["en"])

	heading("dpo")
	f.choose("radio", "dpo_designated", s.DPODesignated, "yes", "no")
	f.add("text", "dpo_name", s.DPOName).must()
	f.add("email", "dpo_email", s.DPOEmail).must()
	f.add("text", "dpo_phone", s.DPOPhone)

	heading("why")
	f.add("area", "basis_text_sv", s.BasisText["sv"]).must()
	f.add("area", "basis_text_en", s.BasisText["en"]).must()
	f.choose("radio", "automated", s.Automated.State, "no", "yes")
	for _, part := range automatedParts() {
		f.add("text", "automated_"+part, s.Automated.Parts[part])
	}
	f.choose("radio", "transfers", s.Transfers.State, "no", "yes")
	for _, part := range transferParts() {
		f.add("text", "transfers_"+part, s.Transfers.Parts[part])
	}

	heading("links")
	num("link_hours", s.LinkHours, 1, 168)
	num("new_link_days", s.NewLinkDays, 0, 90)
	num("links_per_day", s.LinksPerDay, 1, 10)
	f.choose("radio", "review", s.Review, "on", "off")

	heading("erasure")
	f.choose("radio", "approval", s.Approval, "two", "one")
	num("row_cap", s.RowCap, 100, 10_000_000)
	num("backup_days", s.BackupDays, 0, 3660)

	heading("consent")
	num("in_flight_days", s.InFlightDays, 0, 31)
	f.add("area", "enforcers", s.Enforcers)

	heading("house")
	f.choose("radio", "eves", s.Eves, "on", "off")
	num("case_years", s.CaseYears, 1, 5)
	num("report_hour", s.ReportHour, 0, 23)
	f.add("check", "report_weekends", yes(s.ReportWeekends))
	f.add("email", "report_email", s.ReportEmail)
	if v.PostForm != nil { // a box that is not ticked is not sent
		for _, in := range f.Inputs {
			if in.Kind == "check" {
				in.Value = v.PostForm.Get(in.Name)
			}
		}
	}
	return f
}

func automatedParts() []string { return []string{"decision", "factors", "logic", "effect"} }
func transferParts() []string  { return []string{"recipient_name", "country", "safeguard"} }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

// readSettings takes the form over s; what cannot be read is marked.
func (v *visit) readSettings(s settings.Settings, f *form) settings.Settings {
	num := func(name string) int {
		n, err := strconv.Atoi(strings.ReplaceAll(v.field(name), " ", ""))
		if err != nil {
			f.wrong(name, "number")
		}
		return n
	}
	answer := func(name string, parts []string) dossier.Answer {
		a := dossier.Answer{State: v.field(name), Parts: map[string]string{}}
		for _, p := range parts {
			a.Parts[p] = v.field(name + "_" + p)
		}
		return a
	}
	s.Version = num("version")
	s.Controller, s.Switchboard = v.field("controller"), v.field("switchboard")
	s.Address = strings.ReplaceAll(v.field("address"), "\r\n", "\n")
	s.Country, s.Timezone = v.field("country"), v.field("timezone")
	s.Authority = dossier.Label{"sv": v.field("authority_sv"), "en": v.field("authority_en")}
	s.DPODesignated, s.DPOName, s.DPOEmail, s.DPOPhone = v.field("dpo_designated"), v.field("dpo_name"), v.field("dpo_email"), v.field("dpo_phone")
	s.BasisText = dossier.Label{"sv": v.field("basis_text_sv"), "en": v.field("basis_text_en")}
	s.Automated, s.Transfers = answer("automated", automatedParts()), answer("transfers", transferParts())
	s.LinkHours, s.NewLinkDays, s.LinksPerDay = num("link_hours"), num("new_link_days"), num("links_per_day")
	s.Review, s.Approval, s.Eves = v.field("review"), v.field("approval"), v.field("eves")
	s.RowCap, s.BackupDays, s.InFlightDays = num("row_cap"), num("backup_days"), num("in_flight_days")
	s.CaseYears, s.ReportHour = num("case_years"), num("report_hour")
	s.ReportWeekends = v.field("report_weekends") == "yes"
	s.Enforcers, s.ReportEmail = v.field("enforcers"), v.field("report_email")
	if !knownZone(s.Timezone) {
		f.wrong("timezone", "timezone")
	}
	for _, name := range []string{"dpo_email", "report_email"} {
		if a := v.field(name); a != "" && !plausibleAddress(a) {
			f.wrong(name, "email")
		}
	}
	return s
}

func (s *site) settingsPage(w http.ResponseWriter, v *visit) error {
	return s.showSettings(w, v, http.StatusOK, v.settingsForm(v.set))
}

func (s *site) showSettings(w http.ResponseWriter, v *visit, status int, f *form) error {
	p := settingsPage{frame: v.frame("admin.nav.settings"), Form: f, Mails: v.mailLinks()}
	p.Checklist = 0 // the page itself is the checklist
	for _, key := range v.set.Missing() {
		field := key
		if key == "basis_text" || key == "authority" {
			field += "_sv"
		}
		p.Missing = append(p.Missing, checkItem{Field: field, Label: v.T("admin.checklist." + key)})
	}
	return s.show(w, v, status, "settings", p)
}

func (s *site) saveSettings(w http.ResponseWriter, v *visit) error {
	ctx := v.Context()
	f := v.settingsForm(v.set)
	next := v.readSettings(v.set, f)
	for _, in := range f.Inputs {
		if in.Name == "version" {
			in.Value = strconv.Itoa(next.Version)
		}
	}
	if f.failed() {
		return s.showSettings(w, v, http.StatusBadRequest, f)
	}
	err := postgres.InTx(ctx, s.Pool, func(tx pgx.Tx) error { return settings.Save(ctx, tx, next, v.who.ID) })
	if errors.Is(err, dsar.ErrConflict) {
		// What was typed stays; the next save is made against the version that was just shown beside it.
		f.Wrong = append(f.Wrong, wrongField{Problem: v.T("admin.settings.conflict")})
		for _, in := range f.Inputs {
			if in.Name == "version" {
				in.Value = strconv.Itoa(v.set.Version)
			}
		}
		return s.showSettings(w, v, http.StatusConflict, f)
	}
	if err := f.mark(err); err != nil {
		return err
	}
	if f.failed() {
		return s.showSettings(w, v, http.StatusBadRequest, f)
	}
	v.flash("settings_saved")
	return v.seeOther(w, "/settings")
}
