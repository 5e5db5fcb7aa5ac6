package records

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/mention"
)

// searchAll finds and replaces mentions in rows that no path ties to the person. The database finds the rows that may hold
// one; the matcher decides. It runs while the ties of the person's own rows are there.
func (r *run) searchAll(ctx context.Context, tables []*datamap.PlannedTable) error {
	var searches []*search
	for _, t := range tables {
		switch columns := t.Searched(); {
		case r.needles(r.asksNames()).empty() && !keysWithin(columns):
		case t.Mentions && t.Erase == datamap.DeleteRow:
			if err := r.removeNaming(ctx, t); err != nil {
				return err
			}
		case len(columns) > 0:
			searches = append(searches, &search{t: t, columns: columns, indexed: allIndexed(t, columns), names: r.asksNames()})
		}
	}
	if len(searches) == 0 {
		return r.searchPacked(ctx, tables)
	}
	if err := r.askFirst(ctx, searches); err != nil {
		return err
	}
	for _, x := range searches {
		if err := r.searchOthers(ctx, x); err != nil {
			return err
		}
	}
	return r.searchPacked(ctx, tables)
}

// askFirst asks for the first rows of each search.
func (r *run) askFirst(ctx context.Context, searches []*search) error {
	if err := r.weighNames(ctx, searches); err != nil {
		return err
	}
	return r.pipeline(ctx, func(b *pgx.Batch) {
		// The planner thinks a comparison cheaper than it is, and would read a table of some thousand rows from end to end, or
		// by its key, where trigrams answer in a moment.
		for _, indexed := range []bool{true, false} {
			mode := "on"
			if indexed {
				mode = "off"
			}
			b.Queue(`select set_config('enable_seqscan', $1, true), set_config('enable_indexscan', $1, true)`, mode)
			for _, x := range searches {
				if x.indexed == indexed {
					r.ask(b, x)
				}
			}
		}
	})
}

// search is the search of one table's texts.
type search struct {
	t       *datamap.PlannedTable
	columns []*datamap.Column
	indexed bool
	names   bool // also rows with the surname alone
	read    int
	rows    []textRow
}

// ask queues the question for the next rows that may name the person.
func (r *run) ask(b *pgx.Batch, x *search) {
	where, args := r.needles(x.names).where(x.t, x.columns, 3)
	for _, c := range x.columns {
		if c.Within != "" { // the pattern decides in Go
			args = append(args, containing(r.keys))
			where = fmt.Sprintf("(%s or x.%s::text like any ($%d::text[]))", where, quote(c.Name), len(args)+2)
		}
	}
	where += " and ($2::text = '' or (" + list("x", x.t.Key) + ") > (" + keyParts(x.t, "$2") + "))"
	for _, p := range x.t.Paths {
		where += " and (" + pathSQL{r.plan}.linked(x.t, p) + ") is not true"
	}
	if !strings.Contains(where, "$1::") {
		where += " and ($1::text[] is not null)"
	}
	last := ""
	if n := len(x.rows); n > 0 {
		last = x.rows[n-1].key
	}
	lock := locked
	if r.reads {
		lock = ""
	}
	b.Queue(textsWhere(x.t, x.columns, where, chunk)+lock, append([]any{r.keys, last}, args...)...).Query(func(rows pgx.Rows) (err error) {
		if x.rows, err = pgx.CollectRows(rows, scanTexts); err != nil {
			return fmt.Errorf("search %s: %w", x.t.Name, err)
		}
		return nil
	})
}

func (r *run) askNext(ctx context.Context, x *search) error {
	return r.pipeline(ctx, func(b *pgx.Batch) { r.ask(b, x) })
}

// needles are those of a search, with names the wider ones.
func (r *run) needles(names bool) needles {
	if names {
		return r.words.asked
	}
	return r.words.needles
}

// keysWithin says whether keys of persons stand inside one of the texts.
func keysWithin(columns []*datamap.Column) bool {
	return slices.ContainsFunc(columns, func(c *datamap.Column) bool { return c.Within != "" })
}

// containing are patterns of texts with one of the values in them.
func containing(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = contains(v)
	}
	return out
}

func allIndexed(t *datamap.PlannedTable, columns []*datamap.Column) bool {
	return !slices.ContainsFunc(columns, func(c *datamap.Column) bool {
		text, _ := trigrams(t.Live, c.Name)
		return !text
	})
}

// mentionRows replaces the mentions in rows that were found to hold one.
func (r *run) mentionRows(ctx context.Context, t *datamap.PlannedTable, columns []*datamap.Column, rows []textRow) error {
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
		m := r.words.besides(near[row.key])
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
	for i, in := range r.cells(t, columns, row) {
		var err error
		if out[i], err = r.rewrite(in, m, mc, looseEnough); err != nil {
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
