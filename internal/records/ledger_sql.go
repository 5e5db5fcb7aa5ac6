package records

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"insyn/internal/datamap"
	"insyn/internal/postgres"

	"github.com/jackc/pgx/v5"
)

//go:embed ledger.sql
var ledgerSQL string

// SourceSQL is what MigrateSource runs, for an administrator who would rather run it by hand: schema insyn_ledger, the
// functions that the CRM and its mailer ask, and the rights of web and worker. It can be run again.
func SourceSQL(m *datamap.Map, source string) (string, error) {
	s, ok := m.Source(source)
	if !ok {
		return "", fmt.Errorf("the map has no source %s", source)
	}
	return ledgerSQL + "\n" + expireSQL + "\n" + functionsSQL(m, s) + "\n" + grantsSQL(s) + expireGrantsSQL(s), nil
}

// SourceSQLHash tells one version of SourceSQL from another.
func SourceSQLHash(m *datamap.Map, source string) string {
	sql, err := SourceSQL(m, source)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(sql))
	return hex.EncodeToString(sum[:8])
}

// MigrateSource makes schema insyn_ledger and the functions in the source's database and grants the rights.
func MigrateSource(ctx context.Context, db postgres.Beginner, m *datamap.Map, source string) error {
	sql, err := SourceSQL(m, source)
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, db, func(tx pgx.Tx) error {
		// Two processes that start at once would both create the schema.
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('insyn_ledger'))`); err != nil {
			return fmt.Errorf("lock the migration of source %s: %w", source, err)
		}
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("migrate source %s: %w", source, err)
		}
		return nil
	})
}

// grantsSQL gives web the mapped columns to read, and worker those to change besides. The rescan reads every table of
// the database, so worker may read them all.
func grantsSQL(s *datamap.Source) string {
	var b strings.Builder
	var schemas []string
	for _, e := range s.Tables {
		schema, _, _ := strings.Cut(e.Name, ".")
		if !slices.Contains(schemas, schema) {
			schemas = append(schemas, schema)
			fmt.Fprintf(&b, "grant usage on schema %s to insyn_web, insyn_worker;\n", quote(schema))
			fmt.Fprintf(&b, "grant usage on all sequences in schema %s to insyn_worker;\n", quote(schema))
		}
		var all, free []string
		for _, c := range e.Value.Columns {
			all = append(all, quote(c.Name))
			if !e.Value.Kept(c.Name) || e.Value.Freezes(c.Name) {
				free = append(free, quote(c.Name))
			}
		}
		columns := strings.Join(all, ", ")
		table := quoteTable(e.Name)
		fmt.Fprintf(&b, "grant select (%s) on %s to insyn_web;\n", columns, table)
		fmt.Fprintf(&b, "grant select on %s to insyn_worker;\n", table)
		if len(free) > 0 {
			fmt.Fprintf(&b, "grant insert (%s), update (%s) on %s to insyn_worker;\n", columns, strings.Join(free, ", "), table)
		}
		// What a law keeps, worker cannot change; expire erases it when its time is over.
		if e.Value.Keep != nil {
			fmt.Fprintf(&b, "grant usage on schema %s to insyn_expire;\ngrant select, update, delete on %s to insyn_expire;\n", quote(schema), table)
		}
		if e.Value.Erase != "" || e.Value.DeleteWhen != "" {
			fmt.Fprintf(&b, "grant delete on %s to insyn_worker;\n", table)
		}
	}
	if st := s.Staff; st != nil {
		fmt.Fprintf(&b, "grant select (%s, %s) on %s to insyn_web, insyn_worker;\n", quote(st.Name), quote(st.Email), quoteTable(st.Table))
	}
	b.WriteString(byGrantsSQL(s))
	b.WriteString(readAllSQL)
	return b.String()
}

// byGrantsSQL lets worker cut the columns that say in any table who typed a row: in those mapped tables that have them.
func byGrantsSQL(s *datamap.Source) string {
	if len(s.By) == 0 {
		return ""
	}
	var tables, columns []string
	for _, e := range s.Tables {
		tables = append(tables, literal(e.Name))
	}
	for _, e := range s.By {
		columns = append(columns, literal(e.Name))
	}
	return fmt.Sprintf(`do $$
declare
    c record;
begin
    for c in
        select n.nspname, r.relname, a.attname
          from pg_attribute a
          join pg_class r on r.oid = a.attrelid
          join pg_namespace n on n.oid = r.relnamespace
         where n.nspname || '.' || r.relname in (%s)
           and a.attname in (%s)
           and not a.attisdropped
    loop
        execute format('grant select (%%I) on %%I.%%I to insyn_web', c.attname, c.nspname, c.relname);
        execute format('grant update (%%I) on %%I.%%I to insyn_worker', c.attname, c.nspname, c.relname);
    end loop;
end
$$;
`, strings.Join(tables, ", "), strings.Join(columns, ", "))
}

const readAllSQL = `do $$
declare
    name text;
begin
    for name in
        select nspname
          from pg_namespace
         where nspname not in ('information_schema', 'insyn', 'insyn_ledger')
           and nspname not like 'pg\_%'
           and has_schema_privilege(oid, 'usage')
    loop
        execute format('grant usage on schema %I to insyn_worker', name);
        execute format('grant select on all tables in schema %I to insyn_worker', name);
    end loop;
end
$$;
`
