package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/postgres"
	"insyn/internal/records"
)

func datamapCheck() command {
	return command{
		name: "check",
		usage: `insyn datamap check [--map FILE] [--source NAME] [--only-schema] [--json] [--accept --as NAME]

Holds the data map against each source: every table that a foreign key ties to a person and every column of a mapped table is
mapped, or left out with a reason; each action fits type and constraints; the roles of Insyn have the rights that the map
needs; the texts that an erasure searches for mentions have a trigram index; no table outside the map looks like personal data (a bounded sample; values are never printed); and nothing has changed
since somebody accepted schema and map. It needs the map and the address of the source (dsn_env) and nothing else of Insyn,
so it runs in the build of the CRM too, and changes nothing.
  --map FILE      the map; INSYN_MAP unless given
  --source NAME   one source; all of them unless given
  --only-schema   look at no rows
  --json          one JSON document instead of lines
  --accept        when nothing else stops: store in the source's ledger that this schema and this map are right. Nothing is
                  erased in a source before that, or after a change, until it is accepted again. Needs the rights of the
                  owner of schema insyn_ledger (INSYN_MIGRATE_CRM_DSN before INSYN_CRM_DSN)
  --as NAME       who accepts
Exit codes: 0 all is well, 1 something stops an erasure or everything, 3 only the changes wait for --accept.`,
		run: runDatamapCheck,
	}
}

// checkResult is what the check of one source found.
type checkResult struct {
	Source   string           `json:"source"`
	Map      int              `json:"map_version"`
	Hash     string           `json:"map_hash"`
	Tables   int              `json:"tables"`
	Mapped   int              `json:"mapped"`
	Columns  int              `json:"columns"`
	Problems datamap.Problems `json:"problems"`
	Drift    datamap.Problems `json:"drift"`
	Accepted *checkedAccepted `json:"accepted,omitempty"`
	Sampled  bool             `json:"sampled"`
	Indexes  []string         `json:"indexes"` // that the search for mentions lacks

	before string // the fingerprint when the check began
	ledger bool   // there is one
	data   *datamap.Map
	pool   *pgxpool.Pool
}

type checkedAccepted struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

func runDatamapCheck(ctx context.Context, a *app, args []string) error {
	fs := flags("datamap check")
	file := fs.String("map", "", "")
	source := fs.String("source", "", "")
	onlySchema := fs.Bool("only-schema", false, "")
	asJSON := fs.Bool("json", false, "")
	accept := fs.Bool("accept", false, "")
	as := fs.String("as", "", "")
	rest, err := parse(fs, args)
	switch {
	case err != nil:
		return err
	case len(rest) > 0:
		return wrongCall("unexpected %q", rest[0])
	case *accept && *as == "":
		return wrongCall("--accept needs --as NAME: somebody answers for the map")
	case *accept && *onlySchema:
		return wrongCall("--accept looks at rows too: leave out --only-schema")
	}
	cfg, _, err := readConfig(a.env, procMigrate)
	if err != nil {
		return err
	}
	m, err := needMap(&cfg, *file)
	if err != nil {
		return err
	}
	if _, ok := m.Source(*source); *source != "" && !ok {
		return wrongCall("the map has no source %q", *source)
	}
	p := &parts{cfg: cfg}
	defer p.close()
	var results []*checkResult
	for _, s := range m.Sources {
		if *source != "" && s.Name != *source {
			continue
		}
		r, err := p.checkSource(ctx, m, s.Name, s.Value.DSNEnv, !*onlySchema)
		if err != nil {
			return fmt.Errorf("source %s: %w", s.Name, err)
		}
		results = append(results, r)
	}
	if *accept {
		for _, r := range results {
			if err := r.accept(ctx, *as); err != nil {
				return fmt.Errorf("source %s: %w", r.Source, err)
			}
		}
	}
	if *asJSON {
		for _, r := range results {
			r.Problems, r.Drift = append(datamap.Problems{}, r.Problems...), append(datamap.Problems{}, r.Drift...)
		}
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(results); err != nil {
			return err
		}
	} else {
		for _, r := range results {
			r.print(a)
		}
	}
	return outcome(results)
}

