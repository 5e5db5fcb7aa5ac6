package datamap

import (
	"context"

	"github.com/jackc/pgx/v5"
)

func (c *Catalog) readColumns(ctx context.Context, q Querier) error {
	rows, err := q.Query(ctx, `
		select n.nspname || '.' || r.relname,
		       r.relkind::text,
		       greatest(r.reltuples, 0)::bigint,
		       has_table_privilege(r.oid, 'delete'),
		       row_security_active(r.oid) and not `+seesAll("current_user")+`,
		       array(select pn.nspname || '.' || pr.relname
		               from pg_inherits i
		               join pg_class pr on pr.oid = i.inhparent
		               join pg_namespace pn on pn.oid = pr.relnamespace
		              where i.inhrelid = r.oid
		              order by i.inhseqno),
		       r.relkind <> 'p' and exists (select 1 from pg_inherits i where i.inhparent = r.oid),
		       array(select pa.attname::text
		               from pg_partitioned_table pt
		               join pg_attribute pa on pa.attrelid = pt.partrelid and pa.attnum = any (pt.partattrs)
		              where pt.partrelid = r.oid and pt.partdefid = 0 and pt.partstrat <> 'h'),
		       a.attname::text,
		       format_type(a.atttypid, a.atttypmod),
		       b.typname::text,
		       case when b.typcategory = 'A' then format_type(b.typelem, null) else '' end,
		       case when b.typname in ('varchar', 'bpchar') then greatest(coalesce(nullif(a.atttypmod, -1), t.typtypmod) - 4, 0) else 0 end,
		       a.attnotnull or (t.typtype = 'd' and t.typnotnull),
		       a.attgenerated <> '' or a.attidentity = 'a',
		       has_column_privilege(r.oid, a.attnum, 'select'),
		       has_column_privilege(r.oid, a.attnum, 'update'),
		       has_column_privilege(r.oid, a.attnum, 'insert')
		  from pg_class r
		  join pg_namespace n on n.oid = r.relnamespace
		  join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
		  join pg_type t on t.oid = a.atttypid
		  join pg_type b on b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
		 where r.relkind in ('r', 'p', 'm', 'f', 'v')
		   and not r.relispartition
		   and n.nspname not in ('information_schema', 'insyn', 'insyn_ledger')
		   and n.nspname not like 'pg\_%'
		 order by n.nspname, r.relname, a.attnum`)
	if err != nil {
		return err
	}
	var name string
	var t LiveTable
	var column ColumnType
	var attribute string
	_, err = pgx.ForEachRow(rows, []any{
		&name, &t.Kind, &t.Rows, &t.Delete, &t.Hidden, &t.Parents, &t.Children, &t.Partitioned, &attribute, &column.Name, &column.Base, &column.Elem, &column.Length,
		&column.NotNull, &column.Generated, &column.Select, &column.Update, &column.Insert,
	}, func() error {
		live := c.Tables[name]
		if live == nil {
			copied := t
			live = &copied
			live.Name, live.Columns = name, map[string]ColumnType{}
			c.Tables[name] = live
		}
		live.Columns[attribute] = column
		live.Order = append(live.Order, attribute)
		return nil
	})
	return err
}

func (c *Catalog) readConstraints(ctx context.Context, q Querier) error {
	rows, err := q.Query(ctx, `
		select k.conname::text,
		       k.contype::text,
		       n.nspname || '.' || r.relname,
		       coalesce(fn.nspname || '.' || fr.relname, ''),
		       array(select a.attname::text
		               from unnest(k.conkey) with ordinality as u (attnum, i)
		               join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum
		              order by u.i),
		       array(select a.attname::text
		               from unnest(k.confkey) with ordinality as u (attnum, i)
		               join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.attnum
		              order by u.i),
		       k.confdeltype::text,
		       coalesce(pg_get_expr(k.conbin, k.conrelid), '')
		  from pg_constraint k
		  join pg_class r on r.oid = k.conrelid
		  join pg_namespace n on n.oid = r.relnamespace
		  left join pg_class fr on fr.oid = k.confrelid
		  left join pg_namespace fn on fn.oid = fr.relnamespace
		 where k.contype in ('p', 'f', 'c')
		   and k.conparentid = 0
		   and n.nspname not in ('information_schema', 'insyn', 'insyn_ledger')
		   and n.nspname not like 'pg\_%'
		 order by n.nspname, r.relname, k.conname`)
	if err != nil {
		return err
	}
	var name, kind, from, to, onDelete, expr string
	var columns, toColumns []string
	_, err = pgx.ForEachRow(rows, []any{&name, &kind, &from, &to, &columns, &toColumns, &onDelete, &expr}, func() error {
		t := c.Tables[from]
		switch {
		case t == nil: // a partition's own
		case kind == "f":
			k := ForeignKey{Name: name, From: from, To: to, Columns: columns, ToColumns: toColumns, OnDelete: onDelete}
			c.ForeignKeys, t.ForeignKeys = append(c.ForeignKeys, k), append(t.ForeignKeys, k)
		case kind == "c":
			t.Checks = append(t.Checks, Constraint{Name: name, Columns: columns, Expr: expr})
		default:
			t.Key = columns
		}
		return nil
	})
	return err
}

