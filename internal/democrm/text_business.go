package democrm

// Templates of todos, deals and documents. The subject of a deal is its title and of a document its file name.
var (
	todoTexts = map[string][]entry{
		"sv": {{body: "Ring {given} om {product}"}, {body: "Skicka avtal till {full}"}, {body: "Skicka prislista till {mail}"}, {body: "Boka möte med {given} på {org}"}, {body: "Uppdatera kontaktuppgifter"}, {body: "Följ upp {gen} offert"}, {body: "Ring tillbaka: {phone}"}},
		"en": {{body: "Call {given} about {product}"}, {body: "Send the contract to {full}"}, {body: "Send the price list to {mail}"}, {body: "Check contact details"}, {body: "Follow up on {gen} quote"}},
		"da": {{body: "Ring til {given} om {product}"}, {body: "Send kontrakt til {full}"}, {body: "Følg op på tilbud"}},
		"no": {{body: "Ring {given} om {product}"}, {body: "Send avtale til {full}"}, {body: "Følg opp tilbud"}},
		"fi": {{body: "Soita: {given}, {product}"}, {body: "Lähetä sopimus: {full}"}, {body: "Tarkista yhteystiedot"}},
	}
	dealTexts = map[string][]entry{
		"sv": {
			{"", "{product} till {org}", "{given} vill ha pris på {product}. Beslut tas av ledningen."},
			{"", "{product}, förlängning", "Förlängning av avtalet. {full} är beställare."},
			{"", "Ramavtal {product}", "Startade med {gen} förfrågan på mässan."},
		},
		"en": {
			{"", "{product} for {org}", "{given} asked for a quote on {product}."},
			{"", "{product}, renewal", "Renewal. {full} signs."},
		},
		"da": {{"", "{product}", "{full} vil have et tilbud på {product}."}},
		"no": {{"", "{product}", "{full} ønsker et tilbud på {product}."}},
		"fi": {{"", "{product}", "{full} pyysi tarjouksen tuotteesta {product}."}},
	}
	lostTexts = map[string][]entry{
		"sv": {{body: "{given} valde en billigare leverantör."}, {body: "Projektet lades ner."}, {body: "Budgeten räckte inte, sa {full}."}},
		"en": {{body: "{given} chose a cheaper supplier."}, {body: "The project was cancelled."}},
		"da": {{body: "Projektet blev droppet."}},
		"no": {{body: "Prosjektet ble stanset."}},
		"fi": {{body: "Hanke peruttiin."}},
	}
	documentTexts = map[string][]entry{
		"sv": {
			{"", "Offert_{surname}.pdf", "Offert\n\nTill: {full}\n{product}, pris enligt prislista. Giltig 30 dagar.\nVår referens: {me}"},
			{"", "Mötesanteckningar.docx", "Närvarande: {full}, {me}\n\n1. {product}\n2. Leveranstid. {given} kontrollerar med lagret."},
			{"", "Avtal_{product}.pdf", "Avtal om {product}. Kontaktperson hos kunden: {full}, {mail}, {phone}."},
		},
		"en": {
			{"", "Quote_{surname}.pdf", "Quote\n\nTo: {full}\n{product}, price as listed. Valid for 30 days.\nOur reference: {me}"},
			{"", "Minutes.docx", "Present: {full}, {me}\n\n1. {product}\n2. {given} checks the delivery date."},
		},
		"da": {{"", "Tilbud_{surname}.pdf", "Tilbud til {full}\n{product}. Gælder i 30 dage."}},
		"no": {{"", "Tilbud_{surname}.pdf", "Tilbud til {full}\n{product}. Gjelder i 30 dager."}},
		"fi": {{"", "Tarjous_{surname}.pdf", "Tarjous: {full}\n{product}. Voimassa 30 päivää."}},
	}
)
