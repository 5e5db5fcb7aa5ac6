package account_test

import (
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/account"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
)

func TestFailedLoginsDelayTheNext(t *testing.T) {
	t.Parallel()
	d := door(t)
	mustCreate(t, d.Pool, "a@bolaget.example", dsar.Administrator)
	try := func(email, pw, ip string) error {
		_, err := d.Authenticate(t.Context(), email, pw, ip)
		return err
	}
	for _, email := range []string{"a@bolaget.example", "nobody@bolaget.example"} {
		for i := range 3 {
			if err := try(email, "wrong password here", "192.0.2.1"); !errors.Is(err, dsar.ErrForbidden) {
				t.Fatalf("%s, failure %d: got %v, want ErrForbidden", email, i+1, err)
			}
		}
		var delayed *account.Delayed
		if err := try(email, password, "192.0.2.1"); !errors.As(err, &delayed) || delayed.For <= 0 || delayed.For > time.Second {
			t.Errorf("%s, right password after three failures: got %v, want a delay of at most a second", email, err)
		}
	}
	// The colleague at another address is not locked out, and success forgets the failures.
	if err := try("a@bolaget.example", password, "192.0.2.2"); err != nil {
		t.Errorf("from another address: got %v, want to be let in", err)
	}
	time.Sleep(1100 * time.Millisecond)
	if err := try("A@Bolaget.example ", password, "192.0.2.1"); err != nil {
		t.Errorf("after the delay: got %v, want to be let in", err)
	}
}

func TestAccountIsSlowedFromManyAddresses(t *testing.T) {
	t.Parallel()
	d := door(t)
	mustCreate(t, d.Pool, "a@bolaget.example", dsar.Administrator)
	if _, err := d.Pool.Exec(t.Context(), `insert into insyn.login_failure (key, failures) values ($1, 24)`,
		d.Keys.HMAC("login_failure.account", "a@bolaget.example")); err != nil {
		t.Fatal(err)
	}
	_, err := d.Authenticate(t.Context(), "a@bolaget.example", password, "192.0.2.77")
	var delayed *account.Delayed
	if !errors.As(err, &delayed) || delayed.For > 16*time.Second {
		t.Errorf("got %v, want a delay of at most 16 s", err)
	}
	if _, err := d.Pool.Exec(t.Context(), `update insyn.login_failure set failures = 100000`); err != nil {
		t.Fatal(err)
	}
	_, err = d.Authenticate(t.Context(), "a@bolaget.example", password, "192.0.2.77")
	if !errors.As(err, &delayed) || delayed.For > time.Minute {
		t.Errorf("got %v, want a delay of at most a minute: nobody can lock out a colleague", err)
	}
}

func TestPasswordChangeMovesItsTime(t *testing.T) {
	t.Parallel()
	d := door(t)
	a := mustCreate(t, d.Pool, "a@bolaget.example", dsar.Administrator)
	const next = "en helt annan mening"
	err := postgres.InTx(t.Context(), d.Pool, func(tx pgx.Tx) error {
		return account.SetPassword(t.Context(), tx, a.ID, next, a.ID)
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := d.Authenticate(t.Context(), a.Email, next, "192.0.2.1")
	if err != nil || !b.PasswordChangedAt.After(a.PasswordChangedAt) {
		t.Errorf("got %v and %v, want to be let in with a later time than %v", err, b.PasswordChangedAt, a.PasswordChangedAt)
	}
	if _, err := d.Authenticate(t.Context(), a.Email, password, "192.0.2.1"); !errors.Is(err, dsar.ErrForbidden) {
		t.Errorf("old password: got %v, want ErrForbidden", err)
	}
}
