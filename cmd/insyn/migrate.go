package main

import (
	"context"
	"fmt"

	"insyn/internal/datamap"
	"insyn/internal/postgres"
	"insyn/internal/records"
)

func migrateCommand() command {
	return command{
		name:    "migrate",
		summary: "bring the database to this version",
		usage: `insyn migrate [--source] [--print]

Creates or updates schema insyn in INSYN_DATABASE_URL (or INSYN_MIGRATE_DATABASE_URL), forward only, and the groups of
rights (insyn_web, insyn_share, insyn_worker, insyn_scheduler, insyn_expire). Where the login may not create roles, the
error holds the SQL that an administrator runs. Each process' login must be a member of its group and of no other.
  --source   instead, prepare each source of the data map (INSYN_MAP) in its own database: schema insyn_ledger, the functions
             that the CRM and its mailer ask (insyn.may_mail, insyn.may_process), and the rights of web and worker
  --print    change nothing and print the SQL, for an administrator to run`,
		run: runMigrate,
	}
}

func runMigrate(ctx context.Context, a *app, args []string) error {
	fs := flags("migrate")
	source := fs.Bool("source", false, "")
	show := fs.Bool("print", false, "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return wrongCall("unexpected %q", rest[0])
	}
	cfg, _, err := readConfig(a.env, procMigrate)
	if err != nil {
		return err
	}
	switch {
	case *source:
		return a.migrateSources(ctx, cfg, *show)
	case *show:
		_, err := fmt.Fprint(a.stdout, postgres.RolesSQL())
		return err
	}
	if err := cfg.Validate(); err != nil {
		return err
	}
	from, to, err := postgres.Migrate(ctx, cfg.DatabaseURL.reveal())
	if err != nil {
		return err
	}
	if from == to {
		_, err = fmt.Fprintf(a.stdout, "schema insyn is at version %d, nothing to do\n", to)
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "schema insyn: version %d -> %d\n", from, to)
	return err
}

func (a *app) migrateSources(ctx context.Context, cfg Config, show bool) error {
	m, err := needMap(&cfg, "")
	if err != nil {
		return err
	}
	p := &parts{cfg: cfg}
	defer p.close()
	for _, s := range m.Sources {
		if show {
			sql, err := records.SourceSQL(m, s.Name)
			if err != nil {
				return err
			}
			_, _ = fmt.Fprintf(a.stdout, "-- source %s, in the database of %s\n%s\n", s.Name, s.Value.DSNEnv, sql)
			continue
		}
		pool, err := p.sourcePool(ctx, s.Value.DSNEnv)
		if err != nil {
			return fmt.Errorf("source %s: %w", s.Name, err)
		}
		if err := records.MigrateSource(ctx, pool, m, s.Name); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(a.stdout, "source %s is prepared\n", s.Name)
		// Preparing is not accepting: that somebody has looked is what the acceptance says.
		drift, err := records.Drift(ctx, pool, m, s.Name)
		if err != nil {
			return err
		}
		if len(drift.Of(datamap.StopsErase)) > 0 {
			_, _ = fmt.Fprintf(a.stdout, "nothing is erased in it until somebody has accepted its schema and map: %s\n", datamap.AcceptCommand)
		}
	}
	return nil
}
