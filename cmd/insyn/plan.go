package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/records"
	"insyn/internal/settings"
)

func planCommand() command {
	return command{
		name:    "plan",
		summary: "print what an erasure of a person would do",
		usage: `insyn plan erasure --person SOURCE:KEY [--map FILE] [--json] [--analyze]

Prints, table by table in the order of the run: how the table leads to the person, how many rows that is now (theirs alone,
shared, kept by law and until when), what happens to each column, which index finds them, or the line that creates a missing
one, and the triggers that will fire. It changes nothing and prints no personal data besides the key. Mentions in other
people's rows are not counted here: the rehearsal of a request reads them.
  --map FILE   the data map; INSYN_MAP unless given
  --analyze    run each predicate, and tell how long it took
  --json       one JSON document
It works with the rights of the worker (INSYN_WORKER_CRM_DSN before INSYN_CRM_DSN). Exit code 1 when the erasure would be
refused as things stand.`,
		run: runPlan,
	}
}

func runPlan(ctx context.Context, a *app, args []string) error {
	if len(args) == 0 || args[0] != "erasure" {
		return wrongCall("say what to plan: erasure")
	}
	fs := flags("plan erasure")
	person := fs.String("person", "", "")
	file := fs.String("map", "", "")
	asJSON := fs.Bool("json", false, "")
	analyze := fs.Bool("analyze", false, "")
	rest, err := parse(fs, args[1:])
	if err != nil {
		return err
	}
	source, key, ok := strings.Cut(*person, ":")
	switch {
	case len(rest) > 0:
		return wrongCall("unexpected %q", rest[0])
	case !ok || source == "" || key == "":
		return wrongCall("--person is SOURCE:KEY, such as crm:12")
	}
	cfg, _, err := readConfig(a.env, procWorker)
	if err != nil {
		return err
	}
	m, err := needMap(&cfg, *file)
	if err != nil {
		return err
	}
	s, ok := m.Source(source)
	if !ok {
		return wrongCall("the map has no source %q", source)
	}
	p := &parts{cfg: cfg}
	defer p.close()
	pool, err := p.sourcePool(ctx, s.DSNEnv)
	if err != nil {
		return fmt.Errorf("source %s: %w", source, err)
	}
	src, err := records.Open(ctx, source, pool, m)
	if err != nil {
		return err
	}
	plan, err := src.PlanErasure(ctx, key, p.rowCap(ctx), *analyze)
	if errors.Is(err, dsar.ErrNotFound) {
		return fmt.Errorf("not_found: %s has no person with that key", source)
	}
	if err != nil {
		return err
	}
	if *asJSON {
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		err = enc.Encode(plan)
	} else {
		_, err = io.WriteString(a.stdout, printedPlan(plan))
	}
	if err == nil && len(stopsOf(plan)) > 0 {
		return errNo
	}
	return err
}

// rowCap is the cap of the settings, where Insyn's own tables are at hand.
func (p *parts) rowCap(ctx context.Context) int {
	if p.cfg.DatabaseURL.empty() {
		return records.DefaultRowCap
	}
	pool, err := postgres.OpenWith(ctx, p.cfg.DatabaseURL.reveal(), postgres.Options{Role: role(p.cfg.process), Schema: "insyn", MaxConns: 1})
	if err != nil {
		return records.DefaultRowCap
	}
	defer pool.Close()
	set, err := settings.Load(ctx, pool)
	if err != nil || set.RowCap == 0 {
		return records.DefaultRowCap
	}
	return set.RowCap
}
