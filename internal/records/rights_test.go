package records_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/records"
)

func TestMissingRightsAreToldWithTheirGrant(t *testing.T) {
	t.Parallel()
	_, pool := crm(t)
	source, _ := crmtest.Map(t).Source("crm")
	rights := func(tx pgx.Tx) datamap.Problems {
		t.Helper()
		c, err := datamap.ReadCatalog(t.Context(), tx)
		if err != nil {
			t.Fatal(err)
		}
		p, err := records.Rights(t.Context(), tx, source, c)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	ran(t, pool, `select 1`, func(tx pgx.Tx) {
		if p := rights(tx); len(p) > 0 {
			t.Errorf("after migrate --source: %v", p)
		}
	})
	for _, tc := range []struct{ name, sql, severity, place, mend string }{
		{"a column that worker changes", `revoke update (title) on crm.person from insyn_worker`, datamap.StopsErase, "crm.person", `grant update ("title") on "crm"."person" to insyn_worker;`},
		{"a table to read", `revoke select on crm.todo from insyn_worker`, datamap.Stops, "crm.todo", `grant select on "crm"."todo" to insyn_worker;`},
		{"a column that web reads", `revoke select (body) on crm.history from insyn_web`, datamap.Stops, "crm.history", `grant select ("body") on "crm"."history" to insyn_web;`},
		{"rows to delete", `revoke delete on crm.todo from insyn_worker`, datamap.StopsErase, "crm.todo", `grant delete on "crm"."todo" to insyn_worker;`},
		{"what a law keeps", `revoke delete on crm.invoice from insyn_expire`, datamap.StopsErase, "crm.invoice", `grant delete on "crm"."invoice" to insyn_expire;`},
		{"a table that only the rescan reads", `create table crm.scrap (x text)`, datamap.StopsErase, "crm.scrap", `grant select on "crm"."scrap" to insyn_worker;`},
		{"the schema", `revoke usage on schema crm from insyn_web`, datamap.Stops, "crm.person", `grant usage on schema "crm" to insyn_web;`},
		{
			"row level security", `alter table crm.person enable row level security; create policy mine on crm.person using (owner_id = 1)`,
			datamap.Stops, "crm.person", `create policy insyn on "crm"."person" to insyn_web, insyn_worker using (true) with check (true);`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ran(t, pool, tc.sql, func(tx pgx.Tx) {
				got := rights(tx)
				for _, p := range got {
					if p.Severity == tc.severity && p.Place == tc.place && strings.Contains(p.Mend, tc.mend) {
						// What is printed mends it.
						if _, err := tx.Exec(t.Context(), p.Mend); err != nil {
							t.Fatal(err)
						}
						for _, left := range rights(tx) {
							if left == p {
								t.Errorf("%s is still there", p)
							}
						}
						return
					}
				}
				t.Errorf("got %v, want %s: %s", got, tc.place, tc.mend)
			})
		})
	}
	ran(t, pool, `alter table crm.person enable row level security; create policy mine on crm.person using (owner_id = 1); set local role insyn_worker`, func(tx pgx.Tx) {
		_, problems, err := datamap.Check(t.Context(), tx, crmtest.Map(t), "crm")
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems.Of(datamap.Stops) {
			if p.Place == "crm.person" && strings.Contains(p.Text, "row level security") {
				return
			}
		}
		t.Errorf("got %v, want a stop at hidden rows", problems)
	})
}
