package democrm

import "time"

// newsletterConsent: a third said yes, some took it back, most were never asked.
func (g *generator) newsletterConsent(d dice, p person) consent {
	at := d.daysBefore(g.size.AsOf, 20, 390)
	switch n := d.IntN(100); {
	case n < 36:
		return consent{"yes", at, pick(d, []string{"webbformulär", "mässa", "telefon"}), pick(d, []string{"nyhetsbrev-2", "nyhetsbrev-3"}), p.full()}
	case n < 42:
		return consent{"withdrawn", at, "länk i nyhetsbrev", "", p.full()}
	case n < 48:
		return consent{"no", at, "telefon", "nyhetsbrev-3", "Hanna Frid"}
	case n < 50:
		return consent{"objected", at, "brev", "", "Hanna Frid"}
	}
	return consent{state: "unknown"}
}

func (g *generator) processingConsent(d dice, p person) consent {
	at := d.daysBefore(g.size.AsOf, 20, 390)
	switch n := d.IntN(100); {
	case n < 45:
		return consent{"yes", at, "avtal", "villkor-2", p.full()}
	case n < 47:
		return consent{"objected", at, "e-post", "", "Hanna Frid"}
	case n < 48:
		return consent{"restricted", at, "begäran", "", "Hanna Frid"}
	}
	return consent{state: "unknown"}
}

// consentRows is the log that led to the states on the card.
func (g *generator) consentRows(b *block, p person) {
	for i, c := range []consent{p.newsletter, p.processing} {
		channel := [...]string{"newsletter", "processing"}[i]
		if c.state == "unknown" {
			continue
		}
		if c.state == "withdrawn" {
			b.add(tableConsentLog, g.next(tableConsentLog), p.id, channel, "yes", c.at.Add(-120*24*time.Hour), "webbformulär", "nyhetsbrev-2", p.full())
		}
		b.add(tableConsentLog, g.next(tableConsentLog), p.id, channel, c.state, c.at, null(c.how), null(c.wording), null(c.by))
	}
}
