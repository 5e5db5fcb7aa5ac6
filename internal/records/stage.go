package records

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/postgres"
)

// stageRows is how many rows a stage changes in one transaction.
const stageRows = 10_000

// removals is where the numbers of the rows that go begin: they come after all that are changed, the tables in reverse.
const removals = int64(1) << 40

// eraseInStages erases a person with more rows than one transaction may change. The first transaction writes down what is
// to be done, in order, and opens the ledger's row; each stage does the next part and notes how far it came; the last does
// what says who the person is, and closes the row. A run that was killed goes on where the last stage ended, forwards only.
func (s *Source) eraseInStages(ctx context.Context, e Erasure) (*Outcome, error) {
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error { return s.openStages(ctx, tx, e) })
	if err != nil {
		return nil, err
	}
	for more := true; more; {
		err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
			more, err = s.stage(ctx, tx, e)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var out *Outcome
	err = postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := passFence(ctx, tx, e); err != nil {
			return err
		}
		r, err := s.begin(ctx, tx, e)
		if err != nil {
			return err
		}
		if !bytes.Equal(r.plan.Hash(), e.Approved.Hash) {
			return ErrPlanChanged
		}
		r.resumed, r.e.RowCap = true, math.MaxInt32
		if err := r.all(ctx); err != nil {
			return err
		}
		out, err = r.commitPoint(ctx)
		return err
	})
	return out, err
}

// openStages writes the journal and opens the ledger's row, unless an earlier run has.
func (s *Source) openStages(ctx context.Context, tx pgx.Tx, e Erasure) error {
	if err := passFence(ctx, tx, e); err != nil {
		return err
	}
	if _, found, err := readLedger(ctx, tx, e.RequestID, e.Subject); err != nil || found {
		return err
	}
	r, err := s.begin(ctx, tx, e)
	if err != nil {
		return err
	}
	if !bytes.Equal(r.plan.Hash(), e.Approved.Hash) {
		return ErrPlanChanged
	}
	if err := r.weigh(ctx); err != nil {
		return err
	}
	if len(r.refusals) > 0 {
		return ErrRefused
	}
	j := &journal{r: r}
	for place, t := range r.plan.Tables {
		if t.Keep != nil {
			if err := r.keep(ctx, t); err != nil {
				return err
			}
		}
		if r.staged(t) {
			if err := j.table(ctx, place, t); err != nil {
				return err
			}
		}
	}
	if e.Approved.grew(r.byTable()) {
		return ErrCountsGrew
	}
	if err := r.writeLogged(ctx); err != nil {
		return err
	}
	return r.open(ctx, j.no+j.gone)
}

// staged says whether a table's rows are done in stages. What says who the person is stays until the end, since each stage
// must know; so does what leads there, and so do logs, which triggers fill meanwhile.
func (r *run) staged(t *datamap.PlannedTable) bool {
	if t.LogOf != "" || len(roleColumns(t)) > 0 || t.Keep != nil && !t.Changes() {
		return false
	}
	for _, named := range r.plan.Tables {
		if len(roleColumns(named)) == 0 {
			continue
		}
		for _, p := range named.Paths {
			if slices.ContainsFunc(p.Hops, func(h datamap.Hop) bool { return h.Table == t.Name }) {
				return false
			}
		}
	}
	return true
}

// journal writes down, for one run, the rows that are to be done.
type journal struct {
	r        *run
	no, gone int64
}

