//go:build schemas

package schemas

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// cells is a row to be written, by column.
type cells map[string]any

// writer collects rows of a system and remembers whom each is about, so that a test can say which rows an erasure may touch.
type writer struct {
	cast  *cast
	keys  map[string][]string
	next  map[string]int
	rows  map[string][]cells
	about map[string]map[string][]*person // table -> key -> everybody in the row
	mine  map[string]map[string]*person   // table -> key -> whose the row is, though others may be in it
}

func newWriter(t *testing.T, pool *pgxpool.Pool, c *cast) *writer {
	return &writer{cast: c, keys: keyColumns(t, pool), next: map[string]int{}, rows: map[string][]cells{}, about: map[string]map[string][]*person{}, mine: map[string]map[string]*person{}}
}

// id gives the next number of a table; what the system's own set-up wrote stands below 100.
func (w *writer) id(table string) int {
	w.next[table]++
	return 100 + w.next[table]
}

// put adds a row and gives its id, which it makes where the table has one. It is about the persons given, whose number is
// in it, and those named in its texts; a row about nobody no erasure may touch.
func (w *writer) put(table string, r cells, about ...*person) int {
	id, ok := r["id"].(int)
	if _, has := r["id"]; !has && slices.Contains(w.keys[table], "id") {
		id, ok = w.id(table), true
		r["id"] = id
	}
	w.rows[table] = append(w.rows[table], r)
	if w.about[table] == nil {
		w.about[table] = map[string][]*person{}
	}
	k := w.key(table, r)
	for _, v := range r {
		switch v := v.(type) {
		case string:
			about = append(about, w.cast.within(v)...)
		case []byte:
			about = append(about, w.cast.within(string(v))...)
		}
	}
	for _, p := range about {
		if p != nil && !slices.Contains(w.about[table][k], p) {
			w.about[table][k] = append(w.about[table][k], p)
		}
	}
	if !ok {
		return 0
	}
	return id
}

// own adds a row that is one person's own: it may go with them, though others (who wrote it) are in it.
func (w *writer) own(table string, r cells, p *person, others ...*person) int {
	id := w.put(table, r, append(others, p)...)
	if p == nil { // one of the system's own
		return id
	}
	if w.mine[table] == nil {
		w.mine[table] = map[string]*person{}
	}
	w.mine[table][w.key(table, r)] = p
	return id
}

func (w *writer) key(table string, r cells) string {
	key := make([]string, len(w.keys[table]))
	for i, c := range w.keys[table] {
		key[i] = fmt.Sprint(r[c])
	}
	return strings.Join(key, ",")
}

// also says of a row already put that somebody else is in it.
func (w *writer) also(table string, id int, about ...*person) {
	k := fmt.Sprint(id)
	w.about[table][k] = append(w.about[table][k], about...)
}

// flush writes everything, and sets the sequences behind it.
func (w *writer) flush(t *testing.T, pool *pgxpool.Pool) (written int) {
	t.Helper()
	for table, rows := range w.rows {
		// Rows with the same columns go together: a column left out takes its default.
		alike := map[string][]cells{}
		for _, r := range rows {
			shape := strings.Join(slices.Sorted(maps.Keys(r)), ",")
			alike[shape] = append(alike[shape], r)
		}
		for shape, rows := range alike {
			columns := strings.Split(shape, ",")
			n, err := pool.CopyFrom(t.Context(), pgx.Identifier{table}, columns, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
				out := make([]any, len(columns))
				for j, c := range columns {
					out[j] = rows[i][c]
				}
				return out, nil
			}))
			if err != nil {
				t.Fatalf("fill %s (%s): %v", table, shape, err)
			}
			written += int(n)
		}
	}
	if _, err := pool.Exec(t.Context(), `
		do $$
		declare c record;
		begin
			for c in
				select table_name, column_name, substring(column_default from $r$nextval\('([^']+)'$r$) as seq
				from information_schema.columns
				where table_schema = 'public' and column_default like 'nextval%'
			loop
				execute format('select setval(%L, greatest((select max(%I) from public.%I), 1))', c.seq, c.column_name, c.table_name);
			end loop;
		end $$`); err != nil {
		t.Fatal(err)
	}
	return written
}
