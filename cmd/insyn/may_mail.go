package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/postgres"
	"insyn/internal/seal"
)

func mayMailCommand() command {
	return command{
		name:    "may-mail",
		summary: "ask whether a person may be mailed or processed",
		usage: `insyn may-mail --person SOURCE:KEY [--process]
insyn may-mail --source SOURCE --address -

Asks the functions that the CRM and its mailer ask in their own database, insyn.may_mail and insyn.may_process, and prints
yes or no. Yes needs a yes, and neither objection nor restriction nor suppression.
  --process     may the person's data be processed at all
  --address -   reads a mail address from the input (not from the arguments, which everybody on the machine sees)
Exit codes: 0 yes, 1 no or failed.`,
		run: runMayMail,
	}
}

// errNo is an answer, printed already.
var errNo = errors.New("no")

func runMayMail(ctx context.Context, a *app, args []string) error {
	fs := flags("may-mail")
	person := fs.String("person", "", "")
	source := fs.String("source", "", "")
	address := fs.String("address", "", "")
	process := fs.Bool("process", false, "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	var sql, value string
	switch {
	case len(rest) > 0:
		return wrongCall("unexpected %q", rest[0])
	case *person != "" && *address == "":
		name, key, ok := strings.Cut(*person, ":")
		if !ok {
			return wrongCall("give --person SOURCE:KEY, such as crm:17")
		}
		*source, value, sql = name, key, `select insyn.may_mail($1)`
		if *process {
			sql = `select insyn.may_process($1)`
		}
	case *source != "" && *address == "-" && !*process:
		line, err := bufio.NewReader(a.stdin).ReadString('\n')
		if err != nil && line == "" {
			return fmt.Errorf("read the address: %w", err)
		}
		value, sql = strings.TrimSpace(line), `select insyn.may_mail_address($1)`
	default:
		return wrongCall("give --person, or --source with --address -")
	}
	yes, err := a.ask(ctx, *source, sql, value)
	if err != nil {
		return err
	}
	if !yes {
		_, _ = fmt.Fprintln(a.stdout, "no")
		return errNo
	}
	_, err = fmt.Fprintln(a.stdout, "yes")
	return err
}

func (a *app) ask(ctx context.Context, source, sql, value string) (yes bool, err error) {
	pool, key, done, err := a.askable(ctx, source)
	if err != nil {
		return false, err
	}
	defer done()
	err = postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select set_config('insyn.suppression_key', $1, true)`, key); err != nil {
			return fmt.Errorf("hand over the key of the suppression list: %w", err)
		}
		return tx.QueryRow(ctx, sql, value).Scan(&yes)
	})
	if err != nil {
		return false, fmt.Errorf("ask source %s (was it migrated with `insyn migrate --source`?): %w", source, errText(err))
	}
	return yes, nil
}

// asked reads what a question to a source needs of the configuration and the data map.
func (a *app) asked(source string) (*parts, *seal.Keys, *datamap.Source, error) {
	cfg, _, err := readConfig(a.env, procWorker)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := checkKey("INSYN_KEY", cfg.Key); err != nil {
		return nil, nil, nil, err
	}
	p := &parts{cfg: cfg}
	keys, err := p.keys()
	if err != nil {
		return nil, nil, nil, err
	}
	m, err := needMap(&cfg, "")
	if err != nil {
		return nil, nil, nil, err
	}
	s, ok := m.Source(source)
	if !ok {
		return nil, nil, nil, fmt.Errorf("the data map has no source %q", source)
	}
	return p, keys, s, nil
}

// errText keeps what a server says, which may quote values, out of the output; its code is enough to look up.
func errText(err error) error {
	var pe interface{ SQLState() string }
	if errors.As(err, &pe) {
		return fmt.Errorf("database error %s", pe.SQLState())
	}
	if postgres.Transient(err) {
		return errors.New("the database does not answer")
	}
	return errors.New("no answer")
}
