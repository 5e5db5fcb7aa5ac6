// Package settings is what the controller has told us about itself: who answers for the data, how, and the rules of the
// house. One row, one struct; the checklist says what is still unanswered.
package settings

import (
	"time"

	"insyn/internal/dossier"
)

// Settings are stored as one JSON document. A zero value is "unanswered", never a guess.
type Settings struct {
	Controller  string `json:"controller"`
	Address     string `json:"address"` // lines
	Switchboard string `json:"switchboard"`
	Country     string `json:"country"` // SE, FI, DK, DE: holidays and authority follow it
	Timezone    string `json:"timezone"`

	DPOName       string `json:"dpo_name"`
	DPOEmail      string `json:"dpo_email"` // Reply-To of every mail
	DPOPhone      string `json:"dpo_phone"`
	DPODesignated string `json:"dpo_designated"` // "", yes, no: the title binds (GDPR Art. 37-39)

	BasisText dossier.Label `json:"basis_text"` // the legal basis for processing, in the controller's words
	Authority dossier.Label `json:"authority"`  // outside Sweden; inside, the reference wording's own

	Automated dossier.Answer `json:"automated"`
	Transfers dossier.Answer `json:"transfers"`

	BackupDays     int    `json:"backup_days"`     // how long the oldest backup lives
	LinkHours      int    `json:"link_hours"`      // 1 to 168
	NewLinkDays    int    `json:"new_link_days"`   // self-service after closing
	LinksPerDay    int    `json:"links_per_day"`   // self-service
	CaseYears      int    `json:"case_years"`      // how long a closed case is kept
	InFlightDays   int    `json:"in_flight_days"`  // mailings already on their way after an opt-out
	Approval       string `json:"approval"`        // two, one
	Review         string `json:"review"`          // on, off: a handler looks at an access copy before it leaves
	Eves           string `json:"eves"`            // on, off: Midsummer Eve, 24 and 31 December do not count as working days
	RowCap         int    `json:"row_cap"`         // an erasure above it stops
	ReportHour     int    `json:"report_hour"`     // local
	ReportWeekends bool   `json:"report_weekends"` // false: Monday to Friday
	ReportEmail    string `json:"report_email"`    // empty: DPOEmail
	Enforcers      string `json:"enforcers"`       // which systems call may_mail and may_process, in words

	Version int `json:"-"`
}

// Defaults are the rules of the house before anybody changed them. Facts about the controller have none.
func Defaults() Settings {
	return Settings{
		Country: "SE", Timezone: "Europe/Stockholm",
		LinkHours: 24, NewLinkDays: 30, LinksPerDay: 3, CaseYears: 3,
		Approval: "two", Review: "on", Eves: "on", RowCap: 100_000, ReportHour: 8,
		BasisText: dossier.Label{}, Authority: dossier.Label{},
	}
}

// Missing is the checklist: keys of what must be answered before a link may leave. Empty means complete.
func (s Settings) Missing() []string {
	var out []string
	need := func(key string, ok bool) {
		if !ok {
			out = append(out, key)
		}
	}
	need("controller", s.Controller != "")
	need("address", s.Address != "")
	need("switchboard", s.Switchboard != "")
	need("dpo_name", s.DPOName != "")
	need("dpo_email", s.DPOEmail != "")
	need("dpo_designated", s.DPODesignated == "yes" || s.DPODesignated == "no")
	need("basis_text", s.BasisText["sv"] != "" && s.BasisText["en"] != "")
	need("authority", s.Country == "SE" || (s.Authority["sv"] != "" && s.Authority["en"] != ""))
	need("automated", answered(s.Automated, "decision", "factors", "logic", "effect"))
	need("transfers", answered(s.Transfers, "recipient_name", "country", "safeguard"))
	need("backup_days", s.BackupDays > 0)
	return out
}

func answered(a dossier.Answer, parts ...string) bool {
	if a.State == "yes" {
		for _, p := range parts {
			if a.Parts[p] == "" {
				return false
			}
		}
		return true
	}
	return a.State == "no"
}

// Location is the controller's time zone; legal days begin and end in it.
func (s Settings) Location() *time.Location {
	loc, err := time.LoadLocation(s.Timezone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// DPOTitle is what the contact may be called: the title binds only one who is designated.
func (s Settings) DPOTitle() dossier.Label {
	if s.DPODesignated == "yes" {
		return dossier.Label{"sv": "dataskyddsombud", "en": "data protection officer"}
	}
	return dossier.Label{"sv": "kontaktperson för dataskydd", "en": "data protection contact"}
}
