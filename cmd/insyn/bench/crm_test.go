package bench

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/democrm"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
)

// crm is the sample CRM with the ledger beside it.
type crm struct {
	source  *records.Source
	pool    *pgxpool.Pool
	persons int
}

// newCRM gives a CRM of so many persons, filled up to so many history rows. It is made once on a machine and then cloned.
func newCRM(b *testing.B, persons, history int) *crm {
	b.Helper()
	m, err := datamap.Parse("datamap.yaml", democrm.Map())
	if err != nil {
		b.Fatal(err)
	}
	name := fmt.Sprintf("bench-%d-%d-%s-%s-%s", persons, history, m.HashText(), records.SourceSQLHash(m, "crm"), democrm.Fingerprint())
	pool := pgtest.FromTemplate(b, name, "", func(ctx context.Context, dsn string) error {
		if err := postgres.CreateRoles(ctx, dsn); err != nil {
			return err
		}
		pool, err := postgres.OpenWith(ctx, dsn, postgres.Options{})
		if err != nil {
			return err
		}
		defer pool.Close()
		if err := democrm.Install(ctx, pool); err != nil {
			return err
		}
		size := democrm.Size{Persons: persons, Seed: 7, AsOf: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
		if err := democrm.Generate(ctx, pool, nil, size); err != nil {
			return err
		}
		if err := records.MigrateSource(ctx, pool, m, "crm"); err != nil {
			return err
		}
		if err := fill(ctx, pool, history); err != nil {
			return err
		}
		return democrm.Index(ctx, pool)
	})
	execute(b, pool, `vacuum analyze`)
	s, err := records.Open(b.Context(), "crm", pool, m)
	if err != nil {
		b.Fatal(err)
	}
	return &crm{source: s, pool: pool, persons: persons}
}

// fill adds history rows until there are so many: calls and notes that name people, as others have them.
func fill(ctx context.Context, pool *pgxpool.Pool, history int) error {
	_, err := pool.Exec(ctx, `
		set maintenance_work_mem = '1GB';
		set synchronous_commit = off;
		create temp table called as select row_number() over (order by id) as n, given_name, surname, id from crm.person where surname <> '';
		create temp table work as select n, w from unnest(array['leveransen', 'offerten', 'avtalet', 'mötet', 'fakturan', 'returen', 'provet', 'bokningen', 'utbildningen', 'besöket', 'ordern', 'priset',
		       'supporten', 'installationen', 'garantin', 'kampanjen', 'lagret', 'montern', 'presentationen', 'uppföljningen', 'ramavtalet', 'reservdelen', 'servicen', 'rabatten']) with ordinality as u (w, n)`)
	if err != nil {
		return err
	}
	_, err = pool.Exec(ctx, `
		with have as (select count(*) as n, coalesce(max(id), 0) as top from crm.history),
		     made as (
		     insert into crm.history (id, kind, at, subject, body)
		     select have.top + i, (array['call', 'meeting', 'mail', 'note'])[1 + i % 4], timestamptz '2018-01-01' + i * interval '4 minutes', initcap(w.w) || ' vecka ' || i % 52,
		            'Pratade med ' || c.given_name || ' ' || c.surname || ' om ' || w.w || ' och ' || v.w || '. Återkommer vecka ' || i % 52 || ' med besked, ordernummer ' || 400000 + i % 99991 ||
		            '. ' || initcap(v.w) || ' ska vara klar före månadsskiftet enligt överenskommelsen.'
		       from have, generate_series(1, greatest($1::bigint - have.n, 0)) as i
		       join called as c on c.n = 1 + (i * 7919) % (select count(*) from called)
		       join work as w on w.n = 1 + i % 24
		       join work as v on v.n = 1 + (i / 24) % 24
		     returning id)
		insert into crm.history_person (history_id, person_id)
		select made.id, c.id
		  from made
		  join called as c on c.n = 1 + (made.id * 104729) % (select count(*) from called)`, history)
	return err
}

func key(id int64) string { return strconv.FormatInt(id, 10) }

// value is the one value that a query gives.
func value[T any](b *testing.B, pool *pgxpool.Pool, sql string, args ...any) T {
	b.Helper()
	rows, err := pool.Query(b.Context(), sql, args...)
	if err != nil {
		b.Fatal(err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if err != nil {
		b.Fatal(err)
	}
	return v
}

func execute(b *testing.B, pool *pgxpool.Pool, sql string, args ...any) {
	b.Helper()
	if _, err := pool.Exec(b.Context(), sql, args...); err != nil {
		b.Fatal(err)
	}
}
