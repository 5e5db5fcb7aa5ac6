package records_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/democrm/crmtest"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

// Every change of the schema by which personal data could come, go, or be copied is found, and named, and stops erasures.
func TestEveryChangeOfTheSchemaStopsErasure(t *testing.T) {
	t.Parallel()
	_, pool := crm(t)
	s := asWorker(t, pool)
	if err := s.Undrifted(t.Context(), pool); err != nil {
		t.Fatalf("an untouched source: %v", err)
	}
	for _, tc := range []struct{ name, sql, place, text string }{
		{"new column", `alter table crm.person add column hobby text`, "crm.person.hobby", "new (text)"},
		{"new column of an unmapped table", `alter table crm.coworker add column hobby text`, "crm.coworker.hobby", "new (text)"},
		{"column gone", `alter table crm.person drop column nickname`, "crm.person.nickname", "gone"},
		{"column renamed", `alter table crm.person rename column nickname to handle`, "crm.person.handle", "new"},
		{"column's type", `alter table crm.person alter column nickname type varchar(30)`, "crm.person.nickname", "was text and is character varying(30)"},
		{"column not null", `alter table crm.history alter column coworker_id set not null`, "crm.history.coworker_id", "not null"},
		{"column null", `alter table crm.history alter column body drop not null`, "crm.history.body", "was text not null"},
		{"generated column", `alter table crm.person add column called text generated always as (given_name || surname) stored`, "crm.person.called", "generated"},
		{"identity", `alter table crm.person alter column id set generated always`, "crm.person.id", "identity"},
		{"new table", `create table crm.backup as select given_name, surname from crm.person`, "crm.backup", "the table is new"},
		{"new table in another schema", `create schema old; create table old.person (like crm.person)`, "old.person", "the table is new"},
		{"new partitioned table", `create table crm.click (at date, who text) partition by range (at)`, "crm.click", "the partitioned table is new"},
		{"table gone", `drop table crm.history_person cascade`, "crm.history_person", "the table is gone"},
		{"table renamed", `alter table crm.todo rename to task`, "crm.task", "the table is new"},
		{"table in another schema", `create schema old; alter table crm.todo set schema old`, "old.todo", "the table is new"},
		{"new foreign key", `alter table crm.coworker add column person_id bigint references crm.person (id)`, "crm.coworker", "the foreign key person_id to crm.person (id) is new"},
		{"foreign key gone", `alter table crm.todo drop constraint todo_person_id_fkey`, "crm.todo", "is gone"},
		{
			"foreign key cascades", `alter table crm.todo drop constraint todo_person_id_fkey, add foreign key (person_id) references crm.person (id) on delete cascade`,
			"crm.todo", "has changed",
		},
		{"new check", `alter table crm.person add constraint short check (length(given_name) < 99)`, "crm.person", "the check short is new"},
		{"check gone", `alter table crm.person drop constraint newsletter_yes_is_proved`, "crm.person", "is gone"},
		{"check validated later", `alter table crm.person add constraint short check (length(given_name) < 99) not valid`, "crm.person", "the check short is new"},
		{"new unique", `alter table crm.person add constraint once unique (register_id)`, "crm.person", "the unique register_id is new"},
		{"unique index", `create unique index once on crm.person (lower(nickname)) where nickname <> ''`, "crm.person", "is new"},
		{"primary key gone", `alter table crm.history_person drop constraint history_person_pkey`, "crm.history_person", "primary key"},
		{"new trigger", copier + `create trigger copy after update on crm.person for each row execute function crm.copier()`, "crm.person", "the trigger copy is new: it may copy"},
		{"statement trigger", copier + `create trigger copy after delete on crm.todo execute function crm.copier()`, "crm.todo", "the trigger copy is new"},
		{"trigger off", `alter table crm.person disable trigger all`, "crm.person", "has changed"},
		{"rule", `create rule copy as on delete to crm.todo do also insert into crm.coworker (name, email) values (old.id::text, old.id::text)`, "crm.todo", "the rule copy is new"},
		{"materialised view", `create materialized view crm.names as select given_name from crm.person`, "crm.names", "the materialised view is new: it holds a copy"},
		{"view", `create view crm.names as select given_name from crm.person`, "crm.names", "the view is new"},
		{"inheritance", `create table crm.vip (fee int) inherits (crm.person)`, "crm.vip", "is new"},
		{"row security", `alter table crm.person enable row level security`, "crm.person", "row level security"},
		{"policy", `create policy mine on crm.person using (owner_id = 1)`, "crm.person", "the policy mine is new"},
		{"publication", `create publication away for table crm.person`, "crm.person", "the publication away is new: it sends"},
		{"publication of all", `create publication away for all tables`, "crm.person", "the publication away is new"},
		{"domain", `create domain crm.word as text check (length(value) < 99); alter table crm.person alter column nickname type crm.word`, "crm.person.nickname", "crm.word"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := s.Undrifted(t.Context(), pool); err != nil {
				t.Fatalf("before: %v", err)
			}
			ran(t, pool, tc.sql, func(tx pgx.Tx) {
				err := s.Undrifted(t.Context(), tx)
				var drift *records.DriftError
				if !errors.Is(err, records.ErrDrift) || !errors.As(err, &drift) {
					t.Fatalf("got %v, want drift", err)
				}
				for _, p := range drift.Problems {
					if p.Place == tc.place && strings.Contains(p.Text, tc.text) {
						return
					}
				}
				t.Errorf("got %v, want %s: %s", drift.Problems, tc.place, tc.text)
			})
		})
	}
}

