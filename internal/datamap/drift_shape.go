package datamap

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Shape is what the map was held against: each fact of the live schema by which personal data could come, go or be
// copied, by table ("crm.person" -> "column email" -> "text not null"). It is the same for every role and every search
// path, holds no value of any row, and says nothing of indexes, storage, owners and default values.
type Shape map[string]map[string]string

// shapeFacts gives the facts as table, fact, definition. What is long stands there as a hash: it is compared, not read.
const shapeFacts = `
	with tables as (
		select r.oid,
		       n.nspname || '.' || r.relname as name,
		       r.relkind,
		       r.relrowsecurity,
		       r.relforcerowsecurity,
		       n.nspname,
		       r.relname
		  from pg_class r
		  join pg_namespace n on n.oid = r.relnamespace
		 where r.relkind in ('r', 'p', 'm', 'f', 'v')
		   and not r.relispartition
		   and n.nspname not in ('information_schema', 'insyn', 'insyn_ledger')
		   and n.nspname not like 'pg\_%'
		   -- The views of an extension change with its version.
		   and not (r.relkind = 'v' and exists (
		       select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = r.oid and d.deptype = 'e'))
	)
	select name, 'table' as fact, relkind::text as def
	  from tables
	union all
	select t.name,
	       'column ' || a.attname,
	       format_type(a.atttypid, a.atttypmod)
	       || case when a.attnotnull then ' not null' else '' end
	       || case when a.attidentity <> '' then ' identity ' || a.attidentity::text else '' end
	       || case when a.attgenerated <> '' then ' generated ' || md5(pg_get_expr(d.adbin, d.adrelid)) else '' end
	       || coalesce((select ' domain ' || md5(string_agg(pg_get_constraintdef(k.oid), '; ' order by pg_get_constraintdef(k.oid)))
	                      from pg_constraint k
	                     where k.contypid = a.atttypid), '')
	  from tables t
	  join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
	  left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum and a.attgenerated <> ''
	union all
	select t.name, 'parent ' || pn.nspname || '.' || pr.relname, ''
	  from tables t
	  join pg_inherits i on i.inhrelid = t.oid
	  join pg_class pr on pr.oid = i.inhparent
	  join pg_namespace pn on pn.oid = pr.relnamespace
	union all
	-- A foreign key is what it joins, whatever it is called.
	select t.name,
	       'foreign key ' || (select string_agg(a.attname, ', ' order by u.i)
	                            from unnest(k.conkey) with ordinality as u (n, i)
	                            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n)
	       || ' to ' || fn.nspname || '.' || fr.relname
	       || ' (' || (select string_agg(a.attname, ', ' order by u.i)
	                     from unnest(k.confkey) with ordinality as u (n, i)
	                     join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.n) || ')',
	       'on delete ' || k.confdeltype::text || ', on update ' || k.confupdtype::text
	  from tables t
	  join pg_constraint k on k.conrelid = t.oid and k.contype = 'f' and k.conparentid = 0
	  join pg_class fr on fr.oid = k.confrelid
	  join pg_namespace fn on fn.oid = fr.relnamespace
	union all
	select t.name, 'check ' || k.conname, md5(pg_get_constraintdef(k.oid))
	  from tables t
	  join pg_constraint k on k.conrelid = t.oid and k.contype in ('c', 'x')
	union all
	select t.name,
	       case when i.indisprimary then 'primary key ' else 'unique ' end
	       || (select string_agg(pg_get_indexdef(i.indexrelid, g::integer, false), ', ' order by g)
	             from generate_series(1, i.indnkeyatts) as g),
	       coalesce('where ' || md5(pg_get_expr(i.indpred, i.indrelid)), '')
	  from tables t
	  join pg_index i on i.indrelid = t.oid and i.indisunique
	union all
	-- A trigger is its text and that of its function; those of a partition count as the table's.
	select t.name,
	       'trigger ' || g.tgname || case when g.tgrelid <> t.oid then ' on ' || p.relname else '' end,
	       'enabled ' || g.tgenabled::text || ' ' || md5(pg_get_triggerdef(g.oid) || f.prosrc)
	  from pg_trigger g
	  join pg_class p on p.oid = g.tgrelid
	  join tables t on t.oid = coalesce(pg_partition_root(g.tgrelid), g.tgrelid)
	  join pg_proc f on f.oid = g.tgfoid
	 where not g.tgisinternal
	   and g.tgparentid = 0
	union all
	select t.name, 'rule ' || w.rulename, 'enabled ' || w.ev_enabled::text || ' ' || md5(pg_get_ruledef(w.oid))
	  from tables t
	  join pg_rewrite w on w.ev_class = t.oid and w.rulename <> '_RETURN'
	union all
	select name, 'definition', md5(pg_get_viewdef(oid))
	  from tables
	 where relkind in ('v', 'm')
	union all
	select distinct t.name, 'reads ' || fn.nspname || '.' || fr.relname, ''
	  from tables t
	  join pg_rewrite w on w.ev_class = t.oid and w.rulename = '_RETURN'
	  join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass and d.refobjid <> t.oid
	  join pg_class fr on fr.oid = d.refobjid
	  join pg_namespace fn on fn.oid = fr.relnamespace
	 where t.relkind in ('v', 'm')
	   and fr.relkind in ('r', 'p', 'm', 'f', 'v')
	union all
	select name, 'row security', case when relforcerowsecurity then 'forced' else 'on' end
	  from tables
	 where relrowsecurity
	union all
	select t.name,
	       'policy ' || y.polname,
	       md5(y.polcmd::text || y.polpermissive::text || array(select r.rolname from pg_roles r where r.oid = any (y.polroles) order by 1)::text
	           || coalesce(pg_get_expr(y.polqual, y.polrelid), '') || '/' || coalesce(pg_get_expr(y.polwithcheck, y.polrelid), ''))
	  from tables t
	  join pg_policy y on y.polrelid = t.oid
	union all
	select t.name, 'publication ' || u.pubname, ''
	  from pg_publication_tables u
	  join tables t on t.nspname = u.schemaname and t.relname = u.tablename`

// Fingerprint is one hash of the live shape, for a comparison that must not take long.
func Fingerprint(ctx context.Context, q Querier) (string, error) {
	var hash string
	err := bare(ctx, q, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `
			select md5(coalesce(string_agg(name || e'\t' || fact || e'\t' || def, e'\n' order by name collate "C", fact collate "C", def collate "C"), ''))
			  from (`+shapeFacts+`) as f (name, fact, def)`).Scan(&hash)
	})
	if err != nil {
		return "", fmt.Errorf("take the fingerprint of the source: %w", err)
	}
	return hash, nil
}

// ReadShape reads the live shape and its fingerprint.
func ReadShape(ctx context.Context, q Querier) (Shape, string, error) {
	s := Shape{}
	var hash string
	err := bare(ctx, q, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, shapeFacts)
		if err != nil {
			return err
		}
		var name, fact, def string
		_, err = pgx.ForEachRow(rows, []any{&name, &fact, &def}, func() error {
			if s[name] == nil {
				s[name] = map[string]string{}
			}
			s[name][fact] = def
			return nil
		})
		if err != nil {
			return err
		}
		hash, err = Fingerprint(ctx, tx)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("read the shape of the source: %w", err)
	}
	return s, hash, nil
}

// bare runs fn in a transaction or savepoint without a search path, which is part of what the catalog prints.
func bare(ctx context.Context, q Querier, fn func(tx pgx.Tx) error) error {
	tx, err := q.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	if _, err := tx.Exec(ctx, `set local search_path = pg_catalog`); err != nil {
		return err
	}
	return fn(tx)
}
