package democrm

import "time"

// What stands of Unique in the change log alone.
const (
	uniqueOldEmail  = "ylvali.brunnsvik@gammelpost.example"
	uniqueOldStreet = "Brunnsviksbacken 4"
)

// caseOrganisations are the workplaces of the cases: index 0 is organisation 1.
var caseOrganisations = [...]organisation{
	{name: "Fjällgrens Verkstad AB", city: "Östersund", postcode: "831 30", street: "Industrigatan 12", domain: "fjallgrens.example"},
	{name: "Havsviks Fönster AB", city: "Karlskrona", postcode: "371 34", street: "Hamngatan 3", domain: "havsviksfonster.example"},
	{name: "Lindbackens Redovisning AB", city: "Örebro", postcode: "702 10", street: "Nygatan 21", domain: "lindbacken.example"},
	{name: "Tallmos Trädgård", kind: "sole_trader", city: "Uppsala", postcode: "753 20", street: "Tallbacken 8", domain: "tallmos.example", trader: SoleTrader},
	{name: "Norrskär Logistik AB", city: "Umeå", postcode: "903 26", street: "Järnvägsgatan 40", domain: "norrskar.example"},
	{name: "Ashdown Marine Ltd", city: "Bristol", postcode: "BS1 4XX", street: "7 Harbour Row", domain: "ashdownmarine.example", country: "GB"},
	{name: "Skovlyst Maskiner ApS", city: "Vejle", postcode: "7100", street: "Møllevej 9", domain: "skovlyst.example", country: "DK"},
	{name: "Fjellbekk Bygg AS", city: "Hamar", postcode: "2317", street: "Storgata 18", domain: "fjellbekk.example", country: "NO"},
	{name: "Koivurannan Puu Oy", city: "Tampere", postcode: "33100", street: "Rantatie 5", domain: "koivuranta.example", country: "FI"},
	{name: "Granbergs Åkeri AB", city: "Sundsvall", postcode: "852 31", street: "Ringvägen 2", domain: "granbergsakeri.example"},
	{name: "Ekvalla Industri AB", city: "Västerås", postcode: "722 11", street: "Kvarngatan 33", domain: "ekvalla.example"},
	{name: "Solviks Kyl & Värme AB", city: "Helsingborg", postcode: "252 25", street: "Södergatan 14", domain: "solvikskyl.example"},
}

// casePerson fills in p where its id is a case.
func (g *generator) casePerson(p *person) {
	at := g.size.AsOf
	work := func(addresses ...string) {
		for i, a := range addresses {
			kind := "work"
			if i > 0 {
				kind = "private"
			}
			p.mails = append(p.mails, mail{address: a, kind: kind, changed: at.Add(-700 * 24 * time.Hour)})
		}
	}
	name := func(given, surname string, org int64) {
		p.given, p.surname, p.org = given, surname, org
	}
	// Every case but the few without has a mobile of its own from the range kept for fiction.
	mobile := func(numbers ...int) {
		for i, n := range numbers {
			kind := "mobile"
			if i > 0 {
				kind = "private"
			}
			p.phones = append(p.phones, phoneRow{number: fictionMobile(n), text: fictionMobile(n).international(), kind: kind})
		}
	}
	personal := func() { p.personnummer, p.birth = inventedPersonnummer(p.id) }

	switch p.id {
	case Unique:
		name("Ylvali", "Ekenskär", 1)
		p.former, p.nickname, p.title, p.handle = "Brunnsvik", "Ylvis", "Inköpschef", "ylvisekenskar"
		p.street, p.postcode, p.city = "Sparvstigen 17", "831 47", "Östersund"
		p.tags = []string{"nyckelkund", "mässa 2025"}
		p.source, p.registerID = "mässa", UniqueRegisterID
		work("ylvali.ekenskar@fjallgrens.example", "ylvis.ekenskar@inkorg.example", "ekenskar.inkop@postlada.example")
		mobile(11, 12)
		personal()
		p.newsletter = consent{"yes", at.Add(-420 * 24 * time.Hour), "webbformulär", "nyhetsbrev-3", "Ylvali Ekenskär"}
		p.processing = consent{"yes", at.Add(-420 * 24 * time.Hour), "avtal", "villkor-2", "Ylvali Ekenskär"}
	case Colleague:
		name("Bertil", "Håkansson", 1)
		p.title = "Verkstadschef"
		work("bertil.hakansson@fjallgrens.example")
		mobile(13)
	case SoleTrader:
		name("Gunvor", "Tallmo", 4)
		p.title, p.street, p.postcode, p.city = "Innehavare", "Tallbacken 8", "753 20", "Uppsala"
		work("gunvor@tallmos.example")
		mobile(14)
		personal()
	case SharedMailboxA:
		name("Rut", "Sandgren", 0)
		p.title, p.street, p.postcode, p.city = "", "Villavägen 6", "602 32", "Norrköping"
		work("familjen.sandgren@inkorg.example")
		mobile(15)
	case SharedMailboxB:
		name("Evert", "Sandgren", 0)
		p.title, p.street, p.postcode, p.city = "", "Villavägen 6", "602 32", "Norrköping"
		work("familjen.sandgren@inkorg.example")
		mobile(16)
	case SameNameA:
		name("Anna", "Lindqvist", 2)
		p.title = "Ekonomichef"
		work("anna.lindqvist@havsviksfonster.example")
		mobile(17)
		personal()
	case SameNameB:
		name("Anna", "Lindqvist", 3)
		p.title = "Konsult"
		work("anna.lindqvist@lindbacken.example")
		mobile(18)
		personal()
	case RegisterLinked:
		name("Torvald", "Ryd", 5)
		p.title, p.source, p.registerID = "Styrelseledamot", "register", RegisterLinkedID
		p.quiet = true
	case NoMail:
		name("Sixten", "Mo", 11)
		mobile(19)
	case InvalidMail:
		name("Kerstin", "Bergöö", 12)
		work("kerstin.bergöö(at)inkorg.example")
		mobile(20)
	case Protected:
		name("Elsa", "Vinge", 11)
		p.protected, p.street, p.postcode, p.city = true, "", "", ""
		work("elsa.vinge@ekvalla.example")
		mobile(21)
	case MailChanged:
		name("Olof", "Kvist", 12)
		work("olof.kvist@solvikskyl.example")
		p.mails[0].changed = at.Add(-9 * 24 * time.Hour)
		mobile(22)
	case RoleMailbox:
		name("Maj", "Granat", 11)
		work("info@ekvalla.example")
		mobile(23)
	case Bounced:
		name("Stellan", "Hed", 12)
		work("stellan.hed@solvikskyl.example")
		p.mails[0].bounced = at.Add(-60 * 24 * time.Hour)
		mobile(24)
	default:
		g.laterCase(p, name, work, mobile, personal)
	}
	p.customerNo = customerNo(p.id)
}
