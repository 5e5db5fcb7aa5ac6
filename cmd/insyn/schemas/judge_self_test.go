//go:build schemas

package schemas

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/postgres/pgtest"
)

// A judge that lets everything pass proves nothing: each mistake that an erasure can make must be seen, and be the only thing seen.
func TestJudgeSeesEveryMistake(t *testing.T) {
	s := requestTracker()
	pool := pgtest.Empty(t)
	s.load(t, pool)
	c := newCast(persons, 7)
	w := s.fill(t, pool, c)
	was := s.before(t, pool, c)
	p := c.sharer
	untouched := s.judge(t, pool, w, p, was)
	if len(untouched.left) < 200 || len(untouched.refer) < 20 || len(untouched.harmed)+len(untouched.lost)+len(untouched.unsound) != 0 {
		t.Fatalf("nothing was done, and the verdict is %q", untouched.problems())
	}
	for _, m := range []struct {
		mistake, sql string
		seen         func(verdict) bool
	}{
		{
			"a row of somebody else is changed", fmt.Sprintf(`update users set city = city || ' ' where id = %d`, c.spouse.id),
			func(v verdict) bool { return len(v.harmed) == 1 && len(v.lost) == 0 },
		},
		{
			"a row of nobody is deleted", `delete from templates where name = 'Correspondence'`,
			func(v verdict) bool { return len(v.harmed) == 1 && v.harmed[0].what == "deleted" },
		},
		{
			"a shared row is deleted", fmt.Sprintf(`delete from transactions where id = (select min(id) from transactions where field = 'Subject' and oldvalue like '%%%s%%')`, p.surname),
			func(v verdict) bool { return len(v.harmed) == 1 && v.harmed[0].what == "deleted" },
		},
		{
			"a name of somebody else is blanked in a shared row", fmt.Sprintf(`update transactions set oldvalue = replace(oldvalue, '%s', 'X') where field = 'Subject'`, c.spouse.name()),
			func(v verdict) bool { return len(v.lost) > 0 && len(v.harmed) == 0 },
		},
		{
			"a shared number is blanked where it is another's", fmt.Sprintf(`update users set homephone = '' where id = %d`, c.spouse.id),
			func(v verdict) bool { return len(v.lost) > 0 && len(v.harmed) == 1 },
		},
		{
			"a copy of the name turns up in a new row", fmt.Sprintf(`insert into topics (name, objectid) values ('%s', 1)`, p.name()),
			func(v verdict) bool {
				return len(v.harmed) == 1 && v.harmed[0].what == "added" && summary(v.left)["topics.name"] > 0
			},
		},
		{
			"the user goes and the principal stays", fmt.Sprintf(`delete from users where id = %d`, p.id),
			func(v verdict) bool { return len(v.unsound) > 3 && v.refer["users.id"] == 0 },
		},
		{
			"a blob is cut within", `update attributes set content = left(content, 60) where name = 'Subscription'`,
			func(v verdict) bool { return len(v.unsound) == 1 },
		},
	} {
		within(t, pool, m.sql, func() {
			if v := s.judge(t, pool, w, p, was); !m.seen(v) {
				t.Errorf("%s: not seen: %q", m.mistake, v.problems())
			}
		})
	}
	// The subject's own card emptied, but for what the household shares: what is shared is found there and not with the spouse.
	within(t, pool, fmt.Sprintf(`update users set name = 'x', realname = '', emailaddress = '', nickname = '', gecos = '', mobilephone = '', signature = '', freeformcontactinfo = '' where id = %d`, p.id), func() {
		left := s.judge(t, pool, w, p, was).left
		for _, column := range []string{"homephone", "address1"} {
			if !slices.ContainsFunc(left, func(f finding) bool { return f.table == "users" && f.column == column && f.key == text10(p.id) }) {
				t.Errorf("what the household shares is not found in %s of the subject", column)
			}
			if slices.ContainsFunc(left, func(f finding) bool { return f.table == "users" && f.key == text10(c.spouse.id) }) {
				t.Error("what the household shares is counted against the spouse")
			}
		}
	})
}

// within makes a change to one table, looks, and puts the table back.
func within(t *testing.T, pool *pgxpool.Pool, sql string, look func()) {
	t.Helper()
	table := regexp.MustCompile(`^(?:update|delete from|insert into) (\w+)`).FindStringSubmatch(sql)[1]
	conn, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	var kept bytes.Buffer
	if _, err := conn.Conn().PgConn().CopyTo(t.Context(), &kept, "copy "+table+" to stdout"); err != nil {
		t.Fatal(err)
	}
	tag, err := conn.Exec(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	if tag.RowsAffected() == 0 {
		t.Fatalf("changes nothing: %s", sql)
	}
	look()
	if _, err := conn.Exec(t.Context(), "truncate "+table); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Conn().PgConn().CopyFrom(t.Context(), &kept, "copy "+table+" from stdin"); err != nil {
		t.Fatal(err)
	}
}
