//go:build schemas

package schemas

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/postgres/pgtest"
)

// dump is a database as pg_dump writes it: what somebody holds who steals a backup. table -> key -> row.
type dump map[string]map[string]row

// row is one row of a dump: line is as it was written, fields are its values by column; NULL is missing.
type row struct {
	line   string
	fields map[string]string
}

// newDump writes out the whole database with pg_dump and reads it in again.
func newDump(t *testing.T, pool *pgxpool.Pool) dump {
	t.Helper()
	keys := keyColumns(t, pool)
	out := dump{}
	var table string
	var columns []string
	lines := bufio.NewScanner(strings.NewReader(command(t, "", nil, program(t, "pg_dump"), "--data-only", "--no-owner", "--dbname", pgtest.DSN(pool))))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case table == "" && strings.HasPrefix(line, "COPY "):
			table, columns = copyHead(line)
			out[table] = map[string]row{}
		case line == `\.`:
			table = ""
		case table != "":
			r := row{line: line, fields: map[string]string{}}
			for i, v := range strings.Split(line, "\t") {
				if v != `\N` {
					r.fields[columns[i]] = uncopy(v)
				}
			}
			key := rowKey(keys[table], r)
			if _, ok := out[table][key]; ok {
				t.Fatalf("%s has two rows of key %s", table, key)
			}
			out[table][key] = r
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// program finds a PostgreSQL client program of the newest version here.
func program(t *testing.T, name string) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) > 0 {
		return slices.Max(found)
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// copyHead reads `COPY public.users (id, login) FROM stdin;`.
func copyHead(line string) (table string, columns []string) {
	head, rest, _ := strings.Cut(strings.TrimPrefix(line, "COPY "), " (")
	list, _, _ := strings.Cut(rest, ") FROM")
	for _, c := range strings.Split(list, ", ") {
		columns = append(columns, strings.Trim(c, `"`))
	}
	return strings.ReplaceAll(strings.TrimPrefix(head, "public."), `"`, ""), columns
}

// uncopy undoes the escapes of COPY's text format.
func uncopy(v string) string {
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r", `\t`, "\t", `\b`, "\b", `\f`, "\f", `\v`, "\v").Replace(v)
}

// keyColumns gives the columns that tell the rows of each table apart: the primary key, else a unique index, else all.
func keyColumns(t *testing.T, pool *pgxpool.Pool) map[string][]string {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
		select
			case when n.nspname = 'public' then c.relname else n.nspname || '.' || c.relname end,
			array_agg(a.attname::text order by a.attnum)
		from pg_class c
		join pg_namespace n on n.oid = c.relnamespace
		join lateral (
			select coalesce(
				(select i.indkey::int2[] from pg_index i where i.indrelid = c.oid and i.indisunique and i.indexprs is null
					order by i.indisprimary desc, i.indexrelid limit 1),
				(select array_agg(attnum) from pg_attribute where attrelid = c.oid and attnum > 0)
			) as columns
		) k on true
		join pg_attribute a on a.attrelid = c.oid and a.attnum = any (k.columns)
		where c.relkind = 'r' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
		group by 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string][]string{}
	for rows.Next() {
		var table string
		var columns []string
		if err := rows.Scan(&table, &columns); err != nil {
			t.Fatal(err)
		}
		out[table] = columns
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func rowKey(columns []string, r row) string {
	key := make([]string, len(columns))
	for i, c := range columns {
		key[i] = r.fields[c]
	}
	return strings.Join(key, ",")
}
