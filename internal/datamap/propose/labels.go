package propose

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
