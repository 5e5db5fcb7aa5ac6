package democrm

import (
	"fmt"
	"strings"
	"time"
)

func (g *generator) todoRows(b *block, p person) {
	d := g.dice(streamTodo, p.id)
	for range d.IntN(5) {
		me, given := coworker(d)
		s := g.scene(d, p, given)
		created := d.daysBefore(g.size.AsOf, 1, 700)
		due := created.Add(time.Duration(3+d.IntN(40)) * 24 * time.Hour)
		var done any
		if due.Before(g.size.AsOf) && d.percent(85) {
			done = due.Add(-24 * time.Hour)
		}
		b.add(tableTodo, g.next(tableTodo), me, p.id, nullID(p.org), s.write(s.choose(d, todoTexts[s.lang]).body), due, done, created)
	}
}

// dealRows: a deal for every second person; in a third of them a colleague takes part.
func (g *generator) dealRows(b *block, p person) {
	d := g.dice(streamDeal, p.id)
	if !d.percent(50) {
		return
	}
	me, given := coworker(d)
	s := g.scene(d, p, given)
	t := s.choose(d, dealTexts[s.lang])
	created := d.daysBefore(g.size.AsOf, 10, 1000)
	stage := pick(d, []string{"lead", "qualified", "offer", "won", "won", "lost"})
	if p.id == OpenBusiness {
		stage = "offer"
	}
	var lost, closed any
	if stage == "won" || stage == "lost" {
		closed = minTime(created.Add(time.Duration(20+d.IntN(120))*24*time.Hour), g.size.AsOf)
	}
	if stage == "lost" {
		lost = s.write(s.choose(d, lostTexts[s.lang]).body)
	}
	id := g.next(tableDeal)
	b.add(tableDeal, id, nullID(p.org), s.write(t.subject), int64(5+d.IntN(400))*1000, currencyOf(p.country), stage, s.write(t.body), lost, closed, me, created)
	b.add(tableDealPerson, id, p.id, pick(d, []string{"contact", "decision_maker", "signatory"}))
	if mate := g.colleague(d, p); mate != 0 && d.percent(33) {
		b.add(tableDealPerson, id, mate, "user")
	}
}

func (g *generator) documentRows(b *block, p person) {
	d := g.dice(streamDocument, p.id)
	if !d.percent(30) {
		return
	}
	me, given := coworker(d)
	s := g.scene(d, p, given)
	t := s.choose(d, documentTexts[s.lang])
	file := strings.NewReplacer(" ", "_", "/", "_").Replace(s.write(t.subject))
	b.add(tableDocument, g.next(tableDocument), file, s.write(t.body), p.id, nullID(p.org), me, d.daysBefore(g.size.AsOf, 5, 900))
}

// newsletterRows are the mailings to those who said yes, until they took it back.
func (g *generator) newsletterRows(b *block, p person) {
	if p.mail() == "" || (p.newsletter.state != "yes" && p.newsletter.state != "withdrawn") {
		return
	}
	d := g.dice(streamNewsletter, p.id)
	for month := range 4 + d.IntN(8) {
		sent := g.size.AsOf.Add(-time.Duration(month*30+6) * 24 * time.Hour).Truncate(24 * time.Hour).Add(8 * time.Hour)
		if p.newsletter.state == "withdrawn" && sent.After(p.newsletter.at) {
			continue
		}
		var opened, clicked any
		if d.percent(45) {
			at := sent.Add(time.Duration(10+d.IntN(2000)) * time.Minute)
			opened = at
			if d.percent(25) {
				clicked = at.Add(time.Duration(1+d.IntN(9)) * time.Minute)
			}
		}
		b.add(tableNewsletterLog, g.next(tableNewsletterLog), p.id, p.mail(), "Nyhetsbrev "+sent.Format("2006-01"), sent, opened, clicked)
	}
}

// invoiceRows: four invoices on ten persons; sole traders and private persons are the buyer themselves.
func (g *generator) invoiceRows(b *block, p person) {
	d := g.dice(streamInvoice, p.id)
	count := 0
	if d.percent(30) {
		count = 1 + d.IntN(2)
	}
	if p.id == OpenBusiness || p.id == OldInvoices {
		count = 0 // written down with the case
	}
	for range count {
		issued := d.daysBefore(g.size.AsOf, 10, 2500)
		var paid any
		if at := issued.Add(time.Duration(5+d.IntN(30)) * 24 * time.Hour); at.Before(g.size.AsOf) && d.percent(95) {
			paid = at
		}
		g.invoice(b, d, p, issued, paid)
	}
}

// invoice with one to three lines, and the end of the financial year, which is the calendar year.
func (g *generator) invoice(b *block, d dice, p person, issued time.Time, paid any) {
	org := g.organisation(p.org)
	name, address := p.full(), strings.Trim(fmt.Sprintf("%s, %s %s", p.street, p.postcode, p.city), ", ")
	person := any(p.id)
	if org.id != 0 {
		name, address = org.name, fmt.Sprintf("%s, %s %s", org.street, org.postcode, org.city)
		if org.kind == "company" && !p.isCase() && d.percent(60) {
			person = nil
		}
	}
	id := g.next(tableInvoice)
	total := int64(0)
	for position := range 1 + d.IntN(3) {
		quantity, price := int64(1+d.IntN(5)), int64(2+d.IntN(90))*100
		total += quantity * price
		b.add(tableInvoiceLine, g.next(tableInvoiceLine), id, int64(position+1), pick(d, products), quantity, price)
	}
	yearEnd := time.Date(issued.Year(), 12, 31, 0, 0, 0, 0, time.UTC)
	b.add(tableInvoice, id, fmt.Sprintf("F%d-%07d", issued.Year(), id), person, nullID(org.id), nil, name, address, issued, yearEnd, paid, total, currencyOf(p.country))
}

func currencyOf(country string) string {
	switch country {
	case "DK":
		return "DKK"
	case "NO":
		return "NOK"
	case "FI":
		return "EUR"
	case "GB":
		return "GBP"
	}
	return "SEK"
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