// checkSource looks at one source.
func (p *parts) checkSource(ctx context.Context, m *datamap.Map, name, variable string, rows bool) (*checkResult, error) {
	dsn, err := p.cfg.dsn(variable)
	if err != nil {
		return nil, err
	}
	pool, err := postgres.OpenWith(ctx, dsn, postgres.Options{MaxConns: 2})
	if err != nil {
		return nil, err
	}
	p.later(pool.Close)
	before, err := datamap.Fingerprint(ctx, pool)
	if err != nil {
		return nil, err
	}
	c, err := datamap.ReadCatalog(ctx, pool)
	if err != nil {
		return nil, err
	}
	plan, problems, err := datamap.CheckCatalog(ctx, pool, m, name, c)
	if err != nil {
		return nil, err
	}
	r := &checkResult{Source: name, Map: m.Version(), Hash: m.HashText(), Tables: len(c.Tables), Mapped: len(plan.Tables), data: m, pool: pool, Sampled: rows, before: before}
	for _, t := range plan.Tables {
		r.Columns += len(t.Columns)
	}
	if r.Indexes, err = records.MissingTrigrams(ctx, pool, plan); err != nil {
		return nil, err
	}
	s, _ := m.Source(name)
	rights, err := records.Rights(ctx, pool, s, c)
	if err != nil {
		return nil, err
	}
	r.Problems = append(problems, rights...)
	if rows {
		likes, unread, err := datamap.Sample(ctx, pool, m, name, c)
		if err != nil {
			return nil, err
		}
		for _, l := range likes {
			r.Problems = append(r.Problems, l.Problem())
		}
		r.Problems = append(r.Problems, unread...)
	}
	return r, r.compare(ctx)
}

// compare looks what has changed since the last acceptance. A database without a ledger is one that nothing is erased in: a
// build server's.
func (r *checkResult) compare(ctx context.Context) error {
	r.Accepted, r.Drift = nil, nil
	a, err := records.ReadAccepted(ctx, r.pool, r.Source)
	if errors.Is(err, records.ErrNoLedger) {
		return nil
	}
	if err != nil {
		return err
	}
	r.ledger = true
	if a != nil {
		r.Accepted = &checkedAccepted{a.By, a.At}
	}
	r.Drift, err = records.Drift(ctx, r.pool, r.data, r.Source)
	return err
}

func (r *checkResult) stops() bool {
	return len(r.Problems.Of(datamap.Stops, datamap.StopsErase)) > 0
}

func (r *checkResult) accept(ctx context.Context, by string) error {
	switch {
	case r.stops():
		return nil // told below, and not accepted
	case !r.ledger:
		return records.ErrNoLedger
	}
	// What was not looked at is not accepted.
	now, err := datamap.Fingerprint(ctx, r.pool)
	if err != nil {
		return err
	}
	if now != r.before {
		return errors.New("the schema changed while it was checked: run the check again")
	}
	if err := records.Accept(ctx, r.pool, r.data, r.Source, by); err != nil {
		return err
	}
	return r.compare(ctx)
}

// print writes the findings, the bad ones last, where they are read.
func (r *checkResult) print(a *app) {
	tell := func(g grade, place, text string) {
		_, _ = fmt.Fprintf(a.stdout, "%-4s  %s: %s\n", g, place, text)
	}
	for _, p := range r.Problems.Of(datamap.OnlyWarning) {
		tell(gradeWarn, p.Place, p.Text+"; "+p.Mend)
	}
	for _, line := range r.Indexes {
		tell(gradeWarn, r.Source, "without it an erasure reads every text: "+line)
	}
	for _, p := range r.Drift.Of(datamap.OnlyWarning) {
		tell(gradeWarn, p.Place, "since the last acceptance "+p.Text+"; "+p.Mend)
	}
	for _, p := range r.Drift.Of(datamap.Stops, datamap.StopsErase) {
		tell(gradeFail, p.Place, "changed: "+p.Text+"; "+p.Mend)
	}
	for _, p := range r.Problems.Of(datamap.StopsErase) {
		tell(gradeFail, p.Place, "stops erasure: "+p.Text+"; "+p.Mend)
	}
	for _, p := range r.Problems.Of(datamap.Stops) {
		tell(gradeFail, p.Place, "stops everything: "+p.Text+"; "+p.Mend)
	}
	what := fmt.Sprintf("%d of %d tables mapped, %d columns, map version %d (%.12s)", r.Mapped, r.Tables, r.Columns, r.Map, r.Hash)
	changes := len(r.Drift.Of(datamap.Stops, datamap.StopsErase))
	switch {
	case r.stops():
		what += fmt.Sprintf("; %d problem(s) stop", len(r.Problems.Of(datamap.Stops, datamap.StopsErase)))
		if changes > 0 {
			what += fmt.Sprintf(", %d change(s) to accept afterwards", changes)
		}
		tell(gradeFail, r.Source, what)
	case changes > 0:
		tell(gradeFail, r.Source, what+fmt.Sprintf("; %d change(s) wait, and nothing is erased until %s", changes, datamap.AcceptCommand))
	case !r.ledger:
		tell(gradeOK, r.Source, what+"; no ledger here, so nothing to compare with")
	default:
		tell(gradeOK, r.Source, what+fmt.Sprintf("; accepted by %s on %s", r.Accepted.By, r.Accepted.At.UTC().Format("2006-01-02 15:04 MST")))
	}
}

// outcome is the exit code of all sources together.
func outcome(results []*checkResult) error {
	waits := false
	for _, r := range results {
		if r.stops() {
			return errNo
		}
		waits = waits || len(r.Drift.Of(datamap.Stops, datamap.StopsErase)) > 0
	}
	if waits {
		return errWaiting
	}
	return nil
}
