package records_test

import "testing"

// TestPersonWithoutANumberIsFoundByIndex: a list of nothing must not make the question about everything else false.
func TestPersonWithoutANumberIsFoundByIndex(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create extension pg_trgm;
		create table crm.note (id int primary key, body text);
		create index on crm.note using gin (body gin_trgm_ops);
		insert into crm.note values (1, 'Ring Astrid Brandvik')`, `
      crm.note:
        mentions: true
        columns: {id: {keep: number}, body: {erase: redact, disclose: "no"}}
`)
	erased(t, s, 1)
	if got := one[string](t, pool, `select body from crm.note`); got != "Ring [anonymiserad]" {
		t.Errorf("got %q", got)
	}
}
