package bench

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/mention"
	"insyn/internal/postgres"
	"insyn/internal/records"
)

// manySubjects is how many people one pass looks for.
const manySubjects = 1000

// rescan searches the whole database for one person, and for a thousand, beside a COPY of the same columns that is thrown
// away. The CRM is that of the other figures, and grown to some hundred megabytes of texts.
func (c *crm) rescan(b *testing.B) []figure {
	b.Helper()
	c.grow(b)
	one, many := c.wanted(b, 1), c.wanted(b, manySubjects)
	var size int64
	var floor, single, all []time.Duration
	for range rescanRounds + 1 {
		floor = append(floor, timed(b, func() (err error) {
			size, err = c.copyTexts(b.Context())
			return err
		}))
		single = append(single, timed(b, func() error { return c.search(b.Context(), one) }))
		all = append(all, timed(b, func() error { return c.search(b.Context(), many) }))
	}
	volume, least := fmt.Sprintf("%d MB", size/1e6), median(floor[1:])
	speed := func(d time.Duration) string {
		return fmt.Sprintf("%.0f MB/s, %.2f x the speed of COPY", float64(size)/1e6/d.Seconds(), float64(least)/float64(d))
	}
	execute(b, c.pool, `drop table crm.old_history`) // not in the map: a rehearsal refuses it
	return []figure{
		{"rescan for 1 subject", volume, least, median(single[1:]), speed(median(single[1:]))},
		{fmt.Sprintf("rescan for %d subjects", manySubjects), volume, least, median(all[1:]), speed(median(all[1:]))},
	}
}

const rescanRounds = 5

// grow multiplies what people wrote: a pass over a few megabytes measures its own beginning.
func (c *crm) grow(b *testing.B) {
	b.Helper()
	execute(b, c.pool, `
		create table crm.old_history as
		select h.id, h.kind, h.at, h.subject, h.body
		  from crm.history as h
		 cross join generate_series(1, greatest(1, 1500000 / (select greatest(count(*), 1) from crm.history)))`)
	execute(b, c.pool, `grant select on crm.old_history to insyn_worker; analyze crm.old_history`)
}

// wanted are people of the CRM as an erasure would have recorded them.
func (c *crm) wanted(b *testing.B, n int) []records.Wanted {
	b.Helper()
	rows, err := c.pool.Query(b.Context(), `
		select p.given_name, p.surname, coalesce(p.customer_no, ''), coalesce(p.personnummer, ''), coalesce(p.street, ''),
		       array(select address from crm.person_email where person_id = p.id),
		       array(select number from crm.person_phone where person_id = p.id)
		  from crm.person as p
		 where p.surname <> ''
		 order by p.id
		 limit $1`, n)
	if err != nil {
		b.Fatal(err)
	}
	var out []records.Wanted
	var given, surname, customer, number, street string
	var mails, phones []string
	_, err = pgx.ForEachRow(rows, []any{&given, &surname, &customer, &number, &street, &mails, &phones}, func() error {
		out = append(out, records.Wanted{ID: int64(len(out)), Persons: []mention.Person{{
			Given: strings.Fields(given), Surname: []string{surname}, CustomerNo: customer, Personnummer: number, Emails: mails, Phones: phones,
			Addresses: []mention.Address{{Street: street}},
		}}})
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

func (c *crm) search(ctx context.Context, who []records.Wanted) error {
	found, err := c.source.RescanMany(ctx, who, nil)
	if err == nil && len(found) < len(who)*9/10 {
		err = fmt.Errorf("found %d of %d people, none of whom is erased", len(found), len(who))
	}
	return err
}

// copyTexts copies the columns that hold text out of every table and throws them away.
func (c *crm) copyTexts(ctx context.Context) (size int64, err error) {
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = postgres.InTxOpts(ctx, c.pool, opts, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select format('copy (select %s from only %s) to stdout', string_agg(quote_ident(a.attname), ', ' order by a.attnum), r.oid::regclass)
			  from pg_class as r
			  join pg_attribute as a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
			 where r.relkind = 'r'
			   and r.relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema', 'insyn', 'insyn_ledger')
			   and a.atttypid::regtype::text in ('text', 'text[]', 'character varying', 'json', 'jsonb', 'bytea')
			 group by r.oid`)
		if err != nil {
			return err
		}
		statements, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		count := &counter{}
		for _, sql := range statements {
			if _, err := tx.Conn().PgConn().CopyTo(ctx, count, sql); err != nil {
				return err
			}
		}
		size = count.n
		return nil
	})
	return size, err
}

// counter throws away what it gets.
type counter struct{ n int64 }

var _ io.Writer = (*counter)(nil)

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// BenchmarkRescan is the line of the rescan alone, for a profile of it.
func BenchmarkRescan(b *testing.B) {
	c := benchCRM(b)
	for _, f := range c.rescan(b) {
		b.Log(strings.Join(f.cells(), "  "))
	}
}
