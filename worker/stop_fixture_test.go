package worker

import (
	"context"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/democrm"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/jobs"
)

// office is a worker beside the sample CRM, and the desk with the rights of the pages.
type office struct {
	*bench
	crm                *pgxpool.Pool
	web                *jobs.Desk
	dpo, admin, second int64
}

func newOffice(t *testing.T, edit ...func(string) string) *office {
	t.Helper()
	ctx := context.Background()
	text := string(democrm.Map())
	for _, fn := range edit {
		text = fn(text)
	}
	m, err := datamap.Parse("datamap.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	o := &office{bench: newBench(t)}
	o.crm = crmtest.New(t, m, crmtest.Content{Size: democrm.Size{Persons: democrm.MinPersons, Seed: 7, AsOf: crmtest.AsOf}})
	open := func(pool *pgxpool.Pool) []*records.Source {
		s, err := records.Open(ctx, "crm", pool, m)
		if err != nil {
			t.Fatal(err)
		}
		return []*records.Source{s}
	}
	o.Sources = open(o.crm)
	o.desk.Sources = o.Sources
	as := func(of *pgxpool.Pool) *pgxpool.Pool {
		pool, err := postgres.Open(ctx, pgtest.DSN(of), postgres.RoleWeb)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(pool.Close)
		return pool
	}
	o.web = &jobs.Desk{Store: &request.Store{Pool: as(o.Pool), Keys: o.Keys}, Sources: open(as(o.crm))}
	o.dpo, o.admin, o.second = o.account(t, dsar.DPO), o.account(t, dsar.Administrator), o.account(t, dsar.Administrator)
	return o
}

func (o *office) account(t *testing.T, role dsar.Role) int64 {
	t.Helper()
	return one[int64](t, o.bench, `
		insert into account (email, name, password_hash, roles)
		values ($1 || gen_random_uuid() || '@nordlyft.example', 'x', 'x', array[$1])
		returning id`, string(role))
}

func card(id int64) request.NewSubject {
	k := democrm.KnownPerson(id)
	return request.NewSubject{Source: "crm", Key: strconv.FormatInt(id, 10), Name: k.FullName()}
}

// ask registers a request and lets a worker begin with it.
func (o *office) ask(t *testing.T, kind dsar.Kind, people ...int64) *request.Request {
	t.Helper()
	n := request.New{Kind: kind, Asked: true, CreatedBy: o.dpo, Handler: o.dpo, Language: "sv"}
	if kind == dsar.Erasure {
		n.Ground, n.VerifiedHow = "b", "call_back"
	}
	for _, id := range people {
		n.Subjects = append(n.Subjects, card(id))
	}
	id, _, err := o.web.Submit(context.Background(), n)
	if err != nil {
		t.Fatal(err)
	}
	o.run(t)
	return o.get(t, id)
}

func (o *office) get(t *testing.T, id int64) *request.Request {
	t.Helper()
	r, err := o.store.Get(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// stands fails unless the request is where it should be, and why.
func (o *office) stands(t *testing.T, id int64, state dsar.State, wait dsar.Wait, code string) *request.Request {
	t.Helper()
	r := o.get(t, id)
	got := one[string](t, o.bench, `select coalesce((select code from job where request_id = $1 and kind <> 'mail' order by id desc limit 1), '')`, id)
	if r.State != state || r.WaitingFor != wait || got != code {
		t.Fatalf("request %d is %s for %q (%s), want %s for %q (%s)", id, r.State, r.WaitingFor, got, state, wait, code)
	}
	return r
}

// idle fails where a job of the request could still run.
func (o *office) idle(t *testing.T, id int64) {
	t.Helper()
	if n := one[int](t, o.bench, `select count(*) from job where request_id = $1 and kind <> 'mail' and state in ('queued', 'working')`, id); n != 0 {
		t.Errorf("%d jobs of request %d can run, want none", n, id)
	}
}

// untouched remembers the CRM and what was sent; the returned function fails where either has changed.
func (o *office) untouched(t *testing.T) func() {
	t.Helper()
	look := func() (crm, sent string) {
		var err error
		for _, table := range []string{"person", "person_email", "person_phone", "history", "history_person", "todo", "deal", "document", "consent_log", "change_log"} {
			var sum string
			err = o.crm.QueryRow(context.Background(), `select md5(coalesce(string_agg(x::text, '|' order by x::text), '')) from crm.`+table+` as x`).Scan(&sum)
			if err != nil {
				t.Fatal(err)
			}
			crm += table + " " + sum + "\n"
		}
		sent = one[string](t, o.bench, `select (select count(*) from mail where audience = 'subject') || ' mails, ' || (select count(*) from link) || ' links, ' || (select count(*) from artefact) || ' copies'`)
		return crm, sent
	}
	crm, sent := look()
	return func() {
		t.Helper()
		nowCRM, nowSent := look()
		if nowCRM != crm {
			t.Errorf("the CRM was changed while the request waited:\n%s%s", crm, nowCRM)
		}
		if nowSent != sent {
			t.Errorf("while the request waited: %s, before: %s", nowSent, sent)
		}
	}
}

// approve approves the newest rehearsal.
func (o *office) approve(t *testing.T, id int64) {
	t.Helper()
	reh, err := o.web.Rehearsal(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.web.Approve(context.Background(), id, o.admin, reh.Shown()); err != nil {
		t.Fatal(err)
	}
}

func (o *office) name(t *testing.T, id int64) (name string) {
	t.Helper()
	if err := o.crm.QueryRow(context.Background(), `select given_name from crm.person where id = $1`, id).Scan(&name); err != nil {
		t.Fatal(err)
	}
	return name
}

func (o *office) change(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := o.crm.Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}
