package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/ledger"
	"insyn/internal/records"
	"insyn/internal/settings"
)

// ledgerMargin is how long the ledger's keyed hashes outlive the oldest backup.
const ledgerMargin = 30

// ledgerDays is how long they are kept; the confirmation of an erasure tells the person until when.
func ledgerDays(set settings.Settings) int { return set.BackupDays + ledgerMargin }

// ErrRestored: a source was restored from a backup and has forgotten erasures or suppressions that the file knows.
var ErrRestored = errors.New("its ledger is behind the file, so it was restored from a backup: run `insyn replay`, then start the workers again")

// seqWindow is how far back new rows of a source may hide: a transaction takes its number before it commits.
const seqWindow = 1000

// Behind is what a source has forgotten of what the file knows.
func Behind(ctx context.Context, src *records.Source, known []ledger.Known) (erasures, suppressions int, err error) {
	lost, err := src.Lacks(ctx, known)
	for _, id := range lost {
		if id.Kind == ledger.Erasure {
			erasures++
		} else {
			suppressions++
		}
	}
	return erasures, suppressions, err
}

func restored(src *records.Source, erasures, suppressions int) error {
	return fmt.Errorf("source %s lacks %d erasures and %d suppressions: %w", src.Name, erasures, suppressions, ErrRestored)
}

// Mend says what to do about a ledger file that is damaged.
func Mend(err error, path string) error {
	return fmt.Errorf("%w: put back a whole copy of %s, or go on with what holds: insyn replay --accept-damage", err, path)
}

// levelLedgers compares the file with every source: one that is behind it stops the worker, what the file lacks is
// appended. full looks at everything, else at the newest. A file that cannot be written is no reason to stop: nothing is
// promised meanwhile, and confirmations wait.
func (w *Worker) levelLedgers(ctx context.Context, full bool) error {
	f := w.Ledger
	if f == nil {
		return nil
	}
	err := f.Test()
	w.filed.Store(err == nil)
	if errors.Is(err, ledger.ErrDamaged) || errors.Is(err, ledger.ErrKey) {
		return Mend(err, f.Path())
	}
	if err != nil {
		w.Log.Error("ledger file", "error", "cannot be written")
		if err := f.Refresh(); err != nil {
			return nil //nolint:nilerr // it is away altogether
		}
	}
	for _, src := range w.Sources {
		if err := w.levelLedger(ctx, src, full); err != nil {
			return err
		}
	}
	return nil
}

func (w *Worker) levelLedger(ctx context.Context, src *records.Source, full bool) error {
	f := w.Ledger
	known, from := f.Recent(src.Name), int64(seqWindow)
	if full {
		known, from = f.All(src.Name), 1<<62
	}
	erasures, suppressions, err := Behind(ctx, src, known)
	if err != nil {
		return err
	}
	if erasures+suppressions > 0 {
		return restored(src, erasures, suppressions)
	}
	if !w.filed.Load() {
		return nil
	}
	if full || f.Cut() {
		if err := w.lookAtMark(ctx, src); err != nil {
			return err
		}
	}
	since := func(kind string) int64 { return max(0, f.LastSeq(kind, src.Name)-from) }
	err = src.Entries(ctx, since(ledger.Erasure), since(ledger.Suppression), func(e []ledger.Entry) error { return f.Append(e...) })
	if err != nil {
		return err
	}
	if tail, ok := f.Tail(); ok {
		return src.SetFileMark(ctx, tail)
	}
	return nil
}

// lookAtMark notices a file that lost its tail, or was replaced by an older copy or by none. What it lost is appended
// from the source right after.
func (w *Worker) lookAtMark(ctx context.Context, src *records.Source) error {
	tail, ok := w.Ledger.Tail()
	if !ok {
		return nil
	}
	mark, known, others, err := src.FileMark(ctx, tail.File)
	if err != nil {
		return err
	}
	action := ""
	switch {
	case known:
		reaches, err := w.Ledger.Reaches(mark)
		if err != nil {
			return err
		}
		if !reaches {
			action = "ledger.file_cut"
		}
	case others:
		action = "ledger.file_new"
	}
	if action == "" {
		return nil
	}
	w.Log.Error("ledger file", "source", src.Name, "code", action)
	return audit.Write(ctx, w.Pool, audit.Entry{Action: action, Detail: audit.Detail{"lines_before": mark.Lines, "lines_now": tail.Lines}})
}

// notRestored is asked before each erasure: a restore under a running worker ends its work on every source.
func (w *Worker) notRestored(ctx context.Context, src *records.Source) error {
	if w.Ledger == nil {
		return nil
	}
	if err := w.Ledger.Refresh(); err != nil {
		return dsar.WaitFor("ledger_file")
	}
	erasures, suppressions, err := Behind(ctx, src, w.Ledger.Recent(src.Name))
	if err != nil {
		return err
	}
	if erasures+suppressions == 0 {
		return nil
	}
	select {
	case w.stopped <- restored(src, erasures, suppressions):
	default: // somebody has said so already
	}
	return dsar.WaitFor("source_restored")
}

