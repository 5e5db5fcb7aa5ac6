package democrm

import "time"

// laterCase is the second half of casePerson: duplicates, consents, languages and odd data.
func (g *generator) laterCase(p *person, name func(string, string, int64), work func(...string), mobile func(...int), personal func()) {
	at := g.size.AsOf
	yes := func(wording string) consent {
		return consent{"yes", at.Add(-300 * 24 * time.Hour), "webbformulär", wording, p.given + " " + p.surname}
	}
	switch p.id {
	case DuplicateKept:
		name("Margareta", "Sjöholm", 11)
		work("margareta.sjoholm@ekvalla.example", "greta.sjoholm@inkorg.example")
		mobile(25)
		personal()
	case DuplicateOpen:
		name("Greta", "Sjöholm", 0)
		work("greta.sjoholm@inkorg.example")
		mobile(25)
	case DuplicateMerged:
		name("Margareta", "Sjoholm", 11)
		work("margareta.sjoholm@ekvalla.example")
		p.replacedBy, p.quiet = DuplicateKept, true
	case Consented:
		name("Malte", "Rosendal", 2)
		work("malte.rosendal@havsviksfonster.example")
		mobile(26)
		personal()
		p.newsletter, p.processing = yes("nyhetsbrev-3"), yes("villkor-2")
	case Objected:
		name("Disa", "Kling", 3)
		work("disa.kling@lindbacken.example")
		mobile(27)
		p.newsletter = consent{"objected", at.Add(-90 * 24 * time.Hour), "telefon", "", "Hanna Frid"}
	case OpenBusiness:
		name("Ture", "Almkvist", 10)
		p.title = "Inköpschef"
		work("ture.almkvist@granbergsakeri.example")
		mobile(28)
	case English:
		name("Rosalind", "Ashdown", 6)
		p.lang, p.country, p.street, p.postcode, p.city = "en", "GB", "12 Quay Street", "BS1 4XX", "Bristol"
		p.title = "Purchasing manager"
		work("rosalind.ashdown@ashdownmarine.example")
		p.phones = []phoneRow{{number: phone{"44", "7700", "900123"}, text: "+44 7700 900123", kind: "mobile"}}
	case Danish:
		name("Bodil", "Skovlyst", 7)
		p.lang, p.country, p.street, p.postcode, p.city, p.title = "da", "DK", "Møllevej 9", "7100", "Vejle", "Direktør"
		work("bodil@skovlyst.example")
		p.phones = []phoneRow{{number: phone{"45", "", "10000022"}, text: "+45 10 00 00 22", kind: "mobile"}}
	case Norwegian:
		name("Torbjørg", "Fjellbekk", 8)
		p.lang, p.country, p.street, p.postcode, p.city, p.title = "no", "NO", "Storgata 18", "2317", "Hamar", "Daglig leder"
		work("torbjorg@fjellbekk.example")
		p.phones = []phoneRow{{number: phone{"47", "", "10000023"}, text: "+47 10 00 00 23", kind: "mobile"}}
	case Finnish:
		name("Väinö", "Koivuranta", 9)
		p.lang, p.country, p.street, p.postcode, p.city, p.title = "fi", "FI", "Rantatie 5", "33100", "Tampere", "Toimitusjohtaja"
		work("vaino@koivuranta.example")
		p.phones = []phoneRow{{number: phone{"358", "48", "0000024"}, text: "+358 48 000 00 24", kind: "mobile"}}
	case CommonWords:
		name("Björn", "Berg", 5)
		work("bjorn.berg@norrskar.example")
		mobile(29)
	case OldInvoices:
		name("Hjördis", "Lundmark", 0)
		p.street, p.postcode, p.city = "Åsgatan 44", "582 22", "Linköping"
		work("hjordis.lundmark@inkorg.example")
		mobile(30)
		personal()
	case Bare:
		name("Alfhild", "Torn", 0)
		p.title, p.street, p.postcode, p.city, p.quiet = "", "", "", "", true
		p.mails = []mail{{address: "alfhild.torn@inkorg.example", kind: "private", changed: at.Add(-900 * 24 * time.Hour)}}
	case Busy:
		name("Signe", "Ahlmark", 10)
		work("signe.ahlmark@granbergsakeri.example")
		mobile(31)
	case Hostile:
		name("Zoë", "O'Hara-Größe", 12)
		p.nickname, p.title = `"Zo" <b>Zoë</b>`, "=HYPERLINK(\"http://fel.example\",\"Chef\")"
		p.street, p.tags = "Ringvägen 3; lgh \"1102\"", []string{"+46", "@SUM(1+1)", "a,b;c"}
		work("zoe.ohara@solvikskyl.example")
		mobile(32)
	case CompanyName:
		name("Svante", "Granberg", 10)
		p.title = "VD"
		work("svante.granberg@granbergsakeri.example")
		mobile(33)
		personal()
	}
}
