package account_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/account"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/seal"
)

const password = "korrekt häst batteri"

func door(t *testing.T) *account.Door {
	t.Helper()
	keys, err := seal.New([]byte("0123456789abcdefghijklmnopqrstuv"))
	if err != nil {
		t.Fatal(err)
	}
	return &account.Door{Pool: pgtest.New(t), Keys: keys}
}

func create(t *testing.T, pool *pgxpool.Pool, n account.New) (a account.Account, err error) {
	t.Helper()
	err = postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		a, err = account.Create(t.Context(), tx, n, 0)
		return err
	})
	return a, err
}

func mustCreate(t *testing.T, pool *pgxpool.Pool, email string, roles ...dsar.Role) account.Account {
	t.Helper()
	a, err := create(t, pool, account.New{Email: email, Name: "Nadja Prov", Password: password, Roles: roles})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestCreateRefusesWhatIsWrong(t *testing.T) {
	t.Parallel()
	d := door(t)
	good := account.New{Email: "dpo@bolaget.example", Name: "Nadja Prov", Password: password, Roles: []dsar.Role{dsar.DPO}}
	if _, err := create(t, d.Pool, good); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change  func(*account.New)
		field   string
		problem string
	}{
		"address twice, other case": {func(n *account.New) { n.Email = "DPO@bolaget.example" }, "email", "taken"},
		"no address":                {func(n *account.New) { n.Email = "dpo" }, "email", "email"},
		"address with a name":       {func(n *account.New) { n.Email = "D <d@bolaget.example>" }, "email", "email"},
		"no name":                   {func(n *account.New) { n.Name = " " }, "name", "required"},
		"no role":                   {func(n *account.New) { n.Roles = nil }, "roles", "required"},
		"unknown role":              {func(n *account.New) { n.Roles = []dsar.Role{"god"} }, "roles", "choice"},
		"short":                     {func(n *account.New) { n.Password = "elva tecken" }, "password", "short"},
		"common":                    {func(n *account.New) { n.Password = "Password123456!" }, "password", "common"},
		"repeated":                  {func(n *account.New) { n.Password = "aaaaaaaaaaaaaaaa" }, "password", "common"},
		"own name":                  {func(n *account.New) { n.Password = "nadja är bäst här" }, "password", "own"},
	} {
		t.Run(name, func(t *testing.T) {
			n := good
			n.Email = "other@bolaget.example"
			c.change(&n)
			_, err := create(t, d.Pool, n)
			var wrong *dsar.Invalid
			if !errors.As(err, &wrong) || wrong.Field != c.field || wrong.Problem != c.problem {
				t.Errorf("got %v, want %s: %s", err, c.field, c.problem)
			}
		})
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	d := door(t)
	first := mustCreate(t, d.Pool, "a@bolaget.example", dsar.Administrator)
	second := mustCreate(t, d.Pool, "b@bolaget.example", dsar.Administrator)
	in := func(fn func(ctx context.Context, tx pgx.Tx) error) error {
		return postgres.InTx(t.Context(), d.Pool, func(tx pgx.Tx) error { return fn(t.Context(), tx) })
	}
	if err := in(func(ctx context.Context, tx pgx.Tx) error { return account.Disable(ctx, tx, first.ID, second.ID) }); err != nil {
		t.Fatal(err)
	}
	var wrong *dsar.Invalid
	err := in(func(ctx context.Context, tx pgx.Tx) error { return account.Disable(ctx, tx, second.ID, second.ID) })
	if !errors.As(err, &wrong) || wrong.Problem != "last" {
		t.Errorf("disable the last: got %v, want the problem last", err)
	}
	err = in(func(ctx context.Context, tx pgx.Tx) error {
		return account.SetRoles(ctx, tx, second.ID, []dsar.Role{dsar.Ops}, second.ID)
	})
	if !errors.As(err, &wrong) || wrong.Problem != "last" {
		t.Errorf("take the role from the last: got %v, want the problem last", err)
	}
	if _, err := d.Authenticate(t.Context(), "a@bolaget.example", password, "192.0.2.1"); !errors.Is(err, dsar.ErrForbidden) {
		t.Errorf("disabled account: got %v, want ErrForbidden", err)
	}
	if _, err := d.Authenticate(t.Context(), "b@bolaget.example", password, "192.0.2.1"); err != nil {
		t.Errorf("the last administrator: got %v, want to be let in", err)
	}
}
