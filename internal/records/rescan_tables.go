package records

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// inline is up to how many bytes a value travels in its row. A longer one is read on its own, in pieces, so that the
// memory does not follow the longest value.
const inline = 1 << 20

const foreignTable = "f"

// scanTable is one table of the database as the rescan reads it.
type scanTable struct {
	schema, name string
	mapped       string // of a partition: the table that the map names
	kind         string // of pg_class
	columns      []scanColumn
	rows         int64 // the planner's estimate
	bytes        int64 // with what is stored apart from the rows
	toast        bool  // some values are, so that there may be long ones

	key  []string // of a table of which a law keeps columns
	kept []bool   // those columns
	law  string
}

// scanColumn is a column that can hold text, or a document.
type scanColumn struct {
	name string
	base string // the type below its domains, "" for one that is made of others
}

func (t *scanTable) title() string { return t.schema + "." + t.name }

func (c scanColumn) document() bool { return c.base == "bytea" }

// text is the column in SQL, as what is searched.
func (c scanColumn) text() string {
	if c.document() {
		return "x." + quote(c.name) + "::bytea"
	}
	return "x." + quote(c.name) + "::text"
}

// long holds for values that do not travel in their row. It must not make the server unpack them: the length of a text is
// written in its head; of anything else the packed size is known.
func (c scanColumn) long() string {
	switch c.base {
	case "name", "char":
		return ""
	case "text", "varchar", "bpchar", "citext", "xml", "bytea":
		return fmt.Sprintf("octet_length(%s) > %d", c.text(), inline)
	}
	return fmt.Sprintf("pg_column_size(x.%s) > %d", quote(c.name), inline)
}

func (t *scanTable) from() string {
	from := pgx.Identifier{t.schema, t.name}.Sanitize() + " as x"
	if t.kind == "r" { // what inherits from it is read by itself
		return "only " + from
	}
	return from
}

// copySQL gives the columns, before them the key where it is asked for, and last where in the table a row with a long
// value is. The binary form has no escapes.
func (t *scanTable) copySQL() string {
	var out, long []string
	if len(t.key) > 0 {
		out = append(out, keyText("x", t.key))
	}
	for _, c := range t.columns {
		if is := c.long(); t.toast && is != "" {
			long = append(long, is)
			out = append(out, fmt.Sprintf("case when %s then null else %s end", is, c.text()))
			continue
		}
		out = append(out, c.text())
	}
	if len(long) > 0 {
		out = append(out, fmt.Sprintf("case when %s then x.ctid::text end", strings.Join(long, " or ")))
	}
	return "copy (select " + strings.Join(out, ", ") + " from " + t.from() + ") to stdout (format binary)"
}

// scanTables lists everything with rows of its own and a column that can hold text: of any type but those that are known to
// hold none, in an array, a domain, a composite or a range too.
func (s *Source) scanTables(ctx context.Context, tx pgx.Tx) ([]*scanTable, error) {
	rows, err := tx.Query(ctx, `
		with recursive made as (
		    select t.oid, t.typelem as of, '' as base from pg_type t where t.typcategory = 'A'
		     union all
		    select t.oid, t.typbasetype, null from pg_type t where t.typtype = 'd'
		     union all
		    select t.oid, a.atttypid, '' from pg_type t join pg_attribute a on a.attrelid = t.typrelid where t.typtype = 'c' and a.attnum > 0 and not a.attisdropped
		     union all
		    select r.rngtypid, r.rngsubtype, '' from pg_range r
		     union all
		    select r.rngmultitypid, r.rngtypid, '' from pg_range r
		), carrier as (
		    select t.oid, t.typname::text as base
		      from pg_type t
		     where t.typtype = 'b'
		       and t.typcategory not in ('A', 'B', 'D', 'E', 'G', 'I', 'N', 'T', 'V')
		       and t.oid not in ('uuid'::regtype, 'pg_lsn'::regtype, 'xid'::regtype, 'xid8'::regtype, 'cid'::regtype, 'tid'::regtype,
		                         'pg_snapshot'::regtype, 'txid_snapshot'::regtype, 'macaddr'::regtype, 'macaddr8'::regtype)
		     union
		    select m.oid, coalesce(m.base, c.base)
		      from carrier c
		      join made m on m.of = c.oid
		)
		select n.nspname::text,
		       r.relname::text,
		       coalesce((select pn.nspname || '.' || p.relname
		                   from pg_class p
		                   join pg_namespace pn on pn.oid = p.relnamespace
		                  where p.oid = pg_partition_root(r.oid)), n.nspname || '.' || r.relname),
		       r.relkind::text,
		       array_agg(a.attname::text order by a.attnum),
		       array_agg(c.base order by a.attnum),
		       greatest(r.reltuples, 0)::bigint,
		       case when r.relkind = 'f' then 0 else pg_relation_size(r.oid) + coalesce(pg_relation_size(nullif(r.reltoastrelid, 0)), 0) end,
		       coalesce(pg_relation_size(nullif(r.reltoastrelid, 0)), 0) > 0,
		       has_schema_privilege(n.oid, 'usage') and bool_and(has_column_privilege(r.oid, a.attnum, 'select'))
		  from pg_class r
		  join pg_namespace n on n.oid = r.relnamespace
		  join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
		  join (select oid, min(base) as base from carrier group by oid) c on c.oid = a.atttypid
		 where (r.relkind in ('r', 'f') or r.relkind = 'm' and r.relispopulated)
		   and n.nspname not in ('information_schema', 'insyn', 'insyn_ledger')
		   and n.nspname not like 'pg\_%'
		 group by n.oid, n.nspname, r.oid, r.relname, r.relkind, r.reltuples, r.reltoastrelid
		 order by r.relkind = 'f', n.nspname, r.relname`)
	if err != nil {
		return nil, fmt.Errorf("list the tables: %w", safe(err))
	}
	var closed []string
	tables, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*scanTable, error) {
		t := &scanTable{}
		var names, bases []string
		var readable bool
		err := row.Scan(&t.schema, &t.name, &t.mapped, &t.kind, &names, &bases, &t.rows, &t.bytes, &t.toast, &readable)
		for i, name := range names {
			t.columns = append(t.columns, scanColumn{name, bases[i]})
		}
		if !readable {
			closed = append(closed, t.title())
		}
		s.keeps(t)
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("list the tables: %w", safe(err))
	}
	if len(closed) > 0 {
		return nil, fmt.Errorf("may not read %s", strings.Join(closed, ", "))
	}
	return tables, nil
}
