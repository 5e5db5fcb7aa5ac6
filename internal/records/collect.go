package records

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
)

// batch is how many rows are held at once, however many there are.
const batch = 500

// CollectOptions shape a collect.
type CollectOptions struct {
	// Portable keeps only what Art. 20 covers.
	Portable bool
}

// Collect streams everything about the persons of keys, who are one person with several cards, in one snapshot. Other
// people in shared texts are masked. Meta is the caller's; see Describe.
func (s *Source) Collect(ctx context.Context, keys []string, o CollectOptions, sink dossier.Sink) error {
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return postgres.InTxOpts(ctx, s.pool, opts, func(tx pgx.Tx) error {
		// Times are told in one zone, whatever the login's own is.
		if _, err := tx.Exec(ctx, `set local timezone = 'UTC'`); err != nil {
			return fmt.Errorf("collect from %s: %w", s.Name, err)
		}
		keys, err := s.withMerged(ctx, tx, keys)
		if err != nil {
			return err
		}
		cards, err := s.cards(ctx, tx, keys)
		if err != nil {
			return err
		}
		if len(cards) == 0 {
			return fmt.Errorf("collect from %s: %w", s.Name, dsar.ErrNotFound)
		}
		m, err := s.masker(ctx, tx, cards, keys)
		if err != nil {
			return err
		}
		all := together(cards, keys)
		for _, t := range s.inMapOrder() {
			if err := s.collectTable(ctx, tx, t, all, keys, o, m, sink); err != nil {
				return fmt.Errorf("collect %s: %w", t.Name, err)
			}
		}
		return nil
	})
}

// inMapOrder is the order in which a person reads the tables.
func (s *Source) inMapOrder() []*datamap.PlannedTable {
	out := make([]*datamap.PlannedTable, 0, len(s.plan.Tables))
	for _, e := range s.plan.Source.Tables {
		if t := s.plan.Table(e.Name); t != nil {
			out = append(out, t)
		}
	}
	return out
}

func (s *Source) collectTable(ctx context.Context, tx pgx.Tx, t *datamap.PlannedTable, c *card, keys []string, o CollectOptions,
	m *masker, sink dossier.Sink,
) error {
	columns := told(t)
	if o.Portable {
		var kept []*datamap.Column
		for _, col := range columns {
			if s.portable(col, c) {
				kept = append(kept, col)
			}
		}
		columns = kept
	}
	if len(columns) == 0 {
		return nil
	}
	section := s.section(t, columns, c)
	return s.stream(ctx, tx, t, columns, keys, func(first bool, rows []row) error {
		if first {
			if err := sink.Begin(section); err != nil {
				return err
			}
		}
		if rows == nil {
			return sink.End()
		}
		if err := m.rows(ctx, t, columns, rows, keys); err != nil {
			return err
		}
		for _, r := range rows {
			rec := dossier.Record{Values: r.values}
			for _, f := range section.Fields {
				rec.Portable = rec.Portable || f.Portable
			}
			if err := sink.Record(rec); err != nil {
				return err
			}
		}
		return nil
	})
}

// row is one record before it is told.
type row struct {
	key    string
	values []dossier.Value
}

// stream reads the rows of a table that belong to the persons through a cursor and hands them over in batches, and at
// the end nil. first is true on the first call. A table without rows calls nothing.
func (s *Source) stream(ctx context.Context, tx pgx.Tx, t *datamap.PlannedTable, columns []*datamap.Column, keys []string,
	fn func(first bool, rows []row) error,
) error {
	sql := s.rowsSQL(t, columns, s.reaching(t, true))
	if _, err := tx.Exec(ctx, "declare collect no scroll cursor for "+sql, keys); err != nil {
		return err
	}
	first := true
	for {
		rows, err := fetch(ctx, tx, fmt.Sprintf("fetch %d from collect", batch))
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			if err := fn(first, rows); err != nil {
				return err
			}
			first = false
		}
		if len(rows) < batch {
			break
		}
	}
	if _, err := tx.Exec(ctx, "close collect"); err != nil {
		return err
	}
	if first {
		return nil
	}
	return fn(false, nil)
}

// rowsSQL reads key and values, as exact json, of the rows that one of the conditions reaches. Several conditions are
// united by key first, since no index serves an "or" of subqueries.
func (s *Source) rowsSQL(t *datamap.PlannedTable, columns []*datamap.Column, conds []string) string {
	values := make([]string, 0, len(columns))
	for _, c := range columns {
		values = append(values, toldSQL(t, c))
	}
	order := list("x", t.Key)
	if t.OrderBy != "" {
		order = "x." + quote(t.OrderBy) + ", " + order
	}
	return fmt.Sprintf(`select %s, jsonb_build_array(%s) from %s as x where %s order by %s`,
		keyText("x", t.Key), strings.Join(values, ", "), tableSQL(t), united(t, conds), order)
}

// united is one condition out of several.
func united(t *datamap.PlannedTable, conds []string) string {
	if len(conds) == 1 {
		return conds[0]
	}
	parts := make([]string, 0, len(conds))
	for _, c := range conds {
		parts = append(parts, "select "+list("x", t.Key)+" from "+tableSQL(t)+" as x where "+c)
	}
	return "(" + list("x", t.Key) + ") in (" + strings.Join(parts, " union ") + ")"
}

func fetch(ctx context.Context, tx pgx.Tx, sql string, args ...any) ([]row, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (row, error) {
		var out row
		var doc []byte
		if err := r.Scan(&out.key, &doc); err != nil {
			return out, err
		}
		var values []json.RawMessage
		if err := json.Unmarshal(doc, &values); err != nil {
			return out, fmt.Errorf("decode a row: %w", err)
		}
		out.values = make([]dossier.Value, len(values))
		for i, v := range values {
			out.values[i].JSON = v
		}
		return out, nil
	})
}
