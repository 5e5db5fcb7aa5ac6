package records_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"insyn/internal/democrm"
	"insyn/internal/dsar"
)

func TestSearchFindsByEverythingOnTheCard(t *testing.T) {
	t.Parallel()
	s, _ := crm(t)
	u := democrm.KnownPerson(democrm.Unique)
	for _, tc := range []struct{ name, text, why string }{
		{"full name", u.FullName(), "name"},
		{"reversed, in capitals", strings.ToUpper(u.Surname + ", " + u.Given), "name"},
		{"without dots", "Ylvali Ekenskar", "name"},
		{"former surname", u.Former, "name"},
		{"nickname", u.Nickname, "name"},
		{"mail", strings.ToUpper(u.Emails[0]), "email"},
		{"part of mail", strings.Split(u.Emails[1], "@")[0], "email"},
		{"phone as E.164", u.Phones[0], "phone"},
		{"phone as national", "0" + strings.TrimPrefix(u.Phones[0], "+46"), "phone"},
		{"phone with blanks", "070-174 0" + u.Phones[0][len(u.Phones[0])-3:], "phone"},
		{"personnummer", u.Personnummer, "personnummer"},
		{"personnummer, ten digits", strings.ReplaceAll(u.Personnummer[2:], "-", ""), "personnummer"},
		{"customer number", strings.ToLower(u.CustomerNo), "customer_no"},
		{"organisation", "fjallgrens verkstad", "organisation"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			hits, err := s.Search(t.Context(), tc.text, 50)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range hits {
				if h.Ref.Key == key(u.ID) {
					if h.Why != tc.why {
						t.Errorf("found by %s, want %s", h.Why, tc.why)
					}
					return
				}
			}
			t.Errorf("%q found %d others and not the person", tc.text, len(hits))
		})
	}
}

func TestSearchSurvivesAnyText(t *testing.T) {
	t.Parallel()
	s, _ := crm(t)
	for _, text := range []string{"", " ", "%", "%%", `\`, `_\'"`, "'; drop table crm.person; --", "\x00\x00%", "🙂🙂", strings.Repeat("x", 5000)} {
		hits, err := s.Search(t.Context(), text, 10)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if len(hits) > 0 {
			t.Errorf("%q found %d persons", text, len(hits))
		}
	}
}

func TestPersonHasTheRolesOfTheMap(t *testing.T) {
	t.Parallel()
	s, _ := crm(t)
	u := democrm.KnownPerson(democrm.Unique)
	p, err := s.Person(t.Context(), key(u.ID))
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != u.FullName() || p.CustomerNo != u.CustomerNo || p.Personnummer != u.Personnummer || p.RegisterID != u.RegisterID {
		t.Errorf("got %q %q, want the case's name and numbers", p.Name, p.CustomerNo)
	}
	if p.Emails[0].Address != u.Emails[0] || !p.Emails[0].Primary || len(p.Emails) != len(u.Emails) {
		t.Errorf("got %d addresses, want %d with the primary first", len(p.Emails), len(u.Emails))
	}
	if !slices.Contains(p.Mention.Handles, u.Handle) {
		t.Errorf("got handles %v, want that of the custom fields", p.Mention.Handles)
	}
	if p.SoleTrader || p.Organisation == "" {
		t.Error("an employee is no sole trader and has an organisation")
	}
	shared, err := s.Person(t.Context(), key(democrm.SharedMailboxA))
	if err != nil {
		t.Fatal(err)
	}
	if shared.Emails[0].SharedBy != 1 {
		t.Errorf("the shared mailbox is shared by %d others, want 1", shared.Emails[0].SharedBy)
	}
	merged, err := s.Person(t.Context(), key(democrm.DuplicateMerged))
	if err != nil {
		t.Fatal(err)
	}
	if merged.Emails[0].SharedBy != 0 {
		t.Errorf("a merged card shares its mailbox with %d others, want 0: the other card is the same person", merged.Emails[0].SharedBy)
	}
	trader, err := s.Person(t.Context(), key(democrm.SoleTrader))
	if err != nil {
		t.Fatal(err)
	}
	if !trader.SoleTrader {
		t.Error("the sole trader is not seen as one")
	}
	for _, k := range []string{"999999", "", "1,2", "x", "1 or 1=1", strings.Repeat("9", 30)} {
		if _, err := s.Person(t.Context(), k); !errors.Is(err, dsar.ErrNotFound) {
			t.Errorf("key %q: got %v, want not found", k, err)
		}
	}
}

func TestDuplicates(t *testing.T) {
	t.Parallel()
	s, _ := crm(t)
	hits, err := s.Duplicates(t.Context(), key(democrm.DuplicateKept))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, h := range hits {
		got[h.Ref.Key] = h.Why
	}
	if got[key(democrm.DuplicateMerged)] != "merged" || got[key(democrm.DuplicateOpen)] == "" || len(got) != 2 {
		t.Errorf("got %v, want the merged card and the one that nobody has merged", got)
	}
}
