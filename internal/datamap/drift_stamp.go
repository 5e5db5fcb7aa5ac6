package datamap

import (
	"context"
	"fmt"
)

// Stamp changes whenever a definition in the catalog does: it stands for the versions (oid and xmin) of the catalog's rows,
// not for what they say, and so it is cheap in a schema of any size. Equal stamps of one database mean an equal shape and
// equal rights; unequal ones mean nothing but that somebody has to look. It holds for the life of a process, not for a
// restored database.
func Stamp(ctx context.Context, q Querier) (string, error) {
	var stamp string
	err := q.QueryRow(ctx, `
		with mine as (
			select oid, xmin
			  from pg_namespace
			 where nspname not in ('information_schema', 'insyn', 'insyn_ledger')
			   and nspname not like 'pg\_%'
		), tables as (
			select r.oid, r.xmin
			  from pg_class r
			 where r.relkind in ('r', 'p', 'm', 'f', 'v')
			   and r.relnamespace in (select oid from mine)
		), versions (kind, id, version) as (
			select 1, oid::bigint, xmin::text from mine
			union all
			select 2, oid::bigint, xmin::text from tables
			union all
			select 3, (attrelid::bigint << 16) + attnum, xmin::text from pg_attribute where attnum > 0 and attrelid in (select oid from tables)
			union all
			select 4, oid::bigint, xmin::text from pg_attrdef where adrelid in (select oid from tables)
			union all
			select 5, oid::bigint, xmin::text from pg_constraint where conrelid in (select oid from tables) or contypid <> 0
			union all
			select 6, indexrelid::bigint, xmin::text from pg_index where indrelid in (select oid from tables)
			union all
			select 7, oid::bigint, xmin::text from pg_trigger where tgrelid in (select oid from tables)
			union all
			select 8, oid::bigint, xmin::text from pg_rewrite where ev_class in (select oid from tables)
			union all
			select 9, oid::bigint, xmin::text from pg_policy where polrelid in (select oid from tables)
			union all
			select 10, (inhrelid::bigint << 20) + inhparent::bigint, xmin::text from pg_inherits
			union all
			select 11, oid::bigint, xmin::text from pg_proc where pronamespace in (select oid from mine)
			union all
			select 12, oid::bigint, xmin::text from pg_type where typtype in ('d', 'e') and typnamespace in (select oid from mine)
			union all
			select 13, oid::bigint, xmin::text from pg_enum
			union all
			select 14, oid::bigint, xmin::text from pg_publication
			union all
			select 15, oid::bigint, xmin::text from pg_publication_rel
			union all
			select 16, oid::bigint, xmin::text from pg_publication_namespace
			union all
			select 17, (roleid::bigint << 20) + member::bigint, xmin::text from pg_auth_members
		)
		select count(*) || '.' || bit_xor(hashtextextended(version, id * 32 + kind)) || '.' || sum(hashtextextended(version, id * 32 + kind + 17)::numeric)
		  from versions`).Scan(&stamp)
	if err != nil {
		return "", fmt.Errorf("stamp the source: %w", err)
	}
	return stamp, nil
}