// table lists a table's rows through a cursor, so that none of them is held.
func (j *journal) table(ctx context.Context, place int, t *datamap.PlannedTable) error {
	w := newWork(t)
	sql, args := j.r.rowsSQL(w, false)
	if sql == "" {
		return nil
	}
	if _, err := j.r.tx.Exec(ctx, "declare insyn_rows no scroll cursor for "+sql, args...); err != nil {
		return fmt.Errorf("list the rows of %s: %w", t.Name, err)
	}
	for {
		rows, err := j.r.tx.Query(ctx, fmt.Sprintf("fetch %d from insyn_rows", stageRows))
		if err != nil {
			return fmt.Errorf("list the rows of %s: %w", t.Name, err)
		}
		some, err := pgx.CollectRows(rows, scanFound)
		if err != nil {
			return fmt.Errorf("list the rows of %s: %w", t.Name, err)
		}
		if len(some) == 0 {
			break
		}
		if err := j.write(ctx, place, w, some); err != nil {
			return err
		}
	}
	_, err := j.r.tx.Exec(ctx, "close insyn_rows")
	return err
}

func (j *journal) write(ctx context.Context, place int, w *tableWork, rows []found) error {
	if err := j.r.pipeline(ctx, func(b *pgx.Batch) { j.r.owners(b, w, rows) }); err != nil {
		return err
	}
	var no, paths, others []int64
	var remove []bool
	var keys []string
	anonymised, redacted, removed := 0, 0, 0
	for _, row := range rows {
		n := j.no
		goes := w.removes(row)
		switch {
		case goes:
			n = removals*int64(len(j.r.plan.Tables)-place) + j.gone
			j.gone++
			removed++
		case w.alone(row):
			j.no++
			anonymised++
		default:
			j.no++
			redacted++
		}
		no, remove, keys = append(no, n+1), append(remove, goes), append(keys, row.key)
		paths, others = append(paths, int64(row.paths)), append(others, int64(row.others))
	}
	action := Deleted
	if w.t.Erase == datamap.CutLink {
		action = CutOff
	}
	j.r.count(w.t, Anonymised, anonymised)
	j.r.count(w.t, Redacted, redacted)
	j.r.count(w.t, action, removed)
	_, err := j.r.tx.Exec(ctx, `
		insert into insyn_ledger.journal (request_id, subject, table_name, no, remove, row_key, paths, others)
		select $1, $2, $3, v.no, v.remove, v.row_key, v.paths, v.others
		  from unnest($4::bigint[], $5::boolean[], $6::text[], $7::bigint[], $8::bigint[]) as v (no, remove, row_key, paths, others)`,
		j.r.e.RequestID, j.r.e.Subject, w.t.Name, no, remove, keys, paths, others)
	if err != nil {
		return fmt.Errorf("write the journal of %s: %w", w.t.Name, err)
	}
	return nil
}

// open writes the ledger's row, restricts the person, and fences what is kept.
func (r *run) open(ctx context.Context, planned int64) error {
	r.counts = map[string]int{}
	if err := r.insertLedger(ctx, "running", planned); err != nil {
		return err
	}
	_, err := r.tx.Exec(ctx, `insert into insyn_ledger.restricted (person, request_id) select unnest($1::text[]), $2 on conflict do nothing`, r.keys, r.e.RequestID)
	if err != nil {
		return fmt.Errorf("restrict the person: %w", err)
	}
	return nil
}

// stage does the next rows of the journal; false where none is left.
func (s *Source) stage(ctx context.Context, tx pgx.Tx, e Erasure) (bool, error) {
	if err := passFence(ctx, tx, e); err != nil {
		return false, err
	}
	var last, planned int64
	var state string
	var counted []byte
	err := tx.QueryRow(ctx, `
		select stage,
		       planned,
		       state,
		       counts
		  from insyn_ledger.erasure
		 where request_id = $1
		   and subject = $2
		   for update`, e.RequestID, e.Subject).Scan(&last, &planned, &state, &counted)
	if err != nil {
		return false, fmt.Errorf("read the stage: %w", err)
	}
	if state != "running" {
		return false, nil
	}
	next, err := s.nextOf(ctx, tx, e, last)
	if err != nil || next == nil {
		return false, err
	}
	r, err := s.begin(ctx, tx, e)
	if err != nil {
		return false, err
	}
	if !bytes.Equal(r.plan.Hash(), e.Approved.Hash) {
		return false, ErrPlanChanged
	}
	if err := json.Unmarshal(counted, &r.counts); err != nil {
		return false, fmt.Errorf("read the counts of the stages: %w", err)
	}
	if err := r.doStage(ctx, next); err != nil {
		return false, err
	}
	counts, err := json.Marshal(r.counts)
	if err != nil {
		return false, err
	}
	var n int
	err = tx.QueryRow(ctx, `
		update insyn_ledger.erasure
		   set stage = $3,
		       counts = $4,
		       stages = stages || jsonb_build_object('number', jsonb_array_length(stages) + 1, 'at', date_trunc('second', now() at time zone 'UTC') || 'Z', 'rows', $5::int)
		 where request_id = $1
		   and subject = $2
		returning jsonb_array_length(stages)`, e.RequestID, e.Subject, next.last, counts, len(next.rows)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("note the stage: %w", err)
	}
	return true, s.tellStage(ctx, tx, e, next.last, planned, n)
}