// file appends what a source has just committed. What fails here is made good each minute; until then the confirmation
// is not released.
func (w *Worker) file(ctx context.Context, src *records.Source, requestID int64, subject []byte, list []records.Suppression) error {
	if w.Ledger == nil {
		return nil
	}
	var entries []ledger.Entry
	if requestID != 0 {
		e, found, err := src.Entry(ctx, requestID, subject)
		if err != nil {
			return err
		}
		if found {
			entries = append(entries, e)
		}
	}
	if len(list) > 0 {
		more, err := src.SuppressionEntries(ctx, list)
		if err != nil {
			return err
		}
		entries = append(entries, more...)
	}
	err := w.Ledger.Append(entries...)
	w.filed.Store(err == nil)
	if err != nil {
		w.Log.Error("ledger file", "error", "cannot be written")
	}
	return err
}

// filedAll waits until the erasures of a request stand in the file.
func (w *Worker) filedAll(ctx context.Context, requestID int64) error {
	if w.Ledger == nil {
		return nil
	}
	rows, err := w.Pool.Query(ctx, `select source, key_hmac from insyn.request_subject where request_id = $1`, requestID)
	if err != nil {
		return fmt.Errorf("read the subjects of request %d: %w", requestID, err)
	}
	subjects := map[string][][]byte{}
	for rows.Next() {
		var source string
		var hash []byte
		if err := rows.Scan(&source, &hash); err != nil {
			rows.Close()
			return fmt.Errorf("read the subjects of request %d: %w", requestID, err)
		}
		subjects[source] = append(subjects[source], hash)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the subjects of request %d: %w", requestID, err)
	}
	for _, src := range w.Sources {
		for _, hash := range subjects[src.Name] {
			if err := w.file(ctx, src, requestID, hash, nil); err != nil {
				return dsar.WaitFor("ledger_file")
			}
		}
	}
	return nil
}

// replayActive tells whether a confirmation may promise that the person is erased again after a restore.
func (w *Worker) replayActive() bool { return w.Ledger != nil && w.filed.Load() }

// watchLedgers levels the file and the sources each minute and lets hashes expire each hour, until one of the sources turns
// out to be restored. A worker does it, because the scheduler has no way into a source.
func (w *Worker) watchLedgers(ctx context.Context) {
	for minute := 0; ; minute++ {
		hourly := minute%60 == 0
		if minute > 0 {
			err := w.levelLedgers(ctx, hourly)
			switch {
			case err != nil && stops(err):
				select {
				case w.stopped <- err:
				default:
				}
			case err != nil && ctx.Err() == nil:
				w.Log.Warn("ledger", "error", "database away")
			}
		}
		if hourly {
			if err := w.expireHashes(ctx); err != nil && ctx.Err() == nil {
				w.Log.Warn("ledger", "error", "database away")
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Minute):
		}
	}
}

func stops(err error) bool {
	return errors.Is(err, ErrRestored) || errors.Is(err, ledger.ErrDamaged) || errors.Is(err, ledger.ErrKey)
}

// expireHashes lets the hashes die whose last backup has died: in the sources, then in the file.
func (w *Worker) expireHashes(ctx context.Context) error {
	set, err := settings.Load(ctx, w.Pool)
	if err != nil || set.BackupDays == 0 { // how long backups live is not answered yet
		return err
	}
	for _, src := range w.Sources {
		n, err := src.ForgetHashes(ctx, ledgerDays(set))
		if err != nil {
			return err
		}
		if n > 0 {
			if err := audit.Write(ctx, w.Pool, audit.Entry{Action: "ledger.hashes_forgotten", Detail: audit.Detail{"rows": n}}); err != nil {
				return err
			}
		}
	}
	if w.Ledger == nil || !w.filed.Load() {
		return nil
	}
	var cutoff time.Time
	// A day later than the sources, whose clocks may differ: else their rows would come back into the file.
	err = w.Pool.QueryRow(ctx, `select now() - make_interval(days => $1)`, ledgerDays(set)+1).Scan(&cutoff)
	if err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	n, err := w.Ledger.Compact(cutoff)
	if err != nil {
		w.filed.Store(false)
		w.Log.Error("ledger file", "error", "cannot be rewritten")
		return nil
	}
	if n > 0 {
		return audit.Write(ctx, w.Pool, audit.Entry{Action: "ledger.file_compacted", Detail: audit.Detail{"lines": int64(n)}})
	}
	return nil
}
