package settings

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
)

// Load reads the settings over the defaults.
func Load(ctx context.Context, q postgres.Querier) (Settings, error) {
	s := Defaults()
	var body []byte
	err := q.QueryRow(ctx, `select body, version from insyn.setting`).Scan(&body, &s.Version)
	if err != nil {
		return s, fmt.Errorf("load settings: %w", err)
	}
	if err := json.Unmarshal(body, &s); err != nil {
		return s, fmt.Errorf("decode settings: %w", err)
	}
	return s, nil
}

// Save writes the settings and an audit line. s.Version is the version that was edited: dsar.ErrConflict when somebody
// saved meanwhile.
func Save(ctx context.Context, tx pgx.Tx, s Settings, actor int64) error {
	if err := s.Validate(); err != nil {
		return err
	}
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode settings: %w", err)
	}
	tag, err := tx.Exec(ctx, `
		update insyn.setting
		   set body = $1,
		       version = version + 1,
		       updated_at = now(),
		       updated_by = $2
		 where version = $3`, body, actor, s.Version)
	if err != nil {
		return fmt.Errorf("save settings: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return dsar.ErrConflict
	}
	return audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: "settings.saved", Detail: audit.Detail{"version": int64(s.Version) + 1}})
}

// Validate checks relations and ranges; an unanswered fact is not an error here, Missing tells it.
func (s Settings) Validate() error {
	oneOf := func(field, v string, allowed ...string) error {
		for _, a := range allowed {
			if v == a {
				return nil
			}
		}
		return &dsar.Invalid{Field: field, Problem: "choice"}
	}
	between := func(field string, v, lo, hi int) error {
		if v < lo || v > hi {
			return &dsar.Invalid{Field: field, Problem: "range"}
		}
		return nil
	}
	for _, err := range []error{
		oneOf("country", s.Country, "SE", "FI", "DK", "DE"),
		oneOf("approval", s.Approval, "two", "one"),
		oneOf("review", s.Review, "on", "off"),
		oneOf("eves", s.Eves, "on", "off"),
		oneOf("dpo_designated", s.DPODesignated, "", "yes", "no"),
		oneOf("automated", s.Automated.State, "", "yes", "no"),
		oneOf("transfers", s.Transfers.State, "", "yes", "no"),
		between("link_hours", s.LinkHours, 1, 168),
		between("new_link_days", s.NewLinkDays, 0, 90),
		between("links_per_day", s.LinksPerDay, 1, 10),
		between("case_years", s.CaseYears, 1, 5),
		between("backup_days", s.BackupDays, 0, 3660),
		between("in_flight_days", s.InFlightDays, 0, 31),
		between("row_cap", s.RowCap, 100, 10_000_000),
		between("report_hour", s.ReportHour, 0, 23),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}
