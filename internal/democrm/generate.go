package democrm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"
)

// Size says how much to generate. The same size gives the same rows.
type Size struct {
	Persons int       // at least MinPersons
	Seed    uint64    // another seed, other people; the cases stay
	AsOf    time.Time // the day that all dates lead up to; zero is now
}

// generator holds what is the same for all blocks, and how far the ids have come.
type generator struct {
	size Size
	ids  [tableCount]int64
}

// next is the id of the next row of a table.
func (g *generator) next(table int) int64 {
	g.ids[table]++
	return g.ids[table]
}

// Generate fills the CRM and, where registers is not nil, the reference register with invented people. A database that
// already has persons is left as it is. Each database is filled in one transaction, so an interrupted run leaves nothing.
func Generate(ctx context.Context, crm, registers *pgxpool.Pool, size Size) error {
	if size.Persons < MinPersons {
		return fmt.Errorf("generate: %d persons are too few, the cases need %d", size.Persons, MinPersons)
	}
	if size.AsOf.IsZero() {
		size.AsOf = time.Now()
	}
	size.AsOf = size.AsOf.UTC().Truncate(time.Second)
	g := &generator{size: size}
	if err := fill(ctx, crm, "crm", g.fillCRM); err != nil {
		return err
	}
	if registers == nil {
		return nil
	}
	return fill(ctx, registers, "register", g.fillRegister)
}

// fill runs one filling in a transaction where the schema has no persons yet, and then lets the planner see the rows.
func fill(ctx context.Context, pool *pgxpool.Pool, schema string, filling func(context.Context, pgx.Tx) error) error {
	filled := errors.New("filled")
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		var there bool
		query := `select exists (select 1 from ` + pgx.Identifier{schema, "person"}.Sanitize() + `)`
		if err := tx.QueryRow(ctx, query).Scan(&there); err != nil {
			return err
		}
		if there {
			return filled
		}
		return filling(ctx, tx)
	})
	if errors.Is(err, filled) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("generate %s: %w", schema, err)
	}
	if _, err := pool.Exec(ctx, `analyze`); err != nil {
		return fmt.Errorf("analyse %s: %w", schema, err)
	}
	return nil
}

// fillCRM makes one block while the one before it is being sent.
func (g *generator) fillCRM(ctx context.Context, tx pgx.Tx) error {
	if err := insertCoworkers(ctx, tx); err != nil {
		return err
	}
	blocks := make(chan *block)
	group, sending := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(blocks)
		for first := int64(1); first <= int64(g.size.Persons); first += blockPersons {
			select {
			case blocks <- g.block(first, min(first+blockPersons-1, int64(g.size.Persons))):
			case <-sending.Done():
				return sending.Err()
			}
		}
		return nil
	})
	group.Go(func() error {
		for b := range blocks {
			if err := b.copyTo(sending, tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err := group.Wait(); err != nil {
		return err
	}
	return setSequences(ctx, tx, "crm")
}

// block makes the persons from first to last, their organisations, and all that happened with them.
func (g *generator) block(first, last int64) *block {
	b := &block{}
	lastOrg := (last-1)/groupPersons*groupOrgs + groupOrgs
	for id := (first-1)/groupPersons*groupOrgs + 1; id <= lastOrg; id++ {
		g.organisationRow(b, g.organisation(id))
	}
	g.ids[tableOrganisation] = lastOrg
	for id := first; id <= last; id++ {
		p := g.person(id)
		g.cardRows(b, p)
		g.consentRows(b, p)
		if p.quiet {
			continue
		}
		g.changeRows(b, p)
		g.historyRows(b, p)
		g.todoRows(b, p)
		g.dealRows(b, p)
		g.documentRows(b, p)
		g.newsletterRows(b, p)
		g.invoiceRows(b, p)
	}
	if first == 1 {
		g.caseRows(b)
	}
	return b
}

// setSequences lets the next insert of anybody go on after the ids that were copied in.
func setSequences(ctx context.Context, tx pgx.Tx, schema string) error {
	rows, err := tx.Query(ctx, `
		select table_name::text
		from information_schema.columns
		where table_schema = $1 and column_name = 'id' and is_identity = 'YES'`, schema)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		table := pgx.Identifier{schema, name}.Sanitize()
		_, err := tx.Exec(ctx, `
			select setval(pg_get_serial_sequence($1, 'id'), coalesce((select max(id) from `+table+`), 0) + 1, false)`, table)
		if err != nil {
			return fmt.Errorf("set sequence of %s: %w", table, err)
		}
	}
	return nil
}
