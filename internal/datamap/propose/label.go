package propose

import (
	"bufio"
	_ "embed"
	"strings"
)

//go:embed label.txt
var labelLines string

// readLabels are words for single columns; a line of the dictionary has one label for all its names.
func readLabels() map[string][2]string {
	out := map[string][2]string{}
	lines := bufio.NewScanner(strings.NewReader(labelLines))
	for lines.Scan() {
		name, rest, _ := strings.Cut(lines.Text(), " ")
		sv, en, _ := strings.Cut(rest, " | ")
		out[name] = [2]string{sv, en}
	}
	return out
}

// columnLabel is a column's name in words: its own label, the label of a detail that it is, or the name itself.
func (p *proposer) columnLabel(table, column string, w word, exact bool) (sv, en string) {
	parts := split(column)
	owner := split(afterDot(table))
	for _, name := range []string{strings.Join(parts, ""), strings.TrimPrefix(strings.Join(parts, ""), singular(owner[len(owner)-1]))} {
		if l, ok := p.labels[name]; ok {
			return l[0], l[1]
		}
	}
	if _, detail := details[w.meaning]; exact && (detail || w.meaning == "created" || w.meaning == "updated") {
		return w.sv, w.en
	}
	h := humanise(column)
	return h, h
}

// tableLabels are words for tables that many systems have, by the singular of their name.
var tableLabels = map[string][2]string{
	"personemail": {"Dina e-postadresser", "Your email addresses"}, "emailaddress": {"Dina e-postadresser", "Your email addresses"}, "email": {"E-post", "Email"},
	"personphone": {"Dina telefonnummer", "Your phone numbers"}, "phone": {"Telefonnummer", "Phone numbers"}, "address": {"Adresser", "Addresses"},
	"organisation": {"Företag", "Companies"}, "organization": {"Företag", "Companies"}, "company": {"Företag", "Companies"}, "account": {"Konton", "Accounts"},
	"history": {"Historik", "History"}, "journal": {"Historik", "History"}, "transaction": {"Händelser", "Events"}, "activity": {"Aktiviteter", "Activities"}, "event": {"Händelser", "Events"},
	"todo": {"Att göra", "Tasks"}, "task": {"Att göra", "Tasks"}, "deal": {"Affärer", "Deals"}, "opportunity": {"Affärer", "Deals"}, "project": {"Projekt", "Projects"},
	"ticket": {"Ärenden", "Tickets"}, "issue": {"Ärenden", "Tickets"}, "case": {"Ärenden", "Cases"}, "message": {"Meddelanden", "Messages"}, "comment": {"Kommentarer", "Comments"},
	"note": {"Anteckningar", "Notes"}, "document": {"Dokument", "Documents"}, "attachment": {"Bilagor", "Attachments"}, "file": {"Filer", "Files"},
	"invoice": {"Fakturor", "Invoices"}, "invoiceline": {"Fakturarader", "Invoice lines"}, "order": {"Beställningar", "Orders"}, "payment": {"Betalningar", "Payments"},
	"newsletterlog": {"Nyhetsbrev till dig", "Newsletters to you"}, "consentlog": {"Dina val genom tiden", "Your choices over time"}, "consent": {"Dina val", "Your choices"},
	"changelog": {"Ändringar i dina uppgifter", "Changes in your data"}, "auditlog": {"Ändringar", "Changes"}, "audit": {"Ändringar", "Changes"}, "log": {"Logg", "Log"},
	"token": {"Nycklar", "Tokens"}, "session": {"Inloggningar", "Sessions"}, "watcher": {"Bevakningar", "Watched items"}, "member": {"Medlemskap", "Memberships"},
	"group": {"Grupper", "Groups"}, "preference": {"Inställningar", "Preferences"}, "userpreference": {"Inställningar", "Preferences"}, "wikipage": {"Wikisidor", "Wiki pages"},
	"timeentry": {"Tidrapporter", "Time entries"}, "new": {"Nyheter", "News"}, "query": {"Sökningar", "Saved searches"}, "customvalue": {"Egna fält", "Custom fields"},
}
