package records_test

import (
	"slices"
	"strings"
	"testing"

	"insyn/internal/democrm"
	"insyn/internal/records"
)

// tied is what ties others to a card, as "key: kinds".
func tied(t *testing.T, s *records.Source, ids ...int64) []string {
	t.Helper()
	var keys []string
	for _, id := range ids {
		keys = append(keys, key(id))
	}
	ties, err := s.Ties(t.Context(), keys)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, x := range ties {
		if !slices.Contains(keys, x.With.Key) || x.With.Source != "crm" || x.Ref.Source != "crm" {
			t.Errorf("tie %v is with %v, want one of the request's", x.Ref, x.With)
		}
		out = append(out, x.Ref.Key+": "+strings.Join(x.Kinds, " "))
	}
	return out
}

func TestTiesOfTheCases(t *testing.T) {
	t.Parallel()
	s, _ := crm(t)
	for _, c := range []struct {
		name string
		of   []int64
		want []string
	}{
		{"one mailbox, two persons", []int64{democrm.SharedMailboxA}, []string{"5: email"}},
		{"both of them in the request", []int64{democrm.SharedMailboxA, democrm.SharedMailboxB}, nil},
		{"an open duplicate; the merged one is the person already", []int64{democrm.DuplicateKept}, []string{"16: email phone"}},
		{"seen from the duplicate", []int64{democrm.DuplicateOpen}, []string{"15: email phone"}},
		{"seen from the merged card", []int64{democrm.DuplicateMerged}, []string{"16: email phone"}},
		{"a name alone", []int64{democrm.SameNameA}, nil},
		{"a deal alone", []int64{democrm.Unique}, nil},
		{"nothing to share", []int64{democrm.NoMail}, nil},
	} {
		if got := tied(t, s, c.of...); !slices.Equal(got, append([]string{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestTiesBySpelling(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	u := democrm.KnownPerson(democrm.Unique)
	other := democrm.Bare
	for _, c := range []struct{ name, sql, value, want string }{
		{"a mail address in capitals", `insert into crm.person_email (person_id, address, kind) values ($1, $2, 'private')`, strings.ToUpper(u.Emails[1]), "27: email"},
		{"a personnummer without its century", `update crm.person set personnummer = $2 where id = $1`, u.Personnummer[2:], "27: personnummer"},
		{"a customer number in small letters", `update crm.person set customer_no = $2 where id = $1`, strings.ToLower(u.CustomerNo), "27: customer_no"},
		{"a handle as a link", `update crm.person set custom = jsonb_build_object('linkedin', $2::text) where id = $1`, "https://social.example/in/" + strings.ToUpper(u.Handle) + "/", "27: handle"},
		{"a phone number, another name", `insert into crm.person_phone (person_id, number, kind) values ($1, $2, 'mobile')`, "0" + u.Phones[0][3:], ""},
		{"a phone number and the surname in another spelling", `with p as (insert into crm.person_phone (person_id, number, kind) values ($1, $2, 'mobile'))
			update crm.person set surname = 'Ekenskaer' where id = $1`, "0" + u.Phones[0][3:], "27: phone"},
		{"a phone number and the former surname", `with p as (insert into crm.person_phone (person_id, number, kind) values ($1, $2, 'mobile'))
			update crm.person set surname = 'BRUNNSVIK' where id = $1`, "0046 " + u.Phones[0][3:], "27: phone"},
	} {
		before := one[string](t, pool, `select jsonb_build_array(surname, customer_no, personnummer, custom)::text from crm.person where id = $1`, other)
		execute(t, pool, c.sql, other, c.value)
		if got := strings.Join(tied(t, s, democrm.Unique), ", "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if got := strings.Join(tied(t, s, other), ", "); got != strings.Replace(c.want, "27", "1", 1) {
			t.Errorf("%s, from the other side: got %q", c.name, got)
		}
		execute(t, pool, `delete from crm.person_email where person_id = $1 and lower(address) = lower($2)`, other, c.value)
		execute(t, pool, `delete from crm.person_phone where person_id = $1 and number = $2`, other, c.value)
		execute(t, pool, `update crm.person set surname = j ->> 0, customer_no = j ->> 1, personnummer = j ->> 2, custom = j -> 3 from (select $2::jsonb as j) as b where id = $1`, other, before)
	}
	if got := tied(t, s, democrm.Unique); len(got) > 0 {
		t.Errorf("afterwards: got %v, want nothing left", got)
	}
}

func TestAMergedCardTiesForTheOneThatReplacedIt(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	execute(t, pool, `update crm.person set replaced_by = $2 where id = $1`, democrm.SharedMailboxB, democrm.Busy)
	if got := tied(t, s, democrm.SharedMailboxA); !slices.Equal(got, []string{key(democrm.Busy) + ": email"}) {
		t.Errorf("got %v, want the live card", got)
	}
	same, err := s.SamePerson(t.Context(), []string{key(democrm.SharedMailboxB)})
	slices.Sort(same)
	if err != nil || !slices.Equal(same, []string{key(democrm.Busy), key(democrm.SharedMailboxB)}) {
		t.Errorf("cards of one person: %v, %v", same, err)
	}
	n, err := s.SharedOutside(t.Context(), democrm.KnownPerson(democrm.SharedMailboxA).Emails[0], []string{key(democrm.SharedMailboxA)})
	if err != nil || n != 0 {
		t.Errorf("shared with %d others, %v; want none that is live", n, err)
	}
}

func TestTwoErasedCardsAreNotTied(t *testing.T) {
	t.Parallel()
	s, _ := crm(t)
	erased(t, s, democrm.DuplicateKept)
	erased(t, s, democrm.DuplicateOpen)
	if got := tied(t, s, democrm.DuplicateOpen); len(got) > 0 {
		t.Errorf("got %v, want nothing", got)
	}
}

func TestTiesAcrossSources(t *testing.T) {
	t.Parallel()
	a, _ := crm(t)
	b, pool := crm(t)
	b.Name = "shop"
	execute(t, pool, `delete from crm.person_email where person_id <> $1`, democrm.SharedMailboxB)
	execute(t, pool, `update crm.person set customer_no = null, personnummer = null`)
	execute(t, pool, `delete from crm.person_phone`)
	ties, err := records.FindTies(t.Context(), []*records.Source{a, b}, []records.Ref{{Source: "crm", Key: key(democrm.SharedMailboxA)}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range ties {
		got = append(got, x.Ref.Source+":"+x.Ref.Key)
	}
	if !slices.Equal(got, []string{"crm:5", "shop:5"}) {
		t.Errorf("got %v, want the card in each source", got)
	}
}
