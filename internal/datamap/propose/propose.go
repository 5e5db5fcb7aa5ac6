// Package propose writes the first data map of a database that nobody has described yet: it follows declared and undeclared
// references from the persons, guesses from names, types and a sample of values what each column is, proposes an action
// that the live schema allows, and puts a question (decide) wherever it is not sure. It reads only, and prints no value.
package propose

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
)

// Options are what is asked for. Person is the table of the persons, schema.table.
type Options struct {
	Source   string
	DSNEnv   string
	Person   string
	Country  string        // ISO 3166 of the controller, "" is SE
	Sample   int           // rows of a table that are looked at, 0 is 1,000
	Timeout  time.Duration // of one statement, 0 is 10 s
	Progress func(done, total int, table string)
}

// Proposal is a map, and what it holds.
type Proposal struct {
	YAML    []byte
	Summary Summary
}

// proposer holds what has been learnt of the database so far.
type proposer struct {
	Options
	pool    *pgxpool.Pool
	names   names
	labels  map[string][2]string
	enums   map[string]bool // types
	catalog *datamap.Catalog
	subject *datamap.LiveTable
	tables  []*datamap.LiveTable // ordinary and partitioned, by name
	samples map[string]*sampled
	ties    []*tie
	logs    map[string][]string // log table: the tables whose triggers fill it
	staff   string
	nobody  string // the condition that finds the row which stands for nobody
	kinds   map[string]*kind

	unique      []string // columns of the subject table that tell one person
	density     int      // of the subject's key, in percent
	addresses   []address
	maybeKeys   map[string]int // share of a text column's values that could be keys of persons, in percent
	columnNames map[string]bool
	questions   map[string][]string // about a table
}

// address is a column that holds the addresses of persons.
type address struct {
	table  *datamap.LiveTable
	column string
}

// Propose reads the database and writes a map that Parse takes and whose actions Check finds possible.
func Propose(ctx context.Context, pool *pgxpool.Pool, o Options) (*Proposal, error) {
	start := time.Now()
	if o.Sample == 0 {
		o.Sample = 1000
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Country == "" {
		o.Country = "SE"
	}
	p := &proposer{Options: o, pool: pool, names: readDictionary(), labels: readLabels(), samples: map[string]*sampled{}, maybeKeys: map[string]int{}}
	var err error
	if p.catalog, err = datamap.ReadCatalog(ctx, pool); err != nil {
		return nil, err
	}
	if err := p.choose(); err != nil {
		return nil, err
	}
	if p.enums, err = p.readEnums(ctx); err != nil {
		return nil, err
	}
	for i, t := range p.tables {
		if o.Progress != nil {
			o.Progress(i, len(p.tables), t.Name)
		}
		if p.samples[t.Name], err = p.sample(ctx, t); err != nil {
			return nil, fmt.Errorf("sample %s: %w", t.Name, err)
		}
	}
	if p.logs, err = p.filledByTriggers(ctx); err != nil {
		return nil, err
	}
	if err := p.findTies(ctx); err != nil {
		return nil, err
	}
	p.classify()
	d := p.draft()
	text, err := p.fit(ctx, d)
	if err != nil {
		return nil, err
	}
	s := d.summary()
	s.Took = time.Since(start)
	return &Proposal{YAML: text, Summary: s}, nil
}

// choose picks the tables that rows can be erased in. A view has none of its own.
func (p *proposer) choose() error {
	for _, t := range p.catalog.Tables {
		if t.Kind == "r" || t.Kind == "p" {
			p.tables = append(p.tables, t)
		}
	}
	sort.Slice(p.tables, func(i, j int) bool { return p.tables[i].Name < p.tables[j].Name })
	p.subject = p.catalog.Tables[p.Person]
	switch {
	case p.subject == nil || !slices.Contains(p.tables, p.subject):
		return fmt.Errorf("there is no table %s that this role can see; write it as schema.table", p.Person)
	case len(p.subject.Key) == 0:
		return fmt.Errorf("table %s has no primary key, so a request could not name a person", p.Person)
	}
	return nil
}

// read runs queries in a transaction that can change nothing and wait for nothing.
func (p *proposer) read(ctx context.Context, fn func(tx pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, p.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select set_config('statement_timeout', $1, true), set_config('lock_timeout', '2s', true)`, fmt.Sprintf("%dms", p.Timeout.Milliseconds())); err != nil {
			return err
		}
		return fn(tx)
	})
}

// readEnums names the enum types: their values are words that many rows share.
func (p *proposer) readEnums(ctx context.Context) (map[string]bool, error) {
	out := map[string]bool{}
	err := p.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select typname::text from pg_type where typtype = 'e'`)
		if err != nil {
			return err
		}
		var name string
		_, err = pgx.ForEachRow(rows, []any{&name}, func() error {
			out[name] = true
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the enum types: %w", err)
	}
	return out, nil
}

// code is what may be told of an error of the database; its text may quote a value.
func code(err error) string {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return "database error " + pe.Code
	}
	return "no answer"
}

var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,40}$`)

// filledByTriggers finds the tables that trigger functions write into: logs of the tables that they stand on.
func (p *proposer) filledByTriggers(ctx context.Context) (map[string][]string, error) {
	out := map[string][]string{}
	err := p.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select n.nspname || '.' || r.relname,
			       f.prosrc
			  from pg_trigger g
			  join pg_class r on r.oid = g.tgrelid
			  join pg_namespace n on n.oid = r.relnamespace
			  join pg_proc f on f.oid = g.tgfoid
			 where not g.tgisinternal
			   and n.nspname not in ('insyn', 'insyn_ledger')
			 order by 1, g.tgname`)
		if err != nil {
			return err
		}
		var table, body string
		_, err = pgx.ForEachRow(rows, []any{&table, &body}, func() error {
			for _, m := range inserts.FindAllStringSubmatch(body, -1) {
				into := m[1] + "." + m[2]
				if m[1] == "" {
					into = table[:len(table)-len(afterDot(table))] + m[2]
				}
				if p.catalog.Tables[into] != nil && into != table && !slices.Contains(out[into], table) {
					out[into] = append(out[into], table)
				}
			}
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the triggers: %w", err)
	}
	return out, nil
}

var inserts = regexp.MustCompile(`(?i)insert\s+into\s+(?:"?(\w+)"?\.)?"?(\w+)"?`)
