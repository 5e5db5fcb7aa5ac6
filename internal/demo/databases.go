package demo

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/democrm"
	"insyn/internal/postgres"
	"insyn/internal/records"
)

// owner is the login that the databases belong to: migrations run as it, no process does.
const owner = "demo_owner"

// login is what a process connects as: a member of its group of rights and of no other.
type login struct {
	name, group string
	process     string // as in INSYN_WEB_DATABASE_URL
	sources     bool   // may connect to the CRM and the register
}

func logins() []login {
	return []login{
		{name: owner, process: "MIGRATE", sources: true},
		{name: "demo_web", group: postgres.RoleWeb, process: "WEB", sources: true},
		{name: "demo_share", group: postgres.RoleShare, process: "SHARE"},
		{name: "demo_worker", group: postgres.RoleWorker, process: "WORKER", sources: true},
		{name: "demo_scheduler", group: postgres.RoleScheduler, process: "SCHEDULER"},
		{name: "demo_expire", group: postgres.RoleExpire, process: "EXPIRE", sources: true},
	}
}

func (l login) passwordName() string { return "DEMO_" + l.process + "_PASSWORD" }

func (d *demo) dsn(l login, database string) string {
	return d.server.dsn(l.name, d.env[l.passwordName()], database)
}

func (d *demo) superDSN(database string) string {
	return d.server.dsn(superuser, d.server.password, database)
}

func (d *demo) ownerDSN(database string) string {
	return d.dsn(logins()[0], database)
}

// makeDatabases creates what is missing and writes the addresses down.
func (d *demo) makeDatabases(ctx context.Context) (string, error) {
	if err := postgres.CreateRoles(ctx, d.superDSN("postgres")); err != nil {
		return "", err
	}
	c, err := pgx.Connect(ctx, d.superDSN("postgres"))
	if err != nil {
		return "", fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = c.Close(ctx) }()
	for _, l := range logins() {
		if err := d.makeLogin(ctx, c, l); err != nil {
			return "", err
		}
	}
	for _, name := range []string{"insyn", "crm", "register"} {
		if err := makeDatabase(ctx, c, name); err != nil {
			return "", err
		}
	}
	for _, l := range logins() {
		d.env["INSYN_"+l.process+"_DATABASE_URL"] = d.dsn(l, "insyn")
		if l.sources {
			d.env["INSYN_"+l.process+"_CRM_DSN"] = d.dsn(l, "crm")
			d.env["INSYN_"+l.process+"_REGISTER_DSN"] = d.dsn(l, "register")
		}
	}
	return "insyn, crm, register", nil
}

func (d *demo) makeLogin(ctx context.Context, c *pgx.Conn, l login) error {
	var there bool
	if err := c.QueryRow(ctx, `select exists (select 1 from pg_roles where rolname = $1)`, l.name).Scan(&there); err != nil {
		return fmt.Errorf("look for login %s: %w", l.name, err)
	}
	verb := "create"
	if there {
		verb = "alter"
	}
	// The password is our own, of letters, digits, - and _: nothing to quote.
	statements := []string{fmt.Sprintf("%s role %s login password '%s'", verb, l.name, d.env[l.passwordName()])}
	if l.group != "" {
		statements = append(statements, fmt.Sprintf("grant %s to %s", l.group, l.name))
	}
	for _, s := range statements {
		if _, err := c.Exec(ctx, s); err != nil {
			return fmt.Errorf("make login %s: %w", l.name, err)
		}
	}
	return nil
}

