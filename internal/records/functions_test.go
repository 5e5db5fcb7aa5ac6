package records_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/democrm"
	"insyn/internal/records"
)

func TestMayMailAndMayProcess(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	secret := sha256.Sum256([]byte("a key of the test"))
	keyed := withKey(t, pool, fmt.Sprintf("%x", secret))
	ask := func(sql string, args ...any) bool { return one[bool](t, keyed, sql, args...) }
	address := one[string](t, pool, `select address from crm.person_email where person_id = $1 limit 1`, democrm.Bare)
	for _, tc := range []struct {
		newsletter, processing, suppressed string
		mail, process                      bool
	}{
		{"yes", "yes", "", true, true},
		{"yes", "unknown", "", true, false},
		{"unknown", "yes", "", false, true},
		{"no", "yes", "", false, true},
		{"withdrawn", "yes", "", false, true},
		{"objected", "yes", "", false, true},
		{"restricted", "yes", "", false, true},
		{"yes", "objected", "", false, false},
		{"yes", "restricted", "", false, false},
		{"yes", "withdrawn", "", false, false},
		{"yes", "no", "", false, false},
		{"unknown", "unknown", "", false, false},
		{"yes", "yes", "optout", false, true},
		{"yes", "yes", "erasure", false, false},
		{"yes", "yes", "objection", false, false},
	} {
		execute(t, pool, `delete from insyn_ledger.suppression`)
		execute(t, pool, `update crm.person set newsletter = $2, newsletter_at = now(), newsletter_how = 'form', processing = $3 where id = $1`,
			democrm.Bare, tc.newsletter, tc.processing)
		if tc.suppressed != "" {
			execute(t, pool, `insert into insyn_ledger.suppression (hmac, channel, origin) values ($1, 'email', $2)`,
				records.SuppressionHMAC(secret[:], " "+strings.ToUpper(address)), tc.suppressed)
		}
		name := fmt.Sprintf("%s, %s, %s", tc.newsletter, tc.processing, tc.suppressed)
		if got := ask(`select insyn.may_mail($1)`, key(democrm.Bare)); got != tc.mail {
			t.Errorf("%s: may_mail is %v", name, got)
		}
		if got := ask(`select insyn.may_mail_address($1)`, strings.ToUpper(address)+" "); got != tc.mail {
			t.Errorf("%s: may_mail_address is %v", name, got)
		}
		if got := ask(`select insyn.may_process($1)`, key(democrm.Bare)); got != tc.process {
			t.Errorf("%s: may_process is %v", name, got)
		}
	}
	// One mailbox, two people: both must allow it.
	shared := democrm.KnownPerson(democrm.SharedMailboxA).Emails[0]
	execute(t, pool, `update crm.person set newsletter = 'yes', newsletter_at = now(), newsletter_how = 'form', processing = 'unknown' where id = any ($1)`,
		[]int64{democrm.SharedMailboxA, democrm.SharedMailboxB})
	if !ask(`select insyn.may_mail_address($1)`, shared) {
		t.Error("both allow it and it may not be mailed")
	}
	execute(t, pool, `update crm.person set newsletter = 'no' where id = $1`, democrm.SharedMailboxB)
	if ask(`select insyn.may_mail_address($1)`, shared) {
		t.Error("one said no and the mailbox may be mailed")
	}
	for _, nobody := range []string{"", "x", "999999", "99999999999999999999", "1,2"} {
		if ask(`select insyn.may_mail($1)`, nobody) || ask(`select insyn.may_process($1)`, nobody) || ask(`select insyn.may_mail_address($1)`, nobody) {
			t.Errorf("%q, who is nobody, may", nobody)
		}
	}
	if err := s.Suppress(t.Context(), []records.Suppression{{HMAC: records.SuppressionHMAC(secret[:], shared), Channel: "email"}}); err != nil {
		t.Fatal(err)
	}
	if n := one[int64](t, pool, `select count(*) from insyn_ledger.suppression where origin = 'optout'`); n != 1 {
		t.Errorf("%d rows in the suppression list, want 1", n)
	}
}

func TestWithoutTheKeyTheFunctionsRefuse(t *testing.T) {
	t.Parallel()
	_, pool := crm(t)
	for _, sql := range []string{`select insyn.may_mail('1')`, `select insyn.may_process('1')`, `select insyn.may_mail_address('a@b.example')`} {
		_, err := pool.Exec(t.Context(), sql)
		if err == nil || !strings.Contains(err.Error(), "key of the suppression list") {
			t.Errorf("%s: got %v, want an error that names the key", sql, err)
		}
	}
}

func withKey(t *testing.T, pool *pgxpool.Pool, hex string) *pgxpool.Pool {
	t.Helper()
	cfg := pool.Config()
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, `select set_config('insyn.suppression_key', $1, false)`, hex)
		return err
	}
	keyed, err := pgxpool.NewWithConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(keyed.Close)
	return keyed
}
