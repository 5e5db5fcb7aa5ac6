package democrm

import (
	"fmt"
	"strings"
	"time"
)

// caseRows is what happened with the cases beside what happens with everybody.
func (g *generator) caseRows(b *block) {
	g.uniqueRows(b)
	g.mentionsOfUnique(b)
	g.businessCases(b)
	g.textCases(b)
	olof := g.person(MailChanged)
	g.change(b, olof, "person_email", g.emailRow(b, MailChanged), olof.mails[0].changed, map[string]any{"address": "olof.kvist@gammelpost.example"})
}

// emailRow is the id of a person's first address in the block.
func (g *generator) emailRow(b *block, person int64) int64 {
	for _, row := range b.rows[tableEmail] {
		if row[1] == person {
			return row[0].(int64)
		}
	}
	return 0
}

// past is so many days before the day that all leads up to.
func (g *generator) past(days int) time.Time {
	return g.size.AsOf.Add(-time.Duration(days) * 24 * time.Hour).Truncate(24 * time.Hour).Add(9*time.Hour + 30*time.Minute)
}

// talk is a history entry with everybody in persons linked.
func (g *generator) talk(b *block, kind string, days int, subject, body string, org int64, persons ...int64) {
	id := g.next(tableHistory)
	b.add(tableHistory, id, kind, g.past(days), subject, body, int64(1), nullID(org))
	for _, p := range persons {
		b.add(tableHistoryPerson, id, p)
	}
}

func (g *generator) uniqueRows(b *block) {
	u, c := g.person(Unique), g.person(Colleague)
	g.talk(b, "meeting", 30, "Kvartalsmöte", fmt.Sprintf("Träffade %s och %s. %s tar inköpen, %s verkstaden. %s nummer: %s.",
		u.full(), c.full(), u.given, c.given, genitive("sv", u.given), u.phones[0].number.national()), u.org, Unique, Colleague)
	g.talk(b, "mail", 44, "Re: Ramavtal", fmt.Sprintf("Från: %s <%s>\nKopia: %s <%s>\n\nHej Hanna,\n\nvi tar 40 stycken.\n\nMvh %s\n%s",
		u.full(), u.mail(), c.full(), c.mail(), u.nickname, u.phones[0].number.international()), u.org, Unique, Colleague)
	g.talk(b, "note", 60, "Namnbyte", fmt.Sprintf("%s hette tidigare %s %s. Personnummer %s kontrollerat.",
		u.full(), u.given, u.former, u.personnummer), u.org, Unique)
	g.talk(b, "call", 75, "", fmt.Sprintf("Privat nås hon på %s eller %s.", u.phones[1].number.international(), u.mails[1].address), u.org, Unique)

	deal := g.next(tableDeal)
	b.add(tableDeal, deal, u.org, "Ramavtal FlexPump 300", int64(480000), "SEK", "won",
		fmt.Sprintf("%s beställer, %s godkänner.", u.full(), c.full()), nil, g.past(200), int64(1), g.past(260))
	b.add(tableDealPerson, deal, Unique, "signatory")
	b.add(tableDealPerson, deal, Colleague, "decision_maker")

	invoice := g.next(tableInvoice)
	issued := g.past(190)
	b.add(tableInvoice, invoice, fmt.Sprintf("F%d-%07d", issued.Year(), invoice), Unique, u.org, deal,
		"Fjällgrens Verkstad AB, att: "+u.full(), "Industrigatan 12, 831 30 Östersund", issued,
		time.Date(issued.Year(), 12, 31, 0, 0, 0, 0, time.UTC), g.past(165), int64(480000), "SEK")
	b.add(tableInvoiceLine, g.next(tableInvoiceLine), invoice, int64(1), "FlexPump 300", int64(40), int64(12000))

	b.add(tableTodo, g.next(tableTodo), int64(1), Unique, u.org, fmt.Sprintf("Ring %s om serviceavtalet, %s", u.given, u.phones[0].number.national()),
		g.past(-14), nil, g.past(7))
	b.add(tableDocument, g.next(tableDocument), fmt.Sprintf("Avtal_%s_%s.pdf", u.given, u.surname),
		fmt.Sprintf("Ramavtal\n\nBeställare: %s, %s\nE-post: %s\nTelefon: %s\nÄven: %s, %s", u.full(), u.personnummer, u.mail(), u.phones[0].text, c.full(), c.mail()),
		Unique, u.org, int64(1), g.past(199))
	b.add(tableDocument, g.next(tableDocument), "Närvarolista.docx",
		fmt.Sprintf("Närvarande: %s, %s, Hanna Frid", c.full(), u.full()), Colleague, u.org, int64(1), g.past(29))
}

