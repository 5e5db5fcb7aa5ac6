package democrm

import "strings"

// culture is what names and places of a language look like.
type culture struct {
	given, surnames []string
	streets, towns  []string // a town is "postcode town"
	country         string
	titles          []string
}

func words(s string) []string { return strings.Fields(s) }

func lines(s string) []string { return strings.Split(strings.TrimSpace(s), "\n") }

var cultures = map[string]culture{
	"sv": {
		given: words(`Anna Maria Karin Eva Lena Kerstin Sara Emma Ingrid Birgitta Malin Jenny Åsa Ulla Elin Linnéa Sofia Hanna Ida
			Märta Ylva Agneta Christina Josefin Annika Gunilla Pernilla Moa Alva Anna-Karin Lars Karl Anders Johan Erik Per Nils Mikael
			Jan Peter Fredrik Magnus Björn Göran Åke Henrik Oskar Gustav Axel Viktor Hampus Rasmus Håkan Sten Ove Jörgen Mats Carl-Johan Love Robin`),
		surnames: words(`Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson Jonsson
			Jansson Hansson Bengtsson Lindberg Jakobsson Magnusson Lindström Olofsson Lindqvist Lindgren Berg Axelsson Bergström Lundberg
			Lind Lundgren Lundqvist Mattsson Berglund Fredriksson Sandberg Henriksson Sjöberg Forsberg Wallin Engström Eklund Danielsson
			Håkansson Lundin Björk Gunnarsson Holm Bergman Wikström Öberg Åberg Nyström Hellström Ek Sundin Norén Strand Åkesson Falk Wahlström
			Ljungqvist Dahl`),
		streets: words(`Storgatan Kyrkogatan Skolgatan Järnvägsgatan Parkvägen Björkvägen Hamngatan Ringvägen Kvarngatan Tallbacken
			Åsgatan Industrigatan Nygatan Villavägen Skogsvägen Södergatan`),
		towns:   lines("411 05 Göteborg\n111 22 Stockholm\n211 34 Malmö\n753 20 Uppsala\n722 11 Västerås\n702 10 Örebro\n582 22 Linköping\n252 25 Helsingborg\n553 16 Jönköping\n602 32 Norrköping\n903 26 Umeå\n852 31 Sundsvall\n371 34 Karlskrona\n831 30 Östersund"),
		country: "SE",
		titles:  lines("VD\nInköpschef\nEkonomichef\nProjektledare\nProduktionschef\nIT-ansvarig\nSäljare\nKonsult\nPlatschef\nKontorsansvarig"),
	},
	"en": {
		given: words(`Emily Grace Olivia Charlotte Hannah Lucy Alice Rebecca Victoria Megan Sarah Laura James Oliver William George
			Thomas Daniel Samuel Edward Harry Matthew Andrew Simon Peter Mark Will Joel`),
		surnames: words(`Smith Jones Taylor Brown Wilson Evans Thomas Roberts Walker Wright Thompson White Hughes Green Hall Clarke
			Carter Cooper Bennett Foster Marsh Holloway Ashdown Whitcombe O'Connor Fairweather`),
		streets: words(`Storgatan Kungsgatan Ringvägen Hamngatan Sveavägen Parkvägen Linnégatan Vasagatan`),
		towns:   lines("411 05 Göteborg\n111 22 Stockholm\n211 34 Malmö\n753 20 Uppsala\n223 50 Lund"),
		country: "SE",
		titles:  lines("CEO\nPurchasing manager\nCFO\nProject manager\nHead of production\nIT manager\nConsultant\nOffice manager"),
	},
	"da": {
		given: words(`Mette Kirsten Hanne Anne Camilla Søs Ida Freja Karen Pia Louise Trine Søren Jens Lars Mads Niels Henrik Jørgen
			Rasmus Anders Kasper Bjarke Ole`),
		surnames: words(`Jensen Nielsen Hansen Pedersen Andersen Christensen Larsen Sørensen Rasmussen Jørgensen Møller Kristensen
			Østergaard Kjær Bruun Lauridsen Nørgaard Dalgaard Ravn Skov`),
		streets: words(`Strandvejen Nørregade Vestergade Kirkevej Skolevej Møllevej Søndergade Algade`),
		towns:   lines("8000 Aarhus C\n5000 Odense C\n9000 Aalborg\n2100 København Ø\n6700 Esbjerg\n7100 Vejle"),
		country: "DK",
		titles:  lines("Direktør\nIndkøbschef\nProjektleder\nØkonomichef\nDriftsleder\nKonsulent"),
	},
	"no": {
		given: words(`Ingrid Solveig Kari Marit Silje Hilde Tonje Ragnhild Astrid Guro Ane Live Ola Bjørn Øyvind Håkon Sverre Kjell
			Torbjørn Eirik Magnus Terje Lars Vegard`),
		surnames: words(`Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Haugen Hagen Bakken Solberg
			Moen Lie Strand Sæther Bråten Fjeld Østby Nygård Tangen Myhre`),
		streets: words(`Storgata Kirkegata Skolevegen Strandgata Fjellveien Parkveien Havnegata Bjørkeveien`),
		towns:   lines("5003 Bergen\n0152 Oslo\n7010 Trondheim\n4006 Stavanger\n9008 Tromsø\n2317 Hamar"),
		country: "NO",
		titles:  lines("Daglig leder\nInnkjøpssjef\nProsjektleder\nØkonomisjef\nDriftsleder\nKonsulent"),
	},
	"fi": {
		given: words(`Aino Päivi Tuula Johanna Kaisa Riikka Sanna Hilkka Minna Elina Anneli Marja Jukka Mikko Pekka Antti Timo Kari
			Heikki Ville Jari Eero Väinö Lauri`),
		surnames: words(`Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen Lehtonen Lehtinen
			Saarinen Salminen Heinonen Niemi Heikkilä Kinnunen Salonen Turunen Rautio Ahonen`),
		streets: words(`Koulukatu Kirkkokatu Asemakatu Rantatie Koivukuja Mäntytie Kauppakatu Puistotie`),
		towns:   lines("33100 Tampere\n00100 Helsinki\n20100 Turku\n90100 Oulu\n40100 Jyväskylä\n65100 Vaasa"),
		country: "FI",
		titles:  lines("Toimitusjohtaja\nOstopäällikkö\nProjektipäällikkö\nTalousjohtaja\nTuotantopäällikkö\nKonsultti"),
	},
}

