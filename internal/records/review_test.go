package records_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/mention"
	"insyn/internal/records"
)

const notes = `
      crm.note:
        disclose: "no"
        path: {on: {person_id: crm.person.id}}
        columns:
          id: {keep: number}
          person_id: {erase: cut, disclose: "no"}
          body: {erase: redact, scan: true, disclose: "no"}
`

// noted is a source with notes about person 2, Henrik Tolstrup.
func noted(t *testing.T, bodies ...string) (*records.Source, *pgxpool.Pool) {
	t.Helper()
	s, pool := small(t, `create table crm.note (id int primary key generated always as identity, person_id int, body text)`, notes)
	for _, b := range bodies {
		execute(t, pool, `insert into crm.note (person_id, body) values (2, $1)`, b)
	}
	return s, pool
}

func body(t *testing.T, pool *pgxpool.Pool, id int) string {
	t.Helper()
	return one[string](t, pool, `select body from crm.note where id = $1`, id)
}

// decide answers for the places of a rehearsal, in their order.
func decide(e *records.Erasure, r *records.Rehearsal, answers ...bool) {
	if e.Decisions == nil {
		e.Decisions = map[string]bool{}
	}
	for i, a := range answers {
		e.Decisions[string(r.Review[i].Hash)] = a
	}
	e.Approved = r.Approval()
	e.Approved.Counts["crm.note"] += len(answers)
}