// readDomains gives a table the checks of its columns' domains and the labels of its enums, as checks over value.
func (c *Catalog) readDomains(ctx context.Context, q Querier) error {
	rows, err := q.Query(ctx, `
		select n.nspname || '.' || r.relname,
		       a.attname::text,
		       k.conname::text,
		       pg_get_expr(k.conbin, 0)
		  from pg_attribute a
		  join pg_class r on r.oid = a.attrelid
		  join pg_namespace n on n.oid = r.relnamespace
		  join pg_constraint k on k.contypid = a.atttypid and k.contype = 'c'
		 where a.attnum > 0
		   and not a.attisdropped
		   and r.relkind in ('r', 'p')
		   and n.nspname not in ('information_schema', 'insyn', 'insyn_ledger')
		   and n.nspname not like 'pg\_%'
		 order by 1, 2, 3`)
	if err != nil {
		return err
	}
	var table, column, name, expr string
	_, err = pgx.ForEachRow(rows, []any{&table, &column, &name, &expr}, func() error {
		if t := c.Tables[table]; t != nil {
			t.Checks = append(t.Checks, Constraint{Name: name, Columns: []string{column}, Expr: expr, Domain: true})
		}
		return nil
	})
	return err
}

// readIndexes reads the valid indexes; the unique ones are constraints too, whoever made them.
func (c *Catalog) readIndexes(ctx context.Context, q Querier) error {
	rows, err := q.Query(ctx, `
		select n.nspname || '.' || r.relname,
		       x.relname::text,
		       m.amname::text,
		       i.indisunique and not i.indisprimary,
		       array(select coalesce(a.attname::text, '')
		               from unnest(i.indkey) with ordinality as u (attnum, i)
		               left join pg_attribute a on a.attrelid = r.oid and a.attnum = u.attnum and u.attnum > 0
		              order by u.i),
		       array(select pg_get_indexdef(i.indexrelid, g, true) from generate_series(1, i.indnatts) as g),
		       array(select o.opcname::text
		               from unnest(i.indclass) with ordinality as u (oid, i)
		               join pg_opclass o on o.oid = u.oid
		              order by u.i),
		       coalesce(pg_get_expr(i.indpred, i.indrelid), '')
		  from pg_index i
		  join pg_class x on x.oid = i.indexrelid
		  join pg_am m on m.oid = x.relam
		  join pg_class r on r.oid = i.indrelid
		  join pg_namespace n on n.oid = r.relnamespace
		 where i.indisvalid
		   and n.nspname not in ('information_schema', 'insyn', 'insyn_ledger')
		   and n.nspname not like 'pg\_%'
		 order by 1, 2`)
	if err != nil {
		return err
	}
	var table string
	var unique bool
	var x Index
	_, err = pgx.ForEachRow(rows, []any{&table, &x.Name, &x.Method, &unique, &x.Columns, &x.Exprs, &x.Classes, &x.Partial}, func() error {
		if t := c.Tables[table]; t != nil {
			t.Indexes = append(t.Indexes, x)
			if unique && x.Partial == "" {
				t.Uniques = append(t.Uniques, Constraint{Name: x.Name, Columns: x.Columns})
			}
		}
		return nil
	})
	return err
}

func (c *Catalog) readTriggers(ctx context.Context, q Querier) error {
	rows, err := q.Query(ctx, `
		select n.nspname || '.' || r.relname,
		       g.tgname::text
		  from pg_trigger g
		  join pg_class r on r.oid = g.tgrelid
		  join pg_namespace n on n.oid = r.relnamespace
		 where not g.tgisinternal
		   and g.tgenabled <> 'D'
		   and n.nspname not in ('insyn', 'insyn_ledger')
		 order by n.nspname, r.relname, g.tgname`)
	if err != nil {
		return err
	}
	var table, name string
	_, err = pgx.ForEachRow(rows, []any{&table, &name}, func() error {
		if t := c.Tables[table]; t != nil {
			t.Triggers = append(t.Triggers, name)
		}
		return nil
	})
	return err
}
