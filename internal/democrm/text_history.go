package democrm

// entry is the template of a history row; kind is call, meeting, mail or note.
type entry struct{ kind, subject, body string }

// Texts about one person.
var historyTexts = map[string][]entry{
	"sv": {
		{"call", "Uppföljning {product}", "Ringde {given} om {product}. {given} återkommer efter helgen."},
		{"call", "Samtal", "{full} ringde från {phone} och ville veta när leveransen kommer."},
		{"call", "Inget svar", "Sökte {given}, inget svar. Talade in ett meddelande."},
		{"call", "Nytt nummer", "Nås bäst på {phone} efter klockan tre, sa {given}."},
		{"meeting", "Möte på {org}", "Träffade {full}. Gick igenom offerten på {product}. {gen} chef vill se en kalkyl först."},
		{"meeting", "Demo", "Visade {product} för {given}. Bra stämning, {gen} fråga om garantin tar {me} vidare."},
		{"mail", "Re: Offert", "Hej {given},\n\ntack för samtalet. Offerten på {product} bifogas.\n\nVänliga hälsningar\n{me}"},
		{"mail", "Adress", "Skickade prislistan till {mail} som vi kom överens om."},
		{"mail", "Fråga om fakturan", "Från: {full} <{mail}>\n\nHej, fakturan saknar vår referens. Kan ni skicka en ny?\n\nMvh {given}"},
		{"note", "Semester", "{given} är på semester vecka 29 till 31."},
		{"note", "Referens", "{fullgen} referens ska stå på alla fakturor."},
		{"note", "Intresse", "Intresserad av {product}, men budgeten är slut för i år."},
		{"note", "Ny roll", "{given} har fått ny roll på {org} och beslutar nu själv om inköp."},
		{"note", "", "Vill inte bli ringd på förmiddagen."},
	},
	"en": {
		{"call", "Follow-up {product}", "Called {given} about {product}. {given} will decide next week."},
		{"call", "Call back", "{full} asked us to call {phone} after lunch."},
		{"call", "No answer", "Tried {given} twice, left a message."},
		{"meeting", "Meeting at {org}", "Met {full}. {gen} team wants a trial of {product} first."},
		{"meeting", "Demo", "Showed {product}. Good questions; {me} sends the data sheet."},
		{"mail", "Re: Quote", "Hi {given},\n\nthank you for your time. Please find our quote for {product} attached.\n\nKind regards\n{me}"},
		{"mail", "Price list", "Sent the price list to {mail} as agreed."},
		{"note", "Preference", "{given} prefers mail over phone."},
		{"note", "Decision", "{fullgen} decision depends on next year's budget."},
		{"note", "", "Asked for {product} again, no budget yet."},
	},
	"da": {
		{"call", "Opfølgning", "Ringede til {given} om {product}. {given} vender tilbage efter weekenden."},
		{"call", "Opkald", "{full} ringede fra {phone} og spurgte til leveringen."},
		{"meeting", "Møde hos {org}", "Mødte {full}. {gen} chef vil se en beregning først."},
		{"mail", "Sv: Tilbud", "Hej {given},\n\ntak for snakken. Her er tilbuddet på {product}.\n\nVenlig hilsen\n{me}"},
		{"mail", "Prisliste", "Sendte prislisten til {mail} som aftalt."},
		{"note", "", "{given} er på ferie i uge 29 og 30."},
	},
	"no": {
		{"call", "Oppfølging", "Ringte {given} om {product}. {given} tar kontakt over helgen."},
		{"call", "Samtale", "{full} ringte fra {phone} og lurte på når leveringen kommer."},
		{"meeting", "Møte hos {org}", "Traff {full}. {gen} sjef vil se en kalkyle først."},
		{"mail", "Sv: Tilbud", "Hei {given},\n\ntakk for praten. Tilbudet på {product} er vedlagt.\n\nVennlig hilsen\n{me}"},
		{"mail", "Prisliste", "Sendte prislisten til {mail} som avtalt."},
		{"note", "", "{given} har ferie i uke 29 og 30."},
	},
	"fi": {
		{"call", "Soitto", "Soitin: {given} palaa asiaan ensi viikolla. Tuote {product}."},
		{"call", "Soittopyyntö", "{full} pyysi soittamaan numeroon {phone} lounaan jälkeen."},
		{"meeting", "Tapaaminen, {org}", "Tapasin: {full}. {gen} esimies haluaa laskelman."},
		{"mail", "Tarjous", "Hei {given},\n\nkiitos puhelusta. Ohessa tarjous tuotteesta {product}.\n\nTerveisin\n{me}"},
		{"mail", "Hinnasto", "Lähetin hinnaston osoitteeseen {mail}."},
		{"note", "", "{given} on lomalla viikolla 29."},
	},
}

// Texts about the person of the card and somebody else, who is linked too or not at all.
var historyTextsOfTwo = map[string][]entry{
	"sv": {
		{"meeting", "Möte med två", "Satt ner med {full} och {otherfull}. {given} sköter tekniken, {other} pengarna."},
		{"note", "Ersättare", "När {given} är borta tar {otherfull} över."},
		{"note", "Tips", "{given} tipsade om {otherfull}, som söker samma sak."},
		{"mail", "Vidarebefordrat", "Frågan från {given} skickades vidare till {othermail}."},
		{"call", "Samtal", "{otherfull} svarade i {gen} telefon och bad oss återkomma."},
	},
	"en": {
		{"meeting", "Meeting with two", "Sat down with {full} and {otherfull}. {given} owns the technology, {other} the money."},
		{"note", "Deputy", "{otherfull} stands in for {given}."},
		{"mail", "Forwarded", "Forwarded {gen} question to {othermail}."},
		{"note", "Lead", "{given} mentioned {otherfull}, who needs the same."},
	},
	"da": {
		{"meeting", "Møde", "Mødte {full} og {otherfull}. {other} beslutter."},
		{"note", "Stedfortræder", "{otherfull} er stedfortræder for {given}."},
	},
	"no": {
		{"meeting", "Møte", "Traff {full} og {otherfull}. {other} bestemmer."},
		{"note", "Stedfortreder", "{otherfull} er stedfortreder for {given}."},
	},
	"fi": {
		{"meeting", "Tapaaminen", "Paikalla {full} ja {otherfull}. {other} päättää."},
		{"note", "Sijainen", "{otherfull} on sijainen: {given}."},
	},
}
