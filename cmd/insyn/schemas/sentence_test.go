//go:build schemas

package schemas

import (
	"fmt"
	"math/rand/v2"
)

// writing makes what people write to one another; the same for the same seed.
type writing struct{ r *rand.Rand }

func newWriting(seed uint64) *writing { return &writing{rand.New(rand.NewPCG(seed, 23))} }

func (w *writing) pick(of ...string) string { return of[w.r.IntN(len(of))] }

// topic is a subject line without anybody in it.
func (w *writing) topic() string {
	return w.pick("Skrivaren på plan", "Faktura som saknar rad", "Nytt lösenord till portalen", "Fel i leveransen till dörr", "Larmet i källaren, zon", "Bokning av sal", "Uppdatering av avtal") + fmt.Sprintf(" %d", 1+w.r.IntN(40))
}

// line is a sentence without anybody in it.
func (w *writing) line() string {
	return w.pick(
		"Det har gått fel sedan i måndags och vi behöver hjälp.", "Vi har provat att starta om, utan att det blev bättre.",
		"Kan ni återkomma med en tid?", "Reservdelen är beställd och väntas nästa vecka.", "Tack, nu fungerar det igen.",
		"Jag lämnar det öppet tills i morgon.", "Priset stämmer inte med offerten.", "Se den bifogade bilden.")
}

// mention is a sentence about somebody.
func (w *writing) mention(p *person) string {
	return w.pick(
		fmt.Sprintf("Jag pratade med %s om detta, mobil %s.", p.name(), p.mobile),
		fmt.Sprintf("%s vill bli uppringd på %s.", p.name(), p.phone),
		fmt.Sprintf("Skicka svaret till %s (%s) också.", p.name(), p.mail),
		fmt.Sprintf("Enligt %s, som bor på %s, gäller det hela huset.", p.name(), p.street),
		fmt.Sprintf("Vi kallar henne %s här, men på papperet står %s, %s.", p.nickname, p.surname, p.given),
		fmt.Sprintf("Kundnumret är %s och namnet %s.", p.customerNo, p.surname))
}

// signed is a mail's text: a greeting, sentences, a signature with everything in it.
func (w *writing) signed(p *person, lines ...string) string {
	text := "Hej!\n\n"
	for _, l := range lines {
		text += l + "\n"
	}
	return text + fmt.Sprintf("\nHälsningar\n%s\n%s\n%s, %s\n%s, %s %s\n", p.name(), p.mail, p.phone, p.mobile, p.street, p.postcode, p.city)
}
