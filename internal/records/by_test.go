package records_test

import "testing"

// TestByIsCutInEveryTable, the persons' own among them, with the rights that the migration gives.
func TestByIsCutInEveryTable(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `alter table crm.person add creator int; update crm.person set creator = 1;
		create table crm.queue (id int primary key, creator int);
		insert into crm.queue values (1, 1), (2, 2)`, `
      crm.queue:
        mentions: true
        columns: {id: {keep: number}}
`, "by: {creator: {erase: cut}}")
	erased(t, s, 1)
	for table, want := range map[string]string{"crm.queue": "- 2", "crm.person": "- -"} {
		if got := one[string](t, pool, `select string_agg(coalesce(creator::text, '-'), ' ' order by id) from `+table); got != want {
			t.Errorf("%s: got %s, want %s", table, got, want)
		}
	}
}
