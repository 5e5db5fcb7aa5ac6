package worker

import (
	"context"
	"time"

	"insyn/internal/audit"
	"insyn/internal/settings"
)

// ledgerMargin is how long the ledger's keyed hashes outlive the oldest backup.
const ledgerMargin = 30

// ledgerDays is how long they are kept; the confirmation of an erasure tells the person until when.
func ledgerDays(set settings.Settings) int { return set.BackupDays + ledgerMargin }

// watchLedgers lets the hashes in the sources' ledgers expire, each hour. A worker does it, because the scheduler has no
// way into a source.
func (w *Worker) watchLedgers(ctx context.Context) {
	for {
		if err := w.expireHashes(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn("ledger", "error", "database away")
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Hour):
		}
	}
}

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
	return nil
}
