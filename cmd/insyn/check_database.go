package main

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/records"
	"insyn/internal/settings"
)

// maxDrift is what the clocks of this machine and the database may differ before somebody should know.
const maxDrift = 2 * time.Second

// checkDatabase looks at the clock and at what the login may become. The connection has taken its group's rights; the
// login's own are asked for by its name.
func (p *parts) checkDatabase(ctx context.Context) []finding {
	out := []finding{ok("database: answers, schema is at the version of this program")}
	before := time.Now()
	var now time.Time
	if err := p.pool.QueryRow(ctx, `select clock_timestamp()`).Scan(&now); err != nil {
		return append(out, fail("clock: the database did not tell the time: %v", errText(err)))
	}
	drift := now.Sub(before.Add(time.Since(before) / 2)).Abs()
	if drift > maxDrift {
		out = append(out, warn("clock: this machine and the database differ by %s: let both follow a time server; everything goes by the database's", drift.Round(time.Second)))
	} else {
		out = append(out, ok("clock: this machine and the database agree"))
	}
	return append(out, p.checkLogin(ctx)...)
}

// checkLogin: a login belongs to the group of its process and to no other; what it could become besides is more than it
// needs, and for the share site, which strangers reach, too much.
func (p *parts) checkLogin(ctx context.Context) []finding {
	var super, own bool
	var login string
	err := p.pool.QueryRow(ctx, `
		select rolname, rolsuper or rolcreaterole or rolbypassrls,
		       exists (select 1 from pg_namespace n where n.nspname = 'insyn' and pg_has_role(session_user, n.nspowner, 'member'))
		  from pg_roles
		 where rolname = session_user`).Scan(&login, &super, &own)
	if err != nil {
		return []finding{fail("rights: cannot be read: %v", errText(err))}
	}
	rows, err := p.pool.Query(ctx, `
		select rolname
		  from pg_roles
		 where pg_has_role(session_user, oid, 'member')
		   and rolname not in (session_user, $1)
		 order by rolname`, role(p.cfg.process))
	if err != nil {
		return []finding{fail("rights: cannot be read: %v", errText(err))}
	}
	others, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return []finding{fail("rights: cannot be read: %v", errText(err))}
	}
	bad := warn
	if p.cfg.process == procShare {
		bad = fail
	}
	switch {
	case super:
		return []finding{bad("rights: login %s may do anything; give this process a login of its own: create role %s login in role %s", login, p.cfg.process, role(p.cfg.process))}
	case own:
		return []finding{bad("rights: login %s owns Insyn's tables; give this process a login of its own: create role %s login in role %s", login, p.cfg.process, role(p.cfg.process))}
	case len(others) > 0:
		return []finding{bad("rights: login %s may also become %s: revoke that membership", login, strings.Join(others, ", "))}
	}
	return []finding{ok("rights: login %s is in %s and in nothing else", login, role(p.cfg.process))}
}

// checkKeys: the key that is set must be the one that what is stored was sealed with.
func (p *parts) checkKeys(ctx context.Context) []finding {
	keys, err := p.keys()
	if err != nil {
		return []finding{fail("key: %v", err)}
	}
	var sealed []byte
	err = p.pool.QueryRow(ctx, `
		select key
		  from insyn.request_subject
		 where key is not null
		 order by id desc
		 limit 1`).Scan(&sealed)
	if err != nil {
		return []finding{ok("key: readable; nothing has been sealed yet")}
	}
	if _, err := keys.Open("request_subject.key", sealed); err != nil {
		return []finding{fail("key: INSYN_KEY does not open what is stored: put back the key that it was sealed with")}
	}
	return []finding{ok("key: opens what is stored")}
}

func (p *parts) checkSettings(ctx context.Context) []finding {
	s, err := settings.Load(ctx, p.pool)
	if err != nil {
		return []finding{fail("settings: %v", errText(err))}
	}
	if missing := s.Missing(); len(missing) > 0 {
		return []finding{warn("settings: unanswered: %s; no link leaves before they are answered under Settings", strings.Join(missing, ", "))}
	}
	return []finding{ok("settings: the checklist is answered")}
}

func (p *parts) checkMap(ctx context.Context) []finding {
	if p.cfg.Map == "" {
		return []finding{warn("map: INSYN_MAP is not set: no person can be found, collected or erased")}
	}
	sources, err := p.sources(ctx)
	if err != nil {
		var out []finding
		for line := range strings.SplitSeq(err.Error(), "\n") {
			out = append(out, fail("map: %s", strings.TrimSpace(line)))
		}
		return out
	}
	out := []finding{ok("map: fits %d source(s)", len(sources))}
	for _, s := range sources {
		out = append(out, checkAccepted(ctx, s)...)
	}
	if _, err := p.register(ctx); err != nil {
		out = append(out, fail("register: %v", err))
	}
	return out
}

// checkAccepted: nothing is erased in a source whose schema and map nobody has accepted, or that has changed since.
func checkAccepted(ctx context.Context, s *records.Source) []finding {
	drift, err := s.Look(ctx)
	if err != nil {
		return []finding{fail("map: source %s: %v", s.Name, errText(err))}
	}
	rights, err := s.Rights(ctx)
	if err != nil {
		return []finding{fail("map: source %s: %v", s.Name, errText(err))}
	}
	var out []finding
	for _, p := range append(drift, rights...) {
		grade := fail
		if p.Severity == datamap.OnlyWarning {
			grade = warn
		}
		out = append(out, grade("map: %s: %s; %s", p.Place, p.Text, p.Mend))
	}
	switch {
	case len(drift.Of(datamap.Stops, datamap.StopsErase)) > 0:
		out = append(out, fail("map: nothing is erased in source %s until somebody accepts it: %s", s.Name, datamap.AcceptCommand))
	case len(out) == 0:
		out = append(out, ok("map: source %s is as it was accepted", s.Name))
	}
	return out
}

// checkMail talks to the mail server up to the login, without sending anything.
func (p *parts) checkMail(ctx context.Context) []finding {
	sender, err := p.cfg.sender()
	if err != nil {
		return []finding{fail("mail: %v", err)}
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	if err := sender.Check(ctx); err != nil {
		return []finding{fail("mail: %v", err)}
	}
	if p.cfg.SMTPTLS == "off" {
		return []finding{warn("mail: the server answers, without TLS, on this machine: whatever passes it on must use TLS")}
	}
	return []finding{ok("mail: the server answers, with TLS and a certificate that holds")}
}

// checkShare: the share site must not be able to read what it has no need of.
func (p *parts) checkShare(ctx context.Context) []finding {
	var out []finding
	for _, table := range []string{"insyn.request", "insyn.request_subject", "insyn.mail", "insyn.account", "insyn.audit"} {
		var may bool
		if err := p.pool.QueryRow(ctx, `select has_any_column_privilege(session_user, $1, 'select')`, table).Scan(&may); err != nil {
			return append(out, fail("rights: cannot be read: %v", errText(err)))
		}
		if may {
			out = append(out, fail("rights: its login may read %s: take that right away", table))
		}
	}
	if len(out) == 0 {
		out = append(out, ok("rights: it may read neither requests nor people nor mails"))
	}
	return append(out, p.checkShareAddress(ctx))
}

func (p *parts) checkShareAddress(ctx context.Context) finding {
	if err := reach(ctx, p.cfg.ShareURL); err != nil {
		return warn("address: INSYN_SHARE_URL was not reached from here (%v): does it run, and do name, proxy and certificate lead to it?", err)
	}
	return ok("address: INSYN_SHARE_URL answers")
}