func uniqueInOrganisation(u person) string {
	return fmt.Sprintf("Kom till oss genom %s på Fjällgrens.", u.full())
}

// mentionsOfUnique stand on cards of people whom nothing else ties to her.
func (g *generator) mentionsOfUnique(b *block) {
	u := g.person(Unique)
	g.talk(b, "note", 20, "Tips", fmt.Sprintf("Fick numret av %s, de känner varandra från mässan.", u.full()), 0, MentionInHistory)
	g.talk(b, "mail", 21, "Vidarebefordrat", fmt.Sprintf("Vidarebefordrat till %s för kännedom.", strings.ToUpper(u.mail()[:1])+u.mail()[1:]), 0, MentionInMail)
	b.add(tableTodo, g.next(tableTodo), int64(2), MentionInTodo, nil, fmt.Sprintf("Fråga på %s om referens", u.phones[0].number.national()), nil, nil, g.past(18))
	deal := g.next(tableDeal)
	b.add(tableDeal, deal, nil, "Ventil V40", int64(62000), "SEK", "lost", fmt.Sprintf("Rekommenderad av %s %s.", u.given, u.surname),
		fmt.Sprintf("Gick till samma leverantör som %s.", u.full()), g.past(80), int64(3), g.past(140))
	b.add(tableDealPerson, deal, MentionInDeal, "contact")
	b.add(tableDocument, g.next(tableDocument), "Deltagare.txt", fmt.Sprintf("%s;%s;%s", u.full(), u.personnummer, u.mails[1].address),
		MentionInDocument, nil, int64(4), g.past(120))
}

func (g *generator) businessCases(b *block) {
	t := g.person(OpenBusiness)
	deal := g.next(tableDeal)
	b.add(tableDeal, deal, t.org, "Kompressor K2 till Granbergs", int64(185000), "SEK", "offer", "Svar väntas av "+t.given+".", nil, nil, int64(2), g.past(25))
	b.add(tableDealPerson, deal, OpenBusiness, "decision_maker")
	d := g.dice(streamInvoice, -OpenBusiness)
	g.invoice(b, d, t, g.past(40), nil)

	h := g.person(OldInvoices)
	g.invoice(b, d, h, g.past(9*366), g.past(9*366-20))
	g.invoice(b, d, h, g.past(2*366), g.past(2*366-20))

	s := g.person(SoleTrader)
	g.invoice(b, d, s, g.past(150), g.past(130))
	g.talk(b, "call", 33, "Sommarblommor", "Tallmos Trädgård behöver pump till växthuset. Gunvor ringer själv.", s.org, SoleTrader)
}

// textCases are texts that are hard to read for a machine.
func (g *generator) textCases(b *block) {
	g.talk(b, "call", 50, "Familjen Sandgren", "Rut och Evert Sandgren delar brevlåda. Rut svarar snabbast.", 0, SharedMailboxA, SharedMailboxB)
	g.talk(b, "note", 51, "Förväxling", "Obs: inte Anna Lindqvist på Lindbacken Redovisning, det är någon annan.", 2, SameNameA)
	g.talk(b, "note", 52, "Skyddad identitet", "Lämna inte ut adress eller nummer till någon.", 11, Protected)
	g.talk(b, "note", 53, "Berg och björn", "En björn gick över ett berg utanför lagret i Umeå. Björn Berg ringde om det. Björns bil stod kvar.", 5, CommonWords)
	g.talk(b, "note", 54, "Granbergs Åkeri", "Granbergs Åkeri AB betalar i tid. Granberg själv nås på kvällar; Svante är ledig fredagar.", 10, CompanyName)
	g.talk(b, "note", 55, "=cmd|' /C calc'!A0", "<script>alert(\"Zoë\")</script>\r\n+46 ska inte räknas ihop; \"citat\", semikolon; tab\there.\n@Zoë O'Hara-Größe", 12, Hostile)
	g.talk(b, "note", 56, "Dubblett?", "Greta Sjöholm är nog samma person som Margareta.", 0, DuplicateOpen)
	g.talk(b, "call", 57, "Reservation", "Disa vill inte ha reklam. Noterat.", 3, Objected)
}
