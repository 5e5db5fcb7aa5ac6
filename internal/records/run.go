package records

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/dsar"
	"insyn/internal/mention"
	"insyn/internal/postgres"
)

// run is one erasure inside its transaction. Rehearsal and erasure differ only in how it ends.
type run struct {
	s    *Source
	tx   pgx.Tx
	e    Erasure
	plan *datamap.Plan
	keys []string

	words    *words
	crew     *crew
	size     int            // rows found so far
	done     int            // of them
	counts   map[string]int // "table action"
	total    int
	order    []TableCount
	shared   []Shared
	kept     []Kept
	fenced   []fencedRow
	fences   []string // columns of the person's own row that a kept record needs
	warnings []Warning
	refusals []Warning
	mentions []MentionHit
	silent   bool // mentions are not noted

	reads      bool            // nothing is changed, or locked
	places     map[string]bool // by hash: those that were come by
	review     []Place
	morePlaces int
	undecided  int
	common     []Common

	logged      []logged
	waiting     pgx.Batch // changes that have not been sent
	waitingRows int
	at          time.Time // of the ledger's row
	resumed     bool      // the ledger row is there, opened by an earlier stage
}

var errRehearsed = errors.New("rehearsed")

// Rehearse does the erasure and rolls it back.
func (s *Source) Rehearse(ctx context.Context, e Erasure) (*Rehearsal, error) {
	started := time.Now()
	var out *Rehearsal
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		r, err := s.begin(ctx, tx, e)
		if err != nil {
			return err
		}
		if err := r.all(ctx); err != nil && !errors.Is(err, ErrRefused) {
			return err
		}
		out = r.rehearsal()
		return errRehearsed
	})
	if errors.Is(err, errLarge) {
		if out, err = s.rehearseStages(ctx, e); err == nil {
			err = errRehearsed
		}
	}
	if !errors.Is(err, errRehearsed) {
		return nil, fmt.Errorf("rehearse an erasure in %s: %w", s.Name, safe(err))
	}
	out.Took = time.Since(started)
	return out, nil
}

// Erase anonymises the person in one transaction, whose commit point is the row in the ledger; above the row cap in
// stages, of which that row opens with the first and closes with the last. Where it is there already, nothing is changed
// and the outcome is that of the first run.
func (s *Source) Erase(ctx context.Context, e Erasure) (*Outcome, error) {
	if e.Approved == nil || len(e.Approved.Hash) == 0 {
		return nil, fmt.Errorf("erase in %s: %w", s.Name, ErrNotApproved)
	}
	out, err := s.eraseAtOnce(ctx, e)
	if errors.Is(err, errLarge) {
		out, err = s.eraseInStages(ctx, e)
	}
	if err != nil {
		return nil, fmt.Errorf("erase in %s: %w", s.Name, safe(err))
	}
	return out, nil
}

func (s *Source) eraseAtOnce(ctx context.Context, e Erasure) (*Outcome, error) {
	var out *Outcome
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := passFence(ctx, tx, e); err != nil {
			return err
		}
		done, found, err := readLedger(ctx, tx, e.RequestID, e.Subject)
		if err != nil {
			return err
		}
		if found && done.Running {
			return errLarge
		}
		if found {
			out = done
			return nil
		}
		r, err := s.begin(ctx, tx, e)
		if err != nil {
			return err
		}
		if !bytes.Equal(r.plan.Hash(), e.Approved.Hash) {
			return ErrPlanChanged
		}
		r.silent = true // the approver has seen the places
		if err := r.all(ctx); err != nil {
			return err
		}
		if e.Approved.grew(r.byTable()) || r.undecided > e.Approved.Undecided+max(10, e.Approved.Undecided/10) {
			return ErrCountsGrew
		}
		out, err = r.commitPoint(ctx)
		return err
	})
	return out, err
}

// begin checks the map against the live schema again, locks the person, and reads what they are called.
func (s *Source) begin(ctx context.Context, tx pgx.Tx, e Erasure) (*run, error) {
	plan, err := s.current(ctx, tx)
	if err != nil {
		return nil, err
	}
	if e.Lang == "" {
		e.Lang = "sv"
	}
	if e.RowCap == 0 {
		e.RowCap = DefaultRowCap
	}
	for _, k := range e.Keys {
		if !s.validKey(k) {
			return nil, dsar.ErrNotFound
		}
	}
	// From here on everything is read by the schema as it is now.
	s = &Source{Name: s.Name, pool: s.pool, m: s.m, plan: plan}
	keys, err := s.withMerged(ctx, tx, e.Keys)
	if err != nil {
		return nil, err
	}
	r := &run{s: s, tx: tx, e: e, plan: plan, keys: keys, crew: s.crew(tx), counts: map[string]int{}, places: map[string]bool{}}
	subject := plan.Subject()
	// Two erasures of one person stand in line here.
	locked, err := collect[string](ctx, tx, fmt.Sprintf(`select %s from %s as x where %s order by %s for update`, keyText("x", subject.Key),
		tableSQL(subject), keyIn("x", subject.Key, typesOf(subject, subject.Key), "$1"), list("x", subject.Key)), keys)
	if err != nil {
		return nil, fmt.Errorf("lock the person: %w", err)
	}
	if len(locked) < len(keys) {
		return nil, dsar.ErrNotFound
	}
	if r.words, err = s.wordsOf(ctx, tx, keys, e.Also...); err != nil {
		return nil, err
	}
	return r, nil
}

