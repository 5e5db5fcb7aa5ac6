package records_test

import (
	"strings"
	"testing"

	"insyn/internal/democrm"
	"insyn/internal/dossier"
	"insyn/internal/records"
)

// tape records a dossier.
type tape struct {
	sections []dossier.Section
	records  map[string][]dossier.Record
	open     bool
}

func (s *tape) Meta(dossier.Meta) error { return nil }

func (s *tape) Begin(sec dossier.Section) error {
	if s.records == nil {
		s.records = map[string][]dossier.Record{}
	}
	s.sections, s.open = append(s.sections, sec), true
	return nil
}

func (s *tape) Record(r dossier.Record) error {
	id := s.sections[len(s.sections)-1].ID
	s.records[id] = append(s.records[id], r)
	return nil
}

func (s *tape) End() error {
	s.open = false
	return nil
}

func (s *tape) text() string {
	var b strings.Builder
	for _, sec := range s.sections {
		for _, r := range s.records[sec.ID] {
			for _, v := range r.Values {
				b.Write(v.JSON)
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}

func collected(t *testing.T, s *records.Source, o records.CollectOptions, ids ...int64) *tape {
	t.Helper()
	var keys []string
	for _, id := range ids {
		keys = append(keys, key(id))
	}
	out := &tape{}
	if err := s.Collect(t.Context(), keys, o, out); err != nil {
		t.Fatal(err)
	}
	if out.open {
		t.Error("the last section was not ended")
	}
	return out
}

func TestCollectHasAllSectionsAndMasksOthers(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	got := collected(t, s, records.CollectOptions{}, democrm.Unique)
	var ids []string
	for _, sec := range got.sections {
		ids = append(ids, sec.ID)
		if len(sec.Purposes) == 0 || len(sec.Retention) == 0 || len(sec.Provenance) == 0 || len(sec.Recipients) == 0 {
			t.Errorf("%s does not say why, how long, from where or to whom", sec.ID)
		}
		for _, r := range got.records[sec.ID] {
			if len(r.Values) != len(sec.Fields) {
				t.Fatalf("%s: a record has %d values, want %d", sec.ID, len(r.Values), len(sec.Fields))
			}
		}
	}
	want := "crm.person crm.person_email crm.person_phone crm.organisation crm.history crm.todo crm.deal crm.deal_person crm.document " +
		"crm.newsletter_log crm.invoice crm.invoice_line crm.consent_log crm.change_log"
	if strings.Join(ids, " ") != want {
		t.Errorf("got sections %v, want %s", ids, want)
	}
	for _, table := range []struct{ id, count string }{
		{"crm.history", `select count(*) from crm.history_person where person_id = $1`},
		{"crm.change_log", `select count(*) from crm.change_log where person_id = $1`},
		{"crm.invoice", `select count(*) from crm.invoice where buyer_person_id = $1`},
	} {
		if n := one[int64](t, pool, table.count, democrm.Unique); int64(len(got.records[table.id])) != n {
			t.Errorf("%s: got %d rows, want %d", table.id, len(got.records[table.id]), n)
		}
	}
	other := democrm.KnownPerson(democrm.Colleague)
	text := got.text()
	for _, secret := range append([]string{other.FullName(), other.Surname}, append(other.Emails, other.Phones...)...) {
		if strings.Contains(text, secret) {
			t.Errorf("the colleague's %q is not masked", secret)
		}
	}
	u := democrm.KnownPerson(democrm.Unique)
	for _, own := range []string{u.Surname, u.Emails[0], u.OldEmail, u.OldStreet, u.Personnummer} {
		if !strings.Contains(text, own) {
			t.Errorf("the person's own %q is missing", own)
		}
	}
	masked := 0
	for _, r := range got.records["crm.history"] {
		for _, v := range r.Values {
			if v.Masked {
				masked++
			}
		}
	}
	if masked == 0 {
		t.Error("nothing is marked as masked")
	}
}

func TestPortableIsProvidedOnConsentOrContract(t *testing.T) {
	t.Parallel()
	s, _ := crm(t)
	for _, tc := range []struct {
		name string
		id   int64
		want string
	}{
		{"a contact person without consent", democrm.RegisterLinked, ""},
		{"a reader of the newsletter", democrm.Consented, "crm.person crm.person_email crm.newsletter_log"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := collected(t, s, records.CollectOptions{Portable: true}, tc.id)
			var ids []string
			for _, sec := range got.sections {
				ids = append(ids, sec.ID)
				for _, f := range sec.Fields {
					if !f.Portable || f.Provenance != "provided" && f.Provenance != "observed" {
						t.Errorf("%s.%s is %s and not portable", sec.ID, f.Name, f.Provenance)
					}
				}
			}
			if strings.Join(ids, " ") != tc.want {
				t.Errorf("got %v, want %q", ids, tc.want)
			}
			d, err := s.Describe(t.Context(), []string{key(tc.id)})
			if err != nil {
				t.Fatal(err)
			}
			if d.Portable != (tc.want != "") {
				t.Errorf("portable is %v", d.Portable)
			}
		})
	}
}
