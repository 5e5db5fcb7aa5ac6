package datamap

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Bounds of a sample: rows of a table, characters of a value, and time for one statement.
const (
	sampleRows = 500
	sampleText = 2000
	sampleTime = 2 * time.Second
)

// Likeness is a column outside the map whose values look like personal data. It holds no value.
type Likeness struct {
	Table, Column string
	What          string // e-mail addresses, phone numbers …
	Hits, Values  int    // of the sample: values that look so, values that are not empty
	Excluded      bool   // the map excludes the table, with a reason
}

// Share is the part of the sampled values that looks so, 0 to 1.
func (l Likeness) Share() float64 { return float64(l.Hits) / float64(l.Values) }

// Problem is the likeness as a problem: a table that the map does not know must be looked at, an excluded one has a reason.
func (l Likeness) Problem() Problem {
	p := Problem{StopsErase, l.Table + "." + l.Column, fmt.Sprintf("it looks like %s: %.0f %% of %d sampled values", l.What, 100*l.Share(), l.Values), "map the table, or exclude it with a reason"}
	if l.Excluded {
		p.Severity, p.Mend = OnlyWarning, "make sure that the reason of its exclusion holds for this too"
	}
	return p
}

// Sample reads a few rows of each table that is not mapped and tells which columns look like personal data. A table that
// cannot be read in time is a problem of its own. Nothing that it reads leaves it.
func Sample(ctx context.Context, q Querier, m *Map, source string, c *Catalog) ([]Likeness, Problems, error) {
	s, ok := m.Source(source)
	if !ok {
		return nil, nil, fmt.Errorf("the map has no source %s", source)
	}
	look, err := newLooker(ctx, q, m, s, c)
	if err != nil {
		return nil, nil, fmt.Errorf("sample %s: %w", source, err)
	}
	var out []Likeness
	var problems Problems
	for _, name := range slices.Sorted(maps.Keys(c.Tables)) {
		t := c.Tables[name]
		if _, mapped := s.Table(name); mapped || t.Kind == "v" {
			continue
		}
		columns := t.texts()
		if len(columns) == 0 {
			continue
		}
		rows, err := t.sample(ctx, q, columns, sampleRows)
		var refused *pgconn.PgError
		if errors.As(err, &refused) {
			problems = append(problems, Problem{OnlyWarning, name, "it could not be sampled (the database says " + refused.Code + ")", "let the role read it, or look at it by hand"})
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("sample %s: %w", name, err)
		}
		_, excluded := s.Exclude.Get(name)
		for i, column := range columns {
			for _, l := range look.column(rows, i) {
				l.Table, l.Column, l.Excluded = name, column, excluded
				out = append(out, l)
			}
		}
	}
	return out, problems, nil
}

// texts are the readable columns that can hold a text.
func (t *LiveTable) texts() []string {
	var out []string
	for _, name := range t.Order {
		typ := t.Columns[name]
		text := slices.Contains(textTypes, typ.Base) || typ.IsJSON() || typ.IsArray() && slices.Contains(textTypes, typ.Base[1:])
		if text && typ.Select {
			out = append(out, name)
		}
	}
	return out
}

// sample reads some rows, of a large table from pages all over it.
func (t *LiveTable) sample(ctx context.Context, q Querier, columns []string, limit int) ([][]*string, error) {
	texts := make([]string, 0, len(columns))
	for _, c := range columns {
		texts = append(texts, fmt.Sprintf("left(x.%s::text, %d)", quoteName(c), sampleText))
	}
	schema, name, _ := strings.Cut(t.Name, ".")
	from := pgx.Identifier{schema, name}.Sanitize() + " as x"
	some := ""
	if t.Rows > 20*int64(limit) && t.Kind != "f" {
		some = fmt.Sprintf(" tablesample system (%g) repeatable (1)", max(100*4*float64(limit)/float64(t.Rows), 0.0001))
	}
	rows, err := read(ctx, q, fmt.Sprintf("select array[%s]::text[] from %s%s limit %d", strings.Join(texts, ", "), from, some, limit))
	if err == nil && len(rows) == 0 && some != "" {
		return read(ctx, q, fmt.Sprintf("select array[%s]::text[] from %s limit %d", strings.Join(texts, ", "), from, limit))
	}
	return rows, err
}

// read runs a statement that may not take long, apart from what the caller does.
func read(ctx context.Context, q Querier, sql string) ([][]*string, error) {
	tx, err := q.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	if _, err := tx.Exec(ctx, fmt.Sprintf("set local statement_timeout = %d", sampleTime.Milliseconds())); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[[]*string])
}
