package records

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/mention"
	"insyn/internal/postgres"
)

// CollectOptions shape a collect.
type CollectOptions struct {
	// Portable keeps only what Art. 20 covers.
	Portable bool

	few int // 0 is the usual one
}

// snapshot reads everything as it stood at one moment. Times are told in one zone, whatever the login's own is. To plan
// the statements takes far longer than to run them for a person with few rows, and keys in an array always look as if it
// were worth it; large tables are planned anew, see collecting.bySteps.
var snapshot = pgx.TxOptions{
	BeginQuery: `
		begin isolation level repeatable read read only;
		set local timezone = 'UTC';
		set local plan_cache_mode = force_generic_plan;
		set local jit = off`,
}

// Collect streams everything about the persons of keys, who are one person with several cards, in one snapshot. Other
// people in shared texts are masked. Meta is the caller's; see Describe.
func (s *Source) Collect(ctx context.Context, keys []string, o CollectOptions, sink dossier.Sink) error {
	return postgres.InTxOpts(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
		keys, err := s.withMerged(ctx, tx, keys)
		if err != nil {
			return err
		}
		c := &collecting{s: s, tx: tx, keys: keys, sink: sink, few: cmp.Or(o.few, few)}
		if err := c.around(ctx); err != nil {
			return fmt.Errorf("collect from %s: %w", s.Name, err)
		}
		var small []*table
		for _, t := range c.tables {
			if t.looked && len(t.rows) == 0 || !t.choose(s, o, c.card) {
				continue
			}
			if !t.large {
				small = append(small, t)
				continue
			}
			if err := c.inOneGo(ctx, small); err != nil {
				return err
			}
			small = nil
			if err := c.bySteps(ctx, t); err != nil {
				return fmt.Errorf("collect %s: %w", t.Name, err)
			}
		}
		return c.inOneGo(ctx, small)
	})
}

// inMapOrder is the order in which a person reads the tables.
func (s *Source) inMapOrder() []*datamap.PlannedTable {
	out := make([]*datamap.PlannedTable, 0, len(s.plan.Tables))
	for _, e := range s.plan.Source.Tables {
		if t := s.plan.Table(e.Name); t != nil {
			out = append(out, t)
		}
	}
	return out
}

// collecting is one collect.
type collecting struct {
	s      *Source
	tx     pgx.Tx
	keys   []string
	card   *card
	m      *masker
	tables []*table
	sink   dossier.Sink
	few    int
}

// table is a table that may have something to tell.
type table struct {
	*datamap.PlannedTable
	conds   []string
	masked  bool
	looked  bool                // rows are known
	rows    []string            // keys of the person's rows
	near    map[string][]string // who shares a row
	large   bool                // too many rows, or too many who share them, to be held together
	section dossier.Section
	telling *telling
}

// few bounds the rows of a table, and the ties from them to others, that are looked up before the rows are read.
const few = 5000

// around reads who the person is, which rows are theirs, and who is around them.
func (c *collecting) around(ctx context.Context) error {
	b := &pgx.Batch{}
	cards := c.s.queueCards(b, c.keys)
	near := c.s.queueNearby(b, c.keys)
	var staff []mention.Person
	c.s.queueStaff(b, &staff)
	for _, t := range c.s.inMapOrder() {
		if columns := told(t); len(columns) > 0 {
			c.tables = append(c.tables, &table{PlannedTable: t, conds: c.s.reaching(t, true), masked: slices.ContainsFunc(columns, masks)})
		}
	}
	c.queueRows(b)
	if err := c.tx.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	byKey := cards.settled()
	if len(byKey) == 0 {
		return dsar.ErrNotFound
	}
	c.card = together(byKey, c.keys)
	var self []mention.Person
	for _, k := range c.keys {
		if card := byKey[k]; card != nil {
			self = append(self, card.mention())
		}
	}
	crew, err := c.others(ctx, near)
	if err != nil {
		return err
	}
	var known []mention.Person
	for _, k := range slices.Sorted(maps.Keys(near)) {
		if crew.card[k] != nil {
			known = append(known, crew.known[k])
		}
	}
	c.m = newMasker(crew, self, known, staff)
	return nil
}

// queueRows looks up the keys of the person's rows in all tables where more than one look at an index leads to them, in
// one statement. Then the rows, and who shares them, are found by these.
func (c *collecting) queueRows(b *pgx.Batch) {
	var lists []string
	var tables []*table
	for _, t := range c.tables {
		if !t.masked && len(t.conds) == 1 && len(t.Paths[0].Hops) <= 1 {
			continue
		}
		parts := make([]string, 0, len(t.conds))
		for _, cond := range t.conds {
			parts = append(parts, "select "+keyText("x", t.Key)+" from "+tableSQL(t.PlannedTable)+" as x where "+cond)
		}
		lists = append(lists, fmt.Sprintf("array(%s limit %d)", strings.Join(parts, " union all "), c.few+1))
		tables = append(tables, t)
	}
	if len(tables) == 0 {
		return
	}
	b.Queue("select "+strings.Join(lists, ", "), c.keys).QueryRow(func(row pgx.Row) error {
		found := make([]any, len(tables))
		for i, t := range tables {
			found[i] = &t.rows
		}
		if err := row.Scan(found...); err != nil {
			return fmt.Errorf("find the rows: %w", err)
		}
		for _, t := range tables {
			t.looked, t.large = true, len(t.rows) > c.few
			slices.Sort(t.rows)
			t.rows = slices.Compact(t.rows)
		}
		return nil
	})
}

