package records

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
)

var consentStates = []string{"unknown", "yes", "no", "withdrawn", "objected", "restricted"}

// SetConsent writes one box (newsletter or processing) of a person, with its proof, and a line in the source's own log
// of consents where the map has one. A yes to newsletters needs when and how (GDPR Art. 7(1)).
func (s *Source) SetConsent(ctx context.Context, key, box string, c Consent) error {
	subject := s.plan.Subject()
	state := subject.ByRole("consent." + box)
	if state == nil {
		return fmt.Errorf("set a consent in %s: %w", s.Name, &dsar.Invalid{Field: "box", Problem: "choice"})
	}
	if err := c.check(box); err != nil {
		return fmt.Errorf("set a consent in %s: %w", s.Name, err)
	}
	if !s.validKey(key) {
		return fmt.Errorf("set a consent in %s: %w", s.Name, dsar.ErrNotFound)
	}
	at := ""
	if !c.At.IsZero() {
		at = c.At.UTC().Format("2006-01-02 15:04:05.999999+00")
	}
	values := map[string]string{}
	for role, v := range map[string]string{"": c.State, ".at": at, ".how": c.How, ".wording": c.Wording, ".by": c.By} {
		if col := subject.ByRole("consent." + box + role); col != nil {
			values[col.Name] = v
		}
	}
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.lock(ctx, tx, key); err != nil {
			return err
		}
		same, err := s.sameConsent(ctx, tx, key, values)
		if err != nil || same {
			return err
		}
		if err := s.put(ctx, tx, subject, key, values, box); err != nil {
			return err
		}
		return s.logConsent(ctx, tx, key, box, c, at)
	})
	if err != nil {
		return fmt.Errorf("set a consent in %s: %w", s.Name, safe(err))
	}
	return nil
}

func (c Consent) check(box string) error {
	known := false
	for _, s := range consentStates {
		known = known || s == c.State
	}
	if !known {
		return &dsar.Invalid{Field: "state", Problem: "choice"}
	}
	if box == "newsletter" && c.State == "yes" {
		if c.How == "" {
			return &dsar.Invalid{Field: "how", Problem: "required"}
		}
		if c.At.IsZero() {
			return &dsar.Invalid{Field: "at", Problem: "required"}
		}
	}
	if c.At.After(time.Now().Add(time.Hour)) {
		return &dsar.Invalid{Field: "at", Problem: "future"}
	}
	return nil
}

// sameConsent says that a second run of the same job finds its work done.
func (s *Source) sameConsent(ctx context.Context, tx pgx.Tx, key string, values map[string]string) (bool, error) {
	subject := s.plan.Subject()
	args := []any{[]string{key}}
	var conds []string
	for _, e := range subject.Columns {
		if v, ok := values[e.Name]; ok {
			args = append(args, v)
			conds = append(conds, fmt.Sprintf("x.%s is not distinct from nullif($%d::text, '')::%s", quote(e.Name), len(args), subject.Types[e.Name].Name))
		}
	}
	var same bool
	err := tx.QueryRow(ctx, fmt.Sprintf(`select %s from %s as x where %s`, strings.Join(conds, " and "), tableSQL(subject),
		keyIn("x", subject.Key, typesOf(subject, subject.Key), "$1")), args...).Scan(&same)
	return same, err
}

// logConsent adds a line to the source's consent log, tied to the person by the first hop of its path.
func (s *Source) logConsent(ctx context.Context, tx pgx.Tx, key, box string, c Consent, at string) error {
	if at == "" {
		at = time.Now().UTC().Format("2006-01-02 15:04:05.999999+00")
	}
	for _, t := range s.plan.Tables {
		if !t.ConsentLog {
			continue
		}
		ours, ok := ontoKey(t.Paths[0].Hops[0], s.plan.Subject())
		if !ok {
			return fmt.Errorf("the consent log %s does not refer to the person's key", t.Name)
		}
		var names, exprs []string
		var args []any
		put := func(col, value string, typ datamap.ColumnType) {
			args = append(args, value)
			names = append(names, quote(col))
			exprs = append(exprs, fmt.Sprintf("nullif($%d::text, '')::%s", len(args), typ.Name))
		}
		for i, pair := range ours {
			put(pair.Ours, strings.ReplaceAll(strings.Split(key, ",")[i], "\x1f", ","), t.Types[pair.Ours])
		}
		for role, v := range map[string]string{"box": box, "state": c.State, "at": at, "how": c.How, "wording": c.Wording, "by": c.By} {
			if col := t.ByRole("log." + role); col != nil {
				put(col.Name, v, t.Types[col.Name])
			}
		}
		_, err := tx.Exec(ctx, fmt.Sprintf(`insert into %s (%s) values (%s)`, quoteTable(t.Name), strings.Join(names, ", "), strings.Join(exprs, ", ")), args...)
		if err != nil {
			return fmt.Errorf("write the consent log %s: %w", t.Name, err)
		}
	}
	return nil
}
