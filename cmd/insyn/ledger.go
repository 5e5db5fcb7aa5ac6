package main

import (
	"context"
	"errors"

	"insyn/internal/ledger"
	"insyn/internal/seal"
	"insyn/worker"
)

// ledger opens the ledger file; nil where none is named. A damaged file is refused: the error says what to do.
func (p *parts) ledger(keys *seal.Keys) (*ledger.File, error) {
	f, err := p.ledgerAsItIs(keys)
	if errors.Is(err, ledger.ErrDamaged) {
		_ = f.Close()
		return nil, worker.Mend(err, p.cfg.LedgerFile)
	}
	return f, err
}

// ledgerAsItIs also gives a damaged one, with ledger.ErrDamaged.
func (p *parts) ledgerAsItIs(keys *seal.Keys) (*ledger.File, error) {
	if p.cfg.LedgerFile == "" {
		return nil, nil
	}
	f, err := ledger.Open(p.cfg.LedgerFile, keys.HMAC("ledger file"))
	if err != nil && !errors.Is(err, ledger.ErrDamaged) {
		return nil, err
	}
	p.later(func() { _ = f.Close() })
	return f, err
}

// checkLedger: without the file a restored source cannot be repaired; behind it no worker starts.
func (p *parts) checkLedger(ctx context.Context) []finding {
	if p.cfg.LedgerFile == "" {
		return []finding{warn("ledger: INSYN_LEDGER_FILE is not set: after a restore nobody is erased again, and confirmations do not promise it")}
	}
	keys, err := p.keys()
	if err != nil {
		return []finding{fail("ledger: %v", err)}
	}
	file, err := p.ledger(keys)
	if err != nil {
		return []finding{fail("ledger: %v", err)}
	}
	sources, err := p.sources(ctx)
	if err != nil {
		return nil // the map's own check has said so
	}
	var out []finding
	for _, src := range sources {
		erasures, suppressions, err := worker.Behind(ctx, src, file.All(src.Name))
		switch {
		case err != nil:
			out = append(out, fail("ledger: source %s: %v (was it migrated with `insyn migrate --source`?)", src.Name, errText(err)))
		case erasures+suppressions > 0:
			out = append(out, fail("ledger: source %s lacks %d erasures and %d suppressions that the file knows, so it was restored from a backup: run `insyn replay`",
				src.Name, erasures, suppressions))
		}
	}
	if len(out) == 0 {
		out = append(out, ok("ledger: the file is whole, and no source is behind it"))
	}
	return out
}
