package e2e

import (
	"fmt"
	"sort"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// snapshot is every row of a schema as text, by "table key".
type snapshot map[string]string

// takeSnapshot reads all rows of all tables of a schema, by their primary keys.
func (w *world) takeSnapshot(pool *pgxpool.Pool, schema string) snapshot {
	w.t.Helper()
	ctx := w.t.Context()
	rows, err := pool.Query(ctx, `
		select c.oid::regclass::text,
		       coalesce((select string_agg(quote_ident(a.attname) || '::text', ' || '','' || ' order by array_position(i.indkey, a.attnum))
		                   from pg_index i
		                   join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
		                  where i.indrelid = c.oid
		                    and i.indisprimary), 'ctid::text')
		  from pg_class c
		 where c.relkind = 'r'
		   and c.relnamespace = $1::regnamespace`, schema)
	if err != nil {
		w.t.Fatal(err)
	}
	type table struct{ Name, Key string }
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByPos[table])
	if err != nil || len(tables) == 0 {
		w.t.Fatalf("no tables in %s: %v", schema, err)
	}
	out := snapshot{}
	for _, tab := range tables {
		rows, err := pool.Query(ctx, fmt.Sprintf(`select %s, to_jsonb(x)::text from %s as x`, tab.Key, tab.Name))
		if err != nil {
			w.t.Fatal(err)
		}
		for rows.Next() {
			var key, row string
			if err := rows.Scan(&key, &row); err != nil {
				w.t.Fatal(err)
			}
			out[tab.Name+" "+key] = row
		}
		if err := rows.Err(); err != nil {
			w.t.Fatal(err)
		}
	}
	return out
}

// changed compares: rows that are other than before, that are gone, and that are new.
func (before snapshot) changed(after snapshot) (other, gone, added []string) {
	for key, row := range before {
		now, there := after[key]
		switch {
		case !there:
			gone = append(gone, key)
		case now != row:
			other = append(other, key)
		}
	}
	for key := range after {
		if _, there := before[key]; !there {
			added = append(added, key)
		}
	}
	sort.Strings(other)
	sort.Strings(gone)
	sort.Strings(added)
	return other, gone, added
}
