-- +goose Up
-- A place in a text that may name the person of an erasure or of an access request, and what somebody has decided about it: where it was and why it was asked about,
-- never what stood there. place is a keyed hash of both.
create table insyn.mention (
    request_id  bigint not null references insyn.request on delete cascade,
    place       bytea not null,
    source      text not null,
    table_name  text not null,
    column_name text not null,
    rule        text not null,
    confidence  text not null check (confidence in ('unsure', 'likely', 'certain')),
    linked      boolean not null,
    -- the rehearsal that found it last; one that a later rehearsal did not find is a record of what was decided
    found_in    bigint not null,
    accepted    boolean,
    decided_by  bigint,
    decided_at  timestamptz,
    primary key (request_id, place),
    check ((accepted is null) = (decided_by is null) and (accepted is null) = (decided_at is null))
);
grant select, update (accepted, decided_by, decided_at) on insyn.mention to insyn_web;
grant select, insert, update, delete on insyn.mention to insyn_worker;
grant select on insyn.mention to insyn_scheduler;
