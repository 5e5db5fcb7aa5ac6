package records_test

import (
	"testing"

	"insyn/internal/democrm"
	"insyn/internal/mention"
)

// TestEraseEveryCase anonymises each case person of the sample CRM, one after another in one database, and searches it
// for each of them afterwards.
func TestEraseEveryCase(t *testing.T) {
	t.Parallel()
	s, _ := crm(t)
	for id := democrm.Unique; id <= democrm.CompanyName; id++ {
		who, err := s.Identifiers(t.Context(), []string{key(id)})
		if err != nil {
			t.Fatal(err)
		}
		erased(t, s, id)
		found, err := s.Rescan(t.Context(), []mention.Person{who}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if !f.Retained {
				t.Errorf("case %d: left over in %s.%s, %d rows", id, f.Table, f.Column, f.Rows)
			}
		}
	}
}
