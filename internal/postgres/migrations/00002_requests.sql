-- +goose Up
create table insyn.request (
    id                bigint generated always as identity (start with 1001) primary key,
    kind              text not null check (kind in ('access', 'portability', 'rectification', 'erasure', 'restriction', 'objection')),
    state             text not null default 'received'
                      check (state in ('received', 'waiting', 'working', 'answered', 'partly', 'refused', 'withdrawn', 'failed')),
    waiting_for       text check (waiting_for in ('identity', 'clarification', 'review', 'approval', 'delivery')),
    -- false: we share on our own initiative, so no legal date runs
    asked             boolean not null default true,
    received_at       timestamptz not null default now(),
    received_on       date not null,
    channel           text not null check (channel in ('mail', 'phone', 'letter', 'visit', 'share_page')),
    asked_by          text not null default 'self' check (asked_by in ('self', 'agent', 'guardian')),
    language          text not null check (language in ('sv', 'en')),
    answer_by         text not null default 'mail' check (answer_by in ('mail', 'paper')),
    assurance         text not null default 'B' check (assurance in ('A', 'B', 'C')),
    country           text not null,
    eves              boolean not null default true,
    due               date,
    due_strict        date,
    extended_at       timestamptz,
    extended_reason   text,
    handler           bigint,
    created_by        bigint,
    origin_request_id bigint,
    -- a double submit and a share event handled twice find their first row here
    idempotency_key   text unique,
    notes             bytea,
    wish              bytea,
    -- what is asked of the data: corrections, a consent change; sealed
    proposal          bytea,
    verified_how      text check (verified_how in ('login', 'code_on_file', 'call_back', 'in_person', 'known_mail')),
    verified_by       bigint,
    verified_at       timestamptz,
    ground            text check (ground in ('a', 'b', 'c', 'd', 'e', 'f')),
    -- erasure: the person would rather not wait for their open access request or live link
    no_wait           boolean not null default false,
    requested_by      bigint,
    approved_by       bigint,
    approved_at       timestamptz,
    approved_plan     jsonb,
    refusal_ground    text,
    decided_by        text,
    decision          bytea,
    dpo_advice        text check (dpo_advice in ('followed', 'not_followed', 'not_asked')),
    misdelivered_at   timestamptz,
    -- a handler has looked at the copy that goes to the person
    reviewed_by       bigint,
    reviewed_at       timestamptz,
    answered_at       timestamptz,
    closed_at         timestamptz,
    erased_at         timestamptz,
    rescanned_at      timestamptz,
    purged_at         timestamptz,
    version           integer not null default 1,
    check ((state = 'waiting') = (waiting_for is not null)),
    check ((state in ('answered', 'partly', 'refused', 'withdrawn')) = (closed_at is not null)),
    check ((state in ('answered', 'partly', 'refused')) <= (answered_at is not null)),
    check ((due is null) = (not asked)),
    check (approved_by is null or (kind = 'erasure' and requested_by is not null and ground is not null and verified_how is not null))
);
create index request_open on insyn.request (due_strict) where closed_at is null;
create index request_received on insyn.request (received_on);

-- An erasure is approved by an administrator who did not ask for it; one person may do both only where the settings say so.
-- +goose StatementBegin
create function insyn.request_approval() returns trigger language plpgsql security definer set search_path = insyn, pg_temp as $$
begin
    if new.approved_by is not distinct from old.approved_by and new.requested_by is not distinct from old.requested_by then
        return new;
    end if;
    if new.approved_by is null then
        return new;
    end if;
    if not exists (select 1 from account
                    where id = new.approved_by and 'administrator' = any (roles) and disabled_at is null) then
        raise exception 'the approver is not an administrator' using errcode = 'check_violation', constraint = 'request_approver_role';
    end if;
    if new.approved_by = new.requested_by
       and (select coalesce(body ->> 'approval', 'two') from setting) <> 'one' then
        raise exception 'the approver asked for the erasure' using errcode = 'check_violation', constraint = 'request_two_people';
    end if;
    return new;
end
$$;
-- +goose StatementEnd
create trigger request_approval before update on insyn.request
    for each row execute function insyn.request_approval();

create table insyn.request_subject (
    id         bigint generated always as identity primary key,
    request_id bigint not null references insyn.request on delete cascade,
    source     text not null,
    key_hmac   bytea not null,
    -- sealed: the key in the source; name and address as they were; all null after an erasure
    key        bytea,
    name       bytea,
    address    bytea,
    -- sealed identifiers of the person and their linked rows, from the erasure's start to its clean rescan
    identifiers bytea,
    receipt    jsonb,
    unique (request_id, key_hmac)
);
create index request_subject_hmac on insyn.request_subject (key_hmac);

create table insyn.pause (
    id          bigint generated always as identity primary key,
    request_id  bigint not null references insyn.request on delete cascade,
    why         text not null check (why in ('identity', 'clarification')),
    asked_on    date not null,
    answered_on date check (answered_on >= asked_on),
    overridden_by bigint
);
create index pause_request on insyn.pause (request_id);

-- What a correction was and did, sealed; dies with the request's own retention or the person's erasure.
create table insyn.evidence (
    id         bigint generated always as identity primary key,
    request_id bigint not null references insyn.request on delete cascade,
    kind       text not null check (kind in ('correction', 'consent', 'question', 'decision')),
    at         timestamptz not null default now(),
    body       bytea
);
create index evidence_request on insyn.evidence (request_id);

create table insyn.rehearsal (
    id         bigint generated always as identity primary key,
    request_id bigint not null references insyn.request on delete cascade,
    at         timestamptz not null default now(),
    plan_hash  bytea not null,
    counts     jsonb not null,
    body       bytea
);
create index rehearsal_request on insyn.rehearsal (request_id, id desc);

-- Keyed hashes of people who must not be mailed. The key is outside the database.
create table insyn.suppression (
    hmac    bytea not null,
    channel text not null check (channel in ('email', 'phone')),
    at      timestamptz not null default now(),
    origin  text not null check (origin in ('optout', 'objection', 'erasure')),
    primary key (hmac, channel)
);

create table insyn.consent_event (
    id         bigint generated always as identity primary key,
    request_id bigint,
    key_hmac   bytea not null,
    box        text not null check (box in ('newsletter', 'processing')),
    state      text not null check (state in ('unknown', 'yes', 'no', 'withdrawn', 'objected', 'restricted')),
    channel    text not null,
    wording    text,
    at         timestamptz not null,
    actor      bigint,
    recorded_at timestamptz not null default now()
);
create index consent_event_subject on insyn.consent_event (key_hmac, id desc);
