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
           and s.origin = any (origins)
    );
end
$$;

-- The addresses and numbers of a person.
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
    return not exists (
        select 1
          from insyn_ledger.contacts(person) as c
         where insyn_ledger.suppressed(c, array['optout', 'objection', 'erasure'])
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
    return not exists (
        select 1
          from insyn_ledger.contacts(person) as c
         where insyn_ledger.suppressed(c, array['objection', 'erasure'])
    );
exception
    when invalid_text_representation or numeric_value_out_of_range then
        return false;
end
$$;

grant usage on schema insyn to public;
revoke all on function insyn_ledger.contacts(text), insyn_ledger.holders(text), insyn_ledger.suppressed(text, text[]) from public;
grant execute on function insyn_ledger.contacts(text), insyn_ledger.holders(text), insyn_ledger.suppressed(text, text[]) to insyn_worker;
