package records_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"insyn/internal/datamap"
	"insyn/internal/democrm"
	"insyn/internal/records"
)

// What Go hashes when somebody objects, the function in the source must make of what an importer gives it.
func TestGoAndSQLAgreeOnPhones(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a repeatable sequence
	pieces := []string{"+", "0", "00", "46", "+46", "(0)", "70", "8", "1", "23", "456", "-", " ", "/", "\u00a0", "(", ")", ".", "+47", "x", "tel:", "٣", "49 30", "90"}
	raw := []string{"", "0", "+", "070-123 45 67", "+46 (0)70 123 45 67", "0046701234567", "46701234567", "70 123 45 67", "+46 070 1234567", "08-465 004 00", "+358 40 123 4567"}
	for range 20_000 {
		var b strings.Builder
		for range rng.IntN(9) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		raw = append(raw, b.String())
	}
	rows, err := pool.Query(t.Context(), `select coalesce(insyn_ledger.normal_phone(u.n), '') from unnest($1::text[]) with ordinality as u (n, i) order by u.i`, raw)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	normal, i := 0, 0
	for ; rows.Next(); i++ {
		var got string
		if err := rows.Scan(&got); err != nil {
			t.Fatal(err)
		}
		want := s.NormalPhone(raw[i])
		if got != want {
			t.Fatalf("%q: SQL says %q, Go %q", raw[i], got, want)
		}
		if got != "" {
			normal++
			if again := s.NormalPhone(got); again != got {
				t.Fatalf("%q becomes %q, and that %q", raw[i], got, again)
			}
		}
	}
	if rows.Err() != nil || i != len(raw) || normal < 1000 {
		t.Fatalf("%d of %d answers, %d of them numbers, %v", i, len(raw), normal, rows.Err())
	}
	for _, one := range raw[3:9] {
		if !strings.HasPrefix(s.NormalPhone(one), "+4670") {
			t.Errorf("%q becomes %q, want +46701234567", one, s.NormalPhone(one))
		}
	}
}

func TestMayImport(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	secret := sha256.Sum256([]byte("a key of the test"))
	keyed := withKey(t, pool, fmt.Sprintf("%x", secret))
	add := func(origin, address, phone string) {
		list := []records.Suppression{{HMAC: records.SuppressionHMAC(secret[:], address), Channel: "email", Origin: origin}}
		if phone != "" {
			list = append(list, records.Suppression{HMAC: s.SuppressionPhoneHMAC(secret[:], phone), Channel: "phone", Origin: origin})
		}
		if err := s.Suppress(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	add("optout", "reader@x.example", "070-000 00 01")
	add("objection", "no@x.example", "+46 70 000 00 02")
	add("erasure", "gone@x.example", "")
	add("optout", "no@x.example", "070-000 00 02") // a lesser reason does not replace it
	for _, tc := range []struct {
		address, phone any
		want           bool
	}{
		{"reader@x.example", "0700000001", true},
		{"NO@x.example ", nil, false},
		{"gone@x.example", nil, false},
		{"new@x.example", nil, true},
		{"new@x.example", "0046 70 000 00 02", false},
		{"new@x.example", "x", true},
		{nil, "070-0000002", false},
		{nil, nil, true},
	} {
		if got := one[bool](t, keyed, `select insyn.may_import($1, $2)`, tc.address, tc.phone); got != tc.want {
			t.Errorf("may_import(%v, %v) is %v", tc.address, tc.phone, got)
		}
	}
	if got := one[bool](t, keyed, `select insyn.may_import('gone@x.example')`); got {
		t.Error("without a number, the address is not asked for")
	}
	// A person with such a number may not be processed, whatever their boxes say.
	execute(t, pool, `update crm.person set newsletter = 'yes', newsletter_at = now(), newsletter_how = 'form', processing = 'yes' where id = $1`, democrm.Unique)
	if !one[bool](t, keyed, `select insyn.may_process($1)`, key(democrm.Unique)) {
		t.Fatal("the person may not be processed from the start")
	}
	add("objection", "else@x.example", democrm.KnownPerson(democrm.Unique).Phones[0])
	for _, f := range []string{"may_mail", "may_process"} {
		if one[bool](t, keyed, `select insyn.`+f+`($1)`, key(democrm.Unique)) {
			t.Errorf("%s: yes for a suppressed number", f)
		}
	}
}

func TestARestrictedPersonMayNotBeMailedOrProcessed(t *testing.T) {
	t.Parallel()
	_, pool := crm(t)
	secret := sha256.Sum256([]byte("a key of the test"))
	keyed := withKey(t, pool, fmt.Sprintf("%x", secret))
	execute(t, pool, `update crm.person set newsletter = 'yes', newsletter_at = now(), newsletter_how = 'form', processing = 'yes' where id = $1`, democrm.Unique)
	ask := func(f string) bool { return one[bool](t, keyed, `select insyn.`+f+`($1)`, key(democrm.Unique)) }
	for _, f := range []string{"may_mail", "may_process"} {
		execute(t, pool, `delete from insyn_ledger.restricted`)
		if !ask(f) {
			t.Fatalf("%s: no from the start", f)
		}
		execute(t, pool, `insert into insyn_ledger.restricted (person, request_id) values ($1, 7)`, key(democrm.Unique))
		if ask(f) {
			t.Errorf("%s: yes for a restricted person", f)
		}
	}
}

// A help desk has no boxes: there the answer rests on suppression and restriction.
func TestAMapWithoutConsentColumns(t *testing.T) {
	t.Parallel()
	_, pool := crm(t)
	text := string(democrm.Map())
	for _, role := range []string{"newsletter", "processing"} {
		for _, part := range []string{".wording", ".how", ".at", ".by", ""} {
			text = strings.ReplaceAll(text, "role: consent."+role+part+",", "")
		}
	}
	m, err := datamap.Parse("datamap.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := records.MigrateSource(t.Context(), pool, m, "crm"); err != nil {
		t.Fatal(err)
	}
	secret := sha256.Sum256([]byte("a key of the test"))
	keyed := withKey(t, pool, fmt.Sprintf("%x", secret))
	execute(t, pool, `update crm.person set newsletter = 'unknown', processing = 'unknown' where id = $1`, democrm.Unique)
	for _, f := range []string{"may_mail", "may_process"} {
		ask := func(who string) bool { return one[bool](t, keyed, `select insyn.`+f+`($1)`, who) }
		execute(t, pool, `delete from insyn_ledger.suppression`)
		if !ask(key(democrm.Unique)) || ask("999999") {
			t.Errorf("%s: no for a person without a reason, or yes for nobody", f)
		}
		execute(t, pool, `insert into insyn_ledger.suppression (hmac, channel, origin) values ($1, 'email', 'objection')`,
			records.SuppressionHMAC(secret[:], democrm.KnownPerson(democrm.Unique).Emails[0]))
		if ask(key(democrm.Unique)) {
			t.Errorf("%s: yes for somebody who objected", f)
		}
	}
}
