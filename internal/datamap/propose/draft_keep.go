package propose

import (
	"slices"
	"strings"

	"insyn/internal/datamap"
)

// keepRule proposes what the books demand.
func (p *proposer) keepRule(t *draftTable) {
	live := t.kind.table
	switch t.kind.is {
	case isPart:
		t.keeps = live.Order
		t.keep = []string{"until: books", "with: " + t.kind.parent, "columns: " + list(live.Order)}
		if from := p.bookDate(p.catalog.Tables[t.kind.parent]); !financial(from) {
			t.keep[0] = "until: books_by_date"
		}
	case isKept:
		from := p.bookDate(live)
		until, key := "books", "financial_year_end"
		if !financial(from) {
			until, key = "books_by_date", "date"
		}
		t.keeps = live.Order
		t.keep = []string{"until: " + until, key + ": " + quote(from), "columns: " + list(live.Order)}
		if party := p.party(live); len(party) > 0 {
			t.keep = append(t.keep, "party: "+list(party))
		} else if fence := p.nameColumns(); len(fence) > 0 {
			t.keep = append(t.keep, "fence: "+list(fence)+" # its buyer is named on the person's own row alone")
		}
		t.decide = append(t.decide, "are these vouchers that a law keeps, until "+from+" and the years of "+until+"? Otherwise take keep out and give each column an action")
	}
}

func financial(column string) bool {
	n := joined(column)
	return strings.Contains(n, "financialyear") || strings.Contains(n, "fiscalyear") || strings.Contains(n, "rakenskapsar")
}

// party are columns of a voucher that name its counterparty.
func (p *proposer) party(t *datamap.LiveTable) []string {
	var out []string
	for _, c := range t.Order {
		w, _, _ := p.names.find(afterDot(t.Name), c)
		if isText(t.Columns[c]) && slices.Contains([]string{"fullname", "given", "surname", "street", "postcode", "city", "organisation"}, w.meaning) {
			out = append(out, c)
		}
	}
	return out
}

func (p *proposer) nameColumns() []string {
	var out []string
	for _, c := range p.subject.Order {
		w, _, _ := p.names.find(afterDot(p.Person), c)
		if slices.Contains([]string{"fullname", "given", "surname", "street", "postcode", "city"}, w.meaning) {
			out = append(out, c)
		}
	}
	return out
}