const copier = `create function crm.copier() returns trigger language plpgsql as 'begin return null; end'; `

// What moves no personal data asks nobody: an index that a plan proposed must not stop the next erasure.
func TestWhatMovesNoDataIsNoDrift(t *testing.T) {
	t.Parallel()
	_, pool := crm(t)
	s := asWorker(t, pool)
	for _, sql := range []string{
		`create index extra on crm.history (at)`,
		`drop index crm.person_name_idx`,
		`alter table crm.person alter column nickname set default 'x'`,
		`alter table crm.person alter column nickname set statistics 500`,
		`alter table crm.person alter column nickname set storage external`,
		`alter table crm.person set (fillfactor = 70)`,
		`alter table crm.person rename constraint person_organisation_id_fkey to of_the_firm`,
		`alter table crm.person owner to insyn_worker`,
		`alter table crm.person cluster on person_pkey`,
		`grant select on crm.person to public`,
		`comment on column crm.person.nickname is 'what friends say'`,
		`analyze crm.person`,
		`set search_path = crm, public`,
		`create temporary table scratch (x text)`,
	} {
		ran(t, pool, sql, func(tx pgx.Tx) {
			if err := s.Undrifted(t.Context(), tx); err != nil {
				t.Errorf("%s: %v", sql, err)
			}
		})
	}
}

// A trigger's function may change while the trigger stays as it is.
func TestAChangedTriggerFunctionIsDrift(t *testing.T) {
	t.Parallel()
	_, pool := crm(t)
	execute(t, pool, copier+`create trigger copy after update on crm.person for each row execute function crm.copier()`)
	s := open(t, pool, crmtest.Map(t))
	execute(t, pool, `create or replace function crm.copier() returns trigger language plpgsql as 'begin insert into crm.coworker (name, email) values (old.surname, old.id); return null; end'`)
	err := s.Undrifted(t.Context(), pool)
	if !errors.Is(err, records.ErrDrift) || !strings.Contains(err.Error(), "the trigger copy has changed") {
		t.Errorf("got %v, want drift of the trigger", err)
	}
}

func TestNothingIsErasedBeforeSomebodyAccepted(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	execute(t, pool, `delete from insyn_ledger.accepted`)
	err := s.Undrifted(t.Context(), pool)
	if !errors.Is(err, records.ErrDrift) || !strings.Contains(err.Error(), "insyn datamap check --accept") {
		t.Errorf("got %v, want a refusal with the command", err)
	}
	if err := records.Accept(t.Context(), pool, crmtest.Map(t), "crm", "Disa"); err != nil {
		t.Fatal(err)
	}
	if err := s.Undrifted(t.Context(), pool); err != nil {
		t.Errorf("after accepting: %v", err)
	}
	execute(t, pool, `update insyn_ledger.accepted set map_hash = 'another'`)
	if err := s.Undrifted(t.Context(), pool); !errors.Is(err, records.ErrDrift) || !strings.Contains(err.Error(), "Disa") {
		t.Errorf("got %v, want a refusal: the map is another one", err)
	}
	execute(t, pool, `drop schema insyn_ledger cascade`)
	if err := s.Undrifted(t.Context(), pool); !errors.Is(err, records.ErrDrift) || !strings.Contains(err.Error(), "migrate --source") {
		t.Errorf("got %v, want a refusal: no ledger", err)
	}
}

// The worker may read what was accepted and must not be able to accept for itself.
func TestAWorkerCannotAccept(t *testing.T) {
	t.Parallel()
	_, pool := crm(t)
	worker, err := postgres.OpenWith(t.Context(), pgtest.DSN(pool), postgres.Options{Role: postgres.RoleWorker})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(worker.Close)
	if err := records.Accept(t.Context(), worker, crmtest.Map(t), "crm", "nobody"); err == nil {
		t.Error("the worker's role accepted a map")
	}
}

func asWorker(t *testing.T, pool *pgxpool.Pool) *records.Source {
	t.Helper()
	worker, err := postgres.OpenWith(t.Context(), pgtest.DSN(pool), postgres.Options{Role: postgres.RoleWorker})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(worker.Close)
	s, err := records.Open(t.Context(), "crm", worker, crmtest.Map(t))
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if _, err := s.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("a look without drift took %v", time.Since(begun))
	return s
}

// ran runs sql, and what looks at it, in a transaction that is rolled back.
func ran(t *testing.T, pool *pgxpool.Pool, sql string, look func(tx pgx.Tx)) {
	t.Helper()
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	if _, err := tx.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	look(tx)
}
