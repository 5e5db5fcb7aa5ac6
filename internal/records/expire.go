package records

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
)

// DefaultExpireBatch is how many fenced rows one transaction erases.
const DefaultExpireBatch = 500

// ErrExpireBusy: another process is erasing kept rows of the same source.
var ErrExpireBusy = errors.New("kept rows of this source are being erased by another process")

// Expired is what became of kept rows whose time was over, in counts.
type Expired struct {
	Deleted    int
	Anonymised int // the row is referred to from outside the map, or the map leaves it: its columns were emptied
	Gone       int // the CRM had deleted it
	Held       int // a legal hold on the person keeps them
	Stuck      []Stuck
}

// Rows is how many rows were erased.
func (e Expired) Rows() int { return e.Deleted + e.Anonymised }

// Stuck are rows that could neither be deleted nor emptied: the code and the constraint that the database names.
type Stuck struct {
	Table, Code, Constraint string
	Rows                    int
}

// OpenKept opens a source with the rights of expire, which sees the kept tables and nothing else. It refuses where those
// do not fit the map.
func OpenKept(ctx context.Context, name string, pool *pgxpool.Pool, m *datamap.Map) (*Source, error) {
	plan, problems, err := datamap.Check(ctx, pool, m, name)
	if err != nil {
		return nil, fmt.Errorf("open what is kept in %s: %w", name, err)
	}
	var stop datamap.Problems
	for _, p := range problems.Of(datamap.Stops) {
		for _, t := range plan.Tables {
			if t.Keep != nil && (p.Place == t.Name || strings.HasPrefix(p.Place, t.Name+".")) {
				stop = append(stop, p)
			}
		}
	}
	if len(stop) > 0 {
		return nil, fmt.Errorf("open what is kept in %s: %w", name, stop)
	}
	return &Source{Name: name, pool: pool, m: m, plan: plan}, nil
}

// Expire erases the fenced rows of the source whose last day is before today, the controller's own date: a row is there on
// its last day and goes from the day after. Each batch of limit rows is one transaction, with its lines in the ledger;
// what a killed run had committed is done, and the next run goes on. held tells of a request whose person is under a legal
// hold; nil is nobody. On an error, what was erased before it is told beside.
func (s *Source) Expire(ctx context.Context, today dsar.Date, limit int, held func(requestID int64) bool) (Expired, error) {
	if limit <= 0 {
		limit = DefaultExpireBatch
	}
	x := &expiry{s: s, today: today, limit: limit}
	if err := x.requests(ctx, held); err != nil {
		return x.done, fmt.Errorf("erase what was kept in %s: %w", s.Name, safe(err))
	}
	for {
		more := false
		before := x.done
		before.Stuck = slices.Clone(x.done.Stuck)
		err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) (err error) {
			more, err = x.batch(ctx, tx)
			return err
		})
		if err != nil {
			return before, fmt.Errorf("erase what was kept in %s: %w", s.Name, safe(err))
		}
		if !more {
			return x.done, nil
		}
	}
}

// expiry is one run over a source.
type expiry struct {
	s     *Source
	tx    pgx.Tx
	today dsar.Date
	limit int
	free  []int64 // requests with rows that are due and may go
	done  Expired
	// Rows that could not be erased are not tried twice in a run.
	stuckTables, stuckKeys []string
}

// keptRow is a line of the ledger.
type keptRow struct {
	table, key, rule string
	until            dsar.Date
	columns          []string
}

// requests finds whose rows are due, and leaves out who is held.
func (x *expiry) requests(ctx context.Context, held func(int64) bool) error {
	rows, err := x.s.pool.Query(ctx, `
		select request_id,
		       count(*)
		  from insyn_ledger.kept
		 where until < $1
		 group by request_id
		 order by request_id`, x.today)
	if err != nil {
		return err
	}
	var id int64
	var n int
	_, err = pgx.ForEachRow(rows, []any{&id, &n}, func() error {
		if held != nil && held(id) {
			x.done.Held += n
			return nil
		}
		x.free = append(x.free, id)
		return nil
	})
	return err
}

