-- +goose Up
grant usage on schema insyn to insyn_web, insyn_share, insyn_worker, insyn_scheduler;

-- web: the whole of our own tables but the chunks, the mails' secrets and the codes; nothing is deleted here
grant select, insert, update on insyn.setting, insyn.account, insyn.request, insyn.request_subject, insyn.pause, insyn.job to insyn_web;
grant select, insert on insyn.audit, insyn.evidence, insyn.consent_event to insyn_web;
grant select, insert, update, delete on insyn.sessions, insyn.login_failure to insyn_web;
grant select on insyn.rehearsal, insyn.suppression, insyn.slot, insyn.report, insyn.sweep, insyn.artefact, insyn.link, insyn.share_event to insyn_web;
grant update (revoked_at, revoked_why) on insyn.link to insyn_web;
grant select (id, request_id, subject_id, link_id, code_id, template, language, audience, state, answers, tries, code, created_at,
              first_try_at, give_up_after, accepted_at, bounced_at, message_id) on insyn.mail to insyn_web;
grant insert on insyn.mail to insyn_web;
grant update (state, bounced_at) on insyn.mail to insyn_web;
grant insert (link_id, browser, hash, valid_until, many) on insyn.code to insyn_web;
grant select (id, link_id, browser, valid_until, tries, created_at) on insyn.code to insyn_web;

-- share: reads links, settings and sealed chunks, counts tries through one function, leaves events
grant select on insyn.setting, insyn.share_key, insyn.link, insyn.artefact, insyn.artefact_chunk to insyn_share;
grant select (id, link_id, code_id, kind, browser, created_at) on insyn.share_event to insyn_share;
grant select (id, link_id, browser, valid_until, created_at) on insyn.code to insyn_share;
grant insert (link_id, code_id, kind, browser, body) on insyn.share_event to insyn_share;
grant execute on function insyn.try_code(bigint, bytea) to insyn_share;

-- worker: all of our own tables; audit stays insert-only
grant select, insert, update, delete on all tables in schema insyn to insyn_worker;
revoke update, delete on insyn.audit from insyn_worker;

-- scheduler: reads what it reports on, blanks and deletes what has expired, writes jobs and slots
grant select on all tables in schema insyn to insyn_scheduler;
revoke select on insyn.account, insyn.sessions, insyn.code, insyn.artefact_chunk from insyn_scheduler;
grant select (id, language, roles, disabled_at) on insyn.account to insyn_scheduler;
grant insert on insyn.audit, insyn.job, insyn.mail to insyn_scheduler;
grant select, insert, update on insyn.slot, insyn.report, insyn.sweep to insyn_scheduler;
grant update, delete on insyn.link, insyn.artefact, insyn.share_event, insyn.mail, insyn.request, insyn.request_subject, insyn.evidence, insyn.rehearsal, insyn.pause to insyn_scheduler;
grant delete on insyn.artefact_chunk, insyn.code, insyn.sessions, insyn.login_failure, insyn.job, insyn.slot to insyn_scheduler;
grant select (artefact_id, no) on insyn.artefact_chunk to insyn_scheduler;
grant select (id, link_id, created_at, valid_until) on insyn.code to insyn_scheduler;
grant select (token, expiry) on insyn.sessions to insyn_scheduler;
grant usage on all sequences in schema insyn to insyn_web, insyn_worker, insyn_scheduler, insyn_share;

-- Every process reads the schema's version at start; the table itself is the migrating login's.
-- +goose StatementBegin
create function insyn.schema_version() returns table (version_id bigint) language sql security definer set search_path = insyn, pg_temp as $$
    select version_id from schema_migration where is_applied
$$;
-- +goose StatementEnd
