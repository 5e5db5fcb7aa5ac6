package datamap

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Querier reads the catalog: a pool, a connection or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// ColumnType is what the live catalog knows of a column.
type ColumnType struct {
	Name      string // as format_type writes it, with length
	Base      string // the type below a domain, without length: text, varchar, int8, date, timestamptz, jsonb, _text …
	Length    int    // of varchar(n) and char(n), 0 where there is none
	NotNull   bool
	Generated bool
	Select    bool // the current role may read it
	Update    bool
	Insert    bool
}

type catalog struct {
	tables   map[string]*liveTable
	links    []foreignKey
	triggers map[string][]string
}

type liveTable struct {
	columns map[string]ColumnType
	order   []string
	key     []string
	kind    string
	delete  bool
}

type foreignKey struct {
	from, to string
	columns  []string
}

func readCatalog(ctx context.Context, q Querier) (*catalog, error) {
	c := &catalog{tables: map[string]*liveTable{}, triggers: map[string][]string{}}
	if err := c.readColumns(ctx, q); err != nil {
		return nil, fmt.Errorf("read the columns of the source: %w", err)
	}
	if err := c.readKeys(ctx, q); err != nil {
		return nil, fmt.Errorf("read the keys of the source: %w", err)
	}
	if err := c.readTriggers(ctx, q); err != nil {
		return nil, fmt.Errorf("read the triggers of the source: %w", err)
	}
	return c, nil
}

func (c *catalog) readColumns(ctx context.Context, q Querier) error {
	rows, err := q.Query(ctx, `
		select n.nspname || '.' || r.relname,
		       r.relkind::text,
		       has_table_privilege(r.oid, 'delete'),
		       a.attname::text,
		       format_type(a.atttypid, a.atttypmod),
		       b.typname::text,
		       case when b.typname in ('varchar', 'bpchar') then greatest(a.atttypmod - 4, 0) else 0 end,
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
		   and n.nspname <> 'information_schema'
		   and n.nspname not like 'pg\_%'
		 order by n.nspname, r.relname, a.attnum`)
	if err != nil {
		return err
	}
	var table, kind, name string
	var del bool
	var t ColumnType
	_, err = pgx.ForEachRow(rows, []any{
		&table, &kind, &del, &name, &t.Name, &t.Base, &t.Length, &t.NotNull, &t.Generated,
		&t.Select, &t.Update, &t.Insert,
	}, func() error {
		live := c.tables[table]
		if live == nil {
			live = &liveTable{columns: map[string]ColumnType{}, kind: kind, delete: del}
			c.tables[table] = live
		}
		live.columns[name] = t
		live.order = append(live.order, name)
		return nil
	})
	return err
}

func (c *catalog) readKeys(ctx context.Context, q Querier) error {
	rows, err := q.Query(ctx, `
		select k.contype::text,
		       n.nspname || '.' || r.relname,
		       coalesce(fn.nspname || '.' || fr.relname, ''),
		       (select array_agg(a.attname::text order by u.i)
		          from unnest(k.conkey) with ordinality as u (attnum, i)
		          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum)
		  from pg_constraint k
		  join pg_class r on r.oid = k.conrelid
		  join pg_namespace n on n.oid = r.relnamespace
		  left join pg_class fr on fr.oid = k.confrelid
		  left join pg_namespace fn on fn.oid = fr.relnamespace
		 where k.contype in ('p', 'f')
		   and n.nspname not like 'pg\_%'
		 order by n.nspname, r.relname, k.conname`)
	if err != nil {
		return err
	}
	var kind, from, to string
	var columns []string
	_, err = pgx.ForEachRow(rows, []any{&kind, &from, &to, &columns}, func() error {
		if kind == "f" {
			c.links = append(c.links, foreignKey{from: from, to: to, columns: columns})
		} else if t := c.tables[from]; t != nil {
			t.key = columns
		}
		return nil
	})
	return err
}

func (c *catalog) readTriggers(ctx context.Context, q Querier) error {
	rows, err := q.Query(ctx, `
		select n.nspname || '.' || r.relname,
		       g.tgname::text
		  from pg_trigger g
		  join pg_class r on r.oid = g.tgrelid
		  join pg_namespace n on n.oid = r.relnamespace
		 where not g.tgisinternal
		   and g.tgenabled <> 'D'
		 order by n.nspname, r.relname, g.tgname`)
	if err != nil {
		return err
	}
	var table, name string
	_, err = pgx.ForEachRow(rows, []any{&table, &name}, func() error {
		c.triggers[table] = append(c.triggers[table], name)
		return nil
	})
	return err
}
