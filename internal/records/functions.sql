create schema if not exists insyn;

-- HMAC-SHA256 without an extension.
create or replace function insyn_ledger.hmac(secret bytea, message bytea) returns bytea
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
    key   bytea := secret;
    inner_pad bytea;
    outer_pad bytea;
begin
    if length(key) > 64 then
        key := sha256(key);
    end if;
    key := key || decode(repeat('00', 64 - length(key)), 'hex');
    inner_pad := key;
    outer_pad := key;
    for i in 0..63 loop
        inner_pad := set_byte(inner_pad, i, get_byte(key, i) # 54);
        outer_pad := set_byte(outer_pad, i, get_byte(key, i) # 92);
    end loop;
    return sha256(outer_pad || sha256(inner_pad || message));
end
$$;

-- The key is outside the database, so that a copy of the database tells nobody who is on the list.
create or replace function insyn_ledger.suppression_key() returns bytea
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    key text := current_setting('insyn.suppression_key', true);
begin
    if key is null or key !~ '^([0-9a-fA-F]{2}){16,}$' then
        raise exception 'the key of the suppression list is not set'
            using hint = 'set insyn.suppression_key = ''<hex>''; insyn may-mail prints how to get the key';
    end if;
    return decode(key, 'hex');
end
$$;

create or replace function insyn_ledger.suppressed(address text, origins text[]) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return exists (
        select 1
          from insyn_ledger.suppression as s
         where s.hmac = insyn_ledger.hmac(insyn_ledger.suppression_key(), convert_to(lower(btrim(address)), 'UTF8'))
           and s.channel = 'email'
           and s.origin = any (origins)
    );
end
$$;

-- A telephone number in E.164. A national one is of the controller's country, whose code was written in here when the
-- source was migrated. Insyn's own hashes follow the same rule.
create or replace function insyn_ledger.normal_phone(raw text) returns text
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
    code   constant text := '{{country_code}}';
    abroad boolean := raw ~ '^[^0-9]*[+]';
    d      text := regexp_replace(raw, '[^0-9]', '', 'g');
begin
    if abroad or starts_with(d, '00') then
        d := regexp_replace(replace(raw, '(0)', ''), '[^0-9]', '', 'g');
        if not abroad and starts_with(d, '00') then
            d := substr(d, 3);
        end if;
    elsif starts_with(d, '0') then
        d := code || substr(d, 2);
    elsif not starts_with(d, code) or length(d) < 10 then
        d := code || d;
    end if;
    if starts_with(d, code) then
        d := code || ltrim(substr(d, length(code) + 1), '0');
    end if;
    if length(d) < 7 or length(d) > 15 then
        return null;
    end if;
    return '+' || d;
end
$$;

create or replace function insyn_ledger.suppressed_phone(number text, origins text[]) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return exists (
        select 1
          from insyn_ledger.suppression as s
         where s.hmac = insyn_ledger.hmac(insyn_ledger.suppression_key(), convert_to(insyn_ledger.normal_phone(number), 'UTF8'))
           and s.channel = 'phone'
           and s.origin = any (origins)
    );
end
$$;

-- A person whose erasure is under way.
create or replace function insyn_ledger.is_restricted(whom text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select 1 from insyn_ledger.restricted as r where r.person = whom)
$$;

-- The addresses of a person.
create or replace function insyn_ledger.contacts(person text) returns setof text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
{{declare}}
begin
{{assign}}
{{contacts}}
end
$$;

-- The numbers of a person.
create or replace function insyn_ledger.numbers(person text) returns setof text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
{{declare}}
begin
{{assign}}
{{phones}}
end
$$;

create or replace function insyn_ledger.holders(address text) returns setof text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
{{holders}}
end
$$;

-- Whether the newsletter may be sent to a person: yes only on a yes, and without objection, restriction or suppression.
create or replace function insyn.may_mail(person text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    newsletter text;
    processing text;
{{declare}}
begin
    perform insyn_ledger.suppression_key();
{{assign}}
    select {{newsletter}}, {{processing}}
      into newsletter, processing
      from {{subject}} as x
     where {{match}}
       and {{live}};
    if newsletter is distinct from 'yes' or processing in ('no', 'withdrawn', 'objected', 'restricted') then
        return false;
    end if;
    if insyn_ledger.is_restricted({{key}}) then
        return false;
    end if;
    return not exists (
        select 1
          from insyn_ledger.contacts(person) as c
         where insyn_ledger.suppressed(c, array['optout', 'objection', 'erasure'])
    ) and not exists (
        select 1
          from insyn_ledger.numbers(person) as c
         where insyn_ledger.suppressed_phone(c, array['objection', 'erasure'])
    );
exception
    -- What cannot be a key is nobody's.
    when invalid_text_representation or numeric_value_out_of_range then
        return false;
end
$$;

-- Whether an address may get the newsletter: every live person who has it must allow it, and somebody must have it.
create or replace function insyn.may_mail_address(address text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform insyn_ledger.suppression_key();
    if address is null or insyn_ledger.suppressed(address, array['optout', 'objection', 'erasure']) then
        return false;
    end if;
    return coalesce((select bool_and(insyn.may_mail(h)) from insyn_ledger.holders(address) as h), false);
end
$$;

-- Whether a person's data may be used: yes only on a yes, and without objection, restriction or suppression. Saying no to
-- newsletters alone does not stop it.
create or replace function insyn.may_process(person text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    processing text;
{{declare}}
begin
    perform insyn_ledger.suppression_key();
{{assign}}
    select {{processing}}
      into processing
      from {{subject}} as x
     where {{match}}
       and {{live}};
    if processing is distinct from 'yes' then
        return false;
    end if;
    if insyn_ledger.is_restricted({{key}}) then
        return false;
    end if;
    return not exists (
        select 1
          from insyn_ledger.contacts(person) as c
         where insyn_ledger.suppressed(c, array['objection', 'erasure'])
    ) and not exists (
        select 1
          from insyn_ledger.numbers(person) as c
         where insyn_ledger.suppressed_phone(c, array['objection', 'erasure'])
    );
exception
    when invalid_text_representation or numeric_value_out_of_range then
        return false;
end
$$;

-- Whether a person may come in, by an importer who has an address, a number or both: no where either is of somebody who
-- objected, or whose erasure is to last. Who has only said no to newsletters may come in.
create or replace function insyn.may_import(address text, phone text default null) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform insyn_ledger.suppression_key();
    return not coalesce(insyn_ledger.suppressed(address, array['objection', 'erasure']), false)
       and not coalesce(insyn_ledger.suppressed_phone(phone, array['objection', 'erasure']), false);
end
$$;

grant usage on schema insyn to public;
revoke all on function insyn_ledger.contacts(text), insyn_ledger.numbers(text), insyn_ledger.holders(text), insyn_ledger.is_restricted(text),
    insyn_ledger.suppressed(text, text[]), insyn_ledger.suppressed_phone(text, text[]) from public;
grant execute on function insyn_ledger.contacts(text), insyn_ledger.numbers(text), insyn_ledger.holders(text), insyn_ledger.is_restricted(text),
    insyn_ledger.suppressed(text, text[]), insyn_ledger.suppressed_phone(text, text[]) to insyn_worker;
