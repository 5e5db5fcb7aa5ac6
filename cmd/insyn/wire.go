package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/postgres"
	"insyn/internal/records"
	"insyn/internal/refdata"
	"insyn/internal/request"
	"insyn/internal/seal"
	"insyn/internal/wording"
	"insyn/jobs"
)

// parts are what processes are made of. close frees them, the last first.
type parts struct {
	cfg     Config
	log     *slog.Logger
	pool    *pgxpool.Pool
	closers []func()
}

// role is the group of rights of a process.
func role(process string) string {
	return map[string]string{
		procWeb: postgres.RoleWeb, procShare: postgres.RoleShare,
		procWorker: postgres.RoleWorker, procScheduler: postgres.RoleScheduler,
		procExpire: postgres.RoleExpire,
	}[process]
}

// open connects to our own tables with the process' rights, and refuses a schema that this program does not know.
func open(ctx context.Context, cfg Config, log *slog.Logger) (*parts, error) {
	p := &parts{cfg: cfg, log: log}
	pool, err := postgres.OpenWith(ctx, cfg.DatabaseURL.reveal(), postgres.Options{
		Role: role(cfg.process), Schema: "insyn", MaxConns: cfg.poolSize(),
	})
	if err != nil {
		return nil, err
	}
	p.pool = pool
	p.later(pool.Close)
	if err := postgres.CheckSchema(ctx, pool); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *parts) later(f func()) { p.closers = append(p.closers, f) }

func (p *parts) close() {
	for i := len(p.closers) - 1; i >= 0; i-- {
		p.closers[i]()
	}
}

func (p *parts) keys() (*seal.Keys, error) {
	master, err := seal.ParseKey(p.cfg.Key.reveal())
	if err != nil {
		return nil, fmt.Errorf("INSYN_KEY: %w", err)
	}
	return seal.New(master)
}

func (p *parts) desk() (*jobs.Desk, error) {
	keys, err := p.keys()
	if err != nil {
		return nil, err
	}
	return &jobs.Desk{Store: &request.Store{Pool: p.pool, Keys: keys}}, nil
}

// needMap reads the data map of a command that does nothing without one: file, which --map names, before INSYN_MAP.
func needMap(cfg *Config, file string) (*datamap.Map, error) {
	if file != "" {
		cfg.Map = file
	}
	if cfg.Map == "" {
		return nil, errors.New("INSYN_MAP is not set: give the path of the data map")
	}
	return datamap.Load(cfg.Map)
}

// sources opens each source of the data map; none without a map. A source that the map does not fit is refused with the
// list of what is wrong: no process works on half a map.
func (p *parts) sources(ctx context.Context) ([]*records.Source, error) {
	if p.cfg.Map == "" {
		return nil, nil
	}
	m, err := datamap.Load(p.cfg.Map)
	if err != nil {
		return nil, fmt.Errorf("INSYN_MAP: %w", err)
	}
	var out []*records.Source
	for _, e := range m.Sources {
		pool, err := p.sourcePool(ctx, e.Value.DSNEnv)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", e.Name, err)
		}
		s, err := records.Open(ctx, e.Name, pool, m)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (p *parts) sourcePool(ctx context.Context, variable string) (*pgxpool.Pool, error) {
	dsn, err := p.cfg.dsn(variable)
	if err != nil {
		return nil, err
	}
	pool, err := postgres.OpenWith(ctx, dsn, postgres.Options{Role: role(p.cfg.process), MaxConns: p.cfg.poolSize()})
	if err != nil {
		return nil, err
	}
	p.later(pool.Close)
	return pool, nil
}

// register is the reference register, or nil where none is named.
func (p *parts) register(ctx context.Context) (refdata.Register, error) {
	if p.cfg.RegisterDSN.empty() {
		return nil, nil
	}
	if p.cfg.RegisterName == "" {
		return nil, errors.New("INSYN_REGISTER_NAME is not set: people are told who runs the register")
	}
	pool, err := postgres.OpenWith(ctx, p.cfg.RegisterDSN.reveal(), postgres.Options{MaxConns: p.cfg.poolSize()})
	if err != nil {
		return nil, fmt.Errorf("reference register: %w", err)
	}
	p.later(pool.Close)
	r := refdata.NewPostgres(pool, refdata.Provider{Name: p.cfg.RegisterName, Contact: p.cfg.RegisterContact}, refdata.SampleQueries())
	if err := r.Check(ctx); err != nil {
		return nil, fmt.Errorf("reference register: %w", err)
	}
	return r, nil
}

func (p *parts) texts() (*wording.Texts, error) { return wording.Load() }
