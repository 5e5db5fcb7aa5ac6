package records

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/mention"
	"insyn/internal/postgres"
)

// Finding is a column that still holds an identifier: in how many rows. Retained: a law keeps the column.
type Finding struct {
	Table    string `json:"table"`
	Column   string `json:"column"`
	Rows     int    `json:"rows"`
	Retained bool   `json:"retained"`
	Law      string `json:"law,omitempty"`
}

// scanTable is one table of the database as the rescan reads it.
type scanTable struct {
	schema, name string
	columns      []string
	rows         int64 // the planner's estimate
}

// Rescan reads every text and json column of every table of the database, mapped or not, from one end to the other, and
// looks for the identifiers that were recorded before an erasure. Schemas insyn and insyn_ledger are searched elsewhere.
// A table that may not be read is an error: a search that skipped something proves nothing.
func (s *Source) Rescan(ctx context.Context, id []mention.Person, progress func(done, total int64)) ([]Finding, error) {
	n := newNet(id)
	if n == nil {
		return nil, nil
	}
	var out []Finding
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := postgres.InTxOpts(ctx, s.pool, opts, func(tx pgx.Tx) error {
		tables, err := scanTables(ctx, tx)
		if err != nil {
			return err
		}
		var done, total int64
		for _, t := range tables {
			total += t.rows
		}
		for _, t := range tables {
			hits, read, err := n.search(ctx, tx, t, func(rows int64) {
				if progress != nil {
					progress(min(done+rows, total), total)
				}
			})
			if err != nil {
				return fmt.Errorf("search %s.%s: %w", t.schema, t.name, err)
			}
			done += max(read, t.rows)
			for i, c := range t.columns {
				if hits[i] > 0 {
					out = append(out, s.finding(t.schema+"."+t.name, c, hits[i]))
				}
			}
		}
		if progress != nil {
			progress(total, total)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("search %s again: %w", s.Name, safe(err))
	}
	return out, nil
}

func (s *Source) finding(table, column string, rows int) Finding {
	f := Finding{Table: table, Column: column, Rows: rows}
	if t := s.plan.Table(table); t != nil && t.Kept(column) {
		rule, _ := s.m.Retention.Get(t.Keep.Until)
		f.Retained, f.Law = true, rule.Law.In("sv")
	}
	return f
}

// scanTables lists the tables with text, and their columns, whatever the text is wrapped in.
func scanTables(ctx context.Context, tx pgx.Tx) ([]scanTable, error) {
	rows, err := tx.Query(ctx, `
		select n.nspname::text,
		       r.relname::text,
		       array_agg(a.attname::text order by a.attnum),
		       greatest(r.reltuples, 0)::bigint
		  from pg_class r
		  join pg_namespace n on n.oid = r.relnamespace
		  join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
		  join pg_type t on t.oid = a.atttypid
		  join pg_type b on b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
		  left join pg_type e on e.oid = b.typelem and b.typcategory = 'A'
		  left join pg_type f on f.oid = coalesce(nullif(e.typbasetype, 0), e.oid)
		 where r.relkind in ('r', 'm')
		   and n.nspname not in ('information_schema', 'insyn', 'insyn_ledger')
		   and n.nspname not like 'pg\_%'
		   and (b.typcategory in ('S', 'C') or b.typname in ('json', 'jsonb', 'xml', 'citext', 'hstore', 'tsvector')
		        or f.typcategory = 'S' or f.typname in ('json', 'jsonb'))
		 group by n.nspname, r.relname, r.reltuples
		 order by n.nspname, r.relname`)
	if err != nil {
		return nil, fmt.Errorf("list the tables: %w", err)
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (scanTable, error) {
		var t scanTable
		err := r.Scan(&t.schema, &t.name, &t.columns, &t.rows)
		return t, err
	})
}

// search counts, for each column, the rows that hold an identifier.
func (n *net) search(ctx context.Context, tx pgx.Tx, t scanTable, progress func(int64)) ([]int, int64, error) {
	columns := make([]string, 0, len(t.columns))
	for _, c := range t.columns {
		columns = append(columns, "x."+quote(c)+"::text")
	}
	rows, err := tx.Query(ctx, "select "+strings.Join(columns, ", ")+" from "+pgx.Identifier{t.schema, t.name}.Sanitize()+" as x")
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	hits := make([]int, len(t.columns))
	var read int64
	for rows.Next() {
		for i, v := range rows.RawValues() {
			if len(v) > 2 && n.in(string(v)) {
				hits[i]++
			}
		}
		if read++; read%5000 == 0 {
			progress(read)
		}
	}
	return hits, read, rows.Err()
}

// patternsOf are the identifiers in normal form, each once.
func patternsOf(people []mention.Person) []string {
	var out []string
	for _, p := range people {
		out = append(out, mention.Patterns(p)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
