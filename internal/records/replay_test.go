package records_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/democrm"
	"insyn/internal/ledger"
	"insyn/internal/records"
	"insyn/internal/seal"
)

func hasher(t *testing.T) *records.Hasher {
	t.Helper()
	master := sha256.Sum256([]byte("a key of the test"))
	keys, err := seal.New(master[:])
	if err != nil {
		t.Fatal(err)
	}
	return &records.Hasher{Keys: keys}
}

// hashed erases a person with hashes and gives the ledger's row as the file holds it.
func hashed(t *testing.T, s *records.Source, h *records.Hasher, id int64) ledger.Entry {
	t.Helper()
	e := order(id)
	e.Subject, e.Hash = h.Keys.Subject("crm", key(id)), h
	e.Approved = rehearsed(t, s, e).Approval()
	if _, err := s.Erase(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	row, found, err := s.Entry(t.Context(), e.RequestID, e.Subject)
	if err != nil || !found {
		t.Fatalf("no ledger row: %v", err)
	}
	return row
}

func TestPersonsAreFoundAgainByKeyOrByWhatIsOnTheirCards(t *testing.T) {
	t.Parallel()
	s, first := crm(t)
	restored, pool := crm(t) // another copy: as a backup gives it back
	h := hasher(t)
	for _, db := range []*pgxpool.Pool{first, pool} { // 26 has a name alone
		execute(t, db, `delete from crm.person_email where person_id = 26`)
		execute(t, db, `delete from crm.person_phone where person_id = 26`)
		execute(t, db, `update crm.person set personnummer = null, customer_no = null, custom = '{}' where id = 26`)
	}
	var lost []ledger.Entry
	for _, id := range []int64{democrm.Unique, democrm.Bare, 21, 22, 23, 24, 25, 26} {
		lost = append(lost, hashed(t, s, h, id))
	}
	execute(t, pool, `update crm.person set customer_no = 'C-77' where id = 22`)
	// 21 is under a new key; 23 and another card have the same address, and 23's key is gone; of 24 there is only the customer
	// number, on a new card; of 25 nothing is left.
	moved := func(from, to int64, keep string) {
		execute(t, pool, `insert into crm.person (id, given_name, surname, customer_no) overriding system value
			values ($1, 'Annat', 'Namn', 'N-' || $1::bigint)`, to)
		if keep == "email" {
			execute(t, pool, `insert into crm.person_email (person_id, address) select $2, address from crm.person_email where person_id = $1 order by id limit 1`, from, to)
		}
	}
	number := one[string](t, pool, `select customer_no from crm.person where id = 24`)
	moved(21, 90_021, "email")
	moved(23, 90_023, "email")
	moved(23, 91_023, "email")
	moved(24, 90_024, "")
	for _, id := range []int64{21, 23, 24, 25} {
		execute(t, pool, `update crm.person set replaced_by = null where replaced_by = $1`, id)
		for _, table := range []string{"person_email", "person_phone"} {
			execute(t, pool, `delete from crm.`+table+` where person_id = $1`, id)
		}
		execute(t, pool, `alter table crm.person disable trigger all`)
		execute(t, pool, `delete from crm.person where id = $1`, id)
		execute(t, pool, `alter table crm.person enable trigger all`)
	}
	execute(t, pool, `update crm.person set customer_no = $1 where id = 90024`, number)
	matches, err := restored.Find(t.Context(), records.Search{Hash: h, Lost: lost})
	if err != nil {
		t.Fatal(err)
	}
	got := map[int64]string{}
	for i, id := range []int64{democrm.Unique, democrm.Bare, 21, 22, 23, 24, 25, 26} {
		got[id] = fmt.Sprint(matches[i].Keys, matches[i].Doubt)
	}
	want := map[int64]string{
		democrm.Unique: fmt.Sprintf("[%d] []", democrm.Unique), democrm.Bare: fmt.Sprintf("[%d] []", democrm.Bare),
		21: "[90021] []", 22: "[22] []", 23: "[] [{90023 several_persons} {91023 several_persons}]", 24: "[] [{90024 number_only}]", 25: "[] []", 26: "[26] []",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	matches, err = restored.Find(t.Context(), records.Search{Hash: h, Lost: lost, Decided: map[string]bool{"90023": true, "91023": false, "90024": true}})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(matches[4].Keys, matches[5].Keys); got != "[90023] [90024]" {
		t.Errorf("after somebody looked: %s", got)
	}
}

// INSYN_LARGE=1000000 go test ./internal/records -run TestSearchOfManyKeys -v
func TestSearchOfManyKeys(t *testing.T) {
	t.Parallel()
	n := int64(2000)
	if v := os.Getenv("INSYN_LARGE"); v != "" {
		if _, err := fmt.Sscan(v, &n); err != nil {
			t.Fatal(err)
		}
	}
	s, _ := crm(t)
	restored, pool := crm(t)
	h := hasher(t)
	lost := []ledger.Entry{hashed(t, s, h, 21), hashed(t, s, h, 22)}
	execute(t, pool, `alter table crm.person disable trigger all; alter table crm.person_email disable trigger all; alter table crm.person_phone disable trigger all`)
	execute(t, pool, `insert into crm.person (id, given_name, surname, customer_no) overriding system value
		select 1000000 + i, 'Fylla', 'Nad' || i, 'F-' || i from generate_series(1, $1::int) as i`, n)
	execute(t, pool, `insert into crm.person_email (person_id, address) select 1000000 + i, 'f' || i || '@fyllnad.example' from generate_series(1, $1::int) as i`, n)
	execute(t, pool, `insert into crm.person_phone (person_id, number) select 1000000 + i, '+4670' || i from generate_series(1, $1::int) as i`, n)
	execute(t, pool, `analyze`)
	began := time.Now()
	matches, err := restored.Find(t.Context(), records.Search{Hash: h, Lost: lost})
	if err != nil || fmt.Sprint(matches[0].Keys, matches[1].Keys) != "[21] [22]" {
		t.Fatalf("got %v, %v", matches, err)
	}
	t.Logf("%d keys: %s", n, time.Since(began).Round(time.Millisecond))
	lost[0].KeyHMACs = [][]byte{[]byte("a key that is gone")}
	began = time.Now()
	if matches, err = restored.Find(t.Context(), records.Search{Hash: h, Lost: lost}); err != nil || fmt.Sprint(matches[0].Keys) != "[21]" {
		t.Fatalf("by identifiers: got %v, %v", matches, err)
	}
	t.Logf("%d cards by identifiers: %s", n, time.Since(began).Round(time.Millisecond))
}
