-- +goose Up
-- The signed receipt of an erasure whose rescan was clean: the very bytes that were signed, so that it can be verified
-- when map and settings have changed. It names no person. It goes with its request.
create table insyn.receipt (
    request_id bigint primary key references insyn.request on delete cascade,
    body       text not null,
    signed_at  timestamptz not null
);
grant select on insyn.receipt to insyn_web, insyn_scheduler;
grant select, insert, update, delete on insyn.receipt to insyn_worker;

-- expire erases kept rows in the sources; of our own tables it needs the controller's day and leaves an audit line.
grant usage on schema insyn to insyn_expire;
grant select on insyn.setting to insyn_expire;
grant insert on insyn.audit to insyn_expire;
-- Nothing of a person under a legal hold goes.
grant select (request_id, key_hmac) on insyn.request_subject to insyn_expire;
grant select (key_hmac, released_at) on insyn.hold to insyn_expire;
