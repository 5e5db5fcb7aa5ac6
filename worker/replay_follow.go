package worker

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/mention"
	"insyn/internal/postgres"
	"insyn/internal/records"
)

// follow brings our own tables forward, which may have been restored as well: what they hold of the persons again is
// blanked, and a request that does not know of its erasure any more gets what it needs to end by itself.
func (p *replay) follow(ctx context.Context) error {
	for _, l := range p.journal.lines {
		src, err := p.w.source(l.Source)
		if err != nil {
			return fmt.Errorf("the journal of the replay names source %s: %w", l.Source, err)
		}
		done, found, err := src.LedgerRow(ctx, l.Request, l.Subject)
		if err != nil {
			return err
		}
		if !found { // killed before it committed; somebody has to look, or it failed
			continue
		}
		err = postgres.InTx(ctx, p.w.Pool, func(tx pgx.Tx) error { return followOne(ctx, tx, l, done) })
		if err != nil {
			return err
		}
	}
	return nil
}

func followOne(ctx context.Context, tx pgx.Tx, l replayLine, done *records.Outcome) error {
	var ours, said bool
	at := done.At.UnixMicro() // names this run of this erasure among all
	err := tx.QueryRow(ctx, `
		select exists (select 1
		                 from insyn.request_subject
		                where request_id = $1
		                  and key_hmac = $2),
		       exists (select 1
		                 from insyn.audit
		                where action = 'erasure.replayed'
		                  and detail @> jsonb_build_object('at', $3::bigint))`, l.Request, l.Subject, at).Scan(&ours, &said)
	if err != nil {
		return fmt.Errorf("look for request %d: %w", l.Request, err)
	}
	_, err = tx.Exec(ctx, `
		update insyn.request_subject s
		   set identifiers = $3
		  from insyn.request r
		 where r.id = s.request_id
		   and r.id = $1
		   and s.key_hmac = $2
		   and s.identifiers is null
		   and $3::bytea is not null
		   and r.erased_at is null
		   and r.closed_at is null`, l.Request, l.Subject, l.Identifiers)
	if err != nil {
		return fmt.Errorf("record identifiers of request %d: %w", l.Request, err)
	}
	if err := forgetHashes(ctx, tx, l.Request, l.Request, append([][]byte{l.Subject}, l.KeyHMACs...)); err != nil {
		return err
	}
	if said {
		return nil
	}
	e := audit.Entry{Action: "erasure.replayed", Detail: audit.Detail{"at": at, "rows": 0}}
	for _, n := range done.Counts {
		if l.Identifiers != nil { // else the person is not in this database, and the counts are the first run's
			e.Detail["rows"] += int64(n)
		}
	}
	if ours { // a number of a request that was restored away may belong to another one now
		e.RequestID = l.Request
	}
	return audit.Write(ctx, tx, e)
}

// rescan searches every source for all whom this replay, or one that was killed, has erased. A clean search destroys the
// identifiers; after another they stay, sealed, for the next run.
func (p *replay) rescan(ctx context.Context) error {
	var people []mention.Person
	for _, l := range p.journal.lines {
		if l.Identifiers == nil {
			continue
		}
		src, err := p.w.source(l.Source)
		if err != nil {
			return fmt.Errorf("the journal of the replay names source %s: %w", l.Source, err)
		}
		if _, found, err := src.LedgerRow(ctx, l.Request, l.Subject); err != nil || !found {
			if err != nil {
				return err
			}
			continue
		}
		var ids known
		if err := p.w.Keys.OpenJSON("request_subject.identifiers", l.Identifiers, &ids); err != nil {
			return dsar.GiveUp("sealed")
		}
		people = append(people, ids.Person)
	}
	p.out.Searched = len(people)
	if len(people) > 0 {
		for _, src := range p.w.Sources {
			found, err := src.Rescan(ctx, people, func(done, total int64) { p.progress("search again in "+src.Name, done, total) })
			if err != nil {
				return err
			}
			for _, f := range found {
				if !f.Retained {
					if p.out.Findings == nil {
						p.out.Findings = map[string][]records.Finding{}
					}
					p.out.Findings[src.Name] = append(p.out.Findings[src.Name], f)
				}
			}
		}
	}
	if len(p.out.Findings) > 0 {
		return nil
	}
	return p.journal.remove()
}
