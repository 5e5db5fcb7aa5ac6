package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync/atomic"

	"github.com/hibiken/asynqmon"

	"insyn/adminweb"
	"insyn/internal/metrics"
	"insyn/jobs"
)

func webCommand() command {
	return processCommand(process{procWeb, startWeb}, "serve the pages for the company",
		`insyn web

Serves the pages for DPO, handlers, administrators and ops on INSYN_WEB_ADDR. It reads the sources and writes only
Insyn's own tables; what changes a source is done by a worker. Put a proxy with TLS in front of it.`)
}

func startWeb(ctx context.Context, cfg Config, log *slog.Logger, dropped *atomic.Int64, ready func()) error {
	p, err := open(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer p.close()
	desk, err := p.desk()
	if err != nil {
		return err
	}
	sources, err := p.sources(ctx)
	if err != nil {
		return err
	}
	desk.Sources = sources
	register, err := p.register(ctx)
	if err != nil {
		return err
	}
	texts, err := p.texts()
	if err != nil {
		return err
	}
	redis, err := p.redis(ctx)
	if err != nil {
		return err
	}
	queues := asynqmon.New(asynqmon.Options{
		RootPath: "/queues", RedisConnOpt: redis.option, ReadOnly: true,
		PayloadFormatter: asynqmon.PayloadFormatterFunc(idsOnly),
	})
	p.later(func() { _ = queues.Close() })
	proxies, err := networks(cfg.Proxies)
	if err != nil {
		return err
	}
	site, err := adminweb.New(adminweb.Config{
		Pool: p.pool, Desk: desk, Store: desk.Store, Sources: sources, Register: register, Texts: texts, Queues: queues, ClientIP: visitor(proxies),
		BaseURL: strings.TrimSuffix(cfg.WebURL, "/"), ShareURL: strings.TrimSuffix(cfg.ShareURL, "/"), Log: log,
	})
	if err != nil {
		return err
	}
	t := newTogether(ctx)
	t.listen(p, newServer(site), cfg.WebAddr)
	r := metrics.NewRegistry()
	r.MustRegister(metrics.NewDatabase(p.pool))
	t.watch(p, r, dropped, redis.check())
	return t.run(ready)
}

// idsOnly shows a payload as the two ids that it must be, and nothing of one that is not.
func idsOnly(_ string, payload []byte) string {
	var ref jobs.Ref
	if json.Unmarshal(payload, &ref) != nil {
		return "not a payload of Insyn"
	}
	b, err := json.Marshal(ref)
	if err != nil {
		return ""
	}
	return string(b)
}
