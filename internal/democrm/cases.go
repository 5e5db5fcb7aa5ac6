package democrm

// The first persons of every generated CRM are the same whatever its size and seed: one for each situation that a request
// can meet. Tests and the tour of the demo name them by these ids.
const (
	// Unique has one of everything, and names that nobody else has: several addresses and numbers, a shared deal, shared history,
	// invoices, a document, an old name and address in the change log, and mentions on other people's cards.
	Unique int64 = iota + 1
	// Colleague shares a deal, history and a document with Unique.
	Colleague
	// SoleTrader is her organisation: its number is her personnummer.
	SoleTrader
	// SharedMailboxA and SharedMailboxB are a couple with one mail address.
	SharedMailboxA
	SharedMailboxB
	// SameNameA and SameNameB have one name and nothing else in common.
	SameNameA
	SameNameB
	// RegisterLinked came into the CRM from the reference register; nobody asked him about anything.
	RegisterLinked
	// NoMail has no mail address.
	NoMail
	// InvalidMail has one that no mail server takes.
	InvalidMail
	// Protected lives under a protected identity.
	Protected
	// MailChanged got another mail address nine days ago.
	MailChanged
	// RoleMailbox is written to at info@.
	RoleMailbox
	// Bounced has an address that bounced.
	Bounced
	// DuplicateKept is one person with three cards: this one, DuplicateOpen, which nobody has merged, and DuplicateMerged, whose
	// replaced_by is this one.
	DuplicateKept
	DuplicateOpen
	DuplicateMerged
	// Consented said yes to everything, so that there is something to hand over for portability.
	Consented
	// Objected has objected to marketing.
	Objected
	// OpenBusiness has an open deal and an unpaid invoice.
	OpenBusiness
	// English, Danish, Norwegian and Finnish read those languages; English lives in Great Britain.
	English
	Danish
	Norwegian
	Finnish
	// CommonWords has a name that is two common words.
	CommonWords
	// OldInvoices has one invoice that bookkeeping law no longer asks for and one that it does.
	OldInvoices
	// Bare is a name and a mail address and nothing else.
	Bare
	// Busy has hundreds of history entries.
	Busy
	// Hostile has texts that hurt careless pages and spreadsheets: markup, formulas, quotes, odd letters.
	Hostile
	// CompanyName has a surname that is also in the name of the company.
	CompanyName
)

// MinPersons is the smallest number of persons that holds the cases and somebody to mention them.
const MinPersons = 40

// The mentions of Unique on cards that are not hers: the persons whose history, todo, deal and document name her, and
// the organisation whose note does.
const (
	MentionInHistory      int64 = 31
	MentionInMail         int64 = 32
	MentionInTodo         int64 = 33
	MentionInDeal         int64 = 34
	MentionInDocument     int64 = 35
	MentionInOrganisation int64 = 5
)

// Persons who are in the reference register and not in the CRM. RegisterColleague works where Unique works;
// RegisterLinkedID is the entry that RegisterLinked came from.
const (
	RegisterOnly      = "R10000001"
	RegisterColleague = "R10000002"
	RegisterLinkedID  = "R10000003"
	// UniqueRegisterID: Unique is in the register too, so that a search still finds her there after an erasure.
	UniqueRegisterID = "R10000004"
)

// Known is what a test needs to know about a case to look for it.
type Known struct {
	ID             int64
	Given, Surname string
	Former         string // former surname, else empty
	Nickname       string
	Personnummer   string // YYYYMMDD-NNNN, else empty
	CustomerNo     string
	Street         string
	Emails         []string // the primary first
	Phones         []string // E.164, the primary first
	Handle         string   // of social media, in the custom fields
	RegisterID     string
	Organisation   int64
	OldEmail       string // in the change log only
	OldStreet      string // in the change log only
}

// FullName is the given name and the surname.
func (k Known) FullName() string { return k.Given + " " + k.Surname }

// KnownPerson tells about the case with this id, from Unique to CompanyName. It panics on another id.
func KnownPerson(id int64) Known {
	if id < Unique || id > CompanyName {
		panic("democrm: no such case")
	}
	g := &generator{size: Size{Persons: MinPersons}}
	p := g.person(id)
	known := Known{
		ID: id, Given: p.given, Surname: p.surname, Former: p.former, Nickname: p.nickname, Personnummer: p.personnummer,
		CustomerNo: p.customerNo, Street: p.street, Handle: p.handle, RegisterID: p.registerID, Organisation: p.org,
	}
	for _, m := range p.mails {
		known.Emails = append(known.Emails, m.address)
	}
	for _, n := range p.phones {
		known.Phones = append(known.Phones, n.number.e164())
	}
	if id == Unique {
		known.OldEmail, known.OldStreet = uniqueOldEmail, uniqueOldStreet
	}
	return known
}
