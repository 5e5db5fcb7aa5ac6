create extension if not exists pg_trgm;

-- What `insyn plan` proposes for the sample map: with these the search for a person in other people's texts does not grow
-- with the CRM. Words first, then numbers however their digits are grouped. A search reads all that waits to be sorted into
-- an index, so that little may wait.
create index if not exists history_subject_trgm_idx on crm.history using gin (subject gin_trgm_ops) with (gin_pending_list_limit = 64);
create index if not exists history_body_trgm_idx on crm.history using gin (body gin_trgm_ops) with (gin_pending_list_limit = 64);
create index if not exists todo_text_trgm_idx on crm.todo using gin (text gin_trgm_ops) with (gin_pending_list_limit = 64);
create index if not exists deal_title_trgm_idx on crm.deal using gin (title gin_trgm_ops) with (gin_pending_list_limit = 64);
create index if not exists deal_description_trgm_idx on crm.deal using gin (description gin_trgm_ops) with (gin_pending_list_limit = 64);
create index if not exists deal_lost_reason_trgm_idx on crm.deal using gin (lost_reason gin_trgm_ops) with (gin_pending_list_limit = 64);
create index if not exists document_file_name_trgm_idx on crm.document using gin (file_name gin_trgm_ops) with (gin_pending_list_limit = 64);
create index if not exists document_body_trgm_idx on crm.document using gin (body gin_trgm_ops) with (gin_pending_list_limit = 64);
create index if not exists organisation_note_trgm_idx on crm.organisation using gin (note gin_trgm_ops) with (gin_pending_list_limit = 64);
create index if not exists newsletter_log_email_trgm_idx on crm.newsletter_log using gin (email gin_trgm_ops) with (gin_pending_list_limit = 64);
create index if not exists change_log_old_values_trgm_idx on crm.change_log using gin ((old_values::text) gin_trgm_ops) with (gin_pending_list_limit = 64);
create index if not exists person_title_trgm_idx on crm.person using gin (title gin_trgm_ops) with (gin_pending_list_limit = 64);
create index if not exists person_source_trgm_idx on crm.person using gin (source gin_trgm_ops) with (gin_pending_list_limit = 64);
create index if not exists person_custom_trgm_idx on crm.person using gin ((custom::text) gin_trgm_ops) with (gin_pending_list_limit = 64);
create index if not exists person_tags_trgm_idx on crm.person using gin (insyn_ledger.words(tags) gin_trgm_ops) with (gin_pending_list_limit = 64);

create index if not exists history_subject_digits_idx on crm.history using gin (translate(subject, ' -()./+' || chr(160), '') gin_trgm_ops) with (gin_pending_list_limit = 64)
    where subject ~ '[0-9][-0-9 ()./+\u00a0]{4,}[0-9]';
create index if not exists history_body_digits_idx on crm.history using gin (translate(body, ' -()./+' || chr(160), '') gin_trgm_ops) with (gin_pending_list_limit = 64)
    where body ~ '[0-9][-0-9 ()./+\u00a0]{4,}[0-9]';
create index if not exists todo_text_digits_idx on crm.todo using gin (translate(text, ' -()./+' || chr(160), '') gin_trgm_ops) with (gin_pending_list_limit = 64)
    where text ~ '[0-9][-0-9 ()./+\u00a0]{4,}[0-9]';
create index if not exists deal_title_digits_idx on crm.deal using gin (translate(title, ' -()./+' || chr(160), '') gin_trgm_ops) with (gin_pending_list_limit = 64)
    where title ~ '[0-9][-0-9 ()./+\u00a0]{4,}[0-9]';
create index if not exists deal_description_digits_idx on crm.deal using gin (translate(description, ' -()./+' || chr(160), '') gin_trgm_ops) with (gin_pending_list_limit = 64)
    where description ~ '[0-9][-0-9 ()./+\u00a0]{4,}[0-9]';
create index if not exists deal_lost_reason_digits_idx on crm.deal using gin (translate(lost_reason, ' -()./+' || chr(160), '') gin_trgm_ops) with (gin_pending_list_limit = 64)
    where lost_reason ~ '[0-9][-0-9 ()./+\u00a0]{4,}[0-9]';
create index if not exists document_file_name_digits_idx on crm.document using gin (translate(file_name, ' -()./+' || chr(160), '') gin_trgm_ops) with (gin_pending_list_limit = 64)
    where file_name ~ '[0-9][-0-9 ()./+\u00a0]{4,}[0-9]';
create index if not exists document_body_digits_idx on crm.document using gin (translate(body, ' -()./+' || chr(160), '') gin_trgm_ops) with (gin_pending_list_limit = 64)
    where body ~ '[0-9][-0-9 ()./+\u00a0]{4,}[0-9]';
create index if not exists organisation_note_digits_idx on crm.organisation using gin (translate(note, ' -()./+' || chr(160), '') gin_trgm_ops) with (gin_pending_list_limit = 64)
    where note ~ '[0-9][-0-9 ()./+\u00a0]{4,}[0-9]';
create index if not exists newsletter_log_email_digits_idx on crm.newsletter_log using gin (translate(email, ' -()./+' || chr(160), '') gin_trgm_ops) with (gin_pending_list_limit = 64)
    where email ~ '[0-9][-0-9 ()./+\u00a0]{4,}[0-9]';
create index if not exists person_title_digits_idx on crm.person using gin (translate(title, ' -()./+' || chr(160), '') gin_trgm_ops) with (gin_pending_list_limit = 64)
    where title ~ '[0-9][-0-9 ()./+\u00a0]{4,}[0-9]';
create index if not exists person_source_digits_idx on crm.person using gin (translate(source, ' -()./+' || chr(160), '') gin_trgm_ops) with (gin_pending_list_limit = 64)
    where source ~ '[0-9][-0-9 ()./+\u00a0]{4,}[0-9]';

-- Who else has an identifier of a person.
create index if not exists person_street_idx on crm.person (lower(street));
create index if not exists person_phone_lower_idx on crm.person_phone (lower(number));
create index if not exists person_personnummer_lower_idx on crm.person (lower(personnummer));
create index if not exists organisation_email_idx on crm.organisation (lower(email));
create index if not exists organisation_phone_idx on crm.organisation (lower(phone));
create index if not exists organisation_street_idx on crm.organisation (lower(street));
create index if not exists organisation_org_number_lower_idx on crm.organisation (lower(org_number));
create index if not exists invoice_line_invoice_id_idx on crm.invoice_line (invoice_id);