// others reads who shares rows of the small tables, and the cards of these and of those near.
func (c *collecting) others(ctx context.Context, near map[string]bool) (*crew, error) {
	b := &pgx.Batch{}
	for _, t := range c.tables {
		if t.masked && !t.large && len(t.rows) > 0 && len(t.Paths) > 0 {
			b.Queue(t.aroundSQL(c.s), t.rows, c.keys, c.few+1).Query(func(rows pgx.Rows) (err error) {
				if t.near, err = readAround(rows, c.keys); err != nil {
					return fmt.Errorf("find whose the rows of %s are: %w", t.Name, err)
				}
				if t.large = ties(t.near) > c.few; t.large {
					t.near = nil
				}
				return nil
			})
		}
	}
	if b.Len() > 0 {
		if err := c.tx.SendBatch(ctx, b).Close(); err != nil {
			return nil, err
		}
	}
	people := slices.Collect(maps.Keys(near))
	for _, t := range c.tables {
		for _, keys := range t.near {
			people = append(people, keys...)
		}
	}
	slices.Sort(people)
	people = slices.Compact(people)
	cards, err := c.s.cards(ctx, c.tx, people)
	if err != nil {
		return nil, err
	}
	crew := c.s.crew(c.tx)
	crew.know(people, cards)
	return crew, nil
}

// choose settles what is told of the table, and says whether anything is.
func (t *table) choose(s *Source, o CollectOptions, c *card) bool {
	columns := told(t.PlannedTable)
	if o.Portable {
		columns = slices.DeleteFunc(columns, func(col *datamap.Column) bool { return !s.portable(col, c) })
	}
	if len(columns) == 0 {
		return false
	}
	t.section = s.section(t.PlannedTable, columns, c)
	t.telling = newTelling(t.PlannedTable, columns)
	for _, f := range t.section.Fields {
		t.telling.portable = t.telling.portable || f.Portable
	}
	t.masked = slices.ContainsFunc(columns, masks)
	return true
}

// deliver hands records to the sink, the section before the first.
func (c *collecting) deliver(t *table) func(*page) error {
	begun := false
	return func(p *page) error {
		if p == nil {
			if begun {
				return c.sink.End()
			}
			return nil
		}
		if !begun && p.rows > 0 {
			begun = true
			if err := c.sink.Begin(t.section); err != nil {
				return err
			}
		}
		for _, r := range p.records {
			if err := c.sink.Record(r); err != nil {
				return err
			}
		}
		return nil
	}
}

// inOneGo reads tables that are small: the statements go out together, and each row is told as it comes.
func (c *collecting) inOneGo(ctx context.Context, tables []*table) error {
	if len(tables) == 0 {
		return nil
	}
	b := &pgx.Batch{}
	for _, t := range tables {
		if t.masked {
			t.telling.mask(c.m, t.near)
		}
		if t.looked {
			args := []any{t.rows}
			if t.telling.withhold(c.s, "$2"); t.telling.theirs != "" {
				args = append(args, c.keys)
			}
			b.Queue(t.telling.sql([]string{keyIn("x", t.Key, typesOf(t.PlannedTable, t.Key), "$1")}), args...)
			continue
		}
		t.telling.withhold(c.s, "$1")
		b.Queue(t.telling.sql(t.conds), c.keys)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := c.tx.SendBatch(ctx, b)
	for _, t := range tables {
		if err := c.oneOf(results, t, cancel); err != nil {
			cancel() // what is still to come is of no use
			_ = results.Close()
			return fmt.Errorf("collect %s: %w", t.Name, err)
		}
	}
	return results.Close()
}

func (c *collecting) oneOf(results pgx.BatchResults, t *table, cancel func()) error {
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	r := t.telling
	next := func() (*page, bool, error) {
		p := &page{}
		for !p.full() {
			if !rows.Next() {
				r.resolve(p)
				return p, false, rows.Err()
			}
			if err := r.take(p, rows); err != nil {
				return nil, false, err
			}
		}
		r.resolve(p)
		return p, true, nil
	}
	deliver := c.deliver(t)
	if err := r.flow(next, deliver, cancel); err != nil {
		return err
	}
	return deliver(nil)
}

// united is one condition out of several.
func united(t *datamap.PlannedTable, conds []string) string {
	if len(conds) == 1 {
		return conds[0]
	}
	parts := make([]string, 0, len(conds))
	for _, c := range conds {
		parts = append(parts, "select "+list("x", t.Key)+" from "+tableSQL(t)+" as x where "+c)
	}
	return "(" + list("x", t.Key) + ") in (" + strings.Join(parts, " union ") + ")"
}
