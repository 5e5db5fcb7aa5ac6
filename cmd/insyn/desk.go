package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"insyn/internal/account"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/jobs"
)

// desk opens what a command of the shell needs to do what the pages do, with the rights of the pages. Redis is not needed:
// a commit wakes the workers, which enqueue.
func (a *app) desk(ctx context.Context) (*jobs.Desk, *parts, error) {
	p, err := a.parts(ctx, procWeb)
	if err != nil {
		return nil, nil, err
	}
	if err := checkKey("INSYN_KEY", p.cfg.Key); err != nil {
		p.close()
		return nil, nil, err
	}
	d, err := p.desk()
	if err != nil {
		p.close()
		return nil, nil, err
	}
	return d, p, nil
}

// parts opens our own tables with the rights of a process.
func (a *app) parts(ctx context.Context, process string) (*parts, error) {
	cfg, _, err := readConfig(a.env, process)
	if err != nil {
		return nil, err
	}
	if cfg.DatabaseURL.empty() {
		return nil, errors.New("INSYN_DATABASE_URL is not set: give a PostgreSQL address, or start `insyn demo` in this folder")
	}
	if cfg.LogFormat == "" {
		cfg.LogFormat = "text"
	}
	log, _ := newLogger(a.stderr, cfg)
	return open(ctx, cfg, log)
}

// actor finds the account on whose behalf a command acts. It must hold one of the roles, as on the pages.
func actor(ctx context.Context, q postgres.Querier, email string, roles ...dsar.Role) (account.Account, error) {
	if email == "" {
		return account.Account{}, wrongCall("give --as USER, the mail address of an account")
	}
	a, err := account.ByEmail(ctx, q, email)
	if errors.Is(err, dsar.ErrNotFound) || err == nil && a.DisabledAt != nil {
		return a, errors.New("--as: there is no such account; `insyn user list` shows them")
	}
	if err != nil {
		return a, err
	}
	if !slices.ContainsFunc(roles, func(r dsar.Role) bool { return a.Has(r) }) {
		return a, fmt.Errorf("--as: the account's roles do not allow it (needs one of %s)", roleList(roles))
	}
	return a, nil
}

func roleList(roles []dsar.Role) string {
	s := ""
	for i, r := range roles {
		if i > 0 {
			s += ", "
		}
		s += string(r)
	}
	return s
}

// number reads the id of one of our own rows.
func number(args []string, what string) (int64, error) {
	if len(args) != 1 {
		return 0, wrongCall("give the number of one %s", what)
	}
	id, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil || id <= 0 {
		return 0, wrongCall("%q is not the number of a %s", args[0], what)
	}
	return id, nil
}

// explain turns the errors of the desk into sentences.
func explain(err error) error {
	var wrong *dsar.Invalid
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		return fmt.Errorf("%s: %s", wrong.Field, invalidWords(wrong.Problem))
	case errors.Is(err, jobs.ErrTwoPeople):
		return errors.New("approval: whoever asked for the erasure must not approve it")
	case errors.Is(err, jobs.ErrMentions):
		return errors.New("mentions: places in texts that may name the person wait for an answer; decide on the page of the request, or with `insyn request mentions`")
	case errors.Is(err, jobs.ErrTooLate):
		return errors.New("too_late: the person is erased already; nothing can be held any more")
	case errors.Is(err, dsar.ErrForbidden):
		return errors.New("not_allowed: the account's roles do not allow it")
	case errors.Is(err, dsar.ErrConflict):
		return errors.New("conflict: its state does not allow this, or somebody changed it meanwhile; look at it again")
	case errors.Is(err, dsar.ErrNotFound):
		return errors.New("not_found: there is no such request, person or job")
	case errors.Is(err, dsar.ErrIncomplete):
		return errors.New("settings: the checklist under Settings has unanswered questions; nothing may leave before")
	case postgres.Transient(err):
		return errors.New("database_away: the database does not answer; try again")
	}
	return err
}

func invalidWords(problem string) string {
	words := map[string]string{
		"required": "is missing", "choice": "is not one of the choices", "future": "lies in the future", "taken": "is taken",
		"email": "is not a mail address", "short": "is too short", "long": "is too long", "common": "is easy to guess",
		"own": "holds a name or an address", "last": "is the last administrator's", "range": "is out of range", "past": "must lie in the future",
	}
	if w, ok := words[problem]; ok {
		return w
	}
	return problem
}
