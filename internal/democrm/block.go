package democrm

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// blockPersons is how many persons are made before their rows are sent: memory stays flat whatever the size. A multiple
// of groupPersons, so that an organisation is always in the block of its people.
const blockPersons = 2000

// The tables in the order in which foreign keys let them be filled.
const (
	tableOrganisation = iota
	tablePerson
	tableEmail
	tablePhone
	tableHistory
	tableHistoryPerson
	tableTodo
	tableDeal
	tableDealPerson
	tableDocument
	tableNewsletterLog
	tableInvoice
	tableInvoiceLine
	tableConsentLog
	tableChangeLog
	tableCount
)

var tables = [tableCount]struct {
	name    string
	columns []string
}{
	{"organisation", words("id kind name org_number vat_number street postcode city country phone email website industry note owner_id created_at updated_at")},
	{"person", words(`id customer_no given_name surname former_surname nickname title organisation_id street postcode city country personnummer
		birth_date tags custom owner_id language protected source register_id newsletter newsletter_at newsletter_how newsletter_wording
		newsletter_by processing processing_at processing_how processing_wording processing_by replaced_by created_at updated_at version`)},
	{"person_email", words("id person_id address kind is_primary bounced_at changed_at")},
	{"person_phone", words("id person_id number kind is_primary changed_at")},
	{"history", words("id kind at subject body coworker_id organisation_id")},
	{"history_person", words("history_id person_id")},
	{"todo", words("id assigned_to person_id organisation_id text due done_at created_at")},
	{"deal", words("id organisation_id title value currency stage description lost_reason closed_on owner_id created_at")},
	{"deal_person", words("deal_id person_id role")},
	{"document", words("id file_name body person_id organisation_id uploader_id uploaded_at")},
	{"newsletter_log", words("id person_id email campaign sent_at opened_at clicked_at")},
	{"invoice", words("id number buyer_person_id organisation_id deal_id buyer_name buyer_address issued_on financial_year_end paid_on total currency")},
	{"invoice_line", words("id invoice_id position description quantity unit_price")},
	{"consent_log", words("id person_id channel state at how wording_version by")},
	{"change_log", words("id person_id table_name row_id at operation changed_columns old_values")},
}

// block is the rows of some persons.
type block struct{ rows [tableCount][][]any }

func (b *block) add(table int, values ...any) {
	b.rows[table] = append(b.rows[table], values)
}

// copyTo sends the block.
func (b *block) copyTo(ctx context.Context, tx pgx.Tx) error {
	for i, t := range tables {
		if len(b.rows[i]) == 0 {
			continue
		}
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"crm", t.name}, t.columns, pgx.CopyFromRows(b.rows[i])); err != nil {
			return fmt.Errorf("fill crm.%s: %w", t.name, err)
		}
	}
	return nil
}

// null is a NULL for nothing, else the text.
func null(s string) any {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	return s
}

// nullID is a NULL for 0.
func nullID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
