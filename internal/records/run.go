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
	touched  map[string]map[string]bool // table -> keys of rows that were handled as the person's
	counts   map[string]int             // "table action"
	total    int
	order    []TableCount
	shared   []Shared
	kept     []Kept
	fenced   []fencedRow
	warnings []Warning
	mentions []MentionHit
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
		if err := r.all(ctx); err != nil {
			return err
		}
		out = r.rehearsal()
		return errRehearsed
	})
	if !errors.Is(err, errRehearsed) {
		return nil, fmt.Errorf("rehearse an erasure in %s: %w", s.Name, safe(err))
	}
	out.Took = time.Since(started)
	return out, nil
}

// Erase anonymises the person in one transaction, whose commit point is the row in the ledger. Where that row is there
// already, nothing is changed and the outcome is that of the first run.
func (s *Source) Erase(ctx context.Context, e Erasure) (*Outcome, error) {
	if e.Approved == nil || len(e.Approved.Hash) == 0 {
		return nil, fmt.Errorf("erase in %s: %w", s.Name, ErrNotApproved)
	}
	var out *Outcome
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := passFence(ctx, tx, e); err != nil {
			return err
		}
		done, found, err := readLedger(ctx, tx, e.RequestID, e.Subject)
		if err != nil {
			return err
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
		if err := r.all(ctx); err != nil {
			return err
		}
		if e.Approved.grew(r.tables()) {
			return ErrCountsGrew
		}
		out, err = r.commitPoint(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("erase in %s: %w", s.Name, safe(err))
	}
	return out, nil
}

// begin checks the map against the live schema again, locks the person, and reads what they are called.
func (s *Source) begin(ctx context.Context, tx pgx.Tx, e Erasure) (*run, error) {
	// A run that waits for a lock of the CRM holds others up: it gives in and comes back.
	if _, err := tx.Exec(ctx, `set local lock_timeout = '5s'; set local timezone = 'UTC'`); err != nil {
		return nil, err
	}
	plan, problems, err := datamap.Check(ctx, tx, s.m, s.Name)
	if err != nil {
		return nil, err
	}
	if stop := problems.Of(datamap.Stops, datamap.StopsErase); len(stop) > 0 {
		return nil, stop
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
	r := &run{s: s, tx: tx, e: e, plan: plan, keys: keys, crew: s.crew(tx), touched: map[string]map[string]bool{}, counts: map[string]int{}}
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
	if r.words, err = s.wordsOf(ctx, tx, keys); err != nil {
		return nil, err
	}
	return r, nil
}

// all runs the plan: the person's rows are read while the ties to them are there, then changed, then deleted from the
// last table of the map to the first, then other people's rows are searched. Logs come last, since triggers fill them
// meanwhile.
func (r *run) all(ctx context.Context) error {
	var work []*tableWork
	steps := 0
	for _, t := range r.plan.Tables {
		if t.LogOf == "" {
			steps += 2
		} else {
			steps++
		}
	}
	done := 0
	step := func() {
		done++
		if r.e.Progress != nil {
			r.e.Progress(done, steps)
		}
	}
	for _, t := range r.plan.Tables {
		if t.LogOf != "" {
			continue
		}
		w, err := r.gather(ctx, t)
		if err != nil {
			return err
		}
		work = append(work, w)
	}
	for _, w := range work {
		if err := r.change(ctx, w); err != nil {
			return err
		}
		step()
	}
	for i := len(work) - 1; i >= 0; i-- {
		if err := r.remove(ctx, work[i]); err != nil {
			return err
		}
	}
	for _, w := range work {
		if err := r.searchOthers(ctx, w.t); err != nil {
			return err
		}
		step()
	}
	for _, t := range r.plan.Tables {
		if t.LogOf == "" {
			continue
		}
		w, err := r.gather(ctx, t)
		if err != nil {
			return err
		}
		if err := r.change(ctx, w); err != nil {
			return err
		}
		if err := r.remove(ctx, w); err != nil {
			return err
		}
		if err := r.searchOthers(ctx, t); err != nil {
			return err
		}
		step()
	}
	return nil
}

// count books rows of a table under an action and holds the cap.
func (r *run) count(t *datamap.PlannedTable, action string, rows int) error {
	if rows == 0 {
		return nil
	}
	what := t.Name + " " + action
	if r.counts[what] == 0 {
		r.order = append(r.order, TableCount{Table: t.Name, Label: t.Label, Action: action})
	}
	r.counts[what] += rows
	r.total += rows
	if r.total > r.e.RowCap {
		return ErrRowCap
	}
	return nil
}

// tables are the rows by table, whatever was done to them.
func (r *run) tables() map[string]int {
	out := map[string]int{}
	for _, c := range r.order {
		out[c.Table] += r.counts[c.Table+" "+c.Action]
	}
	return out
}

func (r *run) touch(table, key string) {
	if r.touched[table] == nil {
		r.touched[table] = map[string]bool{}
	}
	r.touched[table][key] = true
}

func (r *run) rehearsal() *Rehearsal {
	out := &Rehearsal{
		PlanHash: r.plan.Hash(), Kept: r.kept, Shared: r.shared, Warnings: r.warnings, Triggers: r.plan.Triggers,
		Mentions: r.mentions, Total: r.total,
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

func (r *run) note(t *datamap.PlannedTable, column, key, text string, s mention.Span, replaced bool) {
	if len(r.mentions) >= mentionLimit {
		return
	}
	r.mentions = append(r.mentions, MentionHit{
		Table: t.Name, Column: column, Key: key, Before: tail(text[:s.Start], 40),
		Match: text[s.Start:s.End], After: head(text[s.End:], 40), Confidence: s.Confidence, Replaced: replaced,
	})
}

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
