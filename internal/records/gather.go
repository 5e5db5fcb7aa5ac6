package records

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
)

// chunk is how many rows of the person are read, decided on and changed at once.
const chunk = 2000

// errLarge: the person has more rows than one transaction may change.
var errLarge = errors.New("more rows than one transaction may change")

// found is one of the person's rows, found before anything is changed. Paths and others are bits of the table's paths:
// those that lead to the person, and those on which somebody else stands too.
type found struct {
	key    string
	paths  uint64
	others uint64
	drop   bool // the row is one that delete_when means
	near   []string
	texts  []*string // of the columns that are read, where they were read along
}

// tableWork is what an erasure does to one table.
type tableWork struct {
	t      *datamap.PlannedTable
	reads  []*datamap.Column
	own    uint64 // paths that make a row the person's; the others are only around them
	cuts   map[string]uint64
	fences []string // columns that stay
	rows   []found
	remove []string
	loaded bool // the rows carry their texts
}

func newWork(t *datamap.PlannedTable) *tableWork {
	w := &tableWork{t: t, reads: t.Reads(), cuts: map[string]uint64{}}
	for i, p := range t.Paths {
		if p.Owns() {
			w.own |= 1 << i
		}
		if len(p.Hops) > 0 && p.As != datamap.AsContext {
			for _, pair := range p.Hops[0].On {
				w.cuts[pair.Ours] |= 1 << i
			}
		}
	}
	return w
}

// alone says that a row is the person's and nobody else's.
func (w *tableWork) alone(row found) bool { return row.paths&w.own != 0 && row.others&w.own == 0 }

// removes says whether the row goes: it is theirs alone, or only ties them to something.
func (w *tableWork) removes(row found) bool {
	switch {
	case row.paths&w.own == 0:
		return false
	case w.t.Erase == datamap.CutLink:
		return true
	}
	return w.alone(row) && (w.t.Erase != "" || row.drop)
}

// applies says whether a column's action takes place on a row: where the row is the person's alone, where the column is
// about them and nobody else, and where it is their reference.
func (w *tableWork) applies(c *datamap.Column, row found) bool {
	if slices.Contains(w.fences, c.Name) {
		return false
	}
	if c.Of != "" {
		// A path that goes on with those of another table is several, under one name.
		var named uint64
		for i, p := range w.t.Paths {
			if p.Name == c.Of {
				named |= 1 << i
			}
		}
		return row.paths&named != 0 && row.others&named == 0
	}
	return w.alone(row) || c.Erase.Action == datamap.Cut && row.paths&w.cuts[c.Name] != 0
}

