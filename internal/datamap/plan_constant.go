package datamap

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// tryConstants lets the database cast each constant to its column's type and hold it against the CHECKs of that column
// alone (enum labels, domains, ranges): what cannot work is told with the plan.
func (p *Plan) tryConstants(ctx context.Context, q Querier) (Problems, error) {
	var batch []try
	for _, t := range p.Tables {
		for _, e := range t.Columns {
			batch = append(batch, t.tries(e.Value)...)
		}
	}
	if len(batch) == 0 {
		return nil, nil
	}
	// All at once first, since they nearly always hold.
	all := make([]string, len(batch))
	for i, b := range batch {
		all[i] = "coalesce((" + b.sql + "), true)"
	}
	if holds, err := ask(ctx, q, "select "+strings.Join(all, " and ")); err == nil && holds {
		return nil, nil
	} else if err != nil && !isRefusal(err) {
		return nil, fmt.Errorf("try the constants of the map: %w", err)
	}
	var out Problems
	for _, b := range batch {
		holds, err := ask(ctx, q, "select coalesce(("+b.sql+"), true)")
		if err != nil && !isRefusal(err) {
			return nil, fmt.Errorf("try a constant of %s: %w", b.place, err)
		}
		if err != nil || !holds {
			out = append(out, Problem{Stops, b.place, b.text, b.mend})
		}
	}
	return out, nil
}

type try struct{ place, sql, text, mend string }

// tries are the questions about one column: does each value that an erasure may write there hold?
func (t *PlannedTable) tries(c *Column) []try {
	typ, ok := t.Types[c.Name]
	if !ok || t.Erase != "" {
		return nil
	}
	var values []string
	switch c.Erase.Action {
	case Constant:
		for _, v := range c.Erase.Values() {
			values = append(values, literal(v)+"::"+typ.Name)
		}
	case Null:
		values = []string{"null::" + typ.Name}
	case Empty:
		values = []string{EmptyValue(typ)}
	case Random:
		values = []string{literal(c.Erase.Text+strings.Repeat("a", RandomLength)) + "::" + typ.Name}
	case Cut:
		if c.Erase.Text != "" && !typ.IsArray() {
			values = []string{c.Erase.Placeholder() + "::" + typ.Name}
		}
	}
	place := t.Name + "." + c.Name
	var out []try
	for _, v := range values {
		if c.Erase.Action != Null && c.Erase.Action != Empty {
			out = append(out, try{place, v + " is not null", fmt.Sprintf("type %s does not take %s", typ.Name, c.Erase), "write a value of the type"})
		}
		for _, k := range t.Live.Checks {
			if len(k.Columns) != 1 || k.Columns[0] != c.Name {
				continue
			}
			name := quoteName(c.Name)
			if k.Domain {
				name = "value"
			}
			out = append(out, try{place, fmt.Sprintf("select %s from (select %s as %s) as x", k.Expr, v, name), fmt.Sprintf("%s breaks the check %s", c.Erase, k.Name), "choose a value that the check allows"})
		}
	}
	return out
}

// EmptyValue is the empty value of a type, in SQL.
func EmptyValue(t ColumnType) string {
	if t.IsJSON() || t.IsArray() {
		return "'{}'::" + t.Name
	}
	return "''::" + t.Name
}

// ask runs a question in a transaction, or savepoint, of its own, so that a refusal ends nothing else.
func ask(ctx context.Context, q Querier, sql string) (holds bool, err error) {
	tx, err := q.Begin(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, tx.Rollback(ctx)) }()
	return holds, tx.QueryRow(ctx, sql).Scan(&holds)
}

// isRefusal: class 22 is a text that a type does not take, 23 a constraint, 42 an expression that does not fit.
func isRefusal(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && slices.Contains([]string{"22", "23", "42"}, pe.Code[:2])
}

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func quoteName(s string) string { return pgx.Identifier{s}.Sanitize() }