// batch erases up to limit rows and tells whether there may be more.
func (x *expiry) batch(ctx context.Context, tx pgx.Tx) (bool, error) {
	x.tx = tx
	if len(x.free) == 0 {
		return false, nil
	}
	// A row of the CRM that somebody holds comes another night.
	if _, err := tx.Exec(ctx, `set local lock_timeout = '5s'; set local timezone = 'UTC'`); err != nil {
		return false, err
	}
	var first bool
	if err := tx.QueryRow(ctx, `select pg_try_advisory_xact_lock(hashtext('insyn_ledger.kept'))`).Scan(&first); err != nil {
		return false, err
	}
	if !first {
		return false, ErrExpireBusy
	}
	due, err := x.read(ctx)
	if err != nil || len(due) == 0 {
		return false, err
	}
	for _, group := range x.groups(due) {
		if err := x.group(ctx, group); err != nil {
			return false, err
		}
	}
	return true, nil
}

// read gives the next rows. Rows that belong to another kept row come first, so that one goes before what it refers to.
func (x *expiry) read(ctx context.Context) ([]keptRow, error) {
	var children []string
	for _, t := range x.s.plan.Tables {
		if t.Keep != nil && t.Keep.With != "" {
			children = append(children, t.Name)
		}
	}
	rows, err := x.tx.Query(ctx, `
		select k.table_name,
		       k.row_key,
		       k.rule,
		       k.until,
		       k.columns
		  from insyn_ledger.kept k
		 where k.until < $1
		   and k.request_id = any ($2)
		   and not exists (select 1
		                     from unnest($3::text[], $4::text[]) as s (table_name, row_key)
		                    where s.table_name = k.table_name
		                      and s.row_key = k.row_key)
		 order by k.table_name = any ($5) desc, k.until, k.table_name, k.row_key
		 limit $6`, x.today, x.free, x.stuckTables, x.stuckKeys, children, x.limit)
	if err != nil {
		return nil, fmt.Errorf("read what is due: %w", err)
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (keptRow, error) {
		var k keptRow
		err := r.Scan(&k.table, &k.key, &k.rule, &k.until, &k.columns)
		return k, err
	})
}

// groups puts together what is erased in the same way, in the order of the rows.
func (x *expiry) groups(due []keptRow) [][]keptRow {
	place := map[string]int{}
	var out [][]keptRow
	for _, k := range due {
		id := strings.Join([]string{k.table, k.rule, k.until.String(), strings.Join(k.columns, ",")}, "|")
		i, ok := place[id]
		if !ok {
			i = len(out)
			place[id] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], k)
	}
	return out
}

// group erases rows of one table that share rule and end.
func (x *expiry) group(ctx context.Context, rows []keptRow) error {
	first := rows[0]
	t := x.s.plan.Table(first.table)
	if t == nil {
		return fmt.Errorf("kept rows of %s: the map does not know the table any more", first.table)
	}
	keys := make([]string, 0, len(rows))
	for _, k := range rows {
		keys = append(keys, k.key)
	}
	if first.columns != nil {
		return x.blank(ctx, t, first, keys, first.columns)
	}
	if t.Keep == nil {
		return fmt.Errorf("kept rows of %s: the map does not keep the table any more", first.table)
	}
	for _, child := range x.s.plan.Tables {
		if child.Keep == nil || child.Keep.With != t.Name {
			continue
		}
		below, err := x.below(ctx, child, t, keys)
		if err != nil {
			return err
		}
		if err := x.drop(ctx, child, first, below); err != nil {
			return err
		}
	}
	return x.drop(ctx, t, first, keys)
}

// below are the rows of a table that are kept with rows of another, also those that came after the erasure.
func (x *expiry) below(ctx context.Context, child, parent *datamap.PlannedTable, keys []string) ([]string, error) {
	for _, p := range child.Paths {
		if len(p.Hops) == 0 || p.Hops[0].Table != parent.Name {
			continue
		}
		h := p.Hops[0]
		var ours, theirs []string
		for _, pair := range h.On {
			ours, theirs = append(ours, "x."+quote(pair.Ours)), append(theirs, "k."+quote(pair.Theirs))
		}
		return collect[string](ctx, x.tx, fmt.Sprintf(`select %s from %s as x where %s order by 1`, keyText("x", child.Key), quoteTable(child.Name),
			and(p.When, fmt.Sprintf("(%s) in (select %s from %s as k where %s)", strings.Join(ours, ", "), strings.Join(theirs, ", "),
				quoteTable(parent.Name), and(h.When, keyIn("k", parent.Key, typesOf(parent, parent.Key), "$1"))))), keys)
	}
	return nil, fmt.Errorf("%s is kept with %s, but no path leads there", child.Name, parent.Name)
}
