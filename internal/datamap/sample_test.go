package datamap_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/democrm"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
)

func crm(t *testing.T) (*datamap.Map, *pgxpool.Pool) {
	t.Helper()
	m, err := datamap.Parse("datamap.yaml", democrm.Map())
	if err != nil {
		t.Fatal(err)
	}
	pool := pgtest.FromTemplate(t, "datamap-crm-"+m.HashText(), "", func(ctx context.Context, dsn string) error {
		pool, err := postgres.OpenWith(ctx, dsn, postgres.Options{})
		if err != nil {
			return err
		}
		defer pool.Close()
		if err := democrm.Install(ctx, pool); err != nil {
			return err
		}
		return democrm.Generate(ctx, pool, nil, democrm.Size{Persons: 200, Seed: 7})
	})
	return m, pool
}

func sampled(t *testing.T, m *datamap.Map, pool *pgxpool.Pool) (map[string]string, datamap.Problems, string) {
	t.Helper()
	c, err := datamap.ReadCatalog(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	list, problems, err := datamap.Sample(t.Context(), pool, m, "crm", c)
	if err != nil {
		t.Fatal(err)
	}
	out, all := map[string]string{}, ""
	for _, l := range list {
		out[l.Table+"."+l.Column] += l.What + ";"
		all += l.Problem().String() + "\n"
	}
	return out, problems, all
}

func TestSampleFindsPersonsOutsideTheMap(t *testing.T) {
	t.Parallel()
	m, pool := crm(t)
	for _, sql := range []string{
		`create schema shop`,
		`create table shop.mailing as select id, address as sent_to, 'Hej!' as body from crm.person_email`,
		`create table shop.seat as select id, given_name || ' ' || surname as who, '+46701740' || lpad((id % 1000)::text, 3, '0') as tel, personnummer as ref from crm.person`,
		`create table shop.note as select g as id, case when g % 20 = 0 then 'ring annan.kund' || g || '@brevduvan.example' else 'levererad i tid' end as body from generate_series(1, 400) as g`,
		`create table shop.event as select g as id, jsonb_build_object('who', jsonb_build_array('annan' || g || '@brevduvan.example')) as payload from generate_series(1, 50) as g`,
		// What is nobody's: words, numbers, dates, hashes.
		`create table shop.product as select g as id, 'Skruv M' || g as name, md5(g::text) as etag, (7000000000 + g)::text as ean, to_char(date '2026-01-01' + g, 'YYYY-MM-DD') as since,
		        'Berg, dal och lund i ' || g as description from generate_series(1, 400) as g`,
		`create view shop.seats as select * from shop.seat`,
		`analyze`,
	} {
		if _, err := pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	got, problems, lines := sampled(t, m, pool)
	if len(problems) > 0 {
		t.Errorf("got %v", problems)
	}
	for place, want := range map[string]string{
		"shop.mailing.sent_to": "e-mail addresses of persons in the map;",
		"shop.seat.who":        "names of persons in the map;",
		"shop.seat.tel":        "phone numbers;",
		"shop.seat.ref":        "personal identity numbers;",
		"shop.note.body":       "e-mail addresses;",
		"shop.event.payload":   "e-mail addresses;",
	} {
		if got[place] != want {
			t.Errorf("%s: got %q, want %q", place, got[place], want)
		}
		delete(got, place)
	}
	// Our own people are excluded with a reason and have addresses.
	if !strings.Contains(lines, "warning: crm.coworker.email: it looks like e-mail addresses: 100 % of") {
		t.Errorf("the excluded table gives no warning: %s", lines)
	}
	for place, what := range got {
		if !strings.HasPrefix(place, "crm.coworker.") {
			t.Errorf("%s: got %s, want nothing", place, what)
		}
	}
	if strings.Contains(lines, "@") || strings.Contains(lines, "+46") {
		t.Errorf("a value was printed: %s", lines)
	}
}

func TestSampleIsBounded(t *testing.T) {
	t.Parallel()
	m, pool := crm(t)
	for _, sql := range []string{
		`create table crm.big as select g as id, 'annan' || g || '@brevduvan.example' as body, repeat('x', 200) as pad from generate_series(1, 200000) as g`,
		`analyze`,
	} {
		if _, err := pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	got, _, lines := sampled(t, m, pool)
	if got["crm.big.body"] != "e-mail addresses;" || !strings.Contains(lines, fmt.Sprintf("100 %% of %d sampled", 500)) {
		t.Errorf("got %v: %s", got["crm.big.body"], lines)
	}
	// A table that somebody holds is told, not waited for.
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	if _, err := tx.Exec(t.Context(), `lock table crm.big`); err != nil {
		t.Fatal(err)
	}
	_, problems, _ := sampled(t, m, pool)
	if len(problems) != 1 || problems[0].Place != "crm.big" {
		t.Errorf("got %v, want that crm.big could not be sampled", problems)
	}
}
