package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"insyn/internal/audit"
	"insyn/internal/ledger"
	"insyn/internal/mention"
	"insyn/internal/records"
	"insyn/internal/settings"
)

// ReplayOptions say how a replay runs.
type ReplayOptions struct {
	Since  time.Time // erasures from then on; zero is all
	DryRun bool      // find and rehearse, change nothing
	// Decided are cards that somebody has looked at, by source and key: true is the erased person, false somebody else.
	Decided map[string]map[string]bool
	// Progress is told what is being done; nil is nobody.
	Progress func(what string, done, total int64)
}

// ReplayReport is what a replay did. It holds no names; keys of cards only where somebody has to look at them.
type ReplayReport struct {
	DryRun  bool           `json:"dry_run"`
	Sources []ReplaySource `json:"sources"`
	// Findings are the places where the search afterwards found identifiers, by source, outside of what a law keeps.
	Findings map[string][]records.Finding `json:"findings,omitempty"`
	Searched int                          `json:"searched_again_for"`
	TookMS   int64                        `json:"took_ms"`
}

// ReplaySource is one source's part.
type ReplaySource struct {
	Source       string        `json:"source"`
	Lost         int           `json:"lost"` // erasures that the source had forgotten
	Erased       int           `json:"erased"`
	Absent       int           `json:"absent"` // the person is not in this database
	Doubtful     int           `json:"doubtful"`
	Failed       int           `json:"failed"`
	Rows         int           `json:"rows"`
	Suppressions int           `json:"suppressions"`
	Entries      []ReplayEntry `json:"entries"`
}

// ReplayEntry is one erasure.
type ReplayEntry struct {
	Request int64           `json:"request"`
	At      time.Time       `json:"erased_at"`
	Result  string          `json:"result"` // erased, absent, doubtful, failed
	Cards   int             `json:"cards"`
	Rows    int             `json:"rows"`
	Code    string          `json:"code,omitempty"`
	Doubt   []records.Doubt `json:"look_at,omitempty"`
}

// The results of a replayed erasure.
const (
	ReplayErased   = "erased"
	ReplayAbsent   = "absent"
	ReplayDoubtful = "doubtful"
	ReplayFailed   = "failed"
)

// Done tells whether nothing is left for anybody to do.
func (r *ReplayReport) Done() bool {
	for _, s := range r.Sources {
		if s.Doubtful+s.Failed > 0 {
			return false
		}
	}
	return len(r.Findings) == 0
}

// ErrNoFile: there is no ledger file to replay from.
var ErrNoFile = errors.New("INSYN_LEDGER_FILE is not set: there is nothing to replay from")

// Replay erases again, in sources that were restored from a backup, whom the ledger file knows as erased, and puts the
// suppressions back. The approval of the first time holds; the plan is that of today's rehearsal. It may be killed
// anywhere and run again.
func Replay(ctx context.Context, c Config, o ReplayOptions) (*ReplayReport, error) {
	if c.Ledger == nil {
		return nil, ErrNoFile
	}
	set, err := settings.Load(ctx, c.Pool)
	if err != nil {
		return nil, err
	}
	journal, err := openJournal(c.Ledger.Path() + ".replay")
	if err != nil {
		return nil, err
	}
	defer journal.close()
	p := &replay{w: &Worker{Config: c}, o: o, set: set, journal: journal, hash: &records.Hasher{Keys: c.Keys}}
	began := time.Now()
	p.out.DryRun = o.DryRun
	for _, src := range c.Sources {
		if err := p.source(ctx, src); err != nil {
			return nil, fmt.Errorf("replay in %s: %w", src.Name, err)
		}
	}
	if !o.DryRun {
		if err := p.follow(ctx); err != nil {
			return nil, err
		}
		if err := p.rescan(ctx); err != nil {
			return nil, err
		}
	} else if len(journal.lines) == 0 {
		if err := journal.remove(); err != nil {
			return nil, err
		}
	}
	p.out.TookMS = time.Since(began).Milliseconds()
	return &p.out, nil
}

// replay is one run.
type replay struct {
	w       *Worker
	o       ReplayOptions
	set     settings.Settings
	journal *replayJournal
	hash    *records.Hasher
	out     ReplayReport
}

func (p *replay) progress(what string, done, total int64) {
	if p.o.Progress != nil {
		p.o.Progress(what, done, total)
	}
}

