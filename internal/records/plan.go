package records

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/dossier"
	"insyn/internal/dsar"
)

// ErasurePlan is what an erasure of one person will do, table by table in the order of the run, found out without changing
// anything. No personal value is in it besides the key that was asked for.
type ErasurePlan struct {
	Source     string           `json:"source"`
	Key        string           `json:"key"`
	Merged     int              `json:"merged"` // cards that were merged into this one and go along
	MapVersion int              `json:"map_version"`
	MapHash    string           `json:"map_hash"`
	Hash       string           `json:"plan_hash"`
	Tables     []TablePlan      `json:"tables"`
	Rows       int              `json:"rows"` // that the run will touch, mentions in other people's rows not counted
	RowCap     int              `json:"row_cap"`
	Refusals   []Warning        `json:"refusals"`
	Warnings   []Warning        `json:"warnings"`
	Problems   datamap.Problems `json:"problems"` // that stop the run as things stand
}

// TablePlan is one step of the plan.
type TablePlan struct {
	Table     string        `json:"table"`
	Label     dossier.Label `json:"label,omitempty"`
	Log       bool          `json:"log,omitempty"` // comes after everything else, because triggers fill it meanwhile
	Paths     []PathPlan    `json:"paths"`
	Own       int           `json:"own"`            // the person's alone
	Shared    int           `json:"shared"`         // with others, of which only the person's part goes
	Others    int           `json:"others"`         // how many they are
	Around    int           `json:"around"`         // rows around the person, whose texts are searched
	More      bool          `json:"more,omitempty"` // counting stopped at the row cap
	Kept      []Kept        `json:"kept,omitempty"`
	Does      string        `json:"does"`
	Columns   []ColumnPlan  `json:"columns"`
	Predicate string        `json:"predicate"`
	Reads     []Reading     `json:"reads"`
	Search    *Searching    `json:"search,omitempty"`
	Triggers  []string      `json:"triggers,omitempty"`
	TookMS    float64       `json:"took_ms,omitempty"` // with analyze
}

// PathPlan is one way from the table to the person, in words and as the run asks for it.
type PathPlan struct {
	Name  string `json:"name,omitempty"`
	As    string `json:"as"`
	Words string `json:"words"`
	SQL   string `json:"sql"`
}

// ColumnPlan is what becomes of a column.
type ColumnPlan struct {
	Column string `json:"column"`
	Does   string `json:"does"`
}

// Reading is how the database will read a table for the predicate: by an index, or from end to end.
type Reading struct {
	Table  string `json:"table"`
	Index  string `json:"index,omitempty"`
	Rows   int64  `json:"rows"` // of the table, as the planner estimates them
	Warn   bool   `json:"warn"` // a whole table is read, and no index could serve
	Create string `json:"create,omitempty"`
}

// Searching is the pass over everybody's rows for the person's name and numbers.
type Searching struct {
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
	Create  []string `json:"create,omitempty"` // the indexes that would spare reading the whole table
}

// seqScanRows is from how many rows on it matters that a table is read from end to end.
const seqScanRows = 1000

// PlanErasure makes the plan of one person in a transaction that can only read. analyze runs each predicate and tells how
// long it took; else the database only says how it would.
func (s *Source) PlanErasure(ctx context.Context, key string, rowCap int, analyze bool) (*ErasurePlan, error) {
	if rowCap == 0 {
		rowCap = DefaultRowCap
	}
	var out *ErasurePlan
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		p, err := s.planner(ctx, tx, key, rowCap, analyze)
		if err != nil {
			return err
		}
		for _, t := range p.s.plan.Tables {
			if err := p.table(ctx, t); err != nil {
				return fmt.Errorf("plan %s: %w", t.Name, err)
			}
		}
		out = p.out
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("plan an erasure in %s: %w", s.Name, safe(err))
	}
	return out, nil
}

// planner makes one plan.
type planner struct {
	s       *Source
	tx      querier
	keys    []string
	analyze bool
	out     *ErasurePlan
}

func (s *Source) planner(ctx context.Context, tx pgx.Tx, key string, rowCap int, analyze bool) (*planner, error) {
	plan, problems, err := datamap.Check(ctx, tx, s.m, s.Name)
	if err != nil {
		return nil, err
	}
	drift, err := s.Drifted(ctx, tx)
	if err != nil {
		return nil, err
	}
	problems = append(problems, drift...)
	if stop := problems.Of(datamap.Stops); len(stop) > 0 {
		return nil, stop
	}
	s = &Source{Name: s.Name, pool: s.pool, m: s.m, plan: plan}
	if !s.validKey(key) {
		return nil, dsar.ErrNotFound
	}
	subject := plan.Subject()
	var there bool
	err = tx.QueryRow(ctx, fmt.Sprintf(`select exists (select 1 from %s as x where %s)`, quoteTable(subject.Name),
		keyIn("x", subject.Key, typesOf(subject, subject.Key), "$1")), []string{key}).Scan(&there)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, dsar.ErrNotFound
	}
	keys, err := s.withMerged(ctx, tx, []string{key})
	if err != nil {
		return nil, err
	}
	return &planner{s: s, tx: tx, keys: keys, analyze: analyze, out: &ErasurePlan{
		Source: s.Name, Key: key, Merged: len(keys) - 1, MapVersion: s.m.Version(), MapHash: s.m.HashText(), Hash: fmt.Sprintf("%x", plan.Hash()),
		RowCap: rowCap, Problems: append(datamap.Problems{}, problems.Of(datamap.StopsErase)...), Refusals: []Warning{}, Warnings: []Warning{}, Tables: []TablePlan{},
	}}, nil
}

// table plans one table.
func (p *planner) table(ctx context.Context, t *datamap.PlannedTable) error {
	out := TablePlan{Table: t.Name, Label: t.Label, Log: t.LogOf != "", Paths: p.paths(t), Does: tableDoes(t), Columns: columnsDo(t), Triggers: t.Live.Triggers, Reads: []Reading{}}
	if err := p.count(ctx, t, &out); err != nil {
		return err
	}
	if err := p.rules(ctx, t); err != nil {
		return err
	}
	if err := p.explain(ctx, t, &out); err != nil {
		return err
	}
	if err := p.search(ctx, t, &out); err != nil {
		return err
	}
	p.out.Tables = append(p.out.Tables, out)
	if out.Does != doesNothing {
		p.out.Rows += out.Own + out.Shared
	}
	return nil
}

// rules counts the person's rows that refuse the erasure, and those that its approver is told of.
func (p *planner) rules(ctx context.Context, t *datamap.PlannedTable) error {
	conds := p.s.reaching(t, false)
	if len(conds) == 0 {
		return nil
	}
	for _, group := range []struct {
		rules datamap.List[datamap.Warn]
		into  *[]Warning
	}{{t.Refuse, &p.out.Refusals}, {t.Warn, &p.out.Warnings}} {
		for _, e := range group.rules {
			var n int
			err := p.tx.QueryRow(ctx, fmt.Sprintf(`select count(*) from %s as x where %s`, quoteTable(t.Name), and(e.Value.When, united(t, conds))), p.keys).Scan(&n)
			if err != nil {
				return fmt.Errorf("count %s: %w", e.Name, err)
			}
			if n > 0 {
				*group.into = append(*group.into, Warning{Kind: e.Name, Table: t.Name, Label: e.Value.Label, Rows: n})
			}
		}
	}
	return nil
}
