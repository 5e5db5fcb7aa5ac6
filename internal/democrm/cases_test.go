package democrm_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insyn/internal/democrm"
)

func TestKnownPersonsAreWhatTheDatabaseHolds(t *testing.T) {
	t.Parallel()
	pool := generated(t, 60)
	for id := democrm.Unique; id <= democrm.CompanyName; id++ {
		want := democrm.KnownPerson(id)
		got := democrm.Known{ID: id, OldEmail: want.OldEmail, OldStreet: want.OldStreet}
		err := pool.QueryRow(t.Context(), `
			select
				given_name,
				surname,
				coalesce(former_surname, ''),
				coalesce(nickname, ''),
				coalesce(personnummer, ''),
				coalesce(customer_no, ''),
				coalesce(street, ''),
				(select array_agg(address order by e.id) from crm.person_email as e where e.person_id = p.id),
				(select array_agg('+' || regexp_replace(number, '\D', '', 'g') order by n.id) from crm.person_phone as n where n.person_id = p.id),
				coalesce(replace(custom ->> 'linkedin', 'https://social.example/in/', ''), ''),
				coalesce(register_id, ''),
				coalesce(organisation_id, 0)
			from crm.person as p
			where id = $1`, id).Scan(&got.Given, &got.Surname, &got.Former, &got.Nickname, &got.Personnummer, &got.CustomerNo, &got.Street,
			&got.Emails, &got.Phones, &got.Handle, &got.RegisterID, &got.Organisation)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("case %d (-want +got):\n%s", id, diff)
		}
	}
}

// The rows outside the card of Unique that hold something of hers; nothing else in the CRM may.
func TestUniqueIsWhereTheCasesSay(t *testing.T) {
	t.Parallel()
	pool := generated(t, 300)
	u := democrm.KnownPerson(democrm.Unique)
	phone := strings.TrimPrefix(u.Phones[0], "+46")
	pattern := strings.ToLower(strings.Join([]string{u.Given, u.Surname, u.Former, u.Nickname, u.Personnummer, u.Handle, phone}, "|"))
	for _, c := range []struct {
		name, query string
		want        int
	}{
		{
			"history of others", `
				select count(*) from crm.history as h
				where lower(subject || body) || regexp_replace(body, '\D', '', 'g') ~ $1
					and not exists (select from crm.history_person where history_id = h.id and person_id = 1)`, 2,
		},
		{"todos of others", `select count(*) from crm.todo where regexp_replace(lower(text), '[ -]', '', 'g') ~ $1 and person_id = 33`, 1},
		{"todos of nobody else", `select count(*) from crm.todo where regexp_replace(lower(text), '[ -]', '', 'g') ~ $1 and person_id not in (1, 33)`, 0},
		{"deals of others", `
			select count(*) from crm.deal as d
			where lower(description || coalesce(lost_reason, '')) ~ $1 and not exists (select from crm.deal_person where deal_id = d.id and person_id = 1)`, 1},
		{"documents of others", `select count(*) from crm.document where lower(body) ~ $1 and person_id in (2, 35)`, 2},
		{"documents of nobody else", `select count(*) from crm.document where lower(body) ~ $1 and person_id not in (1, 2, 35)`, 0},
		{"notes of organisations", `select count(*) from crm.organisation where lower(note) ~ $1 and id = 5`, 1},
		{"other cards", `select count(*) from crm.person where lower(person::text) ~ $1 and id <> 1`, 0},
		{"other addresses", `select count(*) from crm.person_email where lower(address) ~ $1 and person_id <> 1`, 0},
		{"invoices that name her", `select count(*) from crm.invoice where lower(buyer_name) ~ $1`, 1},
		{"change log", `select count(*) from crm.change_log where lower(old_values::text) ~ $1 and person_id = 1`, 3},
		{"register", `select count(*) from register.person where lower(given_name || surname) ~ $1 and register_id = 'R10000004'`, 1},
	} {
		if got := number(t, pool, c.query, pattern); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}

func TestCasesAreTheSituationsTheyAreNamedFor(t *testing.T) {
	t.Parallel()
	pool := generated(t, 60)
	for name, query := range map[string]string{
		"sole trader":         `select count(*) from crm.person as p join crm.organisation as o on o.id = organisation_id where p.id = 3 and o.kind = 'sole_trader' and o.org_number = p.personnummer`,
		"shared mailbox":      `select count(*) from crm.person_email as a join crm.person_email as b using (address) where a.person_id = 4 and b.person_id = 5`,
		"same name":           `select count(*) from crm.person as a join crm.person as b using (given_name, surname) where a.id = 6 and b.id = 7`,
		"register linked":     `select count(*) from crm.person join register.person using (register_id) where id = 8 and newsletter = 'unknown' and processing = 'unknown'`,
		"no mail":             `select count(*) from crm.person where id = 9 and not exists (select from crm.person_email where person_id = 9)`,
		"protected":           `select count(*) from crm.person where id = 11 and protected`,
		"mail changed":        `select count(*) from crm.person_email where person_id = 12 and changed_at > '2026-11-20'::date - 30`,
		"bounced":             `select count(*) from crm.person_email where person_id = 14 and bounced_at is not null`,
		"merged":              `select count(*) from crm.person where id = 17 and replaced_by = 15`,
		"objected":            `select count(*) from crm.person where id = 19 and newsletter = 'objected'`,
		"open deal":           `select count(*) from crm.deal join crm.deal_person on deal_id = id where person_id = 20 and closed_on is null and stage = 'offer' and title like 'Kompressor K2%'`,
		"unpaid invoice":      `select count(*) from crm.invoice where buyer_person_id = 20 and paid_on is null`,
		"nothing but a card":  `select count(*) from crm.person where id = 27 and not exists (select from crm.history_person where person_id = 27)`,
		"invoice out of time": `select count(*) from crm.invoice where buyer_person_id = 26 and financial_year_end < '2019-01-01'`,
		"invoice in time":     `select count(*) from crm.invoice where buyer_person_id = 26 and financial_year_end > '2019-12-31'`,
	} {
		if n := number(t, pool, query); n != 1 {
			t.Errorf("%s: got %d rows, want 1", name, n)
		}
	}
	if n := number(t, pool, `select count(*) from crm.history_person where person_id = 28`); n < 300 {
		t.Errorf("busy: got %d history entries, want hundreds", n)
	}
	if n := number(t, pool, `select count(*) from register.person where register_id in ($1, $2)`, democrm.RegisterOnly, democrm.RegisterColleague); n != 2 {
		t.Errorf("register only: got %d, want 2", n)
	}
}
