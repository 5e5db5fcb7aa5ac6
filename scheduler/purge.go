package scheduler

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/audit"
	"insyn/internal/postgres"
)

// A purge step blanks or deletes what has had its time. Reading code checks expiry by itself; the purge comes after, and
// takes secrets before rows: with its salt gone no copy of an artefact can be opened, wherever it is.
type purgeStep struct {
	name string // of the count, in the audit line and the result
	sql  string
}

func purgeSteps() []purgeStep {
	return []purgeStep{
		// A link that was never sent gets a week: its mail is tried for a day, a review may take a while.
		{"links", `
			update insyn.link
			   set purged_at = now()
			 where purged_at is null
			   and (expires_at <= now()
			        or revoked_at is not null
			        or expires_at is null and created_at < now() - interval '7 days')`},
		// Without any link it waits for a review, unless a newer copy took its place or the request is closed.
		{"artefacts", `
			update insyn.artefact a
			   set salt = null,
			       purged_at = now()
			 where purged_at is null
			   and not exists (select 1 from insyn.link l where l.artefact_id = a.id and l.purged_at is null)
			   and (exists (select 1 from insyn.link l where l.artefact_id = a.id)
			        or exists (select 1 from insyn.artefact newer where newer.request_id = a.request_id and newer.id > a.id)
			        or not exists (select 1 from insyn.request r where r.id = a.request_id and r.closed_at is null))
			   and created_at < now() - interval '1 minute'`},
		{"chunks", `
			delete from insyn.artefact_chunk
			 where artefact_id in (select id from insyn.artefact where purged_at is not null)`},
		// An hour more than they are valid: the limits on codes count them.
		{"codes", `
			delete from insyn.code
			 where created_at < now() - interval '1 hour'
			   and coalesce(valid_until, created_at + interval '1 day') < now() - interval '1 hour'`},
		{"tokens", `
			update insyn.mail
			   set token = null
			 where token is not null
			   and (state in ('accepted', 'failed', 'cancelled')
			        or first_try_at + give_up_after < now())`},
		// The confirmation of an erasure may not keep an address longer than a day after the search that found nothing.
		{"late_confirmations", `
			update insyn.mail m
			   set state = 'cancelled',
			       code = 'too_late',
			       recipient = null,
			       vars = null,
			       token = null,
			       blanked_at = now()
			  from insyn.request r
			 where r.id = m.request_id
			   and r.kind = 'erasure'
			   and r.rescanned_at < now() - interval '24 hours'
			   and m.audience = 'subject'
			   and m.state in ('held', 'ready', 'ambiguous')
			   and m.blanked_at is null`},
		{"mails", `
			update insyn.mail
			   set recipient = null,
			       vars = null,
			       token = null,
			       blanked_at = now()
			 where blanked_at is null
			   and (state in ('accepted', 'failed', 'cancelled')
			        and coalesce(accepted_at, first_try_at, created_at) < now() - interval '24 hours'
			        or first_try_at + give_up_after < now() - interval '24 hours')`},
		{"events", `
			update insyn.share_event
			   set body = null
			 where handled_at is not null
			   and body is not null`},
		{"sessions", `delete from insyn.sessions where expiry < now()`},
		{"login_failures", `delete from insyn.login_failure where last_at < now() - interval '1 day'`},
		// Who asked, and where the answer went, is not needed as long as what was done.
		{"requesters", `
			with gone as (
			     update insyn.request
			        set purged_at = now()
			      where purged_at is null
			        and closed_at < now() - interval '12 months'
			  returning id)
			update insyn.request_subject
			   set name = null,
			       address = null
			 where request_id in (select id from gone)`},
		{"jobs", `
			delete from insyn.job
			 where request_id is null
			   and finished_at < now() - interval '30 days'`},
		// The last slot of each sweep stays: it says what has been done.
		{"slots", `
			delete from insyn.slot s
			 where slot < now() - interval '2 days'
			   and slot < (select max(slot) from insyn.slot o where o.name = s.name)`},
	}
}

// Purged counts rows by step.
type Purged map[string]int64

// Total is the sum, without housekeeping of our own.
func (p Purged) Total() int64 {
	var n int64
	for name, rows := range p {
		if name != "slots" && name != "jobs" {
			n += rows
		}
	}
	return n
}

// Purge blanks and deletes what has had its time, and closed cases after the years of the settings. Each step is a
// transaction of its own, so that one that cannot get its locks does not hold the others up; the first error is returned.
func Purge(ctx context.Context, pool *pgxpool.Pool) (Purged, error) {
	p := Purged{}
	var first error
	for _, step := range purgeSteps() {
		tag, err := pool.Exec(ctx, step.sql)
		if err != nil && first == nil {
			first = fmt.Errorf("purge %s: %w", step.name, err)
		}
		if n := tag.RowsAffected(); n > 0 {
			p[step.name] = n
		}
	}
	n, err := purgeCases(ctx, pool)
	if err != nil && first == nil {
		first = err
	}
	if n > 0 {
		p["cases"] = n
	}
	if p.Total() > 0 {
		err := postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
			return audit.Write(ctx, tx, audit.Entry{Action: "purge.done", Detail: audit.Detail(p)})
		})
		if err != nil && first == nil {
			first = err
		}
	}
	return p, first
}

func sweepPurge(ctx context.Context, pool *pgxpool.Pool, _ time.Time) (int64, error) {
	p, err := Purge(ctx, pool)
	return p.Total(), err
}