// tellStage reports how many rows of the journal are done, and which stage that was.
func (s *Source) tellStage(ctx context.Context, tx pgx.Tx, e Erasure, last, planned int64, n int) error {
	done := min(last, planned)
	if last > removals {
		err := tx.QueryRow(ctx, `
			select count(*)
			  from insyn_ledger.journal
			 where request_id = $1
			   and subject = $2
			   and no between 1 and $3`, e.RequestID, e.Subject, last).Scan(&done)
		if err != nil {
			return fmt.Errorf("count the stages: %w", err)
		}
	}
	if e.Progress != nil {
		e.Progress(int(done), int(planned))
	}
	if e.Staged != nil {
		left := int(planned-done+stageRows-1) / stageRows
		e.Staged(n, n+left+1) // and the last, which ends it
	}
	return nil
}

// part is what one stage does: rows of one table, all to be changed or all to be removed.
type part struct {
	table  string
	remove bool
	last   int64
	rows   []found
}

func (s *Source) nextOf(ctx context.Context, tx pgx.Tx, e Erasure, last int64) (*part, error) {
	rows, err := tx.Query(ctx, `
		select no,
		       remove,
		       table_name,
		       row_key,
		       paths,
		       others
		  from insyn_ledger.journal
		 where request_id = $1
		   and subject = $2
		   and no > $3
		 order by no
		 limit $4`, e.RequestID, e.Subject, last, stageRows)
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	var out *part
	var no, paths, others int64
	var remove, full bool
	var table, key string
	_, err = pgx.ForEachRow(rows, []any{&no, &remove, &table, &key, &paths, &others}, func() error {
		if out == nil {
			out = &part{table: table, remove: remove}
		}
		full = full || out.table != table || out.remove != remove
		if !full {
			out.rows = append(out.rows, found{key: key, paths: uint64(paths), others: uint64(others)})
			out.last = no
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	return out, nil
}

func (r *run) doStage(ctx context.Context, p *part) error {
	t := r.plan.Table(p.table)
	if t == nil {
		return fmt.Errorf("the journal speaks of %s, and the map does not: %w", p.table, ErrPlanChanged)
	}
	r.e.Progress = nil // stages are told, not rows
	w := newWork(t)
	if p.remove {
		for _, row := range p.rows {
			w.remove = append(w.remove, row.key)
		}
		if err := r.remove(ctx, w); err != nil {
			return err
		}
		return r.flush(ctx)
	}
	if len(w.reads) > 0 {
		for i := range p.rows {
			p.rows[i].others = 0
		}
		if err := r.pipeline(ctx, func(b *pgx.Batch) { r.owners(b, w, p.rows) }); err != nil {
			return err
		}
	}
	for i := 0; i < len(p.rows); i += chunk {
		if err := r.changeRows(ctx, w, p.rows[i:min(i+chunk, len(p.rows))]); err != nil {
			return err
		}
	}
	return r.flush(ctx)
}
