package main

import (
	"context"
	"fmt"

	"insyn/internal/postgres"
)

func migrateCommand() command {
	return command{
		name:    "migrate",
		summary: "bring the database to this version",
		usage: `insyn migrate

Creates or updates schema insyn in INSYN_DATABASE_URL (or INSYN_MIGRATE_DATABASE_URL), forward only, and the groups of
rights (insyn_web, insyn_share, insyn_worker, insyn_scheduler, insyn_expire). Where the login may not create roles, the
error holds the SQL that an administrator runs. Each process' login must be a member of its group and of no other.`,
		run: runMigrate,
	}
}

func runMigrate(ctx context.Context, a *app, args []string) error {
	fs := flags("migrate")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return wrongCall("unexpected %q", rest[0])
	}
	cfg, _, err := loadConfig(a.env, procMigrate)
	if err != nil {
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
