package records

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"insyn/internal/mention"
	"insyn/internal/postgres"
)

// Finding is a column that still holds an identifier: in how many rows. Retained: a law keeps the column, and these rows
// are fenced. Unreadable counts what nobody could search, a locked document or a table in another server that does not
// answer: somebody has to look, but it is no trace of the subject, and Rows is 0.
type Finding struct {
	Table      string `json:"table"`
	Column     string `json:"column"`
	Rows       int    `json:"rows"`
	Retained   bool   `json:"retained"`
	Law        string `json:"law,omitempty"`
	Unreadable int    `json:"unreadable,omitempty"`
}

// Wanted is a subject to look for, with an ID of the caller's.
type Wanted struct {
	ID      int64
	Persons []mention.Person
}

// Rescan is RescanMany for one subject.
func (s *Source) Rescan(ctx context.Context, id []mention.Person, progress func(done, total int64)) ([]Finding, error) {
	found, err := s.RescanMany(ctx, []Wanted{{Persons: id}}, progress)
	return found[0], err
}

// RescanMany reads everything in the database that can hold text or a document, mapped or not, from one end to the other, and
// looks for the identifiers that were recorded before an erasure; it gives the findings by subject. One pass serves any
// number of subjects. Schemas insyn and insyn_ledger are searched elsewhere.
// A table that may not be read is an error: a search that skipped something proves nothing.
func (s *Source) RescanMany(ctx context.Context, subjects []Wanted, progress func(done, total int64)) (map[int64][]Finding, error) {
	people := make([][]mention.Person, 0, len(subjects))
	for _, w := range subjects {
		people = append(people, w.Persons)
	}
	n := newNet(people)
	if n == nil {
		return map[int64][]Finding{}, nil
	}
	var out map[int64][]Finding
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := postgres.InTxOpts(ctx, s.pool, opts, func(tx pgx.Tx) error {
		// Where a policy would hide rows, the server is to say so instead.
		if _, err := tx.Exec(ctx, `set local row_security = off`); err != nil {
			return safe(err)
		}
		tables, err := s.scanTables(ctx, tx)
		if err != nil {
			return err
		}
		r := &rescan{tx: tx, net: n, subjects: subjects, found: map[int64][]Finding{}, progress: newProgress(tables, progress)}
		if err := r.run(ctx, tables); err != nil {
			return err
		}
		out = r.found
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("search %s again: %w", s.Name, err)
	}
	return out, nil
}

// rescan is one pass: this goroutine copies the rows out of the database, others look at them.
type rescan struct {
	tx       pgx.Tx
	net      *net
	subjects []Wanted
	found    map[int64][]Finding
	progress *progress
	full     chan piece  // rows to look at
	empty    chan []byte // buffers that have been looked at
}

// piece is some whole rows of a table.
type piece struct {
	of   *tally
	rows []byte
}

func (r *rescan) run(ctx context.Context, tables []*scanTable) error {
	seekers := runtime.GOMAXPROCS(0)
	r.full = make(chan piece)
	r.empty = make(chan []byte, seekers+2)
	for range cap(r.empty) {
		r.empty <- nil
	}
	var looking sync.WaitGroup
	for range seekers {
		looking.Go(func() {
			look := r.net.seeker(len(r.subjects))
			for p := range r.full {
				p.of.count(look, p.rows)
				p.of.open.Done()
				r.empty <- p.rows
			}
		})
	}
	defer looking.Wait()
	defer close(r.full)
	for _, t := range tables {
		if err := r.table(ctx, t); err != nil {
			return fmt.Errorf("search %s: %w", t.title(), safe(err))
		}
		r.progress.table(t)
	}
	if err := r.largeObjects(ctx); err != nil {
		return fmt.Errorf("search the large objects: %w", safe(err))
	}
	r.progress.end()
	return nil
}

// table has one table looked at and writes down what was found.
func (r *rescan) table(ctx context.Context, t *scanTable) error {
	found := newTally(t)
	if t.kind == foreignTable {
		// What another server says must not end this pass.
		inner, err := r.tx.Begin(ctx)
		if err != nil {
			return err
		}
		err = r.copyOut(ctx, t, found)
		if back := inner.Rollback(ctx); back != nil {
			return back
		}
		if err != nil && ctx.Err() == nil {
			r.unreadable(t.title(), "", 1)
			return nil
		}
	} else if err := r.copyOut(ctx, t, found); err != nil {
		return err
	}
	if err := r.longValues(ctx, found); err != nil {
		return err
	}
	return r.write(ctx, found)
}

// copyOut hands the rows of a table to the seekers and waits for them.
func (r *rescan) copyOut(ctx context.Context, t *scanTable, found *tally) error {
	w := &rowWriter{ctx: ctx, of: found, full: r.full, empty: r.empty, report: func(rows, bytes int64) { r.progress.within(t, rows, bytes) }}
	_, err := r.tx.Conn().PgConn().CopyTo(ctx, w, t.copySQL())
	if err == nil {
		err = w.flush()
	} else if w.buf != nil {
		r.empty <- w.buf
	}
	found.open.Wait()
	return err
}

// write gives each subject what was found of them in a table.
func (r *rescan) write(ctx context.Context, t *tally) error {
	fenced, err := r.fenced(ctx, t)
	if err != nil {
		return err
	}
	rows := maps.Clone(t.rows)
	for _, k := range t.keyed {
		at := k.place
		at.retained = fenced.holds(k.key, t.of.columns[at.column].name)
		rows[at]++
	}
	for _, at := range slices.SortedFunc(maps.Keys(rows), inOrder) {
		f := Finding{Table: t.of.title(), Column: t.of.columns[at.column].name, Rows: rows[at], Retained: at.retained}
		if f.Retained {
			f.Law = t.of.law
		}
		id := r.subjects[at.subject].ID
		r.found[id] = append(r.found[id], f)
	}
	for i, n := range t.unreadable {
		if n > 0 {
			r.unreadable(t.of.title(), t.of.columns[i].name, n)
		}
	}
	return nil
}

// unreadable tells every subject what nobody could search.
func (r *rescan) unreadable(table, column string, n int) {
	for _, w := range r.subjects {
		r.found[w.ID] = append(r.found[w.ID], Finding{Table: table, Column: column, Unreadable: n})
	}
}
