package bench

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/postgres"
)

// statement is a step of the erasure as somebody would write it by hand who knows this CRM.
type statement struct{ table, sql string }

// byHand changes the rows that are the person's, by their ids. Invoices stay.
func byHand() []statement {
	return []statement{
		{"crm.person", `
			update crm.person
			   set given_name = 'Anonymiserad', surname = 'person', former_surname = null, nickname = null, title = null, organisation_id = null,
			       street = null, postcode = null, city = null, country = 'SE', personnummer = null, birth_date = null, tags = '{}', custom = '{}',
			       language = 'sv', protected = false, source = null, register_id = null, customer_no = null, newsletter = 'objected',
			       newsletter_at = null, newsletter_how = null, newsletter_wording = null, newsletter_by = null, processing = 'objected',
			       processing_at = null, processing_how = null, processing_wording = null, processing_by = null, replaced_by = null,
			       created_at = date_trunc('year', created_at)
			 where id = @id`},
		// Shared entries keep their time.
		{"crm.history", `
			update crm.history as x
			   set subject = replace(replace(subject, @full, '[…]'), @given, '[…]'),
			       body = replace(replace(replace(replace(body, @full, '[…]'), @given, '[…]'), @email, '[…]'), @phone, '[…]'),
			       at = case when exists (select 1 from crm.history_person as o where o.history_id = x.id and o.person_id <> @id) then at
			                 else date_trunc('month', at) end
			 where id in (select history_id from crm.history_person where person_id = @id)`},
		{"crm.history_person", `delete from crm.history_person where person_id = @id`},
		{"crm.todo", `delete from crm.todo where person_id = @id`},
		{"crm.deal", `
			update crm.deal
			   set title = replace(title, @full, '[…]'), description = replace(description, @full, '[…]')
			 where id in (select deal_id from crm.deal_person where person_id = @id)`},
		{"crm.deal_person", `delete from crm.deal_person where person_id = @id`},
		{"crm.document", `delete from crm.document where person_id = @id`},
		{"crm.newsletter_log", `
			update crm.newsletter_log
			   set person_id = null, email = null, sent_at = date_trunc('month', sent_at), opened_at = null, clicked_at = null
			 where person_id = @id`},
		{"crm.person_email", `delete from crm.person_email where person_id = @id`},
		{"crm.person_phone", `delete from crm.person_phone where person_id = @id`},
		{"crm.consent_log", `delete from crm.consent_log where person_id = @id`},
		{"crm.change_log", `delete from crm.change_log where person_id = @id`},
	}
}

// knowing changes other people's rows by ids that somebody has found before: the least that could be done.
func knowing() []statement {
	return []statement{
		{"crm.history", `update crm.history set body = replace(body, @full, '[…]') where id between @id::bigint * 1000 + 101 and @id::bigint * 1000 + 110`},
		{"crm.todo", `update crm.todo set text = replace(text, @full, '[…]') where id between @id::bigint * 1000 + 101 and @id::bigint * 1000 + 103`},
		{"crm.document", `update crm.document set body = replace(body, @full, '[…]') where id between @id::bigint * 1000 + 101 and @id::bigint * 1000 + 102`},
	}
}

// searching looks for the person in every text column that an erasure looks at, by the same indexes.
func searching() []statement {
	texts := []struct{ table, column string }{
		{"crm.history", "subject"},
		{"crm.history", "body"},
		{"crm.todo", "text"},
		{"crm.document", "file_name"},
		{"crm.document", "body"},
		{"crm.deal", "title"},
		{"crm.deal", "description"},
		{"crm.deal", "lost_reason"},
		{"crm.organisation", "note"},
		{"crm.person", "title"},
		{"crm.person", "source"},
		{"crm.newsletter_log", "email"},
	}
	// By hand too one must tell the planner to use them.
	out := []statement{{"", `set local enable_seqscan = off`}}
	for _, t := range texts {
		out = append(out, statement{t.table, fmt.Sprintf("update %s set %s = replace(%s, @full, '[…]') where %s ilike any (@patterns)", t.table, t.column, t.column, t.column)})
	}
	return append(out,
		statement{"crm.change_log", `update crm.change_log set old_values = replace(old_values::text, @full, '[…]')::jsonb where old_values::text ilike any (@patterns)`},
		statement{"crm.person", `update crm.person set custom = replace(custom::text, @full, '[…]')::jsonb where custom::text ilike any (@patterns) or insyn_ledger.words(tags) ilike any (@patterns)`})
}

// eraseByHand runs the statements and the ledger's rows in one transaction and counts the rows by table.
func (c *crm) eraseByHand(ctx context.Context, p subject, statements []statement) (map[string]int, error) {
	counts := map[string]int{}
	args := pgx.NamedArgs{"id": p.id, "given": p.given, "full": p.full(), "email": p.email, "phone": p.phone, "patterns": p.patterns()}
	err := postgres.InTx(ctx, c.pool, func(tx pgx.Tx) error {
		for _, s := range statements {
			tag, err := tx.Exec(ctx, s.sql, args)
			if err != nil {
				return fmt.Errorf("%s: %w", strings.Join(strings.Fields(s.sql), " "), err)
			}
			if n := int(tag.RowsAffected()); n > 0 {
				counts[s.table] += n
			}
		}
		_, err := tx.Exec(ctx, `
			insert into insyn_ledger.erasure (request_id, subject, epoch, map_version, map_hash, plan_hash, counts, kept, hmacs)
			values (@id, 'by hand', 1, 1, '', '', '{}', '[]', '{}')
			on conflict do nothing`, args)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			insert into insyn_ledger.kept (request_id, table_name, row_key, rule, until)
			select @id::bigint, 'crm.invoice', i.id, 'books', i.financial_year_end + 7 * 365
			  from crm.invoice as i
			 where i.buyer_person_id = @id::bigint
			 union all
			select @id::bigint, 'crm.invoice_line', l.id, 'books', i.financial_year_end + 7 * 365
			  from crm.invoice_line as l
			  join crm.invoice as i on i.id = l.invoice_id
			 where i.buyer_person_id = @id::bigint`, args)
		return err
	})
	return counts, err
}
