package records

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/dsar"
)

// tableWork is what an erasure does to one table, found out before anything is changed.
type tableWork struct {
	t       *datamap.PlannedTable
	columns []*datamap.Column // those whose text is searched
	change  []changedRow
	remove  []string
	redact  int // of change: rows that others share, or that are only around the person
}

// changedRow is one row of an update. Texts stand in the order of the columns; nil is null.
type changedRow struct {
	key   string
	alone bool
	texts []*string
}

// gather reads and locks the person's rows of a table and decides what becomes of each.
func (r *run) gather(ctx context.Context, t *datamap.PlannedTable) (*tableWork, error) {
	w := &tableWork{t: t, columns: redacted(t)}
	if err := r.warn(ctx, t); err != nil {
		return nil, err
	}
	if t.Keep != nil {
		if err := r.keep(ctx, t); err != nil || !acts(t) {
			return w, err
		}
	}
	own, err := r.read(ctx, t, w.columns, r.s.reaching(t, false))
	if err != nil {
		return nil, err
	}
	for _, row := range own {
		r.touch(t.Name, row.key)
	}
	around, err := r.readAround(ctx, t, w.columns)
	if err != nil {
		return nil, err
	}
	rows := append(slices.Clone(own), around...)
	keys := make([]string, 0, len(rows))
	for _, row := range rows {
		keys = append(keys, row.key)
	}
	owners, near := map[string][]string{}, map[string][]string{}
	if t.Shareable {
		if owners, near, err = r.s.others(ctx, r.tx, t, keys, r.keys); err != nil {
			return nil, err
		}
		if len(w.columns) > 0 {
			if err := r.crew.load(ctx, near); err != nil {
				return nil, err
			}
		}
	}
	r.share(t, own, owners)
	for i, row := range rows {
		alone := i < len(own) && len(owners[row.key]) == 0
		if alone && t.Erase != "" || t.Erase == datamap.CutLink {
			w.remove = append(w.remove, row.key)
			continue
		}
		changed, err := r.redactRow(w, row, near[row.key])
		if err != nil {
			return nil, err
		}
		cut := i < len(own) && hasCut(t)
		if alone || changed || cut {
			w.change = append(w.change, changedRow{key: row.key, alone: alone, texts: row.texts})
			if !alone {
				w.redact++
			}
		}
	}
	return w, nil
}

// redacted are the columns whose text an erasure rewrites on the person's own rows: a column with another action (null,
// constant) is overwritten whole there.
func redacted(t *datamap.PlannedTable) []*datamap.Column {
	var out []*datamap.Column
	for _, e := range t.Columns {
		if e.Value.Erase.Action == datamap.Redact {
			out = append(out, e.Value)
		}
	}
	return out
}

// acts says whether an erasure does anything to the table's rows.
func acts(t *datamap.PlannedTable) bool {
	for _, e := range t.Columns {
		if e.Value.Erase.Action != datamap.NoAction || len(e.Value.JSON) > 0 {
			return true
		}
	}
	return t.Erase != ""
}

func hasCut(t *datamap.PlannedTable) bool {
	for _, e := range t.Columns {
		if e.Value.Erase.Action == datamap.Cut {
			return true
		}
	}
	return false
}

// textRow is a row as it was read.
type textRow struct {
	key   string
	texts []*string
}

func textSQL(t *datamap.PlannedTable, c *datamap.Column) string {
	if base := t.Types[c.Name].Base; strings.HasPrefix(base, "_") {
		return "to_jsonb(x." + quote(c.Name) + ")::text"
	}
	return "x." + quote(c.Name) + "::text"
}

func (r *run) read(ctx context.Context, t *datamap.PlannedTable, columns []*datamap.Column, conds []string) ([]textRow, error) {
	if len(conds) == 0 {
		return nil, nil
	}
	return r.readWhere(ctx, t, columns, united(t, conds), r.keys)
}

// readAround reads rows that are only around the person and have texts: those of context paths that no other path reaches.
func (r *run) readAround(ctx context.Context, t *datamap.PlannedTable, columns []*datamap.Column) ([]textRow, error) {
	var conds []string
	for _, p := range t.Paths {
		if p.As == datamap.AsContext {
			conds = append(conds, pathSQL{r.plan}.linked(t, p))
		}
	}
	if len(conds) == 0 || len(columns) == 0 {
		return nil, nil
	}
	rows, err := r.read(ctx, t, columns, conds)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(row textRow) bool { return r.touched[t.Name][row.key] })
	for _, row := range rows {
		r.touch(t.Name, row.key)
	}
	return rows, nil
}

func (r *run) readWhere(ctx context.Context, t *datamap.PlannedTable, columns []*datamap.Column, where string, args ...any) ([]textRow, error) {
	texts := make([]string, 0, len(columns))
	for _, c := range columns {
		texts = append(texts, textSQL(t, c))
	}
	rows, err := r.tx.Query(ctx, fmt.Sprintf(`select %s, array[%s]::text[] from %s as x where %s order by %s limit %d for update of x`,
		keyText("x", t.Key), strings.Join(texts, ", "), tableSQL(t), where, list("x", t.Key), r.e.RowCap+1), args...)
	if err != nil {
		return nil, fmt.Errorf("read the rows of %s: %w", t.Name, err)
	}
	out, err := pgx.CollectRows(rows, func(c pgx.CollectableRow) (textRow, error) {
		var row textRow
		err := c.Scan(&row.key, &row.texts)
		return row, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the rows of %s: %w", t.Name, err)
	}
	if len(out) > r.e.RowCap {
		return nil, ErrRowCap
	}
	return out, nil
}

// share books the rows that others have a part in.
func (r *run) share(t *datamap.PlannedTable, own []textRow, owners map[string][]string) {
	shared := Shared{Table: t.Name, Label: t.Label}
	people := map[string]bool{}
	for _, row := range own {
		if len(owners[row.key]) == 0 {
			continue
		}
		shared.Rows++
		for _, k := range owners[row.key] {
			people[k] = true
		}
	}
	if shared.Others = len(people); shared.Rows > 0 {
		r.shared = append(r.shared, shared)
	}
}

// warn counts the person's rows that a rule of the map asks the approver to know of.
func (r *run) warn(ctx context.Context, t *datamap.PlannedTable) error {
	for _, e := range t.Warn {
		var n int
		err := r.tx.QueryRow(ctx, fmt.Sprintf(`select count(*) from %s as x where %s`, tableSQL(t),
			and(e.Value.When, united(t, r.s.reaching(t, false)))), r.keys).Scan(&n)
		if err != nil {
			return fmt.Errorf("count %s of %s: %w", e.Name, t.Name, err)
		}
		if n > 0 {
			r.warnings = append(r.warnings, Warning{Kind: e.Name, Table: t.Name, Label: e.Value.Label, Rows: n})
		}
	}
	return nil
}

// fencedRow is a row that a law keeps, for the ledger.
type fencedRow struct {
	table, key, rule string
	until            dsar.Date
}
