package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"

	"insyn/internal/metrics"
	"insyn/internal/seal"
	"insyn/internal/share"
)

func shareCommand() command {
	return processCommand(process{procShare, startShare}, "serve the page for customers",
		`insyn share

Serves the page that a mailed link opens, on INSYN_SHARE_ADDR. It has a login of its own with no right to any source, no
Redis and no key that opens anything; of the environment it reads only its database address, INSYN_SHARE_COOKIE_KEY, its
address and its URL. Give it a host name of its own and a proxy with TLS that does not log paths below /s/.`)
}

func startShare(ctx context.Context, cfg Config, log *slog.Logger, dropped *atomic.Int64, ready func()) error {
	p, err := open(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer p.close()
	cookie, err := seal.ParseKey(cfg.CookieKey.reveal())
	if err != nil {
		return fmt.Errorf("INSYN_SHARE_COOKIE_KEY: %w", err)
	}
	texts, err := p.texts()
	if err != nil {
		return err
	}
	site, err := share.Handler(share.Config{
		Pool: p.pool, CookieKey: cookie, BaseURL: strings.TrimSuffix(cfg.ShareURL, "/"), Texts: texts, Log: log,
	})
	if err != nil {
		return err
	}
	t := newTogether(ctx)
	t.listen(p, share.Server(site), cfg.ShareAddr)
	t.watch(p, metrics.NewRegistry(), dropped)
	return t.run(ready)
}
