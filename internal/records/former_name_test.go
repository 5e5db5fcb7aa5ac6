package records_test

import (
	"testing"

	"insyn/internal/democrm"
)

// Who was called Anna Lindqvist before her wedding must not take the Anna Lindqvists of today with her.
func TestFormerNameOfAnotherStays(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	namesake := democrm.KnownPerson(democrm.SameNameA)
	execute(t, pool, `update crm.person set given_name = $2, former_surname = $3 where id = $1`, democrm.Bare, namesake.Given, namesake.Surname)
	text := "Ring " + namesake.FullName() + " i dag"
	execute(t, pool, `insert into crm.todo (person_id, text) values ($1, $3), ($2, $3)`, democrm.SameNameA, democrm.Busy, text)
	id, err := s.Identifiers(t.Context(), []string{key(democrm.Bare)})
	if err != nil {
		t.Fatal(err)
	}
	erased(t, s, democrm.Bare)
	if n := one[int64](t, pool, `select count(*) from crm.todo where text = $1`, text); n != 2 {
		t.Errorf("%d todos name the living person, want 2", n)
	}
	for _, f := range rescanned(t, s, id) {
		if !f.Retained {
			t.Errorf("left over: %+v", f)
		}
	}
}
