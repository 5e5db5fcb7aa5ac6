package bench

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// subject is one of many persons who are alike.
type subject struct {
	id             int64
	given, surname string
	email, phone   string
	personnummer   string
	customerNo     string
}

const (
	// linkedRows are a subject's own rows, the card with them. Of these, lawRows are kept.
	linkedRows = 200
	lawRows    = 9
	// namedRows are other people's rows that name the subject.
	namedRows = 15
	// loggedRows are those that the triggers write while the card, two addresses and two numbers go.
	loggedRows = 5

	firstID = 50_000_000 // above all ids of the generator
)

func (p subject) full() string { return p.given + " " + p.surname }

// patterns are what a text may call the person, for "like".
func (p subject) patterns() []string {
	return []string{"%" + strings.ToLower(p.full()) + "%", "%" + p.email + "%", "%" + p.phone + "%", "%" + p.personnummer + "%", "%" + strings.ToLower(p.customerNo) + "%"}
}

// subject writes the person with this number into the CRM. Surnames have no letters in common that a search could mix up.
func (c *crm) subject(b *testing.B, n int) subject {
	b.Helper()
	syllables := []string{"ba", "ke", "li", "mo", "nu", "ra", "so", "ti", "vo", "du", "fe", "gi", "ho", "ju", "pa", "re"}
	surname := syllables[n%16] + syllables[n/16%16] + syllables[n/256%16] + "fjäll"
	p := subject{
		id: firstID + int64(n), given: "Tyra", surname: strings.ToUpper(surname[:1]) + surname[1:],
		// Numbers that nobody can have: a month 13, and ranges for fiction that the generator leaves alone.
		personnummer: fmt.Sprintf("19711301-%04d", 1000+n), customerNo: fmt.Sprintf("B%06d", 700000+n),
		phone: fmt.Sprintf("0980-3%05d", 19200+n),
	}
	p.email = fmt.Sprintf("tyra.nr%d@bankprov.example", 100+n)
	other := int64(41 + n*20%4000) // whom the shared rows are shared with
	for _, sql := range []string{
		`insert into crm.person (id, given_name, surname, customer_no, personnummer, street, postcode, city, organisation_id, created_at, newsletter, newsletter_at, newsletter_how)
		 values (@id::bigint, @given::text, @surname::text, @customer::text, @personnummer::text, 'Provgränd ' || @id::bigint, '111 11', 'Stockholm',
		        (select organisation_id from crm.person where id = 42), '2024-05-05', 'yes', '2025-01-01', 'telefon')`,
		`insert into crm.person_email (person_id, address, is_primary) values (@id::bigint, @email::text, true), (@id::bigint, 'privat.' || @email::text, false)`,
		`insert into crm.person_phone (person_id, number, is_primary) values (@id::bigint, @phone::text, true), (@id::bigint, '08-465004' || lpad((@id::bigint % 100)::text, 2, '0'), false)`,
		`with made as (
		     insert into crm.history (id, kind, at, subject, body)
		     select @id::bigint * 1000 + i, (array['call', 'meeting', 'mail', 'note'])[1 + i % 4], timestamptz '2025-01-01' + i * interval '3 days', 'Samtal med ' || @given::text,
		            'Ringde ' || @given::text || ' ' || @surname::text || ' om leveransen i vecka ' || i % 52 || '. Bekräftelsen ska till ' || @email::text ||
		            ', annars nås ' || @given::text || ' på ' || @phone::text || '. Nästa steg är en ny offert på hela sortimentet.'
		       from generate_series(1, 70) as i
		     returning id)
		 insert into crm.history_person (history_id, person_id)
		 select id, @id::bigint
		   from made`,
		`insert into crm.todo (person_id, text, due) select @id::bigint, 'Ring ' || @given::text || ' ' || @surname::text || ' om offert ' || i, date '2026-01-01' + i from generate_series(1, 15) as i`,
		`with made as (
		     insert into crm.deal (id, title, value, stage, description)
		     select @id::bigint * 10 + i, 'Ramavtal ' || i, 1000 * i, 'offer', @given::text || ' ' || @surname::text || ' vill ha svar före semestern.'
		       from generate_series(1, 3) as i
		     returning id)
		 insert into crm.deal_person (deal_id, person_id)
		 select id, @id::bigint
		   from made`,
		`insert into crm.document (person_id, file_name, body) select @id::bigint, 'offert_' || i || '.txt', 'Till ' || @given::text || ' ' || @surname::text || ': bifogat finns offerten.' from generate_series(1, 5) as i`,
		`insert into crm.newsletter_log (person_id, email, campaign, sent_at) select @id::bigint, @email::text, 'Nyhetsbrev ' || i, timestamptz '2025-01-01' + i * interval '30 days' from generate_series(1, 12) as i`,
		`with made as (
		     insert into crm.invoice (id, number, buyer_person_id, buyer_name, issued_on, financial_year_end, paid_on, total)
		     select @id::bigint * 10 + i, 'P' || @id::bigint * 10 + i, @id::bigint, @given::text || ' ' || @surname::text, date '2025-02-01' + i, '2025-12-31', '2025-03-15', 100
		       from generate_series(1, 3) as i
		     returning id)
		 insert into crm.invoice_line (invoice_id, position, description, quantity, unit_price)
		 select id, i, 'Konsulttimme', 1, 50
		   from made, generate_series(1, 2) as i`,
		`insert into crm.consent_log (person_id, channel, state, at, how) select @id::bigint, 'newsletter', 'yes', timestamptz '2025-01-01' + i * interval '1 day', 'telefon' from generate_series(1, 4) as i`,
		`insert into crm.change_log (person_id, table_name, row_id, operation, changed_columns, old_values)
		 select @id::bigint, 'person', @id::bigint, 'update', '{street}', jsonb_build_object('street', 'Gamla gränd ' || i) from generate_series(1, 4) as i`,
		// What others have: ten shared entries, and their own that name the person.
		`insert into crm.history_person (history_id, person_id) select @id::bigint * 1000 + i, @other::bigint + i from generate_series(1, 10) as i`,
		`with made as (
		     insert into crm.history (id, kind, at, body)
		     select @id::bigint * 1000 + 100 + i, 'note', timestamptz '2026-01-01', 'Tipset kom från ' || @given::text || ' ' || @surname::text || ', som känner dem väl.'
		       from generate_series(1, 10) as i
		     returning id)
		 insert into crm.history_person (history_id, person_id)
		 select id, @other::bigint
		   from made`,
		`insert into crm.todo (id, person_id, text) select @id::bigint * 1000 + 100 + i, @other::bigint, 'Fråga även ' || @given::text || ' ' || @surname::text || ' om saken' from generate_series(1, 3) as i`,
		`insert into crm.document (id, person_id, file_name, body) select @id::bigint * 1000 + 100 + i, @other::bigint, 'protokoll.txt', 'Närvarande: ' || @given::text || ' ' || @surname::text from generate_series(1, 2) as i`,
	} {
		execute(b, c.pool, sql, pgx.NamedArgs{
			"id": p.id, "given": p.given, "surname": p.surname, "email": p.email, "phone": p.phone,
			"customer": p.customerNo, "personnummer": p.personnummer, "other": other,
		})
	}
	return p
}
