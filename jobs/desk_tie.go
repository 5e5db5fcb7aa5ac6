package jobs

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// TieAnswer says whether a card that shares identifiers with the person is theirs.
type TieAnswer struct {
	Same bool
	// Name is what stands on the card, for the request that then includes it.
	Name string
	// CodeByHand also asks for another way than the mailbox that two people read (level C).
	CodeByHand bool
}

// DecideTie stores the answer about one other card. The same person's card joins the request; when nothing is undecided any
// more, the work goes on. The same answer twice changes nothing.
func (d *Desk) DecideTie(ctx context.Context, id, tie, actor int64, a TieAnswer) error {
	return d.locked(ctx, id, func(tx pgx.Tx, set settings.Settings, r *request.Request) error {
		list, err := d.TiesIn(ctx, tx, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(t request.Tie) bool { return t.ID == tie })
		if i < 0 {
			return dsar.ErrNotFound
		}
		t := list[i]
		if t.Decision != "" && (t.Decision == "same") == a.Same {
			return nil
		}
		if t.Decision != "" || r.WaitingFor != dsar.ForIdentity || a.Same && t.Key == "" {
			return dsar.ErrConflict
		}
		if err := d.decideTie(ctx, tx, r, t, actor, a); err != nil {
			return err
		}
		return d.afterTies(ctx, tx, set, r, actor)
	})
}

// NoneTheSame says of all undecided cards that they are other persons'.
func (d *Desk) NoneTheSame(ctx context.Context, id, actor int64, codeByHand bool) error {
	return d.locked(ctx, id, func(tx pgx.Tx, set settings.Settings, r *request.Request) error {
		list, err := d.TiesIn(ctx, tx, id)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(t request.Tie) bool { return t.Decision != "" })
		if len(list) == 0 || r.WaitingFor != dsar.ForIdentity {
			return dsar.ErrConflict
		}
		for _, t := range list {
			if err := d.decideTie(ctx, tx, r, t, actor, TieAnswer{CodeByHand: codeByHand}); err != nil {
				return err
			}
		}
		return d.afterTies(ctx, tx, set, r, actor)
	})
}

func (d *Desk) decideTie(ctx context.Context, tx pgx.Tx, r *request.Request, t request.Tie, actor int64, a TieAnswer) error {
	if err := d.Store.DecideTie(ctx, tx, r.ID, t, a.Same, actor); err != nil {
		return err
	}
	action := "tie.different"
	if a.Same {
		action = "tie.same"
	}
	if err := audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: action, RequestID: r.ID, Detail: audit.Detail{"tie": t.ID}}); err != nil {
		return err
	}
	if a.CodeByHand && !a.Same && (r.Kind == dsar.Access || r.Kind == dsar.Portability) && r.Assurance != "C" {
		if _, err := tx.Exec(ctx, `update insyn.request set assurance = 'C', version = version + 1 where id = $1`, r.ID); err != nil {
			return fmt.Errorf("raise the assurance of request %d: %w", r.ID, err)
		}
		if err := note(ctx, tx, r, actor, "request.assurance.C"); err != nil {
			return err
		}
		r.Assurance = "C"
	}
	if !a.Same {
		return nil
	}
	return d.Store.AddSubject(ctx, tx, r.ID, request.NewSubject{Source: t.Source, Key: t.Key, Name: a.Name}, actor)
}

// AskAboutTie asks the person something that tells whose the cards are; the clock stands still meanwhile. It tells whether a
// mail goes out: address is the one on file, used where the request has none yet and is answered by mail.
func (d *Desk) AskAboutTie(ctx context.Context, id, actor int64, reason, step, address string) (mailed bool, err error) {
	err = d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		if !r.AwaitsDecision() {
			return dsar.ErrConflict
		}
		p := r.Person()
		mailed = p.Address != ""
		if mailed || address == "" || r.AnswerBy == "paper" {
			return nil
		}
		mailed = true
		_, err := tx.Exec(ctx, `update insyn.request_subject set address = $2 where id = $1`, p.ID, d.Keys.SealText("request_subject.address", address))
		if err != nil {
			return fmt.Errorf("note the address of request %d: %w", id, err)
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	return mailed, d.Pause(ctx, id, actor, "identity", reason, step)
}

// afterTies lets the request go on when nothing is undecided. A pause for the question ends with it.
func (d *Desk) afterTies(ctx context.Context, tx pgx.Tx, set settings.Settings, r *request.Request, actor int64) error {
	list, err := d.TiesIn(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(t request.Tie) bool { return t.Decision == "" }) {
		_, err := tx.Exec(ctx, `update insyn.request set version = version + 1 where id = $1`, r.ID) // pages that watch it look again
		return err
	}
	if err := d.resume(ctx, tx, set, r, actor); err != nil {
		return err
	}
	return d.begin(ctx, tx, r.ID, actor)
}

// ReopenTie takes back that a card is another person's: the request stops for a new answer, and an approval falls.
func (d *Desk) ReopenTie(ctx context.Context, id, tie, actor int64) error {
	return d.locked(ctx, id, func(tx pgx.Tx, _ settings.Settings, r *request.Request) error {
		list, err := d.TiesIn(ctx, tx, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(t request.Tie) bool { return t.ID == tie })
		if i < 0 {
			return dsar.ErrNotFound
		}
		if list[i].Decision != "different" || r.Closed() || r.ErasedAt != nil || r.State == dsar.Working || r.RefusalGround != "" {
			return dsar.ErrConflict
		}
		if err := d.Store.ReopenTie(ctx, tx, list[i]); err != nil {
			return err
		}
		if _, err := Cancel(ctx, tx, id, Collect, Rehearsal, Erasure); err != nil {
			return err
		}
		if err := d.halt(ctx, tx, r); err != nil {
			return err
		}
		if err := dropApproval(ctx, tx, id); err != nil {
			return err
		}
		err = audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: "tie.reopened", RequestID: id, Detail: audit.Detail{"tie": tie}})
		if err != nil {
			return err
		}
		if err := kill(ctx, tx, id, "handler"); err != nil {
			return err
		}
		return request.Move(ctx, tx, request.Step{ID: id, To: dsar.Waiting, For: dsar.ForIdentity, Actor: actor})
	})
}

func dropApproval(ctx context.Context, tx pgx.Tx, id int64) error {
	_, err := tx.Exec(ctx, `update insyn.request set approved_by = null, approved_at = null, approved_plan = null where id = $1`, id)
	if err != nil {
		return fmt.Errorf("drop the approval of request %d: %w", id, err)
	}
	return nil
}
