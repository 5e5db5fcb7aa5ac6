do $$
declare
    name text;
begin
    foreach name in array array['insyn_web', 'insyn_worker', 'insyn_expire'] loop
        if not exists (select 1 from pg_roles where rolname = name) then
            execute format('create role %I nologin', name);
        end if;
    end loop;
end
$$;

create schema if not exists insyn_ledger;

-- The commit points of erasures in this database. A row here means that the erasure is done, whatever else is lost.
create table if not exists insyn_ledger.erasure (
    request_id  bigint not null,
    subject     bytea not null,
    epoch       integer not null,
    map_version integer not null,
    map_hash    bytea not null,
    plan_hash   bytea not null,
    counts      jsonb not null,
    kept        jsonb not null,
    hmacs       bytea[] not null,
    at          timestamptz not null default now(),
    primary key (request_id, subject)
);
create index if not exists erasure_subject_idx on insyn_ledger.erasure (subject);
-- key_hmacs are keyed hashes of source and key of each of the person's cards, hmacs of their identifiers. seq orders the
-- rows for the file outside the database.
alter table insyn_ledger.erasure add column if not exists key_hmacs bytea[] not null default '{}';
alter table insyn_ledger.erasure add column if not exists seq bigint generated always as identity;
create unique index if not exists erasure_seq_idx on insyn_ledger.erasure (seq);

-- The newest attempt of each erasure. An older one cannot commit.
create table if not exists insyn_ledger.fence (
    request_id bigint not null,
    subject    bytea not null,
    epoch      integer not null,
    primary key (request_id, subject)
);

-- Keyed hashes of addresses and numbers of people who must not be mailed or imported.
create table if not exists insyn_ledger.suppression (
    hmac    bytea not null,
    channel text not null check (channel in ('email', 'phone')),
    origin  text not null check (origin in ('optout', 'objection', 'erasure')),
    at      timestamptz not null default now(),
    primary key (hmac, channel)
);
alter table insyn_ledger.suppression add column if not exists seq bigint generated always as identity;
create unique index if not exists suppression_seq_idx on insyn_ledger.suppression (seq);

-- People whose erasure is under way in stages: nobody may mail or process them meanwhile.
create table if not exists insyn_ledger.restricted (
    person     text not null,
    request_id bigint not null,
    at         timestamptz not null default now(),
    primary key (person, request_id)
);

-- How far each file outside the database had come when it was last looked at, so that a tail that was cut off is noticed.
create table if not exists insyn_ledger.file (
    id         text primary key,
    generation bigint not null,
    lines      bigint not null,
    mac        bytea not null,
    at         timestamptz not null default now()
);

-- Rows that a law keeps after their person's erasure: fenced, and erased when their time is over.
create table if not exists insyn_ledger.kept (
    request_id bigint not null,
    table_name text not null,
    row_key    text not null,
    rule       text not null,
    until      date not null,
    primary key (table_name, row_key)
);
-- Of a row of the persons' own table only these columns stay.
alter table insyn_ledger.kept add column if not exists columns text[];
create index if not exists kept_until_idx on insyn_ledger.kept (until);

grant usage on schema insyn_ledger to insyn_web, insyn_worker, insyn_expire;
grant select, insert on insyn_ledger.erasure to insyn_worker;
-- The hashes die when the oldest backup that could bring the person back has died; the row stays.
grant update (key_hmacs, hmacs) on insyn_ledger.erasure to insyn_worker;
grant select, insert, update on insyn_ledger.fence to insyn_worker;
grant select, insert, update, delete on insyn_ledger.suppression to insyn_worker;
grant select, insert, delete on insyn_ledger.restricted to insyn_worker;
grant select, insert, update on insyn_ledger.file to insyn_worker;
grant select, insert on insyn_ledger.kept to insyn_worker;
grant select on insyn_ledger.erasure, insyn_ledger.kept, insyn_ledger.restricted to insyn_web;
-- Raising the fence is how a claim or a cancel stops a run that nobody hears from.
grant select, insert, update on insyn_ledger.fence to insyn_web;
grant select, delete on insyn_ledger.kept to insyn_expire;

-- The text of a list, for a trigram index on it: the cast of the system itself may not stand in an index.
create or replace function insyn_ledger.words(list text[]) returns text
language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
    select array_to_string(list, ' ')
$$;

-- A person with more rows than one transaction may change is erased in stages. The row of the erasure opens with the first
-- (state running) and closes with the last; the journal lists what is to be done, in order, and stage is the last number done.
alter table insyn_ledger.erasure add column if not exists state text not null default 'done' check (state in ('running', 'done'));
alter table insyn_ledger.erasure add column if not exists stage bigint not null default 0;
alter table insyn_ledger.erasure add column if not exists planned bigint not null default 0;
alter table insyn_ledger.erasure add column if not exists stages jsonb not null default '[]';
create table if not exists insyn_ledger.journal (
    request_id bigint not null,
    subject    bytea not null,
    no         bigint not null,
    remove     boolean not null,
    table_name text not null,
    row_key    text not null,
    paths      bigint not null,
    others     bigint not null,
    primary key (request_id, subject, no)
);
grant update (state, seq, stage, stages, counts, kept, at, epoch) on insyn_ledger.erasure to insyn_worker;
grant select, insert, delete on insyn_ledger.journal to insyn_worker;

-- What the map was held against when somebody accepted it: the newest row of a source counts. An erasure runs only while
-- schema and map are the accepted ones. No process writes here; insyn datamap check --accept does, with the owner's rights.
create table if not exists insyn_ledger.accepted (
    id          bigint generated always as identity primary key,
    source      text not null,
    map_version integer not null,
    map_hash    bytea not null,
    fingerprint text not null,
    shape       jsonb not null,
    by          text not null check (by <> ''),
    at          timestamptz not null default now()
);
create index if not exists accepted_source_idx on insyn_ledger.accepted (source, id);
grant select on insyn_ledger.accepted to insyn_web, insyn_worker;
