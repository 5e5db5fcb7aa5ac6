-- +goose Up
create table insyn.artefact (
    id         bigint generated always as identity primary key,
    request_id bigint not null,
    -- half of the key; null after the purge, and then no copy of the chunks can be opened
    salt       bytea,
    as_of      timestamptz not null default now(),
    size       bigint not null default 0,
    records    bigint not null default 0,
    created_at timestamptz not null default now(),
    purged_at  timestamptz
);
create table insyn.artefact_chunk (
    artefact_id bigint not null references insyn.artefact on delete cascade,
    no          integer not null,
    bytes       bytea not null,
    primary key (artefact_id, no)
);
alter table insyn.artefact_chunk alter column bytes set storage external;

create table insyn.link (
    id            bigint generated always as identity primary key,
    request_id    bigint not null,
    subject_id    bigint not null,
    artefact_id   bigint references insyn.artefact,
    level         text not null check (level in ('A', 'B', 'C')),
    token_hash    bytea not null unique,
    epoch         integer not null default 1,
    hours         integer not null check (hours between 1 and 168),
    created_at    timestamptz not null default now(),
    -- set in the commit before the mail's dialogue; null: not sent, opens nothing
    expires_at    timestamptz,
    revoked_at    timestamptz,
    revoked_why   text check (revoked_why in ('replaced', 'handler', 'subject', 'undeliverable', 'erasure', 'misdelivered', 'withdrawn')),
    opened_at     timestamptz,
    downloaded_at timestamptz,
    purged_at     timestamptz,
    unopened_told_at timestamptz
);
create index link_request on insyn.link (request_id);
create index link_live on insyn.link (expires_at) where purged_at is null;

create table insyn.code (
    id          bigint generated always as identity primary key,
    link_id     bigint not null references insyn.link on delete cascade,
    -- hash of the browser's pre-session cookie; null: any browser (an address, or a code given by another channel)
    browser     bytea,
    hash        text not null,
    -- null until the mail with the code was accepted
    valid_until timestamptz,
    tries       integer not null default 0,
    -- may open more than once (the address of level A); its share events carry no code_id
    many        boolean not null default false,
    created_at  timestamptz not null default now(),
    mail_id     bigint
);
create index code_link on insyn.code (link_id);

create table insyn.share_event (
    id         bigint generated always as identity primary key,
    link_id    bigint not null,
    code_id    bigint,
    kind       text not null check (kind in ('code_wanted', 'opened', 'downloaded', 'proposal', 'optout', 'objection', 'erasure', 'question', 'link_wanted', 'closed')),
    browser    bytea,
    body       bytea,
    created_at timestamptz not null default now(),
    handled_at timestamptz
);
-- a code is used once
create unique index share_event_code on insyn.share_event (code_id) where kind = 'opened' and code_id is not null;
create index share_event_link on insyn.share_event (link_id, kind, created_at);
create index share_event_open on insyn.share_event (id) where handled_at is null;

create table insyn.mail (
    id           bigint generated always as identity primary key,
    request_id   bigint,
    subject_id   bigint,
    link_id      bigint,
    code_id      bigint,
    template     text not null,
    language     text not null check (language in ('sv', 'en')),
    audience     text not null check (audience in ('subject', 'staff')),
    -- held: written by an erasure, released by its clean rescan
    state        text not null default 'ready' check (state in ('held', 'ready', 'sending', 'accepted', 'ambiguous', 'failed', 'cancelled')),
    -- the state that the request takes when this mail is accepted
    answers      text check (answers in ('answered', 'partly', 'refused')),
    tries        integer not null default 0,
    -- dialogues whose end nobody saw; after the second there is no third
    lost         integer not null default 0,
    message_id   text,
    recipient    bytea,
    vars         bytea,
    token        bytea,
    code         text,
    created_at   timestamptz not null default now(),
    first_try_at timestamptz,
    -- no try later than this after the first: codes 30 minutes, the rest 24 hours
    give_up_after interval not null default '24 hours',
    accepted_at  timestamptz,
    bounced_at   timestamptz,
    blanked_at   timestamptz
);
create index mail_request on insyn.mail (request_id);
create index mail_waiting on insyn.mail (created_at) where state in ('ready', 'sending', 'ambiguous', 'held');

-- Counts a try, atomically, on every live code of this browser, and returns those that still had one left.
-- +goose StatementBegin
create function insyn.try_code(p_link bigint, p_browser bytea)
    returns table (code_id bigint, hash text, tries_left integer)
    language sql security definer set search_path = insyn, pg_temp as $$
    update code c
       set tries = c.tries + 1
      from link l
     where c.link_id = p_link
       and l.id = c.link_id
       and l.revoked_at is null
       and l.expires_at > clock_timestamp()
       and (c.browser is null or c.browser = p_browser)
       and c.valid_until > clock_timestamp()
       and c.tries < case when c.many then 20 else 5 end
       and not exists (select 1 from share_event e where e.code_id = c.id and e.kind = 'opened')
    returning c.id, c.hash, case when c.many then 20 else 5 end - c.tries
$$;
-- +goose StatementEnd
revoke all on function insyn.try_code(bigint, bytea) from public;

-- What an event changes at once is changed here, so that the share site needs no right to write links.
-- +goose StatementBegin
create function insyn.share_event_effects() returns trigger language plpgsql security definer set search_path = insyn, pg_temp as $$
begin
    if new.kind = 'opened' then
        update link set opened_at = coalesce(opened_at, clock_timestamp()) where id = new.link_id;
    elsif new.kind = 'downloaded' then
        update link set downloaded_at = coalesce(downloaded_at, clock_timestamp()) where id = new.link_id;
    elsif new.kind = 'closed' then
        update link set revoked_at = coalesce(revoked_at, clock_timestamp()),
                        revoked_why = coalesce(revoked_why, 'subject') where id = new.link_id;
    end if;
    perform pg_notify('insyn_event', '');
    return null;
end
$$;
-- +goose StatementEnd
create trigger share_event_effects after insert on insyn.share_event
    for each row execute function insyn.share_event_effects();