func makeDatabase(ctx context.Context, c *pgx.Conn, name string) error {
	var there bool
	if err := c.QueryRow(ctx, `select exists (select 1 from pg_database where datname = $1)`, name).Scan(&there); err != nil {
		return fmt.Errorf("look for database %s: %w", name, err)
	}
	if !there {
		if _, err := c.Exec(ctx, fmt.Sprintf("create database %s owner %s", name, owner)); err != nil {
			return fmt.Errorf("create database %s: %w", name, err)
		}
	}
	var may []string
	for _, l := range logins() {
		if l.sources || name == "insyn" {
			may = append(may, l.name)
		}
	}
	for _, s := range []string{
		fmt.Sprintf("revoke all on database %s from public", name),
		fmt.Sprintf("grant connect on database %s to %s", name, strings.Join(may, ", ")),
	} {
		if _, err := c.Exec(ctx, s); err != nil {
			return fmt.Errorf("give the rights on database %s: %w", name, err)
		}
	}
	return nil
}

func (d *demo) migrate(ctx context.Context) (string, error) {
	from, to, err := postgres.Migrate(ctx, d.ownerDSN("insyn"))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("version %d -> %d", from, to), nil
}

// fillCRM makes the sample databases and lets the processes at them.
func (d *demo) fillCRM(ctx context.Context) (string, error) {
	crm, err := d.open(ctx, "crm")
	if err != nil {
		return "", err
	}
	defer crm.Close()
	register, err := d.open(ctx, "register")
	if err != nil {
		return "", err
	}
	defer register.Close()
	if err := democrm.Install(ctx, crm); err != nil {
		return "", err
	}
	if err := democrm.InstallRegister(ctx, register); err != nil {
		return "", err
	}
	if err := democrm.Generate(ctx, crm, register, democrm.Size{Persons: d.Persons, Seed: 1}); err != nil {
		return "", err
	}
	if err := d.mapCRM(ctx, crm); err != nil {
		return "", err
	}
	for _, s := range []string{
		`grant usage on schema register to insyn_web, insyn_worker`,
		`grant select on all tables in schema register to insyn_web, insyn_worker`,
		`grant execute on all functions in schema register to insyn_web, insyn_worker`,
	} {
		if _, err := register.Exec(ctx, s); err != nil {
			return "", fmt.Errorf("give the rights on the register: %w", err)
		}
	}
	var persons int
	if err := crm.QueryRow(ctx, `select count(*) from crm.person`).Scan(&persons); err != nil {
		return "", fmt.Errorf("count the persons: %w", err)
	}
	return fmt.Sprintf("%d persons, all invented", persons), nil
}

// mapCRM puts the data map where the processes and a curious reader find it, and makes the ledger, the functions that the
// CRM asks, and the rights of web and worker.
func (d *demo) mapCRM(ctx context.Context, crm *pgxpool.Pool) error {
	d.env["INSYN_MAP"] = filepath.Join(d.Folder, "datamap.yaml")
	if err := os.WriteFile(d.env["INSYN_MAP"], democrm.Map(), 0o644); err != nil {
		return fmt.Errorf("write the data map: %w", err)
	}
	m, err := datamap.Parse("datamap.yaml", democrm.Map())
	if err != nil {
		return fmt.Errorf("read the data map: %w", err)
	}
	for _, s := range m.Sources {
		if err := records.MigrateSource(ctx, crm, m, s.Name); err != nil {
			return err
		}
		// Without them, where the server has no pg_trgm, an erasure reads every text: slower, and as complete.
		_ = democrm.Index(ctx, crm)
		if err := acceptSample(ctx, crm, m, s.Name); err != nil {
			return err
		}
	}
	return nil
}

// acceptSample accepts the sample's map once a version of it. Whoever changes the sample CRM afterwards sees what they would
// see at home: no erasure until they accept.
func acceptSample(ctx context.Context, crm *pgxpool.Pool, m *datamap.Map, source string) error {
	a, err := records.ReadAccepted(ctx, crm, source)
	if err != nil || a != nil && bytes.Equal(a.MapHash, m.Hash()) {
		return err
	}
	return records.Accept(ctx, crm, m, source, "insyn demo")
}

func (d *demo) open(ctx context.Context, database string) (*pgxpool.Pool, error) {
	return postgres.OpenWith(ctx, d.ownerDSN(database), postgres.Options{})
}
