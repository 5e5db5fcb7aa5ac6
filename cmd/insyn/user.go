package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/jackc/pgx/v5"

	"insyn/internal/account"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
)

func userCommand() command {
	return command{
		name:    "user",
		summary: "add, list and change accounts",
		usage: `insyn user add EMAIL --name NAME --roles ROLE[,ROLE] [--language sv|en] [--password-stdin]
insyn user list
insyn user roles EMAIL ROLE[,ROLE]
insyn user password EMAIL [--password-stdin]
insyn user disable EMAIL

Roles: administrator, dpo, handler, ops. There is no default account: the first one, made here, must be an administrator.
A password is made and printed once, unless --password-stdin reads one.`,
		run: runUser,
	}
}

func runUser(ctx context.Context, a *app, args []string) error {
	steps := map[string]func(context.Context, *app, *parts, []string) error{
		"add": userAdd, "list": userList, "roles": userRoles, "password": userPassword, "disable": userDisable,
	}
	if len(args) == 0 || steps[args[0]] == nil {
		return wrongCall("say add, list, roles, password or disable")
	}
	p, err := a.parts(ctx, procWeb)
	if err != nil {
		return err
	}
	defer p.close()
	return explain(steps[args[0]](ctx, a, p, args[1:]))
}

func userAdd(ctx context.Context, a *app, p *parts, args []string) error {
	fs := flags("user add")
	name := fs.String("name", "", "")
	roles := fs.String("roles", "", "")
	language := fs.String("language", "sv", "")
	stdin := fs.Bool("password-stdin", false, "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 || *name == "" || *roles == "" {
		return wrongCall("give an address, --name and --roles")
	}
	password, made, err := a.password(*stdin)
	if err != nil {
		return err
	}
	err = postgres.InTx(ctx, p.pool, func(tx pgx.Tx) error {
		n := account.New{Email: rest[0], Name: *name, Password: password, Roles: roleSet(*roles), Language: *language}
		first, err := noAccounts(ctx, tx)
		if err != nil {
			return err
		}
		if first && !strings.Contains(","+*roles+",", ",administrator,") {
			return wrongCall("the first account must be an administrator, who can make the others")
		}
		_, err = account.Create(ctx, tx, n, 0)
		return err
	})
	if err != nil {
		return err
	}
	return a.tellPassword("created", password, made)
}

func noAccounts(ctx context.Context, tx pgx.Tx) (bool, error) {
	// Two first accounts at once would both find none.
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('insyn.account'))`); err != nil {
		return false, fmt.Errorf("lock accounts: %w", err)
	}
	all, err := account.List(ctx, tx)
	return len(all) == 0, err
}

func userList(ctx context.Context, a *app, p *parts, args []string) error {
	if len(args) > 0 {
		return wrongCall("unexpected %q", args[0])
	}
	all, err := account.List(ctx, p.pool)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, u := range all {
		state := "active"
		if u.DisabledAt != nil {
			state = "disabled"
		}
		_, _ = fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", u.ID, u.Email, u.Name, roleList(u.Roles), state)
	}
	return w.Flush()
}

func userRoles(ctx context.Context, _ *app, p *parts, args []string) error {
	if len(args) != 2 {
		return wrongCall("give an address and the roles")
	}
	return p.changeAccount(ctx, args[0], func(tx pgx.Tx, u account.Account) error {
		return account.SetRoles(ctx, tx, u.ID, roleSet(args[1]), 0)
	})
}

func userPassword(ctx context.Context, a *app, p *parts, args []string) error {
	fs := flags("user password")
	stdin := fs.Bool("password-stdin", false, "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return wrongCall("give one address")
	}
	password, made, err := a.password(*stdin)
	if err != nil {
		return err
	}
	if err := p.changeAccount(ctx, rest[0], func(tx pgx.Tx, u account.Account) error {
		return account.SetPassword(ctx, tx, u.ID, password, 0)
	}); err != nil {
		return err
	}
	return a.tellPassword("changed; open sessions have ended", password, made)
}

func userDisable(ctx context.Context, _ *app, p *parts, args []string) error {
	if len(args) != 1 {
		return wrongCall("give one address")
	}
	return p.changeAccount(ctx, args[0], func(tx pgx.Tx, u account.Account) error {
		return account.Disable(ctx, tx, u.ID, 0)
	})
}

func (p *parts) changeAccount(ctx context.Context, email string, change func(pgx.Tx, account.Account) error) error {
	return postgres.InTx(ctx, p.pool, func(tx pgx.Tx) error {
		u, err := account.ByEmail(ctx, tx, email)
		if err != nil {
			return err
		}
		return change(tx, u)
	})
}

// password reads one line, or makes 20 letters and digits.
func (a *app) password(fromStdin bool) (password string, made bool, err error) {
	if !fromStdin {
		var b [12]byte
		_, _ = rand.Read(b[:]) // crypto/rand never fails
		return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])), true, nil
	}
	line, err := bufio.NewReader(a.stdin).ReadString('\n')
	if err != nil && line == "" {
		return "", false, fmt.Errorf("read the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), false, nil
}

func (a *app) tellPassword(what, password string, made bool) error {
	if !made {
		_, err := fmt.Fprintln(a.stdout, what)
		return err
	}
	_, err := fmt.Fprintf(a.stdout, "%s; the password, shown this once: %s\n", what, password)
	return err
}

func roleSet(list string) []dsar.Role {
	var roles []dsar.Role
	for r := range strings.SplitSeq(list, ",") {
		roles = append(roles, dsar.Role(strings.TrimSpace(r)))
	}
	return roles
}