// all runs the plan: the person's rows are found while the ties to them are there, other people's rows are searched, then
// the rows are changed, and deleted from the last table of the map to the first. Logs come last, since triggers fill them
// meanwhile.
func (r *run) all(ctx context.Context) error {
	if err := r.weigh(ctx); err != nil {
		return err
	}
	if len(r.refusals) > 0 {
		return ErrRefused
	}
	var plain, logs []*datamap.PlannedTable
	for _, t := range r.plan.Tables {
		if t.LogOf == "" {
			plain = append(plain, t)
		} else {
			logs = append(logs, t)
		}
		if t.Keep != nil {
			if err := r.keep(ctx, t); err != nil {
				return err
			}
		}
	}
	if err := r.rememberLogged(ctx); err != nil {
		return err
	}
	if err := r.tables(ctx, plain); err != nil {
		return err
	}
	for _, t := range logs {
		if err := r.tables(ctx, []*datamap.PlannedTable{t}); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) tables(ctx context.Context, tables []*datamap.PlannedTable) error {
	work, err := r.gather(ctx, tables)
	if err != nil {
		return err
	}
	for _, w := range work {
		r.share(w)
	}
	if err := r.searchAll(ctx, tables); err != nil {
		return err
	}
	for _, w := range work {
		if err := r.change(ctx, w); err != nil {
			return err
		}
	}
	for i := len(work) - 1; i >= 0; i-- {
		if err := r.remove(ctx, work[i]); err != nil {
			return err
		}
	}
	return r.flush(ctx)
}

// step tells how many more of the rows are done.
func (r *run) step(rows int) {
	r.done += rows
	if r.e.Progress != nil {
		r.e.Progress(r.done, max(r.size, r.done))
	}
}

// count books rows of a table under an action.
func (r *run) count(t *datamap.PlannedTable, action string, rows int) {
	if rows == 0 {
		return
	}
	what := t.Name + " " + action
	if r.counts[what] == 0 {
		r.order = append(r.order, TableCount{Table: t.Name, Label: t.Label, Action: action})
	}
	r.counts[what] += rows
	r.total += rows
}

// tables are the rows by table, whatever was done to them.
func (r *run) byTable() map[string]int {
	out := map[string]int{}
	for _, c := range r.order {
		out[c.Table] += r.counts[c.Table+" "+c.Action]
	}
	return out
}

func (r *run) rehearsal() *Rehearsal {
	out := &Rehearsal{
		PlanHash: r.plan.Hash(), Kept: r.kept, Shared: r.shared, Warnings: r.warnings, Triggers: r.plan.Triggers,
		Refusals: r.refusals, Mentions: r.mentions, Total: r.total,
		Review: r.review, MorePlaces: r.morePlaces, Common: r.common, Undecided: r.undecided,
	}
	for _, t := range r.order {
		t.Rows = r.counts[t.Table+" "+t.Action]
		out.Tables = append(out.Tables, t)
	}
	for _, w := range r.warnings {
		switch w.Kind {
		case "open_deals":
			out.OpenDeals += w.Rows
		case "unpaid_invoices":
			out.UnpaidInvoices += w.Rows
		}
	}
	return out
}

// mentionLimit bounds the places that a rehearsal shows; what is replaced is not bounded.
const mentionLimit = 1000

func (r *run) note(in cell, text string, s mention.Span) {
	if !r.silent && len(r.mentions) < mentionLimit {
		r.mentions = append(r.mentions, hitOf(in, text, s))
	}
}

func hitOf(in cell, text string, s mention.Span) MentionHit {
	return MentionHit{
		Table: in.t.Name, Column: in.c.Name, Key: in.key, Before: tail(text[:s.Start], around), Match: text[s.Start:s.End],
		After: head(text[s.End:], around), Confidence: s.Confidence,
	}
}

// around is how many characters before and after a mention are shown.
const around = 90

func head(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func tail(s string, n int) string {
	runes := []rune(s)
	if len(runes) > n {
		runes = runes[len(runes)-n:]
	}
	return string(runes)
}
