package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/internal/settings"
	"insyn/jobs"
)

// Receipt is what an erasure did in one source: counts, and what a law keeps. No identifiers.
type Receipt struct {
	At           string            `json:"at"`
	MapVersion   int               `json:"map_version"`
	Counts       map[string]int    `json:"counts"`
	Kept         []records.Kept    `json:"kept"`
	Findings     []records.Finding `json:"findings,omitempty"` // of the rescan
	RescannedAt  string            `json:"rescanned_at,omitempty"`
	RegisterNote bool              `json:"register_note,omitempty"` // the reference register still shows the person

	// For the signed receipt, which is made when the rescan is done: by then the map may be another.
	Label      dossier.Label        `json:"label,omitempty"`
	Tables     []records.TableCount `json:"tables,omitempty"`
	MapHash    string               `json:"map_hash,omitempty"`
	PlanHash   string               `json:"plan_hash,omitempty"`
	LedgerHash string               `json:"ledger_hash,omitempty"`
	LedgerSeq  int64                `json:"ledger_seq,omitempty"`
	Stages     json.RawMessage      `json:"stages,omitempty"` // of an erasure in several transactions
	Suppressed bool                 `json:"suppressed,omitempty"`
}

// erasure anonymises the request's people. First it fixes who they are, sealed; then each source commits once, with its
// ledger row; then our own tables follow in one commit with the job.
func (w *Worker) erasure(ctx context.Context, c *Claim) error {
	r, err := w.store.Get(ctx, c.RequestID)
	if err != nil {
		return err
	}
	if r.ErasedAt != nil || r.Closed() {
		return c.Commit(ctx, func(pgx.Tx) error { return nil })
	}
	if r.ApprovedBy == 0 || r.ApprovedPlan == nil {
		return dsar.GiveUp("not_approved")
	}
	set, err := settings.Load(ctx, w.Pool)
	if err != nil {
		return err
	}
	list := targets(r)
	begun, err := w.begun(ctx, c, r, list)
	if err != nil {
		return err
	}
	if !begun {
		if held, err := w.held(ctx, list); err != nil {
			return err
		} else if held {
			return w.stopFor(ctx, c, dsar.ForHold, codeHold)
		}
	}
	if !begun && !r.NoWait { // once a source has committed there is no way back
		if why, err := w.awaited(ctx, r); err != nil {
			return err
		} else if why != "" {
			return w.waitFor(ctx, c, r, why)
		}
	}
	if !begun { // a card may have come, or a value been changed, since the rehearsal
		if stopped, err := w.undecided(ctx, c, r); err != nil || stopped {
			return err
		}
		if err := w.undrifted(ctx, list); err != nil {
			return w.awaitAcceptance(ctx, c, r, err)
		}
		now, err := w.store.DecisionsHash(ctx, w.Pool, r.ID)
		if err != nil {
			return err
		}
		if !bytes.Equal(now, r.ApprovedPlan.Decisions) {
			return w.rehearseAgain(ctx, c, r, dsar.GiveUp("plan_changed"))
		}
	}
	// Now, not before the wait: it may have taken days, and the data gone on changing.
	ids, err := w.identify(ctx, c, r, list, begun)
	if err != nil {
		return err
	}
	outcomes := make([]*records.Outcome, 0, len(list))
	for i, t := range list {
		if i == 0 && !begun { // the last look before anything is changed; one that is placed from now on is fenced off by the desk
			if held, err := w.held(ctx, list); err != nil {
				return err
			} else if held {
				return w.stopFor(ctx, c, dsar.ForHold, codeHold)
			}
		}
		o, err := w.erase(ctx, c, r, set, t, ids)
		if err != nil {
			return w.rehearseAgain(ctx, c, r, erasureFault(err))
		}
		outcomes = append(outcomes, o)
	}
	return c.Commit(ctx, func(tx pgx.Tx) error { return w.erased(ctx, tx, set, r, list, outcomes, ids) })
}

