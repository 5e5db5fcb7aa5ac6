-- +goose Up
create schema if not exists insyn;

create table insyn.setting (
    singleton  boolean primary key default true check (singleton),
    body       jsonb not null default '{}',
    version    integer not null default 1,
    updated_at timestamptz not null default now(),
    updated_by bigint
);
insert into insyn.setting default values;

-- The public half of the key that bodies of share events are sealed to. Written by a worker, read by the share site.
create table insyn.share_key (
    singleton boolean primary key default true check (singleton),
    public    bytea not null
);

create table insyn.account (
    id                  bigint generated always as identity primary key,
    email               text not null,
    name                text not null,
    password_hash       text not null,
    roles               text[] not null check (roles <@ array['administrator', 'dpo', 'handler', 'ops']),
    language            text not null default 'sv' check (language in ('sv', 'en')),
    created_at          timestamptz not null default now(),
    password_changed_at timestamptz not null default now(),
    disabled_at         timestamptz
);
create unique index account_email on insyn.account (lower(email));

-- The session store's own layout (scs); the token column holds a hash only.
create table insyn.sessions (
    token  text primary key,
    data   bytea not null,
    expiry timestamptz not null
);
create index sessions_expiry on insyn.sessions (expiry);

-- Failed logins by account and by account + address; the delay grows with failures and decays by itself.
create table insyn.login_failure (
    key      bytea primary key,
    failures integer not null default 0,
    last_at  timestamptz not null default now()
);

-- Insert-only. Ids of ours and counts, never a key or a value of the CRM; no foreign keys, so that it outlives what it tells of.
create table insyn.audit (
    id         bigint generated always as identity primary key,
    at         timestamptz not null default clock_timestamp(),
    actor      bigint,
    actor_kind text not null check (actor_kind in ('account', 'subject', 'system')),
    action     text not null,
    request_id bigint,
    detail     jsonb not null default '{}'
);
create index audit_request on insyn.audit (request_id, id) where request_id is not null;
create index audit_at on insyn.audit (at);

-- +goose StatementBegin
create function insyn.audit_is_insert_only() returns trigger language plpgsql as $$
begin
    raise exception 'insyn.audit is insert-only';
end
$$;
-- +goose StatementEnd
create trigger audit_insert_only before update or delete or truncate on insyn.audit
    for each statement execute function insyn.audit_is_insert_only();
