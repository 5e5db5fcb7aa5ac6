package refdata_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/democrm"
	"insyn/internal/dsar"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/refdata"
)

func sample(t *testing.T) (*pgxpool.Pool, *refdata.Postgres) {
	t.Helper()
	pool := pgtest.Empty(t)
	if err := democrm.Install(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	if err := democrm.InstallRegister(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	size := democrm.Size{Persons: 200, Seed: 1, AsOf: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}
	if err := democrm.Generate(t.Context(), pool, pool, size); err != nil {
		t.Fatal(err)
	}
	_, err := pool.Exec(t.Context(), `
		insert into register.person (register_id, given_name, surname)
		values
			('T1', 'Åsa-Carin', 'Wåhlquist'),
			('T2', 'Søren', 'Kjærgaard-Møller'),
			('T3', 'Alexander', 'Thörnqvist')`)
	if err != nil {
		t.Fatal(err)
	}
	return pool, refdata.NewPostgres(pool, refdata.Provider{Name: "Registret", Contact: "kund@registret.example"}, refdata.SampleQueries())
}

func TestSearchFoldsLettersAndSpelling(t *testing.T) {
	t.Parallel()
	_, register := sample(t)
	for text, want := range map[string]string{
		"Åsa-Carin Wåhlquist":             "T1",
		"asa karin vahlkvist":             "T1",
		"wahlqvist, åsa":                  "T1",
		"ÅSA WÅHL":                        "T1",
		"A\u030asa Wa\u030ahlquist":       "T1", // letters in two parts, as some systems send them
		"soren kjaergaard moeller":        "T2",
		"Sören Kjärgård":                  "T2",
		"Aleksander Törnkvist":            "T3",
		"ekenskar ylvali":                 democrm.UniqueRegisterID,
		"dagny skold":                     democrm.RegisterColleague,
		"\x00\xff ryttare 'folke' & (|!:": democrm.RegisterOnly,
	} {
		people, err := register.Search(t.Context(), refdata.Query{Text: text})
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		var ids []string
		for _, p := range people {
			ids = append(ids, p.RegisterID)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestSearchByOrganisation(t *testing.T) {
	t.Parallel()
	_, register := sample(t)
	people, err := register.Search(t.Context(), refdata.Query{Text: "fjallgrens verkstad"})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range people {
		names = append(names, p.Given+" "+p.Surname+", "+p.Organisation)
	}
	want := []string{"Ylvali Ekenskär, Fjällgrens Verkstad AB", "Dagny Sköld, Fjällgrens Verkstad AB"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSearchIsBounded(t *testing.T) {
	t.Parallel()
	_, register := sample(t)
	for _, c := range []struct {
		query refdata.Query
		want  int
	}{
		{refdata.Query{Text: "a", Limit: 3}, 3},
		{refdata.Query{Text: "a"}, refdata.DefaultLimit},
		{refdata.Query{Text: " \t"}, 0},
		{refdata.Query{Text: "-'&|"}, 0},
		{refdata.Query{Text: "Ingenstansson"}, 0},
	} {
		people, err := register.Search(t.Context(), c.query)
		if err != nil || len(people) != c.want {
			t.Errorf("%+v: got %d, %v, want %d", c.query, len(people), err, c.want)
		}
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	_, register := sample(t)
	got, err := register.Get(t.Context(), democrm.RegisterColleague)
	want := refdata.Person{
		RegisterID: democrm.RegisterColleague, Given: "Dagny", Surname: "Sköld", Street: "Parkvägen 5", Postcode: "831 30", City: "Östersund",
		Country: "SE", Organisation: "Fjällgrens Verkstad AB", Role: "Ekonomichef", BirthYear: 1979,
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := register.Get(t.Context(), "R0"); !errors.Is(err, dsar.ErrNotFound) {
		t.Errorf("got %v, want not found", err)
	}
}

func TestErrorsHoldNothingTyped(t *testing.T) {
	t.Parallel()
	pool, _ := sample(t)
	queries := refdata.SampleQueries()
	queries.Search = `select to_tsquery('simple', $1), $2::integer`
	register := refdata.NewPostgres(pool, refdata.Provider{}, queries)
	_, err := register.Search(t.Context(), refdata.Query{Text: "Ylvali Ekenskär ("})
	if err == nil || strings.Contains(err.Error(), "Ylvali") {
		t.Errorf("got %v, want an error without the name", err)
	}
}

func TestCheckNamesTheQuery(t *testing.T) {
	t.Parallel()
	pool, good := sample(t)
	if err := good.Check(t.Context()); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*refdata.Queries){
		`query "get" gives 1 columns`: func(q *refdata.Queries) { q.Get = `select $1::text` },
		`query "search": ERROR`:       func(q *refdata.Queries) { q.Search = `select missing from register.person where $1 = '' limit $2` },
	} {
		queries := refdata.SampleQueries()
		change(&queries)
		err := refdata.NewPostgres(pool, refdata.Provider{}, queries).Check(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}