// language of a new person: a Swedish company with customers in the neighbouring countries.
func (d dice) language() string {
	switch n := d.IntN(100); {
	case n < 68:
		return "sv"
	case n < 82:
		return "en"
	case n < 88:
		return "da"
	case n < 94:
		return "no"
	default:
		return "fi"
	}
}

var asciiLetters = strings.NewReplacer("å", "a", "ä", "a", "á", "a", "à", "a", "ö", "o", "ø", "o", "ó", "o", "æ", "ae", "é", "e", "è", "e",
	"ë", "e", "ü", "u", "ß", "ss", "'", "", " & ", "-", " ", "-")

// slug writes a name as people write it in addresses.
func slug(name string) string { return asciiLetters.Replace(strings.ToLower(name)) }

// genitive of a name: a name that ends in s, x or z takes no s in the Scandinavian languages.
func genitive(lang, name string) string {
	last := name[len(name)-1:]
	switch {
	case lang == "en":
		return name + "'s"
	case lang == "fi" && strings.ContainsAny(last, "aeiouy"):
		return name + "n"
	case lang == "fi" && (strings.HasSuffix(name, "ä") || strings.HasSuffix(name, "ö")):
		return name + "n"
	case lang == "fi":
		return name + "in"
	case strings.ContainsAny(last, "sxz"):
		if lang == "da" || lang == "no" {
			return name + "'"
		}
		return name
	}
	return name + "s"
}
