package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/account"
	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/settings"
)

// Person is somebody who may log in to the demo.
type Person struct {
	Email, Name string
	Roles       []dsar.Role
	secret      string
}

// People are the demo's logins: an erasure takes two of them, one who asks and an administrator who approves.
func People() []Person {
	return []Person{
		{"karin@nordlyft.example", "Karin Alm", []dsar.Role{dsar.Administrator}, "DEMO_KARIN_PASSWORD"},
		{"jonas@nordlyft.example", "Jonas Ek", []dsar.Role{dsar.Administrator}, "DEMO_JONAS_PASSWORD"},
		{"dpo@nordlyft.example", "Maria Lind", []dsar.Role{dsar.DPO}, "DEMO_DPO_PASSWORD"},
		{"handler@nordlyft.example", "Oskar Berg", []dsar.Role{dsar.Handler}, "DEMO_HANDLER_PASSWORD"},
		{"ops@nordlyft.example", "Sara Holm", []dsar.Role{dsar.Ops}, "DEMO_OPS_PASSWORD"},
	}
}

// answers fills in what a real controller answers under Settings; the company is invented.
func answers(s settings.Settings) settings.Settings {
	s.Controller, s.Address = "Nordlyft AB", "Exempelgatan 1\n111 11 Exempelstad"
	s.Switchboard = "08-465 004 00"
	s.DPOName, s.DPOEmail, s.DPOPhone, s.DPODesignated = "Maria Lind", "dpo@nordlyft.example", "08-465 004 01", "yes"
	s.BasisText = dossier.Label{
		"sv": "Vi behandlar dina uppgifter för att hålla kontakten med dig och ditt företag (berättigat intresse), för att fullfölja affärer och för att följa bokföringslagen. Nyhetsbrev får du bara om du har sagt ja.",
		"en": "We process your data to keep in touch with you and your company (legitimate interest), to complete deals, and to follow the Swedish Bookkeeping Act. You get newsletters only if you have said yes.",
	}
	s.Automated, s.Transfers = dossier.Answer{State: "no"}, dossier.Answer{State: "no"}
	s.BackupDays = 30
	s.Enforcers = "The sample CRM and its mailer ask insyn.may_mail before each newsletter."
	return s
}

// fillInsyn answers the checklist and creates the logins, once: what somebody changed since then stays.
func (d *demo) fillInsyn(ctx context.Context) (string, error) {
	pool, err := postgres.Open(ctx, d.dsn(logins()[1], "insyn"), postgres.RoleWeb)
	if err != nil {
		return "", err
	}
	defer pool.Close()
	var created int
	err = postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		s, err := settings.Load(ctx, tx)
		if err != nil {
			return err
		}
		if s.Controller == "" {
			if err := settings.Save(ctx, tx, answers(s), 0); err != nil {
				return err
			}
		}
		for _, p := range People() {
			made, err := d.person(ctx, tx, p)
			if err != nil {
				return fmt.Errorf("create login %s: %w", p.Email, err)
			}
			if made {
				created++
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if created == 0 {
		return "as you left them", nil
	}
	return fmt.Sprintf("%d logins", created), d.writeEnv()
}

func (d *demo) person(ctx context.Context, tx pgx.Tx, p Person) (made bool, err error) {
	_, err = account.ByEmail(ctx, tx, p.Email)
	if !errors.Is(err, dsar.ErrNotFound) {
		return false, err
	}
	_, err = account.Create(ctx, tx, account.New{
		Email: p.Email, Name: p.Name, Password: d.password(p.secret), Roles: p.Roles, Language: "sv",
	}, 0)
	return err == nil, err
}

// roles in words, for the list of logins.
func roleWords(roles []dsar.Role) string {
	var words []string
	for _, r := range roles {
		if r == dsar.DPO {
			words = append(words, "data protection officer")
			continue
		}
		words = append(words, string(r))
	}
	return strings.Join(words, ", ")
}
