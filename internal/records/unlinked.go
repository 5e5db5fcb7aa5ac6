package records

import (
	"context"
	"slices"
	"strings"

	"insyn/internal/datamap"
	"insyn/internal/mention"
)

// searchAll searches tables one after another. The planner thinks a comparison cheaper than it is, and would read a table
// of some thousand rows from end to end, or by its key, where trigrams answer in a moment.
func (r *run) searchAll(ctx context.Context, tables []*datamap.PlannedTable) error {
	if r.words.needles.empty() {
		return nil
	}
	for _, indexed := range []bool{true, false} {
		mode := "on"
		if indexed {
			mode = "off"
		}
		if _, err := r.tx.Exec(ctx, `set local enable_seqscan = `+mode+`; set local enable_indexscan = `+mode); err != nil {
			return err
		}
		for _, t := range tables {
			columns := t.Searched()
			switch {
			case t.Mentions && t.Erase == datamap.DeleteRow:
				if !indexed {
					if err := r.removeNaming(ctx, t); err != nil {
						return err
					}
				}
			case len(columns) > 0 && allIndexed(t, columns) == indexed:
				if err := r.searchOthers(ctx, t); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func allIndexed(t *datamap.PlannedTable, columns []*datamap.Column) bool {
	return !slices.ContainsFunc(columns, func(c *datamap.Column) bool {
		text, _ := trigrams(t.Live, c.Name)
		return !text
	})
}

// searchOthers finds and replaces mentions in rows that no path ties to the person. The database finds the rows that may
// hold one, by index where it has one; the matcher decides. It runs while the ties of the person's own rows are there.
func (r *run) searchOthers(ctx context.Context, t *datamap.PlannedTable) error {
	columns := t.Searched()
	where, args := r.words.needles.where(t, columns, 2)
	for _, p := range t.Paths {
		where += " and (" + pathSQL{r.plan}.linked(t, p) + ") is not true"
	}
	if !strings.Contains(where, "$1::") {
		where += " and ($1::text[] is not null)"
	}
	rows, err := r.readWhere(ctx, t, columns, where, r.e.RowCap+1, append([]any{r.keys}, args...)...)
	if err != nil || len(rows) == 0 {
		return err
	}
	if len(rows) > r.e.RowCap {
		return errLarge
	}
	keys := make([]string, len(rows))
	for i, row := range rows {
		keys[i] = row.key
	}
	near, err := r.s.near(ctx, r.tx, t, keys, r.keys)
	if err != nil {
		return err
	}
	if err := r.crew.load(ctx, near); err != nil {
		return err
	}
	c := newChange(t, columns)
	for _, row := range rows {
		m := r.words.loose
		for _, k := range near[row.key] {
			if r.words.sharers[k] {
				m = r.words.strict
			}
		}
		texts, changed, err := r.redactOther(t, columns, row, m, mention.Context{Others: r.crew.of(near[row.key])})
		if err != nil {
			return err
		}
		if changed {
			c.add(row.key, false, nil, texts)
		}
	}
	return r.write(ctx, c, Mentioned)
}

func (r *run) redactOther(t *datamap.PlannedTable, columns []*datamap.Column, row textRow, m *mention.Matcher, mc mention.Context) ([]*string, bool, error) {
	out := make([]*string, len(columns))
	any := false
	for i, c := range columns {
		var err error
		if out[i], err = r.rewrite(cell{t: t, c: c, key: row.key, text: row.texts[i]}, m, mc, looseEnough); err != nil {
			return nil, false, err
		}
		any = any || out[i] != row.texts[i]
	}
	return out, any, nil
}

// removeNaming deletes the rows of a table without paths that name the person, such as sessions: their texts are wrapped
// in ways that the database cannot search, so all of them are read.
func (r *run) removeNaming(ctx context.Context, t *datamap.PlannedTable) error {
	var columns []*datamap.Column
	for _, e := range t.Columns {
		if e.Value.Scan {
			columns = append(columns, e.Value)
		}
	}
	if len(columns) == 0 {
		return nil
	}
	w := &tableWork{t: t}
	names := func(text string) bool {
		return slices.ContainsFunc(r.words.strict.Find(text, mention.Context{}), looseEnough)
	}
	for last := ""; ; {
		where := "$1::text = '' or (" + list("x", t.Key) + ") > (" + keyParts(t, "$1") + ")"
		rows, err := r.readWhere(ctx, t, columns, where, chunk, last)
		if err != nil {
			return err
		}
		for _, row := range rows {
			for i, c := range columns {
				in := cell{t: t, c: c, key: row.key, text: row.texts[i], encoding: encodingOf(t, columns, c, row.texts)}
				if in.text != nil && namesAny(in, names) {
					w.remove = append(w.remove, row.key)
					break
				}
			}
			last = row.key
		}
		if len(rows) < chunk {
			return r.remove(ctx, w)
		}
	}
}
