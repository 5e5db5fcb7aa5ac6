package records_test

import (
	"testing"

	"insyn/internal/records"
)

func TestDescribeExplainsEveryPurposeOfTheSections(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	// Newsletters that were sent are told with their purpose, also after the yes was taken back.
	id := one[int64](t, pool, `
		select min(p.id)
		  from crm.person as p
		  join crm.newsletter_log as l on l.person_id = p.id
		 where p.newsletter <> 'yes'`)
	d, err := s.Describe(t.Context(), []string{key(id)})
	if err != nil {
		t.Fatal(err)
	}
	for _, sec := range collected(t, s, records.CollectOptions{}, id).sections {
		for _, p := range sec.Purposes {
			if _, ok := d.Purposes[p]; !ok {
				t.Errorf("person %d: section %s has the purpose %s, which is not explained", id, sec.ID, p)
			}
		}
	}
}
