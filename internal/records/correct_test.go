package records_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"insyn/internal/democrm"
	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/refdata"
)

func value(t *testing.T, s *records.Source, id int64, suffix string) records.EditField {
	t.Helper()
	form, err := s.EditForm(t.Context(), key(id))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range form {
		if strings.HasSuffix(f.ID, suffix) {
			return f
		}
	}
	t.Fatalf("the form has no field %s", suffix)
	return records.EditField{}
}

func TestCorrectIsAllOrNothingAndSeesConflicts(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	given, mail := value(t, s, democrm.Unique, ".given_name"), value(t, s, democrm.Unique, ":address")
	changes := []records.Change{{ID: given.ID, Old: given.Value, New: "  Ylva "}, {ID: mail.ID, Old: mail.Value, New: "ylva@ny.example"}}
	done, err := s.Correct(t.Context(), key(democrm.Unique), changes)
	if err != nil || len(done.Applied) != 2 {
		t.Fatalf("got %v %v, want both applied", done, err)
	}
	if got := value(t, s, democrm.Unique, ".given_name").Value; got != "Ylva" {
		t.Errorf("the name is %q", got)
	}
	if done, err = s.Correct(t.Context(), key(democrm.Unique), changes); err != nil || len(done.Applied) != 2 {
		t.Errorf("a second run: got %v %v, want it harmless", done, err)
	}
	title := value(t, s, democrm.Unique, ".title")
	execute(t, pool, `update crm.person set given_name = 'Ylle' where id = $1`, democrm.Unique)
	_, err = s.Correct(t.Context(), key(democrm.Unique), []records.Change{{ID: title.ID, Old: title.Value, New: "Chef"}, {ID: given.ID, Old: "Ylva", New: "Ylvali"}})
	var conflict *records.Conflict
	if !errors.As(err, &conflict) || conflict.ID != given.ID || conflict.Current != "Ylle" || !errors.Is(err, dsar.ErrConflict) {
		t.Errorf("got %v, want a conflict on the name", err)
	}
	if strings.Contains(err.Error(), "Ylle") {
		t.Error("the error holds the value")
	}
	if got := value(t, s, democrm.Unique, ".title").Value; got != title.Value {
		t.Errorf("the title was written although the name was in conflict: %q", got)
	}
	other := value(t, s, democrm.Colleague, ":address")
	for _, c := range []struct {
		change records.Change
		want   error
	}{
		{records.Change{ID: other.ID, Old: other.Value, New: "x@ny.example"}, dsar.ErrNotFound},
		{records.Change{ID: "crm.person.owner_id", Old: "1", New: "2"}, dsar.ErrNotFound},
		{records.Change{ID: "crm.invoice:1:total", Old: "1", New: "2"}, dsar.ErrNotFound},
		{records.Change{ID: mail.ID, Old: "ylva@ny.example", New: "nobody"}, dsar.ErrInvalid},
		{records.Change{ID: mail.ID, Old: "ylva@ny.example", New: ""}, dsar.ErrInvalid},
		{records.Change{ID: "crm.person.language", Old: "sv", New: "xx"}, dsar.ErrInvalid},
	} {
		if _, err := s.Correct(t.Context(), key(democrm.Unique), []records.Change{c.change}); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.change.ID, err, c.want)
		}
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ kind, in, want, problem string }{
		{"email", " Anna@firma.example ", "Anna@firma.example", ""},
		{"email", "Anna <anna@firma.example>", "", "email"},
		{"email", `"a b"@firma.example`, "", "email"},
		{"email", "anna@firma", "", "email"},
		{"phone", "070-1740612", "+46 70 174 06 12", ""},
		{"phone", "12", "", "phone"},
		{"personnummer", "811228-9874", "19811228-9874", ""},
		{"personnummer", "811228-9875", "", "personnummer"},
		{"date", "1981-12-28", "1981-12-28", ""},
		{"date", "1981-02-30", "", "date"},
		{"date", "2999-01-01", "", "date"},
		{"name", " Anna  Lisa ", "Anna Lisa", ""},
		{"name", "<b>", "", "other"},
		{"text", strings.Repeat("x", 501), "", "too_long"},
		{"text", "a\x00b", "", "other"},
		{"text", "", "", ""},
	} {
		if got, problem := records.Validate(tc.kind, tc.in); got != tc.want || problem != tc.problem {
			t.Errorf("%s %q: got %q %q, want %q %q", tc.kind, tc.in, got, problem, tc.want, tc.problem)
		}
	}
}