// lost are the entries that the source does not have, each as its last line says.
func (p *replay) lost(ctx context.Context, src *records.Source) (erasures, suppressions []ledger.Entry, err error) {
	ids, err := src.Lacks(ctx, p.w.Ledger.All(src.Name))
	if err != nil || len(ids) == 0 {
		return nil, nil, err
	}
	last := make(map[ledger.ID]ledger.Entry, len(ids))
	wanted := make(map[ledger.ID]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	err = p.w.Ledger.Read(func(e ledger.Entry) error {
		if id := e.ID(); wanted[id] {
			if was, ok := last[id]; !ok || e.Kind == ledger.Erasure && !e.At.Before(was.At) || ledger.Rank(e.Origin) > ledger.Rank(was.Origin) {
				last[id] = e
			}
		}
		return nil
	})
	for _, e := range last {
		switch {
		case e.Kind == ledger.Suppression:
			suppressions = append(suppressions, e)
		case !e.At.Before(p.o.Since):
			erasures = append(erasures, e)
		}
	}
	order := func(a, b ledger.Entry) int { return a.At.Compare(b.At) }
	slices.SortFunc(erasures, order)
	slices.SortFunc(suppressions, order)
	return erasures, suppressions, err
}

func (p *replay) source(ctx context.Context, src *records.Source) error {
	erasures, suppressions, err := p.lost(ctx, src)
	if err != nil {
		return err
	}
	out := ReplaySource{Source: src.Name, Lost: len(erasures), Suppressions: len(suppressions)}
	if len(suppressions) > 0 && !p.o.DryRun { // first, since nobody has to look at them
		if out.Suppressions, err = src.RestoreSuppressions(ctx, suppressions); err != nil {
			return err
		}
	}
	if len(erasures) > 0 {
		matches, err := src.Find(ctx, records.Search{
			Hash: p.hash, Lost: erasures, Decided: p.o.Decided[src.Name],
			Progress: func(cards int) { p.progress("search "+src.Name, int64(cards), 0) },
		})
		if err != nil {
			return err
		}
		for i, m := range matches {
			e, err := p.again(ctx, src, m)
			if err != nil {
				return err
			}
			out.book(e)
			p.progress("erase in "+src.Name, int64(i+1), int64(len(matches)))
		}
	}
	p.out.Sources = append(p.out.Sources, out)
	if p.o.DryRun || out.Lost+out.Suppressions == 0 {
		return nil
	}
	return audit.Write(ctx, p.w.Pool, audit.Entry{Action: "replay.done", Detail: audit.Detail{
		"lost": int64(out.Lost), "erased": int64(out.Erased), "absent": int64(out.Absent), "doubtful": int64(out.Doubtful),
		"failed": int64(out.Failed), "rows": int64(out.Rows), "suppressions": int64(out.Suppressions),
	}})
}

func (s *ReplaySource) book(e ReplayEntry) {
	s.Entries = append(s.Entries, e)
	s.Rows += e.Rows
	switch e.Result {
	case ReplayErased:
		s.Erased++
	case ReplayAbsent:
		s.Absent++
	case ReplayDoubtful:
		s.Doubtful++
	case ReplayFailed:
		s.Failed++
	}
}

// again does one erasure. What the run itself refuses, such as a plan that does not fit, fails this one alone.
func (p *replay) again(ctx context.Context, src *records.Source, m records.Match) (ReplayEntry, error) {
	out := ReplayEntry{Request: m.Entry.Request, At: m.Entry.At, Cards: len(m.Keys), Doubt: m.Doubt}
	switch {
	case len(m.Keys) == 0 && len(m.Doubt) > 0:
		out.Result = ReplayDoubtful
		return out, nil
	case len(m.Keys) == 0:
		out.Result = ReplayAbsent
		if p.o.DryRun {
			return out, nil
		}
		if err := p.begin(m, nil); err != nil {
			return out, err
		}
		return out, src.Settle(ctx, m.Entry)
	}
	if held, err := p.w.store.Held(ctx, p.w.Pool, m.Entry.KeyHMACs...); err != nil {
		return out, err
	} else if held {
		out.Result, out.Code = ReplayFailed, codeHold
		return out, nil
	}
	rows, err := p.erase(ctx, src, m)
	out.Result, out.Rows = ReplayErased, rows
	if err != nil {
		if ctx.Err() != nil {
			return out, err
		}
		out.Result, out.Code = ReplayFailed, replayCode(err)
	}
	return out, nil
}

func (p *replay) erase(ctx context.Context, src *records.Source, m records.Match) (rows int, err error) {
	e, err := src.Again(ctx, m, p.hash)
	if err != nil {
		return 0, err
	}
	e.RowCap = p.set.RowCap
	if e.Decisions, err = p.w.store.Decisions(ctx, p.w.Pool, e.RequestID); err != nil {
		return 0, err
	}
	rehearsal, err := src.Rehearse(ctx, e)
	if err != nil || p.o.DryRun {
		if rehearsal != nil {
			rows = rehearsal.Total
		}
		return rows, err
	}
	ids, err := src.Identifiers(ctx, m.Keys)
	if err != nil {
		return 0, err
	}
	if err := p.begin(m, &ids); err != nil {
		return 0, err
	}
	e.Approved = rehearsal.Approval()
	outcome, err := src.Erase(ctx, e)
	if err != nil {
		return 0, err
	}
	for _, n := range outcome.Counts {
		rows += n
	}
	// A backup from between the restore and now holds the person again, so the file gets a new line with today's date.
	return rows, p.w.file(ctx, src, e.RequestID, e.Subject, nil)
}

// begin records, before anything is destroyed, who is about to be.
func (p *replay) begin(m records.Match, ids *mention.Person) error {
	l := replayLine{Source: m.Entry.Source, Request: m.Entry.Request, Subject: m.Entry.Subject, KeyHMACs: m.Entry.KeyHMACs}
	if ids != nil {
		sealed, err := p.w.Keys.SealJSON("request_subject.identifiers", known{Person: *ids})
		if err != nil {
			return err
		}
		l.Identifiers = sealed
	}
	return p.journal.add(l)
}

func replayCode(err error) string {
	fault := erasureFault(err)
	for code, known := range map[string]error{
		"plan_changed": records.ErrPlanChanged, "counts_grew": records.ErrCountsGrew, "refused_by_rule": records.ErrRefused, "newer_attempt": records.ErrFenced,
	} {
		if errors.Is(err, known) {
			return code
		}
	}
	return fault.Error() // package records keeps values out of its errors
}
