
-- What became of kept rows when their time was over, in counts: written in the commit that erased them.
create table if not exists insyn_ledger.expired (
    id         bigint generated always as identity primary key,
    at         timestamptz not null default now(),
    table_name text not null,
    rule       text not null,
    until      date not null,
    action     text not null check (action in ('delete', 'anonymise', 'gone')),
    rows       integer not null
);
grant select on insyn_ledger.expired to insyn_web, insyn_worker;
grant select, insert on insyn_ledger.expired to insyn_expire;