func TestSetConsentKeepsTheProof(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	at := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	yes := records.Consent{State: "yes", At: at, How: "phone", Wording: "v3", By: "7"}
	for _, bad := range []records.Consent{{State: "yes", At: at}, {State: "yes", How: "phone"}, {State: "maybe"}} {
		if err := s.SetConsent(t.Context(), key(democrm.Bare), "newsletter", bad); !errors.Is(err, dsar.ErrInvalid) {
			t.Errorf("%+v: got %v, want invalid", bad, err)
		}
	}
	lines := one[int64](t, pool, `select count(*) from crm.consent_log where person_id = $1`, democrm.Bare)
	for range 2 {
		if err := s.SetConsent(t.Context(), key(democrm.Bare), "newsletter", yes); err != nil {
			t.Fatal(err)
		}
	}
	p, err := s.Person(t.Context(), key(democrm.Bare))
	if err != nil {
		t.Fatal(err)
	}
	if p.Newsletter != yes || !p.Touched {
		t.Errorf("got %+v, want %+v", p.Newsletter, yes)
	}
	if n := one[int64](t, pool, `select count(*) from crm.consent_log where person_id = $1`, democrm.Bare); n != lines+1 {
		t.Errorf("the log has %d new lines, want one for two runs of one job", n-lines)
	}
	if err := s.SetConsent(t.Context(), "999999", "newsletter", yes); !errors.Is(err, dsar.ErrNotFound) {
		t.Errorf("got %v, want not found", err)
	}
}

func TestCreateFromRegisterMakesOneCard(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	p := refdata.Person{RegisterID: "R77777777", Given: "Rut", Surname: "Registersson", City: "Falun"}
	keys := make([]string, 4)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			k, err := s.CreateFromRegister(t.Context(), p)
			if err != nil {
				t.Error(err)
			}
			keys[i] = k
		})
	}
	wg.Wait()
	if n := one[int64](t, pool, `select count(*) from crm.person where register_id = $1`, p.RegisterID); n != 1 {
		t.Errorf("%d cards were made", n)
	}
	if k, err := s.ByRegisterID(t.Context(), p.RegisterID); err != nil || k != keys[0] || keys[1] != keys[0] {
		t.Errorf("got %q %v, want %v", k, err, keys)
	}
	got, err := s.Person(t.Context(), keys[0])
	if err != nil {
		t.Fatal(err)
	}
	if got.Touched {
		t.Error("a card that nobody has worked with is touched")
	}
	if _, err := s.ByRegisterID(t.Context(), "R0"); !errors.Is(err, dsar.ErrNotFound) {
		t.Errorf("got %v, want not found", err)
	}
}

func TestSectionsCountWhatTheDossierHolds(t *testing.T) {
	t.Parallel()
	s, _ := crm(t)
	sections, err := s.Sections(t.Context(), key(democrm.Unique))
	if err != nil {
		t.Fatal(err)
	}
	got := collected(t, s, records.CollectOptions{}, democrm.Unique)
	if len(sections) != len(got.sections) {
		t.Errorf("%d sections, the dossier has %d", len(sections), len(got.sections))
	}
	for _, sec := range sections {
		if n := len(got.records[sec.ID]); n != sec.Count {
			t.Errorf("%s: %d rows, the dossier has %d", sec.ID, sec.Count, n)
		}
		if len(sec.First) == 0 || len(sec.First[0].Values) != len(sec.Fields) || len(sec.Purposes) == 0 {
			t.Errorf("%s has no first rows or no purpose", sec.ID)
		}
	}
}
