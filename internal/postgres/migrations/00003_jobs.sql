-- +goose Up
-- The row is the truth about a job; the queue is a hint. Owns retries, epochs and crashes.
create table insyn.job (
    id          bigint generated always as identity primary key,
    kind        text not null,
    queue       text not null,
    request_id  bigint,
    subject_id  bigint,
    mail_id     bigint,
    link_id     bigint,
    event_id    bigint,
    state       text not null default 'queued' check (state in ('queued', 'working', 'done', 'failed', 'cancelled')),
    epoch       integer not null default 1,
    attempt     integer not null default 0,
    crashes     integer not null default 0,
    run_at      timestamptz not null default now(),
    conflict_at timestamptz,
    relay_at    timestamptz,
    lease_until timestamptz,
    worker      text,
    code        text,
    stage       text,
    progress    bigint not null default 0,
    total       bigint not null default 0,
    created_at  timestamptz not null default now(),
    started_at  timestamptz,
    finished_at timestamptz,
    check ((state = 'working') = (lease_until is not null))
);
create index job_due on insyn.job (run_at) where state = 'queued';
create index job_lease on insyn.job (lease_until) where state = 'working';
create index job_request on insyn.job (request_id);
create index job_state on insyn.job (state, kind);
create unique index job_mail on insyn.job (mail_id) where kind = 'mail' and state in ('queued', 'working');
create unique index job_event on insyn.job (event_id) where event_id is not null;

create table insyn.slot (
    name   text not null,
    slot   timestamptz not null,
    ran_at timestamptz not null default now(),
    done_at timestamptz,
    primary key (name, slot)
);

create table insyn.report (
    id      bigint generated always as identity primary key,
    slot    timestamptz not null unique,
    body    jsonb not null,
    at      timestamptz not null default now()
);

-- The last run of each sweep, for /metrics and the report.
create table insyn.sweep (
    name   text primary key,
    ran_at timestamptz not null,
    rows   bigint not null
);
