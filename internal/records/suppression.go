package records

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/nyaruka/phonenumbers"

	"insyn/internal/postgres"
)

// Suppress adds keyed hashes to the source's suppression list: people who must not be mailed, or not come in again.
func (s *Source) Suppress(ctx context.Context, list []Suppression) error {
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error { return suppress(ctx, tx, list) })
	if err != nil {
		return fmt.Errorf("suppress in %s: %w", s.Name, safe(err))
	}
	return nil
}

// suppress keeps the more serious reason. A row that changes gets a new number, so that the file outside the database
// follows.
func suppress(ctx context.Context, q querier, list []Suppression) error {
	for _, x := range list {
		_, err := q.Exec(ctx, `
			insert into insyn_ledger.suppression as s (hmac, channel, origin)
			values ($1, $2, $3)
			on conflict (hmac, channel) do update
			   set origin = excluded.origin,
			       seq = default
			 where s.origin = 'optout'
			   and excluded.origin <> 'optout'`, x.HMAC, x.Channel, cmp.Or(x.Origin, "optout"))
		if err != nil {
			return fmt.Errorf("write the suppression list: %w", err)
		}
	}
	return nil
}

// SuppressionHMAC is the keyed hash of an address as the suppression list holds it. The functions in the source make
// the same one.
func SuppressionHMAC(key []byte, address string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(strings.ToLower(strings.TrimSpace(address))))
	return h.Sum(nil)
}

// SuppressionPhoneHMAC is that of a number; nil for what is none.
func (s *Source) SuppressionPhoneHMAC(key []byte, number string) []byte {
	n := s.NormalPhone(number)
	if n == "" {
		return nil
	}
	return SuppressionHMAC(key, n)
}

// NormalPhone is a number in E.164; a national one is of the controller's country. "" is what has no normal form.
func (s *Source) NormalPhone(raw string) string {
	return normalPhone(raw, countryCode(s.m.ControllerCountry))
}

// countryCode is the telephone code of a country, "46" for SE.
func countryCode(country string) string {
	return fmt.Sprint(phonenumbers.GetCountryCodeForRegion(country))
}

// normalPhone follows insyn_ledger.normal_phone letter for letter: a hash is of no use where the two differ, so the rule
// is one that SQL can say, and not a library's.
func normalPhone(raw, code string) string {
	d := digits(raw)
	first := strings.IndexAny(raw, "0123456789")
	abroad := first >= 0 && strings.Contains(raw[:first], "+")
	if abroad || strings.HasPrefix(d, "00") {
		d = digits(strings.ReplaceAll(raw, "(0)", "")) // +46 (0)70
		if !abroad {
			d = strings.TrimPrefix(d, "00")
		}
	} else if national, ok := strings.CutPrefix(d, "0"); ok {
		d = code + national
	} else if !strings.HasPrefix(d, code) || len(d) < 10 {
		d = code + d
	}
	if rest, ok := strings.CutPrefix(d, code); ok { // +46 070
		d = code + strings.TrimLeft(rest, "0")
	}
	if len(d) < 7 || len(d) > 15 {
		return ""
	}
	return "+" + d
}

// KeepsConsent tells whether the map has a column for a box. Where it has none, suppression and restriction alone say what
// a person has said.
func (s *Source) KeepsConsent(box string) bool {
	return s.plan.Subject().ByRole("consent."+box) != nil
}

// Restrict notes a restriction of processing where no column of the map can (GDPR Art. 18).
func (s *Source) Restrict(ctx context.Context, key string, requestID int64) error {
	_, err := s.pool.Exec(ctx, `
		insert into insyn_ledger.restricted (person, request_id)
		values ($1, $2)
		on conflict (person, request_id) do nothing`, key, requestID)
	if err != nil {
		return fmt.Errorf("restrict in %s: %w", s.Name, safe(err))
	}
	return nil
}

// Lift ends the restrictions of these requests; those of others, such as an erasure under way, hold.
func (s *Source) Lift(ctx context.Context, key string, requestIDs []int64) error {
	_, err := s.pool.Exec(ctx, `
		delete from insyn_ledger.restricted
		 where person = $1
		   and request_id = any ($2)`, key, requestIDs)
	if err != nil {
		return fmt.Errorf("lift a restriction in %s: %w", s.Name, safe(err))
	}
	return nil
}
