package records_test

import (
	"crypto/rand"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/records"
	"insyn/internal/seal"
)

const toldNotes = `
      crm.note:
        label: {sv: Anteckningar, en: Notes}
        category: c
        purpose: work
        provenance: staff
        retention: contact
        path: {on: {person_id: crm.person.id}}
        columns:
          id: {keep: number}
          person_id: {erase: cut, disclose: "no"}
          body: {erase: redact, scan: true, disclose: mask_others, label: {sv: Text, en: Text}}
          secret: {erase: redact, scan: true, disclose: "no"}
`

// passages are what Elsewhere finds of person 1, Astrid Brandvik, with its hashes by text.
func passages(t *testing.T, s *records.Source, hash *records.Hasher) (texts []string, hashes map[string]string) {
	t.Helper()
	found, err := s.Elsewhere(t.Context(), []string{key(1)}, hash)
	if err != nil {
		t.Fatal(err)
	}
	hashes = map[string]string{}
	for _, p := range found.Places {
		text := p.Before + "[" + p.Match + "]" + p.After
		texts = append(texts, text)
		hashes[text] = string(p.Hash)
	}
	slices.Sort(texts)
	return texts, hashes
}

func TestPassagesInRecordsOfOthers(t *testing.T) {
	t.Parallel()
	s, pool := small(t, `create table crm.note (id int primary key generated always as identity, person_id int, body text, secret text)`, toldNotes)
	note := func(pool *pgxpool.Pool, person int, body, secret string) {
		t.Helper()
		execute(t, pool, `insert into crm.note (person_id, body, secret) values ($1, $2, $3)`, person, body, secret)
	}
	note(pool, 2, "Henrik fick tipset av Astrid Brandvik, ring henrik@tolstrup.example.", "Astrid Brandvik vet inte om det.")
	note(pool, 2, "Brandvik ringde. Hon hette Brandvik.", "")
	note(pool, 1, "Astrid Brandvik ringde.", "")
	note(pool, 2, "Ingen nämns.", "")
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.New(raw)
	if err != nil {
		t.Fatal(err)
	}
	hash := &records.Hasher{Keys: keys}
	texts, hashes := passages(t, s, hash)
	want := []string{"[Brandvik] ringde. Hon hette Brandvik.", "█████ fick tipset av [Astrid Brandvik], ring █████."}
	if !slices.Equal(texts, want) {
		t.Fatalf("found %q, want %q: of rows of others alone, of columns that are told, and others covered", texts, want)
	}
	_, again := passages(t, s, hash)
	execute(t, pool, `update crm.note set body = 'Brandvik ringde. Hon hette Brandvik!' where id = 2`)
	_, changed := passages(t, s, hash)
	if again[want[0]] != hashes[want[0]] || again[want[1]] != hashes[want[1]] || changed[want[1]] != hashes[want[1]] {
		t.Error("a passage that nobody changed has another hash: what was decided about it is lost")
	}
	for _, h := range changed {
		if h == hashes[want[0]] {
			t.Error("a passage that was changed after the decision has the same hash: the person gets what nobody looked at")
		}
	}
}
