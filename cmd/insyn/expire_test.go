package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/democrm"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/postgres/pgtest"
)

// keptCRM is a sample CRM in which two invoices are fenced: one is past its time, one is not.
func keptCRM(t *testing.T) (crm *pgxpool.Pool, mapFile string) {
	t.Helper()
	m := crmtest.Map(t)
	crm = crmtest.New(t, m, crmtest.Content{Size: democrm.Size{Persons: democrm.MinPersons, Seed: 7, AsOf: crmtest.AsOf}})
	if _, err := crm.Exec(t.Context(), `
		insert into crm.invoice (number, buyer_name, issued_on, financial_year_end, total)
		values ('OLD', 'Kanarie Fågelsson', '2010-01-01', '2010-12-31', 1), ('NEW', 'Kanarie Fågelsson', '2090-01-01', '2090-12-31', 1);
		insert into insyn_ledger.kept (request_id, table_name, row_key, rule, until)
		select 1001, 'crm.invoice', id::text, 'books', case number when 'OLD' then date '2017-12-31' else date '2097-12-31' end
		  from crm.invoice
		 where number in ('OLD', 'NEW')`); err != nil {
		t.Fatal(err)
	}
	mapFile = filepath.Join(t.TempDir(), "datamap.yaml")
	if err := os.WriteFile(mapFile, democrm.Map(), 0o600); err != nil {
		t.Fatal(err)
	}
	return crm, mapFile
}

func numbers(t *testing.T, crm *pgxpool.Pool) string {
	t.Helper()
	var out string
	if err := crm.QueryRow(t.Context(), `select coalesce(string_agg(number, ' ' order by number), '') from crm.invoice where number in ('OLD', 'NEW')`).Scan(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestExpire(t *testing.T) {
	t.Parallel()
	crm, mapFile := keptCRM(t)
	pool := pgtest.New(t)
	env := []string{"INSYN_DATABASE_URL=" + pgtest.DSN(pool), "INSYN_MAP=" + mapFile, "INSYN_CRM_DSN=" + pgtest.DSN(crm)}
	if code, _, errs := call(t, env, "expire"); code != exitFailed || !strings.Contains(errs, "INSYN_EXPIRE_CRM_DSN") {
		t.Errorf("without an address of its own: code %d, %s; want a refusal that names the variable", code, errs)
	}
	env = append(env, "INSYN_EXPIRE_CRM_DSN="+pgtest.DSN(crm))
	for name, c := range map[string]struct {
		args []string
		code int
		says []string
	}{
		"what is due":        {[]string{"--dry-run"}, exitDone, []string{"crm.invoice", "2017-12-31", "1 row(s); nothing was changed"}},
		"on the last day":    {[]string{"--dry-run", "--today", "2017-12-31"}, exitDone, []string{"due on 2017-12-31: 0 row(s)"}},
		"on the day after":   {[]string{"--dry-run", "--today", "2018-01-01"}, exitDone, []string{"due on 2018-01-01: 1 row(s)"}},
		"in a far year":      {[]string{"--dry-run", "--today", "2098-01-01"}, exitDone, []string{"2097-12-31", "2 row(s)"}},
		"a day, and no look": {[]string{"--today", "2098-01-01"}, exitUsage, []string{"--dry-run"}},
		"no day":             {[]string{"--dry-run", "--today", "soon"}, exitUsage, []string{"--today"}},
	} {
		code, out, errs := call(t, env, append([]string{"expire"}, c.args...)...)
		for _, s := range c.says {
			if code != c.code || !strings.Contains(out+errs, s) {
				t.Errorf("%s: code %d, %s%s; want %d and %q", name, code, out, errs, c.code, s)
			}
		}
	}
	if got := numbers(t, crm); got != "NEW OLD" {
		t.Fatalf("looking left %q", got)
	}
	if code, out, errs := call(t, env, "expire"); code != exitDone || !strings.Contains(out, "crm: 1 deleted") {
		t.Errorf("expire: code %d, %s%s", code, out, errs)
	}
	if got := numbers(t, crm); got != "NEW" {
		t.Errorf("the invoices left are %q, want NEW", got)
	}
	var detail string
	if err := pool.QueryRow(t.Context(), `select detail::text from audit where action = 'kept.expired'`).Scan(&detail); err != nil || !strings.Contains(detail, `"deleted": 1`) {
		t.Errorf("the audit says %s, %v", detail, err)
	}
}

func TestCheckTellsWhenNothingErasesWhatIsDue(t *testing.T) {
	t.Parallel()
	crm, mapFile := keptCRM(t)
	pool := pgtest.New(t)
	env := []string{"INSYN_DATABASE_URL=" + pgtest.DSN(pool), "INSYN_MAP=" + mapFile, "INSYN_CRM_DSN=" + pgtest.DSN(crm)}
	_, out, errs := call(t, env, "check", "--only", "web")
	if !strings.Contains(out, "1 row(s) of crm are past their time, the oldest kept until 2017-12-31, and nothing erases them: set INSYN_EXPIRE_CRM_DSN") {
		t.Errorf("check says %s%s", out, errs)
	}
	env = append(env, "INSYN_EXPIRE_CRM_DSN="+pgtest.DSN(crm))
	if code, out, errs := call(t, env, "expire"); code != exitDone {
		t.Fatalf("expire: %s%s", out, errs)
	}
	_, out, _ = call(t, env, "check", "--only", "web,scheduler")
	for _, want := range []string{"kept: 1 row(s) of crm are fenced by law, none is past its time", "expire: erases kept rows of 1 source(s)"} {
		if !strings.Contains(out, want) {
			t.Errorf("check says %s, want %q", out, want)
		}
	}
}
