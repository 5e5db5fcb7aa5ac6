package records_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/democrm/crmtest"
	"insyn/internal/mention"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

// stray is somebody whom nothing in the sample CRM names.
var stray = mention.Person{
	Given: []string{"Ottilia"}, Surname: []string{"Fjäderbröst"}, Emails: []string{"ottilia@langtbort.example"}, Personnummer: "19711301-4711",
}

// where are the places of some findings, with the rows of each.
func where(found []records.Finding) []string {
	var out []string
	for _, f := range found {
		at := fmt.Sprintf("%s.%s %d", f.Table, f.Column, f.Rows)
		if f.Retained {
			at += " kept"
		}
		if f.Unreadable > 0 {
			at += fmt.Sprintf(" unreadable %d", f.Unreadable)
		}
		out = append(out, at)
	}
	slices.Sort(out)
	return out
}

func TestRescanReadsEveryKindOfColumn(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	execute(t, pool, `
		create schema "Odd ""One";
		set search_path = "Odd ""One", public;
		create extension hstore; create extension citext;
		create domain note as text; create domain notes as note[]; create domain scan as bytea;
		create type mood as enum ('Ottilia Fjäderbröst'); create type pair as (n int, who varchar(80)); create type reach as range (subtype = text);
		create unlogged table "every kind" (
		    id int primary key, t text, v varchar(200), b char(80), c citext, n name, d note, j json, jb jsonb, x xml, h hstore, ts tsvector, a text[], da notes, ja jsonb[],
		    p pair, pa pair[], r reach, f bytea, fd scan, fa bytea[], m mood default 'Ottilia Fjäderbröst', i bigint default 197113014711);
		insert into "every kind" values (1, 'Ottilia Fjäderbröst', 'Fjaederbroest, Ottilia', 'OTTILIA FJÄDERBRÖST', 'ottilia@langtbort.example', 'ottilia fjäderbröst',
		    '711301-4711', '{"a": "Ottilia Fj\u00e4derbr\u00f6st"}', '{"b": {"Ottilia Fjäderbröst": 1}}', '<p>Ottilia <b>Fj&#228;der</b>br&#246;st</p>', '"k" => "19711301 4711"',
		    $$'ottilia@langtbort.example':1$$, '{x,"Ottilia Fjäderbröst"}', '{"ottilia@langtbort.example"}', array['{"a": "Ottilia Fjäderbröst"}'::jsonb],
		    (1, 'Ottilia Fjäderbröst'), array[(1, 'Ottilia Fjäderbröst')::pair], '[Ottilia Fjäderbröst,z)', convert_to('Ottilia Fjäderbröst', 'UTF8'),
		    convert_to('Ottilia Fjäderbröst', 'LATIN1'), array[convert_to('Ottilia Fjäderbröst', 'UTF8')]);
		insert into "every kind" (id, t) values (2, 'Ottilia Fjäderbröster'), (3, null), (4, ''), (5, E'Ottilia\nFjäderbröst'), (6, E'a\\tb\tOttilia Fjäderbröst');`)
	var want []string
	for _, c := range strings.Fields("v b c n d j jb x h ts a da ja p pa r f fd fa") {
		want = append(want, `Odd "One.every kind.`+c+" 1")
	}
	want = append(want, `Odd "One.every kind.t 3`)
	slices.Sort(want)
	if got := where(rescanned(t, s, stray)); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestRescanReadsEveryKindOfTable(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	execute(t, pool, `
		create schema far;
		create table far.parted (id int, t text) partition by range (id);
		create table far.parted_1 partition of far.parted for values from (0) to (10);
		create table far.parted_2 partition of far.parted for values from (10) to (99) partition by list (id);
		create table far.parted_2_deep partition of far.parted_2 default;
		insert into far.parted values (1, 'Ottilia Fjäderbröst'), (11, 'Ottilia Fjäderbröst'), (12, 'x Ottilia Fjäderbröst');
		create table far.parent (t text);
		create table far.child (more text) inherits (far.parent);
		insert into far.parent values ('Ottilia Fjäderbröst');
		insert into far.child values ('Ottilia Fjäderbröst', 'Ottilia Fjäderbröst');
		create materialized view far.seen as select t from only far.parent;
		create materialized view far.unseen as select t from only far.parent with no data;
		create view far.looked as select t from far.parent;
		create table far.numbers (id int);
		create table far.nothing ();
		select lo_from_bytea(4711, convert_to('Till Ottilia Fjäderbröst', 'UTF8'));`)
	want := []string{
		"far.child.more 1", "far.child.t 1", "far.parent.t 1", "far.parted_1.t 1", "far.parted_2_deep.t 2", "far.seen.t 1", "pg_catalog.pg_largeobject.data 1",
	}
	if got := where(rescanned(t, s, stray)); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestRescanReadsForeignTables(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	cfg := pool.Config().ConnConfig
	execute(t, pool, fmt.Sprintf(`
		create extension postgres_fdw;
		create schema near; create schema away;
		create table near.real (t text); insert into near.real values ('Ottilia Fjäderbröst');
		create server here foreign data wrapper postgres_fdw options (host '%s', port '%d', dbname '%s');
		create server gone foreign data wrapper postgres_fdw options (host '%[1]s', port '%[2]d', dbname 'no_such_database');
		create user mapping for public server here options (user '%[4]s');
		create user mapping for public server gone options (user '%[4]s');
		create foreign table away.open (t text) server here options (schema_name 'near', table_name 'real');
		create foreign table away.shut (t text) server gone options (schema_name 'near', table_name 'real');`,
		cfg.Host, cfg.Port, cfg.Database, cfg.User))
	want := []string{"away.open.t 1", "away.shut. 0 unreadable 1", "near.real.t 1"}
	if got := where(rescanned(t, s, stray)); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestRescanReadsLongValues searches values that do not travel in their row, each with the name where pieces meet.
func TestRescanReadsLongValues(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	execute(t, pool, `
		create table public.long (id int, t text, j jsonb, b bytea);
		insert into public.long
		select i, repeat('lorem ipsum ', 87381 + i) || repeat('.', i) || ' Ottilia Fjäderbröst ' || repeat(' dolor', 200000), null, null
		  from generate_series(0, 5) as i;
		insert into public.long
		select 10, 'Ottilia Fjäderbröst', jsonb_build_object('a', (select string_agg(md5(n::text), ' ') from generate_series(1, 80000) as n), 'b', 'Ottilia Fjäderbröst'), null;
		insert into public.long
		select 11, null, null, convert_to((select string_agg(md5(n::text), ' ') from generate_series(1, 80000) as n) || ' Ottilia Fjäderbröst', 'UTF8');
		insert into public.long
		select 12, null, null, convert_to(repeat('0123456789', 3500000) || ' Ottilia Fjäderbröst', 'UTF8');`)
	want := []string{"public.long.b 0 unreadable 1", "public.long.b 2", "public.long.j 1", "public.long.t 7"}
	if got := where(rescanned(t, s, stray)); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestRescanRefusesWhatItMayNotRead(t *testing.T) {
	t.Parallel()
	_, pool := crm(t)
	p, err := postgres.OpenWith(t.Context(), pgtest.DSN(pool), postgres.Options{Role: postgres.RoleWorker})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	worker := open(t, p, crmtest.Map(t))
	refused := func(names ...string) {
		t.Helper()
		_, err := worker.Rescan(t.Context(), []mention.Person{stray}, nil)
		for _, name := range names {
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	}
	execute(t, pool, `create schema shut; create table shut.one (t text); create table crm.shut_two (id int, t text); grant select (id) on crm.shut_two to insyn_worker`)
	refused("shut.one", "crm.shut_two")
	execute(t, pool, `grant usage on schema shut to insyn_worker; grant select on shut.one, crm.shut_two to insyn_worker`)
	if _, err := worker.Rescan(t.Context(), []mention.Person{stray}, nil); err != nil {
		t.Errorf("with the rights: %v", err)
	}
	// A policy hides rows without a word.
	execute(t, pool, `alter table shut.one enable row level security`)
	refused("shut.one")
	execute(t, pool, `drop table shut.one; select lo_from_bytea(4712, 'Ottilia Fjaderbrost')`)
	found, err := worker.Rescan(t.Context(), []mention.Person{stray}, nil)
	if want := []string{"pg_catalog.pg_largeobject.data 0 unreadable 1"}; err != nil || !slices.Equal(where(found), want) {
		t.Errorf("a closed large object: got %q, %v", where(found), err)
	}
}

func TestRescanManyGivesEachTheirOwn(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	execute(t, pool, `create table public.many (t text); insert into public.many select 'Kund Q' || 5000 + i || ' ringde' from generate_series(0, 999) as i, generate_series(0, i % 3)`)
	var wanted []records.Wanted
	for i := range 1000 {
		wanted = append(wanted, records.Wanted{ID: int64(i), Persons: []mention.Person{{CustomerNo: fmt.Sprintf("Q%d", 5000+i)}}})
	}
	found, err := s.RescanMany(t.Context(), append(wanted, records.Wanted{ID: 7777, Persons: []mention.Person{stray}}, records.Wanted{ID: 8888}), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		if got, want := where(found[int64(i)]), []string{fmt.Sprintf("public.many.t %d", i%3+1)}; !slices.Equal(got, want) {
			t.Fatalf("%d: got %q, want %q", i, got, want)
		}
	}
	if len(found[7777])+len(found[8888]) > 0 {
		t.Errorf("found %v of somebody unknown", found[7777])
	}
}

// TestOnlyFencedRowsAreRetained: a law keeps what an erasure has fenced, and not the same column of any other row.
func TestOnlyFencedRowsAreRetained(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	name := func(pool *pgxpool.Pool, n int) {
		execute(t, pool, `update crm.invoice set buyer_name = 'Ottilia Fjäderbröst' where id in (select id from crm.invoice order by id limit $1)`, n)
	}
	name(pool, 5)
	execute(t, pool, `insert into insyn_ledger.kept (request_id, table_name, row_key, rule, until)
		select 1, 'crm.invoice', id, 'books', '2033-12-31' from (select id from crm.invoice order by id limit 3) as i`)
	want := []string{"crm.invoice.buyer_name 2", "crm.invoice.buyer_name 3 kept"}
	if got := where(rescanned(t, s, stray)); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestRescanProgressNeverGoesBack(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	execute(t, pool, `create table public.big as select repeat('lorem ipsum ', 40) as t from generate_series(1, 20000)`)
	last, calls := int64(-1), 0
	_, err := s.Rescan(t.Context(), []mention.Person{stray}, func(done, total int64) {
		if calls++; done < last || done > total {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		last = done
	})
	if err != nil || calls < 20 {
		t.Errorf("%d calls, %v", calls, err)
	}
}