func (w *Worker) erase(ctx context.Context, c *Claim, r *request.Request, set settings.Settings, t target, ids known) (*records.Outcome, error) {
	src, err := w.source(t.source)
	if err != nil {
		return nil, dsar.GiveUp("no_source")
	}
	// The fence goes up first: a run of an older epoch, frozen before its commit, cannot commit any more.
	if err := src.Fence(ctx, r.ID, t.subject.HMAC, c.Epoch); err != nil {
		return nil, err
	}
	decided, err := w.store.Decisions(ctx, w.Pool, r.ID)
	if err != nil {
		return nil, err
	}
	e := t.erasure(r, c.Epoch, set, c, &records.Hasher{Keys: w.Keys}, decided)
	e.Approved = &records.Approved{Hash: r.ApprovedPlan.Hash, Counts: countsOf(r.ApprovedPlan, t.source)}
	if list := targets(r); len(list) > 1 { // the stored hash is that of all sources, one after another
		for i, other := range list {
			if other.source == t.source && len(r.ApprovedPlan.Hash) == 32*len(list) {
				e.Approved.Hash = r.ApprovedPlan.Hash[32*i : 32*(i+1)]
			}
		}
	}
	if ids.Objected {
		e.Suppress = w.suppressions(src, ids.Emails, ids.Phones)
	}
	if err := w.notRestored(ctx, src); err != nil {
		return nil, err
	}
	out, err := src.Erase(ctx, e)
	if err == nil {
		_ = w.file(ctx, src, e.RequestID, e.Subject, e.Suppress) // the verification waits for it
	}
	return out, err
}

func countsOf(p *request.ApprovedPlan, source string) map[string]int {
	out := map[string]int{}
	for k, n := range p.Counts {
		if table, ok := strings.CutPrefix(k, source+" "); ok {
			out[table] = n
		}
	}
	return out
}

// awaited is what the erasure waits for: an access or portability request that is not answered, or a live link.
func (w *Worker) awaited(ctx context.Context, r *request.Request) (string, error) {
	var open, live bool
	for _, u := range r.Subjects {
		var o, l bool
		err := w.Pool.QueryRow(ctx, `
			select exists (select 1
			                 from insyn.request q
			                 join insyn.request_subject s on s.request_id = q.id
			                where s.key_hmac = $1
			                  and q.kind in ('access', 'portability')
			                  and q.closed_at is null),
			       exists (select 1
			                 from insyn.link l
			                 join insyn.request_subject s on s.request_id = l.request_id
			                where s.key_hmac = $1
			                  and l.revoked_at is null
			                  and l.expires_at > now())`, u.HMAC).Scan(&o, &l)
		if err != nil {
			return "", fmt.Errorf("look what request %d waits for: %w", r.ID, err)
		}
		open, live = open || o, live || l
	}
	switch {
	case open:
		return "open_access", nil
	case live:
		return "live_link", nil
	}
	return "", nil
}

// waitFor says on the request's page what it waits for, and looks again in a while.
func (w *Worker) waitFor(ctx context.Context, c *Claim, r *request.Request, why string) error {
	return c.Again(ctx, waitPause, why, func(tx pgx.Tx) error {
		return request.Move(ctx, tx, request.Step{ID: r.ID, To: dsar.Waiting, For: dsar.ForDelivery})
	})
}

// rehearseAgain brings a plan that is no longer the approved one back to the approver.
func (w *Worker) rehearseAgain(ctx context.Context, c *Claim, r *request.Request, err error) error {
	var coded *dsar.Code
	if !errors.As(err, &coded) || (coded.Code != "plan_changed" && coded.Code != "counts_grew" && coded.Code != codeRefused) {
		return w.awaitAcceptance(ctx, c, r, err)
	}
	return c.Commit(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `update insyn.job set code = $2 where id = $1`, c.ID, coded.Code); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `update insyn.request set approved_by = null, approved_at = null, approved_plan = null where id = $1`, r.ID)
		if err != nil {
			return fmt.Errorf("drop the approval of request %d: %w", r.ID, err)
		}
		if err := audit.Write(ctx, tx, audit.Entry{Action: "erasure." + coded.Code, RequestID: r.ID}); err != nil {
			return err
		}
		if _, err := jobs.Insert(ctx, tx, jobs.New{Kind: jobs.Rehearsal, RequestID: r.ID}); err != nil {
			return err
		}
		return w.tell(ctx, tx, r.ID, "mail.news")
	})
}
