package records_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestColumnOfSeveralRoles: values of custom fields are a phone, a nickname or a customer's number, as the field says, and
// what they say is found in other people's rows.
func TestColumnOfSeveralRoles(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create table crm.value (id int primary key, person_id int, field text, value text);
		insert into crm.value values (1, 1, 'phone', '031-390 61 52'), (2, 1, 'nick', 'Assa'), (3, 1, 'number', 'K-4711'), (4, 1, 'shoe', 'K-9999'), (5, 2, 'number', 'K-1234');
		create table crm.note (id int primary key, body text);
		insert into crm.note values (1, 'Faktura K-4711 till K-1234'), (2, 'nr 0313906152'), (3, 'sko K-9999')`, `
      crm.value:
        disclose: "no"
        path: {on: {person_id: crm.person.id}}
        erase: delete_row
        columns:
          id: {keep: number}
          person_id: {keep: the row goes}
          field: {keep: which field}
          value:
            roles: {phone: "field = 'phone'", nickname: "field = 'nick'", customer_no: "field = 'number'"}
            disclose: "no"
      crm.note:
        mentions: true
        columns: {id: {keep: number}, body: {erase: redact, disclose: "no"}}
`)
	who, err := s.Identifiers(t.Context(), []string{"1"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{[]string{"031-390 61 52"}, []string{"Assa"}, "K-4711"}, []any{who.Phones, who.Nicknames, who.CustomerNo}); diff != "" {
		t.Errorf("the card: %s", diff)
	}
	erased(t, s, 1)
	if got := one[string](t, pool, `select string_agg(body, '; ' order by id) from crm.note`); got != "Faktura [anonymiserad] till K-1234; nr [anonymiserad]; sko K-9999" {
		t.Errorf("got %q", got)
	}
}

// TestAddressesWithinAText: people write a second address into a free field.
func TestAddressesWithinAText(t *testing.T) {
	t.Parallel()
	s, _ := small(t, `create table crm.more (id int primary key, text text);
		insert into crm.more values (1, E'Privat: assa@hemma.example, eller\nassa.b@annan.example'), (2, E'Inga\nalls')`, `
      crm.more:
        disclose: "no"
        path: {on: {id: crm.person.id}}
        columns: {id: {keep: number}, text: {role: email, erase: null, disclose: "no"}}
`)
	for key, want := range map[string][]string{"1": {"astrid@brandvik.example", "assa@hemma.example", "assa.b@annan.example"}, "2": {"henrik@tolstrup.example"}} {
		who, err := s.Identifiers(t.Context(), []string{key})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, who.Emails); diff != "" {
			t.Errorf("person %s: %s", key, diff)
		}
	}
}

// TestAlsoIsLookedForEverywhere: a surname that nobody else has is enough where somebody has decided so, and only then.
func TestAlsoIsLookedForEverywhere(t *testing.T) {
	t.Parallel()
	tables := `
      crm.note:
        mentions: true
        columns: {id: {keep: number}, body: {erase: redact, disclose: "no"}}
`
	sql := `create table crm.note (id int primary key, body text); insert into crm.note values (1, 'Frågor om Brandvik'), (2, 'Brandviken är lång')`
	for _, also := range [][]string{nil, {"Brandvik"}} {
		s, pool := small(t, sql, tables)
		e := order(1)
		e.Also = also
		e.Approved = rehearsed(t, s, e).Approval()
		out, err := s.Erase(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		want := "Frågor om Brandvik; Brandviken är lång"
		if also != nil {
			want = strings.Replace(want, "om Brandvik", "om [anonymiserad]", 1)
			if found := rescanned(t, s, out.Identifiers); len(found) != 0 {
				t.Errorf("left: %+v", found)
			}
		}
		if got := one[string](t, pool, `select string_agg(body, '; ' order by id) from crm.note`); got != want {
			t.Errorf("also %q: got %q, want %q", also, got, want)
		}
	}
}