func TestAcceptedPlacesGoAndOthersStay(t *testing.T) {
	t.Parallel()
	s, pool := noted(t, "Brandvik ringde om offerten.", "Henrik hörde det av Brandvik.", "Astrid Brandvik ringde.", "Ingen nämns.")
	e := order(1)
	r := rehearsed(t, s, e)
	if len(r.Review) != 2 || r.Undecided != 2 || r.Review[0].Match != "Brandvik" || r.Review[0].Linked || r.Review[0].Rule != "surname alone" {
		t.Fatalf("asked about %+v, want the two surnames", r.Review)
	}
	if got := body(t, pool, 1); got != "Brandvik ringde om offerten." {
		t.Fatalf("a rehearsal wrote %q", got)
	}
	decide(&e, r, true, false)
	if _, err := s.Erase(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[int]string{1: "[anonymiserad] ringde om offerten.", 2: "Henrik hörde det av Brandvik.", 3: "[anonymiserad] ringde.", 4: "Ingen nämns."} {
		if got := body(t, pool, id); got != want {
			t.Errorf("note %d says %q, want %q", id, got, want)
		}
	}
}

func TestUndecidedPlacesStay(t *testing.T) {
	t.Parallel()
	s, pool := noted(t, "Brandvik ringde om offerten.")
	erased(t, s, 1)
	if got := body(t, pool, 1); got != "Brandvik ringde om offerten." {
		t.Errorf("a place that nobody decided on says %q", got)
	}
}

func TestAChangedTextIsAskedAboutAnew(t *testing.T) {
	t.Parallel()
	s, pool := noted(t, "Brandvik ringde om offerten.", "Fråga Brandvik.")
	e := order(1)
	r := rehearsed(t, s, e)
	decide(&e, r, true, true)
	again := order(1)
	again.Decisions = e.Decisions
	if r := rehearsed(t, s, again); len(r.Review) != 2 || r.Undecided != 0 {
		t.Fatalf("a second rehearsal asks about %d places, %d undecided; want 2 and none", len(r.Review), r.Undecided)
	}
	execute(t, pool, `update crm.note set body = 'Brandvik, en annan, ringde.' where id = 1`)
	if r := rehearsed(t, s, again); len(r.Review) != 2 || r.Undecided != 1 {
		t.Errorf("after a change %d places are undecided, want 1", r.Undecided)
	}
	if _, err := s.Erase(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if a, b := body(t, pool, 1), body(t, pool, 2); a != "Brandvik, en annan, ringde." || b != "Fråga [anonymiserad]." {
		t.Errorf("the notes say %q and %q, want the changed one as it is", a, b)
	}
}

func TestManyNewPlacesStopTheRun(t *testing.T) {
	t.Parallel()
	s, pool := noted(t, "Brandvik ringde om offerten.")
	e := order(1)
	r := rehearsed(t, s, e)
	decide(&e, r, true)
	e.Approved.Undecided = 0
	execute(t, pool, `insert into crm.note (person_id, body) select 2, 'Brandvik svarade, nummer ' || i from generate_series(1, 11) as i`)
	if _, err := s.Erase(t.Context(), e); !errors.Is(err, records.ErrCountsGrew) {
		t.Errorf("a run with eleven places that nobody has seen: %v, want %v", err, records.ErrCountsGrew)
	}
	if got := body(t, pool, 1); got != "Brandvik ringde om offerten." {
		t.Errorf("it changed a note to %q", got)
	}
}

func TestANamesakeIsAskedAbout(t *testing.T) {
	t.Parallel()
	s, pool := noted(t, "Astrid Brandvik hälsade.")
	execute(t, pool, `insert into crm.person values (3, 'Astrid', 'Brandvik', 'a3@post.example')`)
	e := order(1)
	r := rehearsed(t, s, e)
	if len(r.Review) != 1 || r.Review[0].Rule != records.SharedRule || r.Review[0].Confidence != mention.Unsure || len(r.Mentions) != 0 {
		t.Fatalf("asked about %+v, and %d go", r.Review, len(r.Mentions))
	}
	decide(&e, r, true)
	if _, err := s.Erase(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if got := body(t, pool, 1); got != "[anonymiserad] hälsade." {
		t.Errorf("the accepted place says %q", got)
	}
}

func TestACommonSurnameIsNotAskedAboutForEver(t *testing.T) {
	t.Parallel()
	s, pool := noted(t)
	execute(t, pool, `insert into crm.note (person_id, body) select 2, 'Brandvik svarade, nummer ' || i from generate_series(1, 6000) as i`)
	execute(t, pool, `insert into crm.note (person_id, body) values (2, 'Astrid Brandvik hälsade.')`)
	r := rehearsed(t, s, order(1))
	if len(r.Common) != 1 || r.Common[0].Table != "crm.note" || len(r.Review) > 3000 || len(r.Review) < 500 {
		t.Errorf("asked about %d places, too common in %v", len(r.Review), r.Common)
	}
	if len(r.Mentions) != 1 {
		t.Errorf("%d places go, want the whole name in the last note", len(r.Mentions))
	}
}

func TestPlacesTellNothingWithoutTheKey(t *testing.T) {
	t.Parallel()
	s, _ := noted(t, "Brandvik ringde.")
	e := order(1)
	plain := rehearsed(t, s, e).Review[0].Hash
	e.Hash = hasher(t)
	keyed := rehearsed(t, s, e).Review[0].Hash
	if string(plain) == string(keyed) || len(keyed) != 32 {
		t.Error("the hash of a place is not keyed")
	}
}

// TestUncertainPlacesOfOwnRows: in the person's own rows only what is unsure is asked about.
func TestUncertainPlacesOfOwnRows(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create table crm.note (id int primary key generated always as identity, person_id int, body text)`, notes)
	execute(t, pool, `insert into crm.note (person_id, body) values (1, 'Zorbiana Brandvik ringde.')`)
	r := rehearsed(t, s, order(1))
	if len(r.Review) == 0 {
		t.Error("asked about nothing")
	}
	for _, p := range r.Review {
		if !p.Linked || p.Confidence != mention.Unsure || strings.Contains(p.Match, "Zorbiana") {
			t.Errorf("asked about %+v", p)
		}
	}
}

// TestTheRescanSeesWhatTheSearchMissed: a name with a soft hyphen is what no trigram index finds, so the erasure leaves it; the
// rescan, which reads everything by a net of its own, tells of it.
func TestTheRescanSeesWhatTheSearchMissed(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create extension if not exists pg_trgm;
		create table crm.note (id int primary key generated always as identity, person_id int, body text);
		create index on crm.note using gin (body gin_trgm_ops)`, notes)
	execute(t, pool, `insert into crm.note (person_id, body) values (2, E'As\u00ADtrid Brand\u00ADvik ringde.'), (2, 'Astrid Brandvik ringde.')`)
	who, err := s.Identifiers(t.Context(), []string{"1"})
	if err != nil {
		t.Fatal(err)
	}
	erased(t, s, 1)
	if got := body(t, pool, 2); got != "[anonymiserad] ringde." {
		t.Fatalf("the search did not work at all: %q", got)
	}
	if got := where(rescanned(t, s, who)); len(got) != 1 || got[0] != "crm.note.body 1" {
		t.Errorf("the rescan met %q, want the name that the index cannot see", got)
	}
}
