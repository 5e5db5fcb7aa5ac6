//go:build schemas

package schemas

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// rtSound holds what RT's code relies on without declaring it: what sbin/rt-validator checks, and its fixtures.
func rtSound(t *testing.T, pool *pgxpool.Pool) []string {
	t.Helper()
	var out []string
	for _, c := range [][2]string{
		{"fixtures: RT_System, Nobody", `select 2 - count(*) from users where name in ('RT_System', 'Nobody')`},
		{"users without a principal", `select count(*) from users u where not exists (select from principals p where p.id = u.id and p.principaltype = 'User')`},
		{"groups without a principal", `select count(*) from groups g where not exists (select from principals p where p.id = g.id and p.principaltype = 'Group')`},
		{"principals of nothing", `select count(*) from principals p where not exists (select from users where id = p.id) and not exists (select from groups where id = p.id)`},
		{"users without their own group", `select count(*) from users u where not exists (select from groups g where g.domain = 'ACLEquivalence' and g.instance = u.id)`},
		{"own groups of nobody", `select count(*) from groups g where g.domain = 'ACLEquivalence' and not exists (select from users where id = g.instance)`},
		{"members that are no principal", `select count(*) from groupmembers m where not exists (select from principals where id = m.memberid)`},
		{"members of no group", `select count(*) from groupmembers m where not exists (select from groups where id = m.groupid)`},
		{"cached members without a principal", `select count(*) from cachedgroupmembers m where not exists (select from principals where id = m.memberid) or not exists (select from principals where id = m.groupid)`},
		{"members that are not cached", `select count(*) from groupmembers m where not exists (select from cachedgroupmembers c where c.groupid = m.groupid and c.memberid = m.memberid)`},
		{"cached members that are none", `select count(*) from cachedgroupmembers c where c.groupid <> c.memberid and c.via = c.id and not exists (select from groupmembers m where m.groupid = c.groupid and m.memberid = c.memberid)`},
		{"tickets owned by no user", `select count(*) from tickets k where not exists (select from users where id = k.owner)`},
		{"tickets whose owner and owner group differ", `
			select count(*) from tickets k where k.type = 'ticket' and not exists (
				select from groups g join groupmembers m on m.groupid = g.id where g.domain = 'RT::Ticket-Role' and g.name = 'Owner' and g.instance = k.id and m.memberid = k.owner)`},
		{"owner groups without exactly one member", `
			select count(*) from groups g where g.domain = 'RT::Ticket-Role' and g.name = 'Owner' and (select count(*) from groupmembers m where m.groupid = g.id) <> 1`},
		{"tickets without a creator", `select count(*) from tickets k where not exists (select from users where id = k.creator)`},
		{"transactions without a creator", `select count(*) from transactions x where not exists (select from users where id = x.creator)`},
		{"attachments without a creator", `select count(*) from attachments a where not exists (select from users where id = a.creator)`},
		{"attachments of no transaction", `select count(*) from attachments a where not exists (select from transactions where id = a.transactionid)`},
		{"transactions of no ticket", `select count(*) from transactions x where x.objecttype = 'RT::Ticket' and not exists (select from tickets where id = x.objectid)`},
		{"rights of no principal", `select count(*) from acl a where not exists (select from principals where id = a.principalid)`},
		{"attributes of no user", `select count(*) from attributes a where a.objecttype = 'RT::User' and not exists (select from users where id = a.objectid)`},
		{"tokens of nobody", `select count(*) from authtokens a where not exists (select from users where id = a.owner)`},
	} {
		var n int
		if err := pool.QueryRow(t.Context(), c[1]).Scan(&n); err != nil {
			t.Fatalf("%s: %v", c[0], err)
		}
		if n != 0 {
			out = append(out, fmt.Sprintf("%s: %d", c[0], n))
		}
	}
	return append(out, rtThaws(t, pool)...)
}

// rtThaws lets Perl itself read what is serialised.
func rtThaws(t *testing.T, pool *pgxpool.Pool) []string {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
		select 'attribute ' || id, content from attributes where contenttype = 'storable'
		union all
		select 'session ' || id, convert_from(a_session, 'UTF8') from sessions`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var lines string
	for rows.Next() {
		var what, content string
		if err := rows.Scan(&what, &content); err != nil {
			t.Fatal(err)
		}
		lines += what + "\t" + oneLine(content) + "\n"
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return broken(t, lines)
}
