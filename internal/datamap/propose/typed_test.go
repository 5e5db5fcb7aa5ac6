package propose_test

import (
	"testing"

	"insyn/internal/datamap"
	"insyn/internal/postgres/pgtest"
)

// TestWhoTypedARowIsSaidOnce: many tables say who made a row; one that says nothing else of persons is nobody's, as is one
// without any reference, and the texts of both may name people.
func TestWhoTypedARowIsSaidOnce(t *testing.T) {
	t.Parallel()
	pool := pgtest.Empty(t)
	if _, err := pool.Exec(t.Context(), `
		create table users (id int primary key, name text, realname text, email text, created_by int);
		insert into users select i, 'login' || i, 'Anna Berg' || chr(96 + i), 'anna' || i || '@x.example', 1 from generate_series(1, 20) as i;
		create table ticket (id int primary key, user_id int not null, subject text, created_by int);
		create table queue (id int primary key, name text, description text, created_by int);
		create table template (id int primary key, content text, created_by int);
		create table banner (id int primary key, description text);
		create table weight (id int primary key, kilos int);
		insert into ticket select i, i, 'Hej, det fungerar inte längre.', 1 + i % 3 from generate_series(1, 20) as i;
		insert into queue select i, 'Kö', 'Frågor till kontoret om allt möjligt.', 1 + i % 3 from generate_series(1, 20) as i;
		insert into template select i, 'Hej, tack för att du hör av dig.', 1 + i % 3 from generate_series(1, 20) as i;
		insert into banner values (1, 'Ring Anna Berg på växeln.')`); err != nil {
		t.Fatal(err)
	}
	_, s := proposed(t, pool, "public.users")
	if c, ok := s.By.Get("created_by"); !ok || c.Erase.Action != datamap.Cut {
		t.Errorf("by is %v, want created_by cut", s.By)
	}
	for name, mentions := range map[string]bool{"public.ticket": false, "public.queue": true, "public.template": true, "public.banner": true} {
		table, ok := s.Table(name)
		if !ok || table.Mentions != mentions || table.Column("created_by") != nil {
			t.Errorf("%s: mapped %v, want mentions %v and no created_by", name, ok, mentions)
		}
	}
	if _, ok := s.Exclude.Get("public.weight"); !ok {
		t.Error("figures alone are not left out")
	}
	if got := s.SubjectTable().Column("realname").Role; got != "name" {
		t.Errorf("a whole name has role %q", got)
	}
}
