-- +goose Up
alter table insyn.request drop constraint request_waiting_for_check;
alter table insyn.request add constraint request_waiting_for_check
    check (waiting_for in ('identity', 'clarification', 'review', 'approval', 'delivery', 'hold'));

-- A legal hold: nothing erases the person before it is released. One at a time; earlier ones stay as a record.
create table insyn.hold (
    id         bigint generated always as identity primary key,
    key_hmac   bytea not null,
    source     text not null,
    -- sealed: the key in the source, the name as it was, and why; null after an erasure
    key        bytea,
    name       bytea,
    reason     bytea,
    ground     text not null check (ground in ('claim', 'authority', 'dispute', 'law')),
    placed_by  bigint not null,
    placed_at  timestamptz not null default now(),
    -- when somebody has to look whether it is still needed
    review_on  date not null,
    released_by     bigint,
    released_at     timestamptz,
    released_reason bytea,
    check ((released_at is null) = (released_by is null))
);
create unique index hold_one on insyn.hold (key_hmac) where released_at is null;
create index hold_subject on insyn.hold (key_hmac);

-- Another card that shares identifiers with a person of the request, and what was decided about it.
create table insyn.tie (
    id         bigint generated always as identity primary key,
    request_id bigint not null references insyn.request on delete cascade,
    -- the request's own card that it shares them with
    with_hmac  bytea not null,
    source     text not null,
    key_hmac   bytea not null,
    -- sealed, null after an erasure
    key        bytea,
    kinds      text[] not null,
    found_at   timestamptz not null default now(),
    decision   text check (decision in ('same', 'different')),
    decided_by bigint,
    decided_at timestamptz,
    -- the request in which it was decided, where that was an earlier one
    decided_in bigint,
    unique (request_id, key_hmac),
    check ((decision is null) = (decided_at is null))
);
create index tie_subject on insyn.tie (key_hmac);

-- Two cards that are not the same person, the lower hash first; holds for later requests as long as nothing more ties them.
create table insyn.not_same (
    a          bytea not null,
    b          bytea not null,
    kinds      text[] not null,
    request_id bigint not null,
    decided_by bigint not null,
    decided_at timestamptz not null default now(),
    primary key (a, b),
    check (a < b)
);
create index not_same_b on insyn.not_same (b);

grant select, insert, update on insyn.hold, insyn.tie to insyn_web;
grant select, insert, update, delete on insyn.not_same to insyn_web;
grant select, insert, update, delete on insyn.hold, insyn.tie, insyn.not_same to insyn_worker;
grant select on insyn.hold, insyn.tie, insyn.not_same to insyn_scheduler;
grant usage on all sequences in schema insyn to insyn_web, insyn_worker;