// gather finds and locks the person's rows of some tables, while the ties to them are there.
func (r *run) gather(ctx context.Context, tables []*datamap.PlannedTable) ([]*tableWork, error) {
	var work []*tableWork
	for _, t := range tables {
		w := newWork(t)
		if t == r.plan.Subject() {
			w.fences = r.fences
		}
		work = append(work, w)
	}
	err := r.pipeline(ctx, func(b *pgx.Batch) {
		for _, w := range work {
			if sql, args := r.rowsSQL(w, true); sql != "" && (w.t.Keep == nil || w.t.Changes()) {
				w.loaded = true
				b.Queue(sql+limited(chunk+1), args...).Query(w.collect)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for _, w := range work {
		if len(w.rows) > chunk {
			// Many rows: their texts are read again when their turn comes.
			w.loaded = false
			err := r.pipeline(ctx, func(b *pgx.Batch) {
				sql, args := r.rowsSQL(w, false)
				b.Queue(sql+limited(max(r.e.RowCap-r.size, 0)+1), args...).Query(w.collect)
			})
			if err != nil {
				return nil, err
			}
		}
		if r.size += len(w.rows); r.size > r.e.RowCap {
			return nil, errLarge
		}
	}
	return work, r.pipeline(ctx, func(b *pgx.Batch) {
		for _, w := range work {
			r.owners(b, w, w.rows)
		}
	})
}

func limited(rows int) string { return fmt.Sprintf(" limit %d for update of x", rows) }

// collect takes the rows of an answer.
func (w *tableWork) collect(rows pgx.Rows) (err error) {
	if w.rows, err = pgx.CollectRows(rows, scanFound); err != nil {
		return fmt.Errorf("find the rows of %s: %w", w.t.Name, err)
	}
	return nil
}

// owners asks, in chunks, who else has a part in the rows.
func (r *run) owners(b *pgx.Batch, w *tableWork, rows []found) {
	if !w.t.Shareable || w.t.Erase == datamap.CutLink {
		return
	}
	for some := range slices.Chunk(rows, chunk) {
		keys := make([]string, len(some))
		at := make(map[string]int, len(some))
		for i, row := range some {
			keys[i], at[row.key] = row.key, i
		}
		r.s.askOthers(b, w.t, keys, r.keys, func(o owner) {
			row := &some[at[o.row]]
			row.others |= 1 << o.path
			row.near = append(row.near, o.person)
		})
	}
}

// rowsSQL reads the rows that a path leads to, with the paths as bits, in the order of their keys. Around the person
// only texts matter. It is "" where no path serves.
func (r *run) rowsSQL(w *tableWork, texts bool) (string, []any) {
	t := w.t
	sql := pathSQL{r.plan}
	var conds []string
	var mask []int
	for i, p := range t.Paths {
		if p.As != datamap.AsContext || len(w.reads) > 0 { // around the person only texts matter
			conds, mask = append(conds, sql.linked(t, p)), append(mask, i)
		}
	}
	args := []any{r.keys}
	for _, l := range r.logged {
		if l.table == t.Name {
			args = append(args, l.values)
			conds, mask = append(conds, l.holds(sql, fmt.Sprintf("$%d", len(args)))), append(mask, l.path)
		}
	}
	if len(conds) == 0 {
		return "", nil
	}
	columns := []string{keyText("x", t.Key), fmt.Sprintf("%d::bigint", uint64(1)<<mask[0]), "false", "null::text[]"}
	if t.DeleteWhen != "" {
		columns[2] = "(" + t.DeleteWhen + ") is true"
	}
	if texts && len(w.reads) > 0 {
		columns[3] = textsSQL(t, w.reads)
	}
	if r.resumed && r.staged(t) { // a stage has done those that the journal lists
		done := fmt.Sprintf(" and not exists (select 1 from insyn_ledger.journal as j where j.request_id = %d and j.table_name = %s and j.row_key = %s)",
			r.e.RequestID, literal(t.Name), keyText("x", t.Key))
		for i := range conds {
			conds[i] = "(" + conds[i] + ")" + done
		}
	}
	from, where := tableSQL(t)+" as x", conds[0]
	if len(conds) > 1 {
		// United by key first, since no index serves an "or" of subqueries.
		var parts []string
		for n, c := range conds {
			parts = append(parts, fmt.Sprintf("select %s, %d::bigint as insyn_path from %s as x where %s", list("x", t.Key), uint64(1)<<mask[n], tableSQL(t), c))
		}
		var on []string
		for _, k := range t.Key {
			on = append(on, "x."+quote(k)+" = g."+quote(k))
		}
		from += fmt.Sprintf(" join (select %s, bit_or(u.insyn_path) as insyn_paths from (%s) as u group by %s) as g on %s",
			list("u", t.Key), strings.Join(parts, " union all "), list("u", t.Key), strings.Join(on, " and "))
		where, columns[1] = "true", "g.insyn_paths"
	}
	return fmt.Sprintf("select %s from %s where %s order by %s", strings.Join(columns, ", "), from, where, list("x", t.Key)), args
}

func scanFound(c pgx.CollectableRow) (found, error) {
	var row found
	var paths int64
	err := c.Scan(&row.key, &paths, &row.drop, &row.texts)
	row.paths = uint64(paths)
	return row, err
}

// textsSQL is the texts of the columns, one array in their order,
// and after them the columns that say how they are encoded.
func textsSQL(t *datamap.PlannedTable, columns []*datamap.Column) string {
	texts := make([]string, 0, len(columns))
	for _, c := range columns {
		if t.Types[c.Name].IsArray() {
			texts = append(texts, "to_jsonb(x."+quote(c.Name)+")::text")
			continue
		}
		texts = append(texts, "x."+quote(c.Name)+"::text")
	}
	for _, name := range encodingColumns(t, columns) {
		texts = append(texts, "x."+quote(name)+"::text")
	}
	return "array[" + strings.Join(texts, ", ") + "]::text[]"
}

// share books the rows that others have a part in.
func (r *run) share(w *tableWork) {
	shared := Shared{Table: w.t.Name, Label: w.t.Label}
	people := map[string]bool{}
	for _, row := range w.rows {
		if row.paths&w.own == 0 || row.others&w.own == 0 {
			continue
		}
		shared.Rows++
		for _, k := range row.near {
			people[k] = true
		}
	}
	if shared.Others = len(people); shared.Rows > 0 {
		r.shared = append(r.shared, shared)
	}
}
