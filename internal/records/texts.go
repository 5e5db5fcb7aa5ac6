package records

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
)

// textRow is a row's key and the texts of some columns, in their order; nil is null.
type textRow struct {
	key   string
	texts []*string
}

// readTexts reads the rows that fulfil a condition on alias x, locked, in the order of their keys.
func readTexts(ctx context.Context, q querier, t *datamap.PlannedTable, columns []*datamap.Column, where string, limit int, args ...any) ([]textRow, error) {
	return queryTexts(ctx, q, t, textsWhere(t, columns, where, limit)+locked, args...)
}

func queryTexts(ctx context.Context, q querier, t *datamap.PlannedTable, sql string, args ...any) ([]textRow, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("read the rows of %s: %w", t.Name, err)
	}
	out, err := pgx.CollectRows(rows, scanTexts)
	if err != nil {
		return nil, fmt.Errorf("read the rows of %s: %w", t.Name, err)
	}
	return out, nil
}

// locked is the end of a statement that reads texts to change them.
const locked = " for update of x"

func textsWhere(t *datamap.PlannedTable, columns []*datamap.Column, where string, limit int) string {
	return fmt.Sprintf(`select %s, %s from %s as x where %s order by %s limit %d`,
		keyText("x", t.Key), textsSQL(t, columns), tableSQL(t), where, list("x", t.Key), limit)
}

func scanTexts(c pgx.CollectableRow) (textRow, error) {
	var row textRow
	err := c.Scan(&row.key, &row.texts)
	return row, err
}
