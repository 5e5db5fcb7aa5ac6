package bench

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dossier"
	"insyn/internal/postgres"
	"insyn/internal/records"
	"insyn/internal/wording"
)

// collect makes the dossier of one person and the CSV of it, beside the same rows copied out by hand.
func (c *crm) collect(b *testing.B) []figure {
	b.Helper()
	p := c.subject(b, 3*rounds+3)
	execute(b, c.pool, `vacuum analyze`)
	words := printer(b)
	var floor, gathered, rendered, both, elsewhere []time.Duration
	var found *records.Elsewhere
	var floorRows, ourRows int64
	var stream bytes.Buffer // a worker cuts it into rows of one size
	for range rounds + 1 {
		floor = append(floor, timed(b, func() (err error) {
			floorRows, err = c.copyOut(b.Context(), p)
			return err
		}))
		stream.Reset()
		first := timed(b, func() (err error) {
			ourRows, err = c.dossier(b.Context(), p.id, &stream)
			return err
		})
		second := timed(b, func() error { return csv(words, bytes.NewReader(stream.Bytes()), int64(stream.Len())) })
		elsewhere = append(elsewhere, timed(b, func() (err error) {
			found, err = c.source.Elsewhere(b.Context(), []string{key(p.id)}, nil)
			return err
		}))
		gathered, rendered, both = append(gathered, first), append(rendered, second), append(both, first+second)
	}
	if floorRows != ourRows {
		b.Fatalf("the floor is another work: we collected %d rows, by hand %d", ourRows, floorRows)
	}
	rows, least := key(ourRows), median(floor[1:])
	return []figure{
		{"collect + CSV", rows, least, median(both[1:]), "floor copies the same columns out"},
		{"  collect", rows, least, median(gathered[1:]), "with the texts of others covered"},
		{"  CSV", rows, 0, median(rendered[1:]), ""},
		{"passages in records of others", key(int64(len(found.Places))), 0, median(elsewhere[1:]), "before a copy that is looked at"},
	}
}

func printer(b *testing.B) dossier.Printer {
	b.Helper()
	texts, err := wording.Load()
	if err != nil {
		b.Fatal(err)
	}
	return dossier.Printer{Texts: texts, Lang: "sv", Loc: time.UTC}
}

// dossier writes the person's stream to w, as a worker does.
func (c *crm) dossier(ctx context.Context, id int64, w io.Writer) (int64, error) {
	d, err := c.source.Describe(ctx, []string{key(id)})
	if err != nil {
		return 0, err
	}
	stream := dossier.NewWriter(w)
	err = stream.Meta(dossier.Meta{
		RequestID: 1, Kind: "access", AsOf: time.Now(), Received: "2026-11-20", Language: "sv", Searched: []dossier.Label{d.Searched}, Portable: d.Portable,
		Controller: dossier.Controller{
			Name: "Nordlyft AB", Address: "Storgatan 1", Switchboard: "08-465 004 00", Country: "SE", DPOName: "Disa Dataskydd",
			DPOTitle: dossier.Label{"sv": "dataskyddsombud", "en": "data protection officer"}, DPOEmail: "dpo@nordlyft.example",
			Authority: dossier.Label{"sv": "Integritetsskyddsmyndigheten", "en": "the Swedish Authority for Privacy Protection"},
		},
		Purposes: d.Purposes, Recipients: d.Recipients, Retention: d.Retention, Categories: d.Categories,
		BasisText: dossier.Label{"sv": "Avtal.", "en": "Contract."}, Automated: dossier.Answer{State: "no"}, Transfers: dossier.Answer{State: "no"},
	})
	if err != nil {
		return 0, err
	}
	if err := c.source.Collect(ctx, []string{key(id)}, records.CollectOptions{}, stream); err != nil {
		return 0, err
	}
	_, rows := stream.Written()
	return rows, stream.Close()
}

func csv(p dossier.Printer, stream io.ReaderAt, size int64) error {
	r, err := dossier.NewReader(stream, size)
	if err != nil {
		return err
	}
	return p.CSV(io.Discard, r)
}

// copyOut reads what a dossier tells of the person in one snapshot and throws it away.
func (c *crm) copyOut(ctx context.Context, p subject) (int64, error) {
	rows := int64(0)
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := postgres.InTxOpts(ctx, c.pool, opts, func(tx pgx.Tx) error {
		for _, sql := range []string{
			`select customer_no, given_name, surname, former_surname, nickname, title, street, postcode, city, country, personnummer, birth_date, tags, custom,
			        language, protected, source, register_id, newsletter, newsletter_at, newsletter_how, newsletter_wording, processing, processing_at,
			        processing_how, processing_wording, created_at, updated_at
			   from crm.person where id = @id`,
			`select address, kind, is_primary, bounced_at, changed_at from crm.person_email where person_id = @id`,
			`select number, kind, is_primary, changed_at from crm.person_phone where person_id = @id`,
			`select kind, name, org_number, vat_number, street, postcode, city, country, phone, email, website, industry, note
			   from crm.organisation where id = (select organisation_id from crm.person where id = @id)`,
			`select kind, at, subject, body from crm.history where id in (select history_id from crm.history_person where person_id = @id) order by at, id`,
			`select text, due, done_at, created_at from crm.todo where person_id = @id order by created_at, id`,
			`select id, title, value, currency, stage, description, lost_reason, closed_on, created_at
			   from crm.deal where id in (select deal_id from crm.deal_person where person_id = @id) order by created_at, id`,
			`select deal_id, role from crm.deal_person where person_id = @id`,
			`select file_name, body, uploaded_at from crm.document where person_id = @id order by uploaded_at, id`,
			`select email, campaign, sent_at, opened_at, clicked_at from crm.newsletter_log where person_id = @id order by sent_at, id`,
			`select number, deal_id, buyer_name, buyer_address, issued_on, financial_year_end, paid_on, total, currency
			   from crm.invoice where buyer_person_id = @id order by issued_on, id`,
			`select position, description, quantity, unit_price
			   from crm.invoice_line where invoice_id in (select id from crm.invoice where buyer_person_id = @id) order by position, id`,
			`select channel, state, at, how, wording_version from crm.consent_log where person_id = @id order by at, id`,
			`select table_name, at, operation, changed_columns, old_values from crm.change_log where person_id = @id order by at, id`,
		} {
			got, err := tx.Query(ctx, sql, pgx.NamedArgs{"id": p.id})
			if err != nil {
				return err
			}
			for got.Next() {
				rows++
			}
			if err := got.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	return rows, err
}
